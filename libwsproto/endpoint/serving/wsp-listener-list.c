/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The listeners of a server as a GListModel, which a program can read and not change. */
#include "endpoint/serving/wsp-listener-list-private.h"

struct _WspListenerList         /* in the order in which the listeners were added */
{
  GObject    parent_instance;
  GPtrArray *listeners;
};

static void wsp_listener_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WspListenerList, wsp_listener_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      wsp_listener_list_model_init))

static GType
wsp_listener_list_get_item_type (GListModel *model)
{
  return WSP_TYPE_LISTENER;
}

static guint
wsp_listener_list_get_n_items (GListModel *model)
{
  return WSP_LISTENER_LIST (model)->listeners->len;
}

static gpointer
wsp_listener_list_get_item (GListModel *model,
                            guint       position)
{
  GPtrArray *listeners = WSP_LISTENER_LIST (model)->listeners;

  return position < listeners->len ? g_object_ref (listeners->pdata[position]) : NULL;
}

static void
wsp_listener_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = wsp_listener_list_get_item_type;
  iface->get_n_items = wsp_listener_list_get_n_items;
  iface->get_item = wsp_listener_list_get_item;
}

static void
wsp_listener_list_finalize (GObject *object)
{
  g_ptr_array_unref (WSP_LISTENER_LIST (object)->listeners);
  G_OBJECT_CLASS (wsp_listener_list_parent_class)->finalize (object);
}

static void
wsp_listener_list_class_init (WspListenerListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_listener_list_finalize;
}

static void
wsp_listener_list_init (WspListenerList *self)
{
  self->listeners = g_ptr_array_new_with_free_func (g_object_unref);
}

WspListenerList *
wsp_listener_list_new (void)
{
  return g_object_new (WSP_TYPE_LISTENER_LIST, NULL);
}

GPtrArray *
wsp_listener_list_peek (WspListenerList *self)
{
  return self->listeners;
}

void
wsp_listener_list_add (WspListenerList *self,
                       WspListener     *listener)
{
  g_ptr_array_add (self->listeners, g_object_ref (listener));
  g_list_model_items_changed (G_LIST_MODEL (self), self->listeners->len - 1, 0, 1);
}

/* The references are dropped last, because the end of an object may run code of the program. */
void
wsp_listener_list_remove (WspListenerList *self,
                          WspListener     *listener)
{
  guint position;

  if (!g_ptr_array_find (self->listeners, listener, &position))
    return;

  g_autoptr (WspListener) removed = g_ptr_array_steal_index (self->listeners, position);

  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

void
wsp_listener_list_remove_all (WspListenerList *self)
{
  g_autoptr (GPtrArray) removed = NULL;

  if (self->listeners->len == 0)
    return;

  removed = g_steal_pointer (&self->listeners);
  self->listeners = g_ptr_array_new_with_free_func (g_object_unref);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, removed->len, 0);
}
