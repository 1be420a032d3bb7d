/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-window.h"

#include <glib/gi18n.h>

#include "inspect/sources/wsi-client-source.h"
#include "ui/parts/wsi-settings.h"
#include "ui/window/wsi-source-text.h"

#define MAX_PORT 65535

struct _WsiWindow
{
  AdwApplicationWindow parent_instance;

  AdwWindowTitle      *title;
  GtkButton           *back_button, *close_button, *connect_button, *serve_button, *report_button;
  AdwToastOverlay     *toasts;
  GtkStack            *pages;
  AdwStatusPage       *start_page, *failed_page;
  AdwEntryRow         *uri_row, *port_row;
  WsiSessionPage      *session_page;
  WsiSession          *session; /* NULL on the start page */
  GSettings           *settings;
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
show_failure (WsiWindow  *self,
              const char *sentence)
{
  g_autofree char *text = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->failed_page, text);
  gtk_widget_set_visible (GTK_WIDGET (self->report_button),
                          wsi_session_get_conversation (self->session) != NULL);
  gtk_stack_set_visible_child_name (self->pages, "failed");
}

static void
on_changed (WsiWindow *self)
{
  WsiSource *source = wsi_window_get_source (self);
  WsiSourceState state = wsi_source_get_state (source);
  const char *sentence = wsi_session_get_sentence (self->session);
  gboolean is_open = state == WSI_SOURCE_RUNNING && WSI_IS_CLIENT_SOURCE (source);

  adw_window_title_set_title (self->title, wsi_source_get_uri (source));
  adw_window_title_set_subtitle (self->title, wsi_source_text_get_state (source));
  gtk_widget_set_visible (GTK_WIDGET (self->close_button), is_open);

  if (state == WSI_SOURCE_FAILED)
    show_failure (self, sentence);
  else if (sentence != NULL && wsi_session_get_ending (self->session) == WSI_ENDING_ABNORMAL)
    show_toast (self, sentence);
}

static void
drop_session (WsiWindow *self)
{
  if (self->session == NULL)
    return;

  wsi_session_page_set_session (self->session_page, NULL);
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
  drop_session (self);
  self->session = wsi_session_new ();
  wsi_session_page_set_session (self->session_page, self->session);
  g_signal_connect_swapped (self->session, "changed", G_CALLBACK (on_changed), self);
}

/* With an error the session has not started: back to the start page. */
static void
show_session (WsiWindow    *self,
              const char   *waiting,
              const GError *error)
{
  if (error != NULL)
    {
      show_start (self);
      show_toast (self, error->message);
      return;
    }

  wsi_session_page_show_waiting (self->session_page, waiting,
                                 wsi_source_get_uri (wsi_window_get_source (self)));
  gtk_stack_set_visible_child_name (self->pages, "session");
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
  wsi_detail_show_tab (wsi_session_page_get_detail (self->session_page), "handshake");
}

static void
activate_follow (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  wsi_frame_list_follow (wsi_window_get_frame_list (WSI_WINDOW (widget)));
}

/* For each widget of the window: the action has its sentence as parameter. */
static void
activate_toast (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  show_toast (WSI_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
wsi_window_dispose (GObject *object)
{
  WsiWindow *self = WSI_WINDOW (object);

  drop_session (self);
  g_clear_object (&self->settings);
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
  gtk_widget_class_bind_template_child (class, WsiWindow, start_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, failed_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, uri_row);
  gtk_widget_class_bind_template_child (class, WsiWindow, port_row);
  gtk_widget_class_bind_template_child (class, WsiWindow, session_page);
}

static void
wsi_window_class_init (WsiWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_window_dispose;

  g_type_ensure (WSI_TYPE_SESSION_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/window/wsi-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_connect_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_serve_clicked);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, activate_back);
  gtk_widget_class_install_action (widget_class, "win.disconnect", NULL, activate_disconnect);
  gtk_widget_class_install_action (widget_class, "win.demonstrate", NULL, activate_demonstrate);
  gtk_widget_class_install_action (widget_class, "win.show-handshake", NULL,
                                   activate_show_handshake);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", activate_toast);
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
  self->settings = wsi_settings_new ();
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized",
                   G_SETTINGS_BIND_DEFAULT);
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
  wsi_session_connect (self->session, uri, &error);
  show_session (self, _("No Frames Yet"), error);
}

void
wsi_window_serve (WsiWindow *self,
                  guint16    port)
{
  g_autoptr (GError) error = NULL;

  prepare_session (self);
  wsi_session_serve (self->session, port, &error);
  show_session (self, _("Waiting for a client at"), error);
}

/* text may be NULL. */
void
wsi_window_demonstrate (WsiWindow  *self,
                        const char *text)
{
  g_autoptr (GError) error = NULL;

  prepare_session (self);
  wsi_session_demonstrate (self->session, text, &error);
  show_session (self, _("No Frames Yet"), error);
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
  return wsi_session_page_get_frame_list (self->session_page);
}

WsiHandshakePage *
wsi_window_get_handshake_page (WsiWindow *self)
{
  return wsi_detail_get_handshake_page (wsi_session_page_get_detail (self->session_page));
}

WsiMessagePage *
wsi_window_get_message_page (WsiWindow *self)
{
  return wsi_detail_get_message_page (wsi_session_page_get_detail (self->session_page));
}

/* "start", "session" or "failed". */
const char *
wsi_window_get_page (WsiWindow *self)
{
  return gtk_stack_get_visible_child_name (self->pages);
}
