/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-window.h"

#include <glib/gi18n.h>

#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-server-source.h"

#define MAX_PORT 65535

struct _WsiWindow
{
  AdwApplicationWindow parent_instance;

  AdwWindowTitle      *title;
  GtkButton           *back_button, *close_button, *connect_button, *serve_button, *report_button;
  AdwToastOverlay     *toasts;
  GtkStack            *pages, *list_stack, *details;
  AdwStatusPage       *start_page, *failed_page, *waiting_page;
  AdwEntryRow         *uri_row, *port_row;
  GtkLabel            *waiting_uri, *status;
  GtkBox              *composer;
  GtkEntry            *message_entry;
  WsiFrameList        *frame_list;
  WsiPayloadPage      *payload_page;
  WsiHandshakePage    *handshake_page;
  WsiSession          *session; /* NULL on the start page */
};

G_DEFINE_FINAL_TYPE (WsiWindow, wsi_window, ADW_TYPE_APPLICATION_WINDOW)

/* Text from a peer, or with its name, is never markup. */
static void
show_toast (WsiWindow  *self,
            const char *sentence)
{
  g_autofree char *text = g_markup_escape_text (sentence, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (text));
}

static void
show_handshake (WsiWindow       *self,
                WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report =
    conversation != NULL ? wsi_conversation_make_report (conversation) : NULL;

  wsi_handshake_page_set_report (self->handshake_page, report);
  gtk_widget_set_visible (GTK_WIDGET (self->report_button), report != NULL);
}

/* The latest handshake is shown until a row of another connection is selected. */
static void
on_handshake (WsiWindow *self)
{
  show_handshake (self, wsi_session_get_conversation (self->session));
}

static const char *
describe_state (WsiSource *source)
{
  switch (wsi_source_get_state (source))
    {
    case WSI_SOURCE_NEW:
      return "";
    case WSI_SOURCE_STARTING:
      return _("Connecting");
    case WSI_SOURCE_RUNNING:
      return WSI_IS_SERVER_SOURCE (source) ? _("Listening") : _("Open");
    case WSI_SOURCE_ENDED:
      return _("Ended");
    case WSI_SOURCE_FAILED:
      return _("Failed");
    }

  g_assert_not_reached ();
}

static void
show_failure (WsiWindow  *self,
              const char *sentence)
{
  g_autofree char *text = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->failed_page, text);
  gtk_stack_set_visible_child_name (self->pages, "failed");
}

/* State, totals and dropped frames. */
static void
show_status (WsiWindow *self)
{
  const char *sentence = wsi_session_get_sentence (self->session);
  guint64 n_dropped = wsi_store_get_n_dropped (wsi_session_get_store (self->session));
  g_autofree char *dropped = NULL;
  g_autofree char *text = NULL;

  if (sentence == NULL)
    sentence = describe_state (wsi_window_get_source (self));
  if (n_dropped > 0)
    dropped = g_strdup_printf (_(" · not stored: %" G_GUINT64_FORMAT " frames"), n_dropped);

  text = g_strconcat (sentence, dropped, NULL);
  gtk_label_set_text (self->status, text);
}

static void
on_changed (WsiWindow *self)
{
  WsiSource *source = wsi_window_get_source (self);
  WsiSourceState state = wsi_source_get_state (source);
  const char *sentence = wsi_session_get_sentence (self->session);
  gboolean is_open = state == WSI_SOURCE_RUNNING && WSI_IS_CLIENT_SOURCE (source);

  adw_window_title_set_title (self->title, wsi_source_get_uri (source));
  adw_window_title_set_subtitle (self->title, describe_state (source));
  gtk_widget_set_visible (GTK_WIDGET (self->composer), is_open);
  gtk_widget_set_visible (GTK_WIDGET (self->close_button), is_open);
  show_status (self);

  if (state == WSI_SOURCE_FAILED)
    show_failure (self, sentence);
  else if (sentence != NULL && wsi_session_get_ending (self->session) == WSI_ENDING_ABNORMAL)
    show_toast (self, sentence);
}

/* After the first frame, the list stays visible. */
static void
on_appended (WsiWindow *self)
{
  gtk_stack_set_visible_child_name (self->list_stack, "frames");
}

static void
on_row_selected (WsiWindow *self)
{
  WsiRow *row = wsi_frame_list_get_row (self->frame_list);
  g_autoptr (WsiConversation) conversation = NULL;

  wsi_payload_page_set_row (self->payload_page, row);
  if (row == NULL)
    return;

  gtk_stack_set_visible_child_name (self->details, "payload");
  conversation = wsi_store_dup_conversation (wsi_session_get_store (self->session),
                                             wsi_row_get_conversation (row));
  show_handshake (self, conversation);
}

static void
drop_session (WsiWindow *self)
{
  if (self->session == NULL)
    return;

  g_signal_handlers_disconnect_by_data (wsi_session_get_store (self->session), self);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_object_run_dispose (G_OBJECT (self->session));
  g_clear_object (&self->session);
}

static void
show_start (WsiWindow *self)
{
  drop_session (self);
  gtk_stack_set_visible_child_name (self->pages, "start");
  gtk_widget_set_visible (GTK_WIDGET (self->back_button), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->close_button), FALSE);
  adw_window_title_set_title (self->title, _("WebSocket Inspector"));
  adw_window_title_set_subtitle (self->title, "");
}

static void
prepare_session (WsiWindow *self)
{
  WsiStore *store;

  drop_session (self);
  self->session = wsi_session_new ();
  store = wsi_session_get_store (self->session);
  g_signal_connect_swapped (self->session, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->session, "handshake", G_CALLBACK (on_handshake), self);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (on_appended), self);
  g_signal_connect_swapped (store, "dropped", G_CALLBACK (show_status), self);

  wsi_frame_list_set_store (self->frame_list, store);
  wsi_payload_page_set_row (self->payload_page, NULL);
  wsi_handshake_page_set_report (self->handshake_page, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->report_button), FALSE);
  gtk_stack_set_visible_child_name (self->list_stack, "waiting");
}

/* With an error the session has not started: back to the start page. */
static void
show_session (WsiWindow    *self,
              const GError *error)
{
  if (error != NULL)
    {
      show_start (self);
      show_toast (self, error->message);
      return;
    }

  gtk_label_set_text (self->waiting_uri, wsi_source_get_uri (wsi_window_get_source (self)));
  gtk_stack_set_visible_child_name (self->pages, "session");
  gtk_stack_set_visible_child_name (self->details, "handshake");
  gtk_widget_set_visible (GTK_WIDGET (self->back_button), TRUE);
}

static void
on_connect_clicked (WsiWindow *self)
{
  wsi_window_connect (self, gtk_editable_get_text (GTK_EDITABLE (self->uri_row)));
}

static void
on_serve_clicked (WsiWindow *self)
{
  g_autoptr (GError) error = NULL;
  guint64 port = 0;

  if (!g_ascii_string_to_unsigned (gtk_editable_get_text (GTK_EDITABLE (self->port_row)), 10, 0,
                                   MAX_PORT, &port, &error))
    show_toast (self, error->message);
  else
    wsi_window_serve (self, port);
}

static void
on_send_clicked (WsiWindow *self)
{
  g_autoptr (GError) error = NULL;

  if (wsi_client_source_send (WSI_CLIENT_SOURCE (wsi_window_get_source (self)),
                              gtk_editable_get_text (GTK_EDITABLE (self->message_entry)), &error))
    gtk_editable_set_text (GTK_EDITABLE (self->message_entry), "");
  else
    show_toast (self, error->message);
}

static void
activate_back (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  show_start (WSI_WINDOW (widget));
}

static void
activate_disconnect (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  if (self->session != NULL)
    wsi_source_stop_async (wsi_window_get_source (self), NULL, NULL);
}

static void
activate_demonstrate (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  wsi_window_demonstrate (WSI_WINDOW (widget), NULL);
}

static void
activate_show_handshake (GtkWidget  *widget,
                         const char *name,
                         GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  gtk_stack_set_visible_child_name (self->pages, "session");
  gtk_stack_set_visible_child_name (self->details, "handshake");
}

static void
activate_follow (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  wsi_frame_list_follow (WSI_WINDOW (widget)->frame_list);
}

static void
wsi_window_dispose (GObject *object)
{
  drop_session (WSI_WINDOW (object));
  G_OBJECT_CLASS (wsi_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiWindow, title);
  gtk_widget_class_bind_template_child (class, WsiWindow, back_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, close_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, connect_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, serve_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, report_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, toasts);
  gtk_widget_class_bind_template_child (class, WsiWindow, pages);
  gtk_widget_class_bind_template_child (class, WsiWindow, list_stack);
  gtk_widget_class_bind_template_child (class, WsiWindow, details);
  gtk_widget_class_bind_template_child (class, WsiWindow, start_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, failed_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, waiting_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, uri_row);
  gtk_widget_class_bind_template_child (class, WsiWindow, port_row);
  gtk_widget_class_bind_template_child (class, WsiWindow, waiting_uri);
  gtk_widget_class_bind_template_child (class, WsiWindow, status);
  gtk_widget_class_bind_template_child (class, WsiWindow, composer);
  gtk_widget_class_bind_template_child (class, WsiWindow, message_entry);
  gtk_widget_class_bind_template_child (class, WsiWindow, frame_list);
  gtk_widget_class_bind_template_child (class, WsiWindow, payload_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, handshake_page);
}

static void
wsi_window_class_init (WsiWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_window_dispose;

  g_type_ensure (WSI_TYPE_FRAME_LIST);
  g_type_ensure (WSI_TYPE_HANDSHAKE_PAGE);
  g_type_ensure (WSI_TYPE_PAYLOAD_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/window/wsi-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_connect_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_serve_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_send_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, activate_back);
  gtk_widget_class_install_action (widget_class, "win.disconnect", NULL, activate_disconnect);
  gtk_widget_class_install_action (widget_class, "win.demonstrate", NULL, activate_demonstrate);
  gtk_widget_class_install_action (widget_class, "win.show-handshake", NULL,
                                   activate_show_handshake);
  gtk_widget_class_install_action (widget_class, "win.follow", NULL, activate_follow);
  /* Only if no text field has the focus: there End moves to the end of the line. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_End, 0, "win.follow", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_End, GDK_CONTROL_MASK, "win.follow",
                                       NULL);
}

static void
wsi_window_init (WsiWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WsiWindow *
wsi_window_new (GtkApplication *application)
{
  WsiWindow *self = g_object_new (WSI_TYPE_WINDOW, "application", application, NULL);

  adw_status_page_set_icon_name (self->start_page,
                                 g_application_get_application_id (G_APPLICATION (application)));
  return self;
}

void
wsi_window_connect (WsiWindow  *self,
                    const char *uri)
{
  g_autoptr (GError) error = NULL;

  prepare_session (self);
  adw_status_page_set_title (self->waiting_page, _("No Frames Yet"));
  wsi_session_connect (self->session, uri, &error);
  show_session (self, error);
}

void
wsi_window_serve (WsiWindow *self,
                  guint16    port)
{
  g_autoptr (GError) error = NULL;

  prepare_session (self);
  adw_status_page_set_title (self->waiting_page, _("Waiting for a client at"));
  wsi_session_serve (self->session, port, &error);
  show_session (self, error);
}

/* text may be NULL. */
void
wsi_window_demonstrate (WsiWindow  *self,
                        const char *text)
{
  g_autoptr (GError) error = NULL;

  prepare_session (self);
  adw_status_page_set_title (self->waiting_page, _("No Frames Yet"));
  wsi_session_demonstrate (self->session, text, &error);
  show_session (self, error);
}

/* NULL on the start page. */
WsiSession *
wsi_window_get_session (WsiWindow *self)
{
  return self->session;
}

/* The only one of the session. */
WsiSource *
wsi_window_get_source (WsiWindow *self)
{
  return wsi_session_get_source (self->session, 0);
}

WsiFrameList *
wsi_window_get_frame_list (WsiWindow *self)
{
  return self->frame_list;
}

WsiHandshakePage *
wsi_window_get_handshake_page (WsiWindow *self)
{
  return self->handshake_page;
}

WsiPayloadPage *
wsi_window_get_payload_page (WsiWindow *self)
{
  return self->payload_page;
}

/* "start", "session" or "failed". */
const char *
wsi_window_get_page (WsiWindow *self)
{
  return gtk_stack_get_visible_child_name (self->pages);
}
