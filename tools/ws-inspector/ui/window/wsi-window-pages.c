/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What the window shows: its page, title, buttons, toasts, and which actions are enabled. */
#include "ui/window/wsi-window-private.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"
#include "ui/frames/wsi-frame-list.h"
#include "ui/session/wsi-source-text.h"
#include "ui/window/wsi-shortcuts.h"
#include "ui/window/wsi-toast.h"

void
wsi_window_show_toast (WsiWindow  *self,
                       const char *sentence)
{
  adw_toast_overlay_add_toast (self->toasts, wsi_toast_new (sentence));
}

static void
on_report_dismissed (WsiWindow *self)
{
  g_autofree char *next = g_steal_pointer (&self->next_report);

  self->report = NULL;
  if (next != NULL)
    wsi_window_show_report (self, next);
}

/* Thousands of connections may end abnormally in a second: of those that come while one is read the
 * latest is shown next. */
void
wsi_window_show_report (WsiWindow  *self,
                        const char *sentence)
{
  if (self->report != NULL)
    {
      g_free (self->next_report);
      self->next_report = g_strdup (sentence);
      return;
    }

  self->report = wsi_toast_new (sentence);
  g_signal_connect_object (self->report, "dismissed", G_CALLBACK (on_report_dismissed), self,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, self->report);
}

void
wsi_window_show_capturing (WsiWindow *self)
{
  gboolean is_running = self->session != NULL && wsi_session_is_capturing (self->session);
  gboolean is_paused = self->session != NULL && wsi_session_is_paused (self->session);
  const char *words = is_paused ? _("Record again (Ctrl+P)") : _("Pause the capture (Ctrl+P)");

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.stop", is_running && !self->is_finishing);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.pause-capture",
                                 (is_running || is_paused) && !self->is_finishing);
  gtk_widget_set_visible (self->pause_button, is_running || is_paused);
  gtk_button_set_icon_name (GTK_BUTTON (self->pause_button),
                            is_paused ? "media-record-symbolic" : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (self->pause_button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* NULL on the start page. */
WsiSession *
wsi_window_get_session (WsiWindow *self)
{
  return self->session;
}

/* The first one; NULL = there is none. */
WsiSource *
wsi_window_get_source (WsiWindow *self)
{
  return self->session != NULL && wsi_session_get_n_sources (self->session) > 0
         ? wsi_session_get_source (self->session, 0) : NULL;
}

WsiFrameList *
wsi_window_get_frame_list (WsiWindow *self)
{
  return wsi_session_page_get_frame_list (self->session_page);
}

gboolean
wsi_window_is_page (WsiWindow  *self,
                    const char *name)
{
  return g_str_equal (gtk_stack_get_visible_child_name (self->pages), name);
}

/* Names of files are text of others. */
char *
wsi_window_dup_shown_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base);

  return wsi_text_escape_line (name, WSI_CHARSET_UTF8);
}

/* NULL: it has no file. */
char *
wsi_window_dup_file_name (WsiWindow *self)
{
  GFile *file = self->document != NULL && wsi_document_is_written (self->document)
                ? wsi_document_get_file (self->document) : NULL;

  return file != NULL ? wsi_window_dup_shown_name (file) : NULL;
}

/* They begin or leave a session. */
static const char *const always[] = {
  "win.back", "win.change-target", "win.continue", "win.open", "win.try-again",
};

static const char *const of_session[] = {
  "win.add-source", "win.export", "win.save", "win.save-as",
};

void
wsi_window_enable_actions (WsiWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean has_session = self->session != NULL && !self->is_finishing &&
                         !wsi_window_is_page (self, "start");

  gtk_widget_set_sensitive (GTK_WIDGET (self->toasts), !self->is_finishing);
  gtk_widget_set_visible (self->sidebar_button, wsi_window_is_page (self, "session"));
  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    gtk_widget_action_set_enabled (widget, always[i], !self->is_finishing);
  for (guint i = 0; i < G_N_ELEMENTS (of_session); i++)
    gtk_widget_action_set_enabled (widget, of_session[i], has_session);
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (wsi_shortcuts[i].group != WSI_SHORTCUTS_WINDOW &&
        wsi_shortcuts[i].part != WSI_PART_SWITCH)
      gtk_widget_action_set_enabled (widget, wsi_shortcuts[i].action, has_session);
  wsi_window_show_capturing (self);
}

/* The start page leads back to the session that it adds to, the form to the cards. */
void
wsi_window_show_back (WsiWindow *self)
{
  gtk_widget_set_visible (self->back_button, self->session != NULL ||
                          wsi_start_page_is_form (self->start_page));
}

void
wsi_window_show_title (WsiWindow *self)
{
  gboolean is_paused = self->session != NULL && wsi_session_is_paused (self->session);
  g_autofree char *state = is_paused ? g_strdup (_("Not recording"))
                                     : wsi_source_text_dup_state_of_all (self->session);
  g_autofree char *file = wsi_window_dup_file_name (self);
  g_autofree char *subtitle = file != NULL ? g_strdup_printf ("%s · %s", state, file)
                                           : g_strdup (state);
  g_autofree char *title = wsi_source_text_dup_title_of_all (self->session);
  g_autofree char *full = subtitle != NULL && *subtitle != '\0'
                          ? g_strdup_printf ("%s · %s", title, subtitle) : g_strdup (title);

  adw_view_switcher_title_set_title (self->title, title);
  adw_view_switcher_title_set_subtitle (self->title, subtitle);
  /* The header of a wide window has the pages instead; the list of windows has this. */
  gtk_window_set_title (GTK_WINDOW (self), full);
}

/* It is a large page: it has no part in the first frame of a window. */
static void
add_session_page (WsiWindow *self)
{
  GtkWidget *page = GTK_WIDGET (self->session_page);

  if (gtk_widget_get_parent (page) == NULL)
    gtk_stack_add_named (self->pages, page, "session");
}

void
wsi_window_show_page (WsiWindow  *self,
                      const char *name)
{
  if (g_str_equal (name, "start"))
    wsi_window_offer_last (self);
  if (g_str_equal (name, "session"))
    add_session_page (self);
  gtk_stack_set_visible_child_name (self->pages, name);
  adw_view_switcher_title_set_view_switcher_enabled (self->title, g_str_equal (name, "session"));
  wsi_window_enable_actions (self);
  wsi_window_show_back (self);
  wsi_window_show_title (self);
}

/* One dialog of this kind at a time. */
void
wsi_window_show_chooser (WsiWindow            *self,
                         GtkFileChooserNative *chooser,
                         GCallback             on_response)
{
  g_set_object (&self->chooser, chooser);
  g_signal_connect_object (chooser, "response", on_response, self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
