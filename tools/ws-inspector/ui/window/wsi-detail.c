/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-detail.h"

#include <adwaita.h>

struct _WsiDetail
{
  GtkWidget         parent_instance;

  AdwViewStack      *tabs;
  WsiMessagePage    *message_page;
  WsiFramePage      *frame_page;
  WsiHandshakePage  *handshake_page;
  WsiConnectionPage *connection_page;
  WsiStore          *store;     /* NULL: there is no session */
};

G_DEFINE_FINAL_TYPE (WsiDetail, wsi_detail, GTK_TYPE_WIDGET)

static void
wsi_detail_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_object (&WSI_DETAIL (object)->store);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_detail_parent_class)->dispose (object);
}

static void
wsi_detail_class_init (WsiDetailClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_detail_dispose;

  g_type_ensure (WSI_TYPE_CONNECTION_PAGE);
  g_type_ensure (WSI_TYPE_FRAME_PAGE);
  g_type_ensure (WSI_TYPE_HANDSHAKE_PAGE);
  g_type_ensure (WSI_TYPE_MESSAGE_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/window/wsi-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, tabs);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, message_page);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, frame_page);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, handshake_page);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, connection_page);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_detail_init (WsiDetail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The conversations that follow are in this store; NULL = none follow. */
void
wsi_detail_set_store (WsiDetail *self,
                      WsiStore  *store)
{
  g_set_object (&self->store, store);
}

/* row may be NULL. */
void
wsi_detail_set_row (WsiDetail *self,
                    WsiRow    *row)
{
  wsi_message_page_set_row (self->message_page, row);
  wsi_frame_page_set_row (self->frame_page, row);
}

/* conversation may be NULL. */
void
wsi_detail_set_conversation (WsiDetail       *self,
                             WsiConversation *conversation)
{
  wsi_handshake_page_set_conversation (self->handshake_page, self->store, conversation);
  wsi_connection_page_set_conversation (self->connection_page, self->store, conversation);
}

/* "message", "frame", "handshake" or "connection". */
void
wsi_detail_show_tab (WsiDetail  *self,
                     const char *name)
{
  adw_view_stack_set_visible_child_name (self->tabs, name);
}

WsiHandshakePage *
wsi_detail_get_handshake_page (WsiDetail *self)
{
  return self->handshake_page;
}

WsiMessagePage *
wsi_detail_get_message_page (WsiDetail *self)
{
  return self->message_page;
}
