/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-waiting-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/show/sentences/wsi-shown-sentence.h"
#include "inspect/targets/wsi-trial.h"
#include "inspect/targets/wsi-window-model.h"

/* Milliseconds without traffic after which the page says what may be wrong. */
#define PATIENCE_MS 10000

struct _WsiWaitingPage
{
  GtkWidget     parent_instance;

  GtkLabel     *title, *line, *sentence, *hint;
  GtkWidget    *line_box, *copy_button, *test_button, *browser_button, *read_as_button;
  WsiSource    *source;         /* source that waits for a client; NULL: none */
  WsiRedaction  redaction;      /* how secrets of the address and the sentence are hidden */
  GCancellable *cancellable;    /* cancellable of the trial connection; NULL: none is made */
  guint         timer;          /* timer of the hint; 0: nothing is waited for */
};

G_DEFINE_FINAL_TYPE (WsiWaitingPage, wsi_waiting_page, GTK_TYPE_WIDGET)

/* Sets a label to a sentence, which names a peer or a file. */
static void
waiting_page_set_text (GtkLabel   *label,
                       const char *text)
{
  g_autofree char *shown = wsi_text_escape_sentence (text != NULL ? text : "", WSI_CHARSET_UTF8);

  gtk_label_set_text (label, shown);
  gtk_widget_set_visible (GTK_WIDGET (label), *shown != '\0');
}

static gboolean
is_browser (WsiWaitingPage *self)
{
  return wsi_source_get_kind (self->source) == WSI_SOURCE_KIND_BROWSER;
}

static gboolean
is_capture (WsiWaitingPage *self)
{
  return wsi_source_get_kind (self->source) == WSI_SOURCE_KIND_CAPTURE;
}

static gboolean
is_program (WsiWaitingPage *self)
{
  return wsi_source_get_kind (self->source) == WSI_SOURCE_KIND_PROGRAM;
}

static const char *
get_title (WsiWaitingPage *self,
           WsiSourceState  state)
{
  gboolean listens = wsi_trial_is_possible (self->source);

  switch (state)
    {
    case WSI_SOURCE_NEW:
    case WSI_SOURCE_STARTING:
      return listens || is_capture (self) ? _("Starting…")
             : is_program (self) ? _("Attaching…") : _("Connecting…");
    case WSI_SOURCE_RUNNING:
      return listens ? _("Point Your Client At")
             : is_browser (self) ? _("Watching the Browser")
             : is_capture (self) ? _("Watching the Interface")
             : is_program (self) ? _("Waiting for Connections of") : _("No Frames Yet");
    case WSI_SOURCE_ENDED:
    case WSI_SOURCE_FAILED:
      return _("Nothing Was Recorded");
    }

  g_assert_not_reached ();
}

static const char *
get_hint (WsiWaitingPage *self)
{
  if (wsi_trial_is_web (self->source))
    return _("Nothing has come for a while.\n"
             "• The page or program may name its server itself, and not use this address. Search its "
             "settings or its code for the server's address.\n"
             "• In a container, or on another computer, 127.0.0.1 is not this computer: listen on "
             "an address that it can reach, such as 0.0.0.0:8080.\n"
             "• The network panel of a browser can save a HAR file, which you can open here instead.");
  if (wsi_trial_is_possible (self->source))
    return _("Nothing has come for a while.\n"
             "• Does the client use this address, with ws:// or wss:// as it is written here?\n"
             "• In a container, or on another computer, 127.0.0.1 is not this computer: listen on "
             "an address that it can reach, such as 0.0.0.0:8080.\n"
             "• A test message shows whether the server can be reached.");

  if (is_browser (self))
    return _("Nothing has come for a while.\n"
             "• A page is shown when it opens a WebSocket, or when one passes a message: load the "
             "page again.\n"
             "• If only some pages are watched, is the text in the address or title of this one?\n"
             "• Pages of another profile, and of another browser, are not watched.");

  if (is_capture (self))
    return _("Nothing has come for a while.\n"
             "• Does the traffic pass this interface? Programs of this computer talk to each other "
             "over lo; any is all interfaces.\n"
             "• Has the filter the port of the server?\n"
             "• Traffic with wss:// is encrypted: start the client from the form of the interface, "
             "give the file to which it writes its keys, or watch the browser.");

  if (is_program (self))
    return _("Nothing has come for a while.\n"
             "• A connection is shown when the program opens or accepts one. Has it one open now?\n"
             "• Only connections of libwsproto are seen, not those of another library that the "
             "program uses.\n"
             "• A connection whose thread is busy is shown when that thread goes on.");

  return _("Nothing has come for a while.\n"
           "• Many servers are silent until they have got a message: send one.\n"
           "• The Handshake page shows what both sides have agreed on.");
}

static gboolean
on_patience_ended (gpointer data)
{
  WsiWaitingPage *self = data;

  self->timer = 0;
  gtk_label_set_text (self->hint, get_hint (self));
  gtk_widget_set_visible (GTK_WIDGET (self->hint), TRUE);
  return G_SOURCE_REMOVE;
}

/* Sets the timer, unless the page is not shown, something has come, or nothing is waited for. */
static void
set_timer (WsiWaitingPage *self)
{
  gboolean waits = self->source != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)) &&
                   wsi_source_get_state (self->source) == WSI_SOURCE_RUNNING;

  if (!waits)
    {
      g_clear_handle_id (&self->timer, g_source_remove);
      gtk_widget_set_visible (GTK_WIDGET (self->hint), FALSE);
    }
  else if (self->timer == 0 && !gtk_widget_get_visible (GTK_WIDGET (self->hint)))
    self->timer = g_timeout_add (PATIENCE_MS, on_patience_ended, self);
}

/* The address; NULL: there is none.  A copy of it has its secrets. */
static char *
dup_line (WsiWaitingPage *self)
{
  const char *uri = wsi_source_get_uri (self->source);

  return uri != NULL && self->redaction != WSI_REDACTION_NONE ? wsi_redactor_hide_title (uri)
                                                              : g_strdup (uri);
}

static void
waiting_page_update (WsiWaitingPage *self)
{
  WsiSourceState state = wsi_source_get_state (self->source);
  gboolean is_running = state == WSI_SOURCE_RUNNING;
  gboolean listens = wsi_trial_is_possible (self->source);
  g_autofree char *line = dup_line (self);
  g_autofree char *sentence = wsi_shown_sentence_dup (wsi_source_get_sentence (self->source),
                                                      self->redaction);

  waiting_page_set_text (self->title, get_title (self, state));
  waiting_page_set_text (self->line, line);
  waiting_page_set_text (self->sentence, sentence);
  gtk_widget_set_visible (self->line_box, line != NULL);
  gtk_widget_set_visible (self->copy_button, !is_program (self));
  gtk_widget_set_visible (self->test_button, listens);
  gtk_widget_set_visible (self->browser_button, wsi_trial_is_web (self->source));
  gtk_widget_set_visible (self->read_as_button, wsi_window_model_has_packets_of (self->source));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "waiting.test",
                                 listens && is_running && self->cancellable == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "waiting.open-browser",
                                 is_running && wsi_trial_is_web (self->source));
  set_timer (self);
}

static void
waiting_page_toast (WsiWaitingPage *self,
                    const char     *sentence)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

static void
waiting_page_activate_copy (GtkWidget  *widget,
                            const char *name,
                            GVariant   *parameter)
{
  WsiWaitingPage *self = WSI_WAITING_PAGE (widget);

  if (self->source == NULL || wsi_source_get_uri (self->source) == NULL)
    return;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), wsi_source_get_uri (self->source));
  waiting_page_toast (self, _("Address copied"));
}

static void
activate_browser (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  WsiWaitingPage *self = WSI_WAITING_PAGE (widget);
  g_autofree char *uri = self->source != NULL ? wsi_trial_make_web_uri (self->source) : NULL;

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME);
}

static void
on_trial_ended (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (WsiWaitingPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!wsi_trial_run_finish (result, &error) &&
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  waiting_page_update (self);
  if (error != NULL)
    waiting_page_toast (self, error->message);
}

static void
activate_test (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiWaitingPage *self = WSI_WAITING_PAGE (widget);

  if (self->source == NULL || self->cancellable != NULL)
    return;

  self->cancellable = g_cancellable_new ();
  wsi_trial_run_async (self->source, self->cancellable, on_trial_ended, g_object_ref (self));
  waiting_page_update (self);
}

static void
waiting_page_stop_trial (WsiWaitingPage *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
wsi_waiting_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wsi_waiting_page_parent_class)->map (widget);
  set_timer (WSI_WAITING_PAGE (widget));
}

static void
wsi_waiting_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wsi_waiting_page_parent_class)->unmap (widget);
  set_timer (WSI_WAITING_PAGE (widget));
}

static void
wsi_waiting_page_dispose (GObject *object)
{
  WsiWaitingPage *self = WSI_WAITING_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_handle_id (&self->timer, g_source_remove);
  waiting_page_stop_trial (self);
  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->source);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_waiting_page_parent_class)->dispose (object);
}

static void
wsi_waiting_page_class_init (WsiWaitingPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_waiting_page_dispose;
  widget_class->map = wsi_waiting_page_map;
  widget_class->unmap = wsi_waiting_page_unmap;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/start/wsi-waiting-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiWaitingPage, title);
  gtk_widget_class_bind_template_child (widget_class, WsiWaitingPage, line);
  gtk_widget_class_bind_template_child (widget_class, WsiWaitingPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, WsiWaitingPage, hint);
  gtk_widget_class_bind_template_child (widget_class, WsiWaitingPage, line_box);
  gtk_widget_class_bind_template_child (widget_class, WsiWaitingPage, copy_button);
  gtk_widget_class_bind_template_child (widget_class, WsiWaitingPage, test_button);
  gtk_widget_class_bind_template_child (widget_class, WsiWaitingPage, browser_button);
  gtk_widget_class_bind_template_child (widget_class, WsiWaitingPage, read_as_button);
  gtk_widget_class_install_action (widget_class, "waiting.copy", NULL, waiting_page_activate_copy);
  gtk_widget_class_install_action (widget_class, "waiting.test", NULL, activate_test);
  gtk_widget_class_install_action (widget_class, "waiting.open-browser", NULL, activate_browser);
}

static void
wsi_waiting_page_init (WsiWaitingPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wsi_waiting_page_set_source (WsiWaitingPage *self,
                             WsiSource      *source)
{
  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  waiting_page_stop_trial (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), FALSE);

  g_set_object (&self->source, source);
  if (source == NULL)
    return;

  g_signal_connect_object (source, "changed", G_CALLBACK (waiting_page_update), self,
                           G_CONNECT_SWAPPED);
  waiting_page_update (self);
}

void
wsi_waiting_page_set_redaction (WsiWaitingPage *self,
                                WsiRedaction    level)
{
  self->redaction = level;
  if (self->source != NULL)
    waiting_page_update (self);
}
