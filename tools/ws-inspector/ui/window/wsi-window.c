/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-window-private.h"

#include <glib/gi18n.h>

#include "inspect/show/sentences/wsi-sentence.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-store.h"
#include "inspect/targets/wsi-target-start.h"
#include "ui/parts/wsi-settings.h"
#include "ui/session/wsi-detail.h"
#include "ui/session/wsi-source-text.h"
#include "ui/start/wsi-drop.h"
#include "ui/start/wsi-target-form.h"
#include "ui/window/wsi-shortcuts.h"
#include "ui/window/wsi-toast.h"

G_DEFINE_FINAL_TYPE (WsiWindow, wsi_window, ADW_TYPE_APPLICATION_WINDOW)

void
wsi_window_show_toast (WsiWindow  *self,
                       const char *sentence)
{
  adw_toast_overlay_add_toast (self->toasts, wsi_toast_new (sentence));
}

static void show_report (WsiWindow  *self,
                         const char *sentence);

static void
on_report_dismissed (WsiWindow *self)
{
  g_autofree char *next = g_steal_pointer (&self->next_report);

  self->report = NULL;
  if (next != NULL)
    show_report (self, next);
}

/* Thousands of connections may end abnormally in a second: of those that come while one is read the
 * latest is shown next. */
static void
show_report (WsiWindow  *self,
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

static void
show_capturing (WsiWindow *self)
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

gboolean
wsi_window_is_page (WsiWindow  *self,
                    const char *name)
{
  return g_str_equal (gtk_stack_get_visible_child_name (self->pages), name);
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
  show_capturing (self);
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

static void
show_failure (WsiWindow *self,
              WsiSource *source)
{
  gboolean has_handshake = wsi_session_get_conversation (self->session) != NULL;
  g_autofree char *title = wsi_source_text_dup_title (source);
  g_autofree char *sentence = wsi_source_text_dup_sentence (source);

  wsi_failure_page_show (self->failed_page, title, sentence,
                         has_handshake ? WSI_FAILURE_WITH_HANDSHAKE
                                       : WSI_FAILURE_WITHOUT_HANDSHAKE);
  wsi_window_show_page (self, "failed");
  wsi_failure_page_focus (self->failed_page);
}

/* A source without rows fills the window when it has failed.  A damaged file may have given some:
 * they stay in view. */
static gboolean
is_all_lost (WsiWindow *self,
             WsiSource *source)
{
  return wsi_session_get_n_sources (self->session) == 1 &&
         wsi_source_get_state (source) == WSI_SOURCE_FAILED &&
         (wsi_source_get_kind (source) != WSI_SOURCE_KIND_FILE ||
          wsi_store_get_end (wsi_session_get_store (self->session)) == 0);
}

static void
on_changed (WsiWindow *self)
{
  WsiSource *source = wsi_window_get_source (self);

  wsi_window_show_title (self);
  show_capturing (self);
  if (source == NULL)
    return;

  if (is_all_lost (self, source) && !wsi_window_is_page (self, "start"))
    show_failure (self, source);
  else if (wsi_source_get_state (source) == WSI_SOURCE_RUNNING &&
           wsi_window_is_page (self, "session") &&
           gtk_window_get_focus (GTK_WINDOW (self)) == NULL)
    wsi_session_page_focus (self->session_page);
}

void
wsi_window_return_to_session (WsiWindow *self)
{
  WsiSource *source = wsi_window_get_source (self);

  if (source != NULL && is_all_lost (self, source))
    show_failure (self, source);
  else
    wsi_window_show_page (self, "session");
}

/* The page of failure shows the sentence already.  A form in which the user writes stays. */
static void
on_reported (WsiWindow *self)
{
  WsiSource *source = wsi_window_get_source (self);
  g_autofree char *sentence = wsi_sentence_translate (wsi_session_get_sentence (self->session));
  g_autofree char *numbered = wsi_source_text_dup_numbered (self->session, sentence);

  if (wsi_session_get_ending (self->session) == WSI_ENDING_ABNORMAL &&
      (source == NULL || !is_all_lost (self, source) || wsi_window_is_page (self, "start")))
    show_report (self, numbered);
}

void
wsi_window_drop_session (WsiWindow *self)
{
  if (self->session == NULL)
    return;

  wsi_window_note_end (self);
  g_clear_pointer (&self->next_report, g_free);
  wsi_window_drop_document (self);
  wsi_session_page_set_session (self->session_page, NULL);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_object_run_dispose (G_OBJECT (self->session));
  g_clear_object (&self->session);
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

void
wsi_window_show_start (WsiWindow *self)
{
  wsi_window_drop_session (self);
  wsi_window_show_page (self, "start");
}

static void
prepare_session (WsiWindow *self)
{
  WsiStoreLimits limits;

  if (self->session != NULL)
    return;

  wsi_settings_get_limits (self->settings, &limits);
  self->session = wsi_session_new_with_limits (&limits);
  wsi_window_begin_document (self);
  wsi_session_page_set_session (self->session_page, self->session);
  g_signal_connect_swapped (self->session, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->session, "reported", G_CALLBACK (on_reported), self);
}

static void
show_session (WsiWindow *self,
              WsiSource *source)
{
  wsi_session_page_show_waiting (self->session_page, source);
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  wsi_window_show_page (self, "session");
}

static void
offer_port (WsiWindow       *self,
            const WsiTarget *target)
{
  g_autofree char *text = wsi_target_dup_free_listen (target);

  if (text != NULL)
    wsi_target_form_offer (wsi_start_page_get_form (self->start_page,
                                                    wsi_target_get_kind (target)),
                           WSI_TARGET_LISTEN, text);
}

/* A session that has got no source is no session: the start page stays, or comes back. */
static void
refuse_target (WsiWindow       *self,
               const WsiTarget *target,
               WsiTargetField   field,
               const GError    *error)
{
  if (wsi_session_get_n_sources (self->session) == 0)
    wsi_window_drop_session (self);
  wsi_window_show_page (self, "start");
  if (!wsi_start_page_show_error (self->start_page, target, field, error->message))
    wsi_window_show_toast (self, error->message);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    offer_port (self, target);
}

static void
on_target (WsiWindow       *self,
           const WsiTarget *target)
{
  wsi_window_start (self, target);
}

/* The session may be left, with a question or while its file is completed. */
static void
on_dropped (const WsiTarget *target,
            gpointer         window)
{
  if (WSI_WINDOW (window)->after == NULL)
    wsi_window_start (window, target);
}

static void
destroy (WsiWindow *self)
{
  gtk_window_destroy (GTK_WINDOW (self));
}

static gboolean
wsi_window_close_request (GtkWindow *window)
{
  wsi_window_leave (WSI_WINDOW (window), destroy);
  return GDK_EVENT_STOP;
}

/* GTK 4.8 may keep the group of actions longer than the window; a page that changes then would be
 * announced to a window that is gone. */
static void
remove_switches (WsiWindow *self)
{
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (wsi_shortcuts[i].part == WSI_PART_SWITCH)
      g_action_map_remove_action (G_ACTION_MAP (self), wsi_shortcuts[i].part_action);
}

static void
wsi_window_dispose (GObject *object)
{
  WsiWindow *self = WSI_WINDOW (object);

  self->after = NULL;
  if (self->chooser != NULL)
    gtk_native_dialog_hide (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  wsi_window_drop_session (self);
  remove_switches (self);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->target, wsi_target_free);
  g_clear_pointer (&self->next_report, g_free);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  G_OBJECT_CLASS (wsi_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiWindow, title);
  gtk_widget_class_bind_template_child (class, WsiWindow, back_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, pause_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, sidebar_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, menu_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, toasts);
  gtk_widget_class_bind_template_child (class, WsiWindow, pages);
  gtk_widget_class_bind_template_child (class, WsiWindow, start_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, failed_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, session_page);
}

static void
wsi_window_class_init (WsiWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_window_dispose;
  GTK_WINDOW_CLASS (class)->close_request = wsi_window_close_request;

  g_type_ensure (WSI_TYPE_FAILURE_PAGE);
  g_type_ensure (WSI_TYPE_SESSION_PAGE);
  g_type_ensure (WSI_TYPE_START_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/window/wsi-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_target);
  gtk_widget_class_bind_template_callback_full (widget_class, "show_back",
                                                G_CALLBACK (wsi_window_show_back));
  wsi_window_install_actions (widget_class);
  wsi_window_install_file_actions (widget_class);
  wsi_window_install_last_action (widget_class);
  wsi_shortcuts_bind (widget_class);
}

/* Switches with a state, for buttons, menus, keys and screen readers alike. */
static void
add_switches (WsiWindow *self)
{
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (wsi_shortcuts[i].part == WSI_PART_SWITCH)
      {
        const char *name = wsi_shortcuts[i].part_action;
        g_autoptr (GPropertyAction) action =
          g_property_action_new (name, self->session_page, name);

        g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
      }
}

static void
wsi_window_init (WsiWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = wsi_settings_new ();
  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->waiting = g_ptr_array_new_with_free_func (g_free);
  /* The next window begins as the last one that was changed; the others stay as they are. */
  g_settings_bind (self->settings, "window-width", self, "default-width",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  g_settings_bind (self->settings, "window-height", self, "default-height",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  g_settings_bind (self->settings, "window-maximized", self, "maximized",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  add_switches (self);
  wsi_shortcuts_add_first (GTK_WIDGET (self));
  adw_view_switcher_title_set_stack (self->title,
                                     wsi_session_page_get_stack (self->session_page));
  g_object_bind_property (self->title, "title-visible",
                          wsi_session_page_get_switcher_bar (self->session_page), "reveal",
                          G_BINDING_SYNC_CREATE);
  wsi_drop_install (GTK_WIDGET (self), on_dropped, self);
  wsi_toast_install (self->toasts);
  wsi_window_show_page (self, "start");
}

WsiWindow *
wsi_window_new (GtkApplication *application)
{
  WsiWindow *self = g_object_new (WSI_TYPE_WINDOW, "application", application, NULL);

  /* Only now it knows the other windows. */
  wsi_window_offer_last (self);
  return self;
}

/* Adds it to the session of the window, or begins one.  With a field that is wrong the start page
 * shows it, with its sentence. */
void
wsi_window_start (WsiWindow       *self,
                  const WsiTarget *target)
{
  WsiTarget *copy = wsi_target_copy (target);
  gboolean is_continued = self->waiting->len > 0;
  g_autoptr (GError) error = NULL;
  WsiTargetField wrong;
  WsiSource *source;

  g_clear_pointer (&self->target, wsi_target_free);
  self->target = copy;
  prepare_session (self);
  source = wsi_target_start (copy, self->session, &wrong, &error);
  if (source == NULL)
    {
      refuse_target (self, copy, wrong, error);
      return;
    }

  wsi_start_page_remember (self->start_page, copy);
  wsi_window_note_target (self, copy);
  show_session (self, source);
  if (is_continued)
    wsi_window_continue (self);
}

/* The form for it.  The session of the window stays. */
void
wsi_window_edit (WsiWindow       *self,
                 const WsiTarget *target)
{
  wsi_window_show_page (self, "start");
  wsi_start_page_edit (self->start_page, target);
}

void
wsi_window_connect (WsiWindow  *self,
                    const char *uri)
{
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_CLIENT);

  wsi_target_set_text (target, WSI_TARGET_ADDRESS, uri);
  wsi_window_start (self, target);
}

/* port: as a user writes it; "0" chooses one. */
void
wsi_window_serve (WsiWindow  *self,
                  const char *port)
{
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_SERVER);

  wsi_target_set_text (target, WSI_TARGET_LISTEN, port);
  wsi_window_start (self, target);
}

/* text may be NULL. */
void
wsi_window_demonstrate (WsiWindow  *self,
                        const char *text)
{
  g_autoptr (GError) error = NULL;
  WsiSource *source;

  prepare_session (self);
  source = wsi_session_demonstrate (self->session, text, &error);
  if (source == NULL)
    {
      wsi_window_show_start (self);
      wsi_window_show_toast (self, error->message);
      return;
    }

  show_session (self, source);
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
