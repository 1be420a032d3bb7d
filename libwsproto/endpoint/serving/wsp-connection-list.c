/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connections of a server as a GListModel.
 *
 * (1) A client in the list stores its position, so that leaving takes constant time.
 */
#include "endpoint/serving/wsp-connection-list-private.h"

#include "endpoint/serving/wsp-server-private.h"

struct _WspConnectionList       /* not sorted: the last client moves to a free place */
{
  GObject    parent_instance;
  GPtrArray *clients;
  gboolean   is_shown;          /* TRUE: the program has got the list */
};

static void wsp_connection_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WspConnectionList, wsp_connection_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      wsp_connection_list_model_init))

static guint items_changed_signal;

static GType
wsp_connection_list_get_item_type (GListModel *model)
{
  return WSP_TYPE_CONNECTION;
}

static guint
wsp_connection_list_get_n_items (GListModel *model)
{
  return WSP_CONNECTION_LIST (model)->clients->len;
}

static gpointer
wsp_connection_list_get_item (GListModel *model,
                              guint       position)
{
  WspConnectionList *self = WSP_CONNECTION_LIST (model);

  if (position >= self->clients->len)
    return NULL;

  WspServerClient *client = self->clients->pdata[position];

  return g_object_ref (client->connection);
}

static void
wsp_connection_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = wsp_connection_list_get_item_type;
  iface->get_n_items = wsp_connection_list_get_n_items;
  iface->get_item = wsp_connection_list_get_item;
}

static void
wsp_connection_list_finalize (GObject *object)
{
  g_ptr_array_unref (WSP_CONNECTION_LIST (object)->clients);
  G_OBJECT_CLASS (wsp_connection_list_parent_class)->finalize (object);
}

static void
wsp_connection_list_class_init (WspConnectionListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_connection_list_finalize;
  items_changed_signal = g_signal_lookup ("items-changed", G_TYPE_LIST_MODEL);
}

static void
wsp_connection_list_init (WspConnectionList *self)
{
  self->clients = g_ptr_array_new ();
}

WspConnectionList *
wsp_connection_list_new (void)
{
  return g_object_new (WSP_TYPE_CONNECTION_LIST, NULL);
}

GListModel *
wsp_connection_list_show (WspConnectionList *self)
{
  self->is_shown = TRUE;
  return G_LIST_MODEL (self);
}

/* Most programs do not use the list. */
static void
notify_change (WspConnectionList *self,
               guint              position,
               guint              n_removed,
               guint              n_added)
{
  if (self->is_shown && g_signal_has_handler_pending (self, items_changed_signal, 0, FALSE))
    g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

void
wsp_connection_list_add (WspConnectionList *self,
                         WspServerClient   *client)
{
  client->list_position = self->clients->len;
  g_ptr_array_add (self->clients, client);
  notify_change (self, client->list_position, 0, 1);
}

void
wsp_connection_list_remove (WspConnectionList *self,
                            WspServerClient   *client)
{
  guint position = client->list_position;

  g_assert (self->clients->pdata[position] == client);  /* (1) */
  g_ptr_array_remove_index_fast (self->clients, position);
  if (position < self->clients->len)
    ((WspServerClient *) self->clients->pdata[position])->list_position = position;
}

void
wsp_connection_list_leave (WspConnectionList *self)
{
  g_ptr_array_set_size (self->clients, 0);
}

/* Emits one change from the free place to the end of the list.  With two changes, for the removal
 * and for the client that has moved, the list would be wrong in between. */
void
wsp_connection_list_notify_removed (WspConnectionList *self,
                                    guint              position)
{
  guint n_left = self->clients->len - position;

  notify_change (self, position, n_left + 1, n_left);
}
