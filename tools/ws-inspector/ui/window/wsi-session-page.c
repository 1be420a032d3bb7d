/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-session-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/sources/wsi-client-source.h"
#include "ui/bars/wsi-frame-pane.h"
#include "ui/parts/wsi-settings.h"
#include "ui/window/wsi-source-text.h"

struct _WsiSessionPage
{
  GtkWidget      parent_instance;

  GtkPaned      *paned;
  GtkStack      *list_stack;
  AdwStatusPage *waiting_page;
  GtkLabel      *waiting_uri, *status;
  GtkBox        *composer;
  GtkEntry      *message_entry;
  WsiFramePane  *frame_pane;
  WsiFrameList  *frame_list;    /* in it */
  WsiDetail     *detail;
  WsiSession    *session;       /* NULL = none */
  GSettings     *settings;
};

G_DEFINE_FINAL_TYPE (WsiSessionPage, wsi_session_page, GTK_TYPE_WIDGET)

static WsiSource *
get_source (WsiSessionPage * self)
{
  return wsi_session_get_source (self->session, 0);
}

/* State, totals and dropped frames. */
static void
show_status (WsiSessionPage *self)
{
  const char *sentence = wsi_session_get_sentence (self->session);
  guint64 n_dropped = wsi_store_get_n_dropped (wsi_session_get_store (self->session));
  g_autofree char *dropped = NULL;
  g_autofree char *text = NULL;

  if (sentence == NULL)
    sentence = wsi_source_text_get_state (get_source (self));
  if (n_dropped > 0)
    dropped = g_strdup_printf (_(" · not stored: %" G_GUINT64_FORMAT " frames"), n_dropped);

  text = g_strconcat (sentence, dropped, NULL);
  gtk_label_set_text (self->status, text);
}

static void
on_changed (WsiSessionPage *self)
{
  WsiSource *source = get_source (self);
  gboolean is_open = wsi_source_get_state (source) == WSI_SOURCE_RUNNING &&
                     WSI_IS_CLIENT_SOURCE (source);

  gtk_widget_set_visible (GTK_WIDGET (self->composer), is_open);
  show_status (self);
}

/* The latest handshake is shown until a row of another connection is selected. */
static void
on_handshake (WsiSessionPage *self)
{
  wsi_detail_set_conversation (self->detail, wsi_session_get_conversation (self->session));
}

/* After the first frame, the list stays visible. */
static void
on_appended (WsiSessionPage *self)
{
  gtk_stack_set_visible_child_name (self->list_stack, "frames");
}

static void
on_row_selected (WsiSessionPage *self)
{
  WsiRow *row = wsi_frame_list_get_row (self->frame_list);
  g_autoptr (WsiConversation) conversation = NULL;

  wsi_detail_set_row (self->detail, row);
  if (row == NULL)
    return;

  wsi_detail_show_tab (self->detail, "message");
  conversation = wsi_store_dup_conversation (wsi_session_get_store (self->session),
                                             wsi_row_get_conversation (row));
  wsi_detail_set_conversation (self->detail, conversation);
}

static void
on_send_clicked (WsiSessionPage *self)
{
  g_autoptr (GError) error = NULL;

  if (wsi_client_source_send (WSI_CLIENT_SOURCE (get_source (self)),
                              gtk_editable_get_text (GTK_EDITABLE (self->message_entry)), &error))
    gtk_editable_set_text (GTK_EDITABLE (self->message_entry), "");
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
drop_session (WsiSessionPage *self)
{
  if (self->session == NULL)
    return;

  g_signal_handlers_disconnect_by_data (wsi_session_get_store (self->session), self);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
}

static void
wsi_session_page_dispose (GObject *object)
{
  WsiSessionPage *self = WSI_SESSION_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  drop_session (self);
  g_clear_object (&self->settings);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_session_page_parent_class)->dispose (object);
}

static void
wsi_session_page_class_init (WsiSessionPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_session_page_dispose;

  g_type_ensure (WSI_TYPE_DETAIL);
  g_type_ensure (WSI_TYPE_FRAME_PANE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/window/wsi-session-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, paned);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, list_stack);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, waiting_page);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, waiting_uri);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, status);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, composer);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, message_entry);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, frame_pane);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, detail);
  gtk_widget_class_bind_template_callback (widget_class, on_send_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_session_page_init (WsiSessionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = wsi_settings_new ();
  self->frame_list = wsi_frame_pane_get_list (self->frame_pane);
  g_signal_connect_object (self->frame_list, "selected", G_CALLBACK (on_row_selected), self,
                           G_CONNECT_SWAPPED);
  wsi_frame_pane_bind_settings (self->frame_pane, self->settings);
  g_settings_bind (self->settings, "detail-position", self->paned, "position",
                   G_SETTINGS_BIND_DEFAULT);
}

/* session may be NULL: the page is empty then. */
void
wsi_session_page_set_session (WsiSessionPage *self,
                              WsiSession     *session)
{
  WsiStore *store;

  drop_session (self);
  wsi_detail_set_row (self->detail, NULL);
  wsi_detail_set_conversation (self->detail, NULL);
  if (session == NULL)
    return;

  self->session = g_object_ref (session);
  store = wsi_session_get_store (session);
  g_signal_connect_swapped (session, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (session, "handshake", G_CALLBACK (on_handshake), self);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (on_appended), self);
  g_signal_connect_swapped (store, "dropped", G_CALLBACK (show_status), self);

  wsi_frame_list_set_store (self->frame_list, store);
  wsi_detail_show_tab (self->detail, "handshake");
  gtk_stack_set_visible_child_name (self->list_stack, "waiting");
}

/* Until the first row comes. */
void
wsi_session_page_show_waiting (WsiSessionPage *self,
                               const char     *title,
                               const char     *uri)
{
  adw_status_page_set_title (self->waiting_page, title);
  gtk_label_set_text (self->waiting_uri, uri);
}

/* To where a user begins: the line to send from, else the list. */
void
wsi_session_page_focus (WsiSessionPage *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->composer)))
    gtk_widget_grab_focus (GTK_WIDGET (self->message_entry));
  else
    gtk_widget_grab_focus (GTK_WIDGET (wsi_frame_list_get_view (self->frame_list)));
}

WsiFrameList *
wsi_session_page_get_frame_list (WsiSessionPage *self)
{
  return self->frame_list;
}

WsiDetail *
wsi_session_page_get_detail (WsiSessionPage *self)
{
  return self->detail;
}
