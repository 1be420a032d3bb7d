/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-window.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/save/saving/wsi-leaving.h"
#include "inspect/show/sentences/wsi-shown-sentence.h"
#include "inspect/sources/wsi-session.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/targets/wsi-failure.h"
#include "inspect/targets/wsi-last-session.h"
#include "inspect/targets/wsi-target-start.h"
#include "inspect/targets/wsi-window-model.h"
#include "ui/frames/wsi-colour-window.h"
#include "ui/help/wsi-help-window.h"
#include "ui/parts/wsi-dialog.h"
#include "ui/parts/wsi-settings.h"
#include "ui/parts/wsi-split.h"
#include "ui/session/wsi-session-page.h"
#include "ui/session/wsi-source-text.h"
#include "ui/start/wsi-drop.h"
#include "ui/start/wsi-failure-page.h"
#include "ui/start/wsi-start-page.h"
#include "ui/start/wsi-target-form.h"
#include "ui/window/wsi-export-window.h"
#include "ui/window/wsi-preferences.h"
#include "ui/window/wsi-shortcuts.h"
#include "ui/window/wsi-toaster.h"
#include "ui/window/wsi-window-files.h"

#define LEAST_WITH_STOP 500     /* pixels of a window with a button that stops, with usual text */

struct _WsiWindow
{
  AdwApplicationWindow parent_instance;

  AdwViewSwitcherTitle *title;
  GtkWidget           *back_button, *sidebar_button;
  GtkWidget           *capture_buttons, *pause_button;
  GtkWidget           *stop_button;
  guint                tick;    /* tick that shows the button that stops; 0 = none is due */
  GtkMenuButton       *menu_button;
  AdwToastOverlay     *toasts;
  GtkStack            *pages;
  WsiStartPage        *start_page;
  WsiFailurePage      *failed_page;
  WsiSessionPage      *session_page;    /* page of the session; NULL = no session has begun */
  WsiWindowModel        *model;
  WsiLeaving          *leaving;
  WsiToaster          *toaster;
  WsiWindowFiles      *files;
};

G_DEFINE_FINAL_TYPE (WsiWindow, wsi_window, ADW_TYPE_APPLICATION_WINDOW)

static const char *const page_names[] = {
  [WSI_PAGE_START] = "start",
  [WSI_PAGE_SESSION] = "session",
  [WSI_PAGE_FAILED] = "failed",
};

gboolean
wsi_window_is_finishing (WsiWindow *self)
{
  return wsi_leaving_get_phase (self->leaving) == WSI_LEAVING_FINISHING;
}

static gboolean
window_is_page (WsiWindow *self,
                WsiPage    page)
{
  return wsi_window_model_get_page (self->model) == page;
}

static void
add_property (WsiWindow  *self,
              const char *name)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (name, self->session_page, name);

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
}

/* Switches with a state, for buttons, menus, keys and screen readers alike. */
static void
add_switches (WsiWindow *self)
{
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (wsi_shortcuts[i].part == WSI_PART_SWITCH)
      add_property (self, wsi_shortcuts[i].part_action);
  add_property (self, "arrangement");
}

/* The page of the session is large: it has no part in the first frame of a window, and is made for
 * its first session. */
static WsiSessionPage *
ensure_session_page (WsiWindow *self)
{
  if (self->session_page != NULL)
    return self->session_page;

  self->session_page = g_object_new (WSI_TYPE_SESSION_PAGE, NULL);
  gtk_stack_add_named (self->pages, GTK_WIDGET (self->session_page), page_names[WSI_PAGE_SESSION]);
  wsi_window_model_set_rows (self->model, wsi_frame_list_get_rows (
                               wsi_session_page_get_frame_list (self->session_page)));
  add_switches (self);
  adw_view_switcher_title_set_stack (self->title,
                                     wsi_session_page_get_stack (self->session_page));
  g_object_bind_property (self->title, "title-visible",
                          wsi_session_page_get_switcher_bar (self->session_page), "reveal",
                          G_BINDING_SYNC_CREATE);
  return self->session_page;
}

/* The lines of the last session may be those of the sources of another window. */
static gboolean
has_any_session (WsiWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  GList *windows = application != NULL ? gtk_application_get_windows (application) : NULL;

  for (GList *i = windows; i != NULL; i = i->next)
    if (WSI_IS_WINDOW (i->data) &&
        wsi_window_model_get_session (WSI_WINDOW (i->data)->model) != NULL)
      return TRUE;

  return FALSE;
}

/* Leaves a session whose drafts are for the next one. */
static void
window_leave (WsiWindow     *self,
              WsiLeavingFunc after)
{
  wsi_leaving_begin (self->leaving, wsi_window_model_get_document (self->model), 0, after,
                     self);
}

static void
leave_with_drafts (WsiWindow     *self,
                   WsiLeavingFunc after)
{
  gboolean has_draft = self->session_page != NULL &&
                       wsi_session_page_has_draft (self->session_page);

  wsi_leaving_begin (self->leaving, wsi_window_model_get_document (self->model),
                     has_draft ? 1 << WSI_MADE_DRAFT : 0, after, self);
}

static void
end_session (gpointer window)
{
  WsiWindow *self = window;

  wsi_window_model_end (self->model);
  if (self->session_page != NULL)
    wsi_session_page_discard_draft (self->session_page);
}

static void
go_back (WsiWindow *self)
{
  if (window_is_page (self, WSI_PAGE_START) && wsi_start_page_is_form (self->start_page))
    {
      wsi_last_session_stop (wsi_window_model_get_last (self->model));
      wsi_start_page_go_back (self->start_page);
    }
  else if (window_is_page (self, WSI_PAGE_START) &&
           wsi_window_model_get_session (self->model) != NULL)
    {
      wsi_window_model_return (self->model);
    }
  else
    {
      leave_with_drafts (self, end_session);
    }
}

static void
continue_last (WsiWindow *self)
{
  if (has_any_session (self))
    return;

  wsi_last_session_wait (wsi_window_model_get_last (self->model));
  wsi_session_page_take_last_view (ensure_session_page (self));
  wsi_window_model_continue (self->model);
}

static void
window_add_source (WsiWindow *self)
{
  wsi_window_model_show_page (self->model, WSI_PAGE_START);
}

static void
start_again (gpointer window)
{
  wsi_window_model_start_again (WSI_WINDOW (window)->model);
}

static void
try_again (WsiWindow *self)
{
  if (wsi_window_model_get_target (self->model) != NULL)
    window_leave (self, start_again);
}

/* The status of the response that has refused the only source; 0 = there was none. */
static guint
get_refusal (WsiWindow *self)
{
  WsiConversation *conversation =
    wsi_session_get_conversation (wsi_window_model_get_session (self->model));

  return conversation != NULL ? wsi_conversation_get_status (conversation) : 0;
}

/* The form with the field that was wrong, and the sentence there; for a file there is no form. */
static void
window_change (gpointer window)
{
  WsiWindow *self = window;
  const WsiTarget *target = wsi_window_model_get_target (self->model);
  WsiSource *source = wsi_window_model_get_source (self->model);
  gboolean has_failed = source != NULL && wsi_source_get_state (source) == WSI_SOURCE_FAILED;
  const WsiSentence *failure = has_failed ? wsi_source_get_sentence (source) : NULL;
  WsiTargetField field = has_failed ? wsi_failure_find_field (failure, get_refusal (self))
                                    : WSI_TARGET_ADDRESS;
  gboolean is_file = source != NULL && wsi_source_get_kind (source) == WSI_SOURCE_KIND_FILE;
  g_autofree char *sentence = has_failed ? wsi_source_text_dup_sentence (source) : NULL;

  wsi_window_model_end (self->model);
  if (target != NULL && sentence != NULL &&
      wsi_target_has_field (wsi_target_get_kind (target), field))
    wsi_start_page_show_error (self->start_page, target, field, sentence);
  else if (target != NULL)
    wsi_start_page_edit (self->start_page, target);
  if (is_file)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open", NULL);
}

static void
change_target (WsiWindow *self)
{
  window_leave (self, window_change);
}

static void
window_stop (WsiWindow *self)
{
  wsi_session_stop (wsi_window_model_get_session (self->model));
}

static void
pause_or_resume (WsiWindow *self)
{
  WsiSession *session = wsi_window_model_get_session (self->model);

  if (wsi_session_is_paused (session))
    wsi_session_resume (session);
  else
    wsi_session_pause (session);
}

static void
choose_recordings (WsiWindow *self)
{
  wsi_window_files_open (self->files);
}

static void
window_save (WsiWindow *self)
{
  wsi_window_files_save (self->files);
}

static void
save_as (WsiWindow *self)
{
  wsi_window_files_save_as (self->files);
}

static void
ask_port (WsiWindow *self)
{
  wsi_window_files_ask_port (self->files);
}

static void
window_export (WsiWindow *self)
{
  WsiFrameList *list = wsi_session_page_get_frame_list (self->session_page);

  gtk_window_present (GTK_WINDOW (wsi_export_window_new (GTK_WINDOW (self), list)));
}

/* Activates an action that a part carries out. */
static void
activate_part (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);
  const WsiShortcut *shortcut = wsi_shortcut_find (name);

  wsi_window_model_show_page (self->model, WSI_PAGE_SESSION);
  switch (shortcut->part)
    {
    case WSI_PART_FRAMES:
      wsi_session_page_show_view (self->session_page, "frames");
      if (shortcut->group == WSI_SHORTCUTS_FIND)
        wsi_session_page_show_list (self->session_page);
      gtk_widget_activate_action (GTK_WIDGET (wsi_session_page_get_frame_list (self->session_page)),
                                  shortcut->part_action, NULL);
      break;
    case WSI_PART_VIEW:
      wsi_session_page_go_to_view (self->session_page, shortcut->part_action);
      break;
    case WSI_PART_DETAIL:
      wsi_session_page_show_tab (self->session_page, shortcut->part_action);
      break;
    case WSI_PART_COMPOSER:
      wsi_session_page_compose_row (self->session_page);
      break;
    case WSI_PART_SWITCH:
    case WSI_PART_WINDOW:
      g_assert_not_reached ();
    }
}

static void
go_back_from_jump (WsiWindow *self)
{
  wsi_session_page_go_back (self->session_page);
}

static void
focus_part (WsiWindow       *self,
            GtkDirectionType direction)
{
  if (self->session_page != NULL)
    wsi_session_page_focus_next (self->session_page, direction);
}

static void
focus_next (WsiWindow *self)
{
  focus_part (self, GTK_DIR_TAB_FORWARD);
}

static void
focus_previous (WsiWindow *self)
{
  focus_part (self, GTK_DIR_TAB_BACKWARD);
}

static void
focus_divider (WsiWindow *self)
{
  if (self->session_page != NULL)
    wsi_session_page_focus_divider (self->session_page);
}

/* The toast says what it is: a window may have room for no other one. */
static void
choose_next_arrangement (WsiWindow *self)
{
  static const char *const sentences[] = {
    [WSI_ARRANGEMENT_AUTOMATIC] = N_("Details are beside the list where there is room"),
    [WSI_ARRANGEMENT_BESIDE] = N_("Details are beside the list"),
    [WSI_ARRANGEMENT_BELOW] = N_("Details are below the list"),
  };
  WsiArrangement next;

  g_object_get (self->session_page, "arrangement", &next, NULL);
  next = (next + 1) % G_N_ELEMENTS (sentences);
  g_object_set (self->session_page, "arrangement", next, NULL);
  wsi_toaster_show (self->toaster, _(sentences[next]));
}

static void
show_menu (WsiWindow *self)
{
  gtk_menu_button_popup (self->menu_button);
}

static void
close_window (WsiWindow *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
show_shortcuts (WsiWindow *self)
{
  GtkWidget *window = wsi_shortcuts_make_window ();

  wsi_dialog_set_parent (GTK_WINDOW (window), GTK_WINDOW (self));
  gtk_window_present (GTK_WINDOW (window));
}

static void
show_colours (WsiWindow *self)
{
  gtk_window_present (GTK_WINDOW (wsi_colour_window_new (GTK_WINDOW (self))));
}

static void
show_help (WsiWindow *self)
{
  gtk_window_present (GTK_WINDOW (wsi_help_window_new (GTK_WINDOW (self))));
}

static void
show_preferences (WsiWindow *self)
{
  gtk_window_present (GTK_WINDOW (wsi_preferences_new (GTK_WINDOW (self))));
}

/* Shows a toast for a widget of the window: the action has its sentence as parameter. */
static void
activate_toast (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  wsi_toaster_show (WSI_WINDOW (widget)->toaster, g_variant_get_string (parameter, NULL));
}

/* Offers an export.  The parameter says why the selected rows are exported and not copied. */
static void
activate_offer_export (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  wsi_toaster_offer (WSI_WINDOW (widget)->toaster, g_variant_get_string (parameter, NULL),
                     _("_Export…"), "win.export", NULL);
}

/* Says that secrets were left out of what was copied.  Its parameter has their number, and the text
 * with them. */
static void
activate_offer_secrets (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  g_autoptr (GVariant) text = g_variant_get_child_value (parameter, 1);
  g_autofree char *sentence = NULL;
  guint64 n_hidden;

  g_variant_get_child (parameter, 0, "t", &n_hidden);
  sentence = g_strdup_printf (g_dngettext (NULL, "%'" PRIu64 " secret was left out",
                                           "%'" PRIu64 " secrets were left out",
                                           MIN (n_hidden, G_MAXINT)), n_hidden);
  wsi_toaster_offer (WSI_WINDOW (widget)->toaster, sentence, _("Copy With Secrets"),
                     "win.copy-text", text);
}

static void
activate_copy_text (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  const char *text = g_variant_get_string (parameter, NULL);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

typedef enum
{
  WSI_ALWAYS,
  WSI_WHILE_CAPTURING,
  WSI_UNLESS_FINISHING,         /* the action begins or leaves a session */
  WSI_WITH_SESSION,             /* the action needs a session that is shown */
} WsiEnabled;

static const struct
{
  const char *name;
  void        (*act)(WsiWindow *self);
  WsiEnabled  enabled;
} actions[] = {
  { "win.add-source", window_add_source, WSI_WITH_SESSION },
  { "win.back", go_back, WSI_UNLESS_FINISHING },
  { "win.change-target", change_target, WSI_UNLESS_FINISHING },
  { "win.close", close_window, WSI_ALWAYS },
  { "win.colours", show_colours, WSI_ALWAYS },
  { "win.continue", continue_last, WSI_UNLESS_FINISHING },
  { "win.divider", focus_divider, WSI_ALWAYS },
  { "win.export", window_export, WSI_WITH_SESSION },
  { "win.go-back", go_back_from_jump, WSI_WITH_SESSION },
  { "win.help", show_help, WSI_ALWAYS },
  { "win.menu", show_menu, WSI_ALWAYS },
  { "win.next-arrangement", choose_next_arrangement, WSI_WITH_SESSION },
  { "win.next-part", focus_next, WSI_ALWAYS },
  { "win.open", choose_recordings, WSI_UNLESS_FINISHING },
  { "win.pause-capture", pause_or_resume, WSI_WHILE_CAPTURING },
  { "win.preferences", show_preferences, WSI_ALWAYS },
  { "win.previous-part", focus_previous, WSI_ALWAYS },
  { "win.read-as-websocket", ask_port, WSI_WHILE_CAPTURING },
  { "win.save", window_save, WSI_WITH_SESSION },
  { "win.save-as", save_as, WSI_WITH_SESSION },
  { "win.show-help-overlay", show_shortcuts, WSI_ALWAYS },
  { "win.stop", window_stop, WSI_WHILE_CAPTURING },
  { "win.try-again", try_again, WSI_UNLESS_FINISHING },
};

static void
window_activate (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (actions[i].name, name))
      actions[i].act (WSI_WINDOW (widget));
}

/* Chooses a key log.  The parameter is the number of a connection without keys. */
static void
activate_choose_key_log (GtkWidget  *widget,
                         const char *name,
                         GVariant   *parameter)
{
  wsi_window_files_choose_key_log (WSI_WINDOW (widget)->files, g_variant_get_uint32 (parameter));
}

/* The parameter is a line of a target, which starts in the session, or shows its form with what is
 * wrong. */
static void
activate_start_target (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = wsi_target_parse (g_variant_get_string (parameter, NULL), &error);

  if (target != NULL)
    wsi_window_start (self, target);
  else
    wsi_toaster_show (self->toaster, error->message);
}

static void
window_install_actions (GtkWidgetClass *class)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (class, actions[i].name, NULL, window_activate);
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (wsi_shortcuts[i].part != WSI_PART_WINDOW && wsi_shortcuts[i].part != WSI_PART_SWITCH)
      gtk_widget_class_install_action (class, wsi_shortcuts[i].action, NULL, activate_part);
  gtk_widget_class_install_action (class, "win.toast", "s", activate_toast);
  gtk_widget_class_install_action (class, "win.offer-export", "s", activate_offer_export);
  gtk_widget_class_install_action (class, "win.offer-secrets", "(ts)", activate_offer_secrets);
  gtk_widget_class_install_action (class, "win.copy-text", "s", activate_copy_text);
  gtk_widget_class_install_action (class, "win.start-target", "s", activate_start_target);
  gtk_widget_class_install_action (class, "win.choose-key-log", "u", activate_choose_key_log);
}

/* Whether the header has room for the button that stops: with it a window could not be as narrow
 * as without. */
static gboolean
has_room_for_stop (WsiWindow *self)
{
  return gtk_widget_get_width (GTK_WIDGET (self)) >=
         LEAST_WITH_STOP * wsi_split_get_text_scale (GTK_WIDGET (self));
}

/* Shows whether the session records, by its buttons and actions. */
static void
show_capturing (WsiWindow *self)
{
  WsiSession *session = wsi_window_model_get_session (self->model);
  gboolean is_running = session != NULL && wsi_session_is_running (session);
  gboolean is_paused = session != NULL && wsi_session_is_paused (session);
  const char *words = is_paused ? _("Record again (Ctrl+P)") : _("Pause the capture (Ctrl+P)");
  gboolean is_finishing = wsi_window_is_finishing (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.stop", is_running && !is_finishing);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.read-as-websocket",
                                 wsi_window_model_has_packets (self->model) && !is_finishing);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.pause-capture",
                                 (is_running || is_paused) && !is_finishing);
  gtk_widget_set_visible (self->capture_buttons, is_running || is_paused);
  gtk_widget_set_visible (self->stop_button, is_running && has_room_for_stop (self));
  gtk_button_set_icon_name (GTK_BUTTON (self->pause_button),
                            is_paused ? "media-record-symbolic" : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (self->pause_button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static gboolean
window_on_tick (GtkWidget     *widget,
                GdkFrameClock *clock,
                gpointer       none)
{
  WsiWindow *self = WSI_WINDOW (widget);

  self->tick = 0;
  show_capturing (self);
  return G_SOURCE_REMOVE;
}

/* A window may be as narrow as without the button that stops, which is hidden then. */
static void
wsi_window_measure (GtkWidget     *widget,
                    GtkOrientation orientation,
                    int            for_size,
                    int           *minimum,
                    int           *natural,
                    int           *minimum_baseline,
                    int           *natural_baseline)
{
  WsiWindow *self = WSI_WINDOW (widget);
  int of_button = 0;

  GTK_WIDGET_CLASS (wsi_window_parent_class)->measure (widget, orientation, for_size, minimum,
                                                       natural, minimum_baseline,
                                                       natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL && gtk_widget_get_visible (self->stop_button))
    gtk_widget_measure (self->stop_button, orientation, -1, &of_button, NULL, NULL, NULL);
  *minimum -= of_button;
}

/* The button is shown after the layout, which that changes; it is hidden before a layout that has
 * no room for it. */
static void
wsi_window_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  WsiWindow *self = WSI_WINDOW (widget);
  WsiSession *session = wsi_window_model_get_session (self->model);
  gboolean is_running = session != NULL && wsi_session_is_running (session);

  if (width < LEAST_WITH_STOP * wsi_split_get_text_scale (widget))
    gtk_widget_set_visible (self->stop_button, FALSE);
  GTK_WIDGET_CLASS (wsi_window_parent_class)->size_allocate (widget, width, height, baseline);
  if (self->tick == 0 &&
      gtk_widget_get_visible (self->stop_button) != (is_running && has_room_for_stop (self)))
    self->tick = gtk_widget_add_tick_callback (widget, window_on_tick, NULL, NULL);
}

/* Keys and the header reach the actions of a window whose content is insensitive, too. */
static void
window_enable_actions (WsiWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean is_finishing = wsi_window_is_finishing (self);
  gboolean has_session = wsi_window_model_get_session (self->model) != NULL && !is_finishing &&
                         !window_is_page (self, WSI_PAGE_START);

  gtk_widget_set_sensitive (GTK_WIDGET (self->toasts), !is_finishing);
  gtk_widget_set_visible (self->sidebar_button, window_is_page (self, WSI_PAGE_SESSION));
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (actions[i].enabled == WSI_UNLESS_FINISHING || actions[i].enabled == WSI_WITH_SESSION)
      gtk_widget_action_set_enabled (widget, actions[i].name,
                                     actions[i].enabled == WSI_WITH_SESSION ? has_session
                                                                            : !is_finishing);
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (wsi_shortcuts[i].group != WSI_SHORTCUTS_WINDOW &&
        wsi_shortcuts[i].part != WSI_PART_SWITCH)
      gtk_widget_action_set_enabled (widget, wsi_shortcuts[i].action, has_session);
  show_capturing (self);
}

/* Moves the focus: a text that is made insensitive while it has the focus is not informed by GTK
 * 4.8. */
static void
on_finishing (WsiWindow *self)
{
  if (wsi_window_is_finishing (self))
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  window_enable_actions (self);
}

/* The start page leads back to the session that it adds to, the form to the cards. */
static void
show_back (WsiWindow *self)
{
  gtk_widget_set_visible (self->back_button,
                          wsi_window_model_get_session (self->model) != NULL ||
                          wsi_start_page_is_form (self->start_page));
}

static void
window_show_title (WsiWindow *self)
{
  WsiSession *session = wsi_window_model_get_session (self->model);
  gboolean is_paused = session != NULL && wsi_session_is_paused (session);
  g_autofree char *words = is_paused ? g_strdup (_("Not recording"))
                                     : wsi_source_text_dup_count (session);
  g_autofree char *file = wsi_window_model_dup_file_name (self->model);
  g_autofree char *subtitle = words != NULL && file != NULL
                              ? g_strdup_printf ("%s · %s", words, file)
                              : g_strdup (words != NULL ? words : file != NULL ? file : "");
  g_autofree char *title = wsi_source_text_dup_title_of_all (session);
  g_autofree char *full = *subtitle != '\0' ? g_strdup_printf ("%s · %s", title, subtitle)
                                            : g_strdup (title);

  adw_view_switcher_title_set_title (self->title, title);
  adw_view_switcher_title_set_subtitle (self->title, subtitle);
  /* The header of a wide window has the pages instead; the list of windows has this. */
  gtk_window_set_title (GTK_WINDOW (self), full);
}

static void
offer_last (WsiWindow *self)
{
  WsiLastSession *last = wsi_window_model_get_last (self->model);
  g_auto (GStrv) lines = has_any_session (self) ? NULL : wsi_last_session_dup_lines (last);

  wsi_start_page_offer (self->start_page, (const char *const *) lines);
}

static void
window_show_failure (WsiWindow *self)
{
  WsiSession *session = wsi_window_model_get_session (self->model);
  WsiSource *source = wsi_window_model_get_source (self->model);
  const WsiSentence *failure = wsi_source_get_sentence (source);
  guint status = get_refusal (self);
  WsiSourceKind kind = wsi_source_get_kind (source);
  g_autofree char *title = wsi_failure_dup_title (kind, failure, status);
  g_autofree char *name = wsi_source_text_dup_title (source);
  g_autofree char *sentence = wsi_source_text_dup_sentence (source);

  wsi_failure_page_show (self->failed_page, title, name, sentence,
                         wsi_failure_get_change (kind, wsi_failure_find_field (failure, status)),
                         wsi_session_get_conversation (session) != NULL
                         ? WSI_FAILURE_WITH_HANDSHAKE : WSI_FAILURE_WITHOUT_HANDSHAKE);
}

static void
on_paged (WsiWindow *self)
{
  WsiPage page = wsi_window_model_get_page (self->model);

  if (page == WSI_PAGE_START)
    offer_last (self);
  else if (page == WSI_PAGE_SESSION)
    ensure_session_page (self);
  else
    window_show_failure (self);
  gtk_stack_set_visible_child_name (self->pages, page_names[page]);
  adw_view_switcher_title_set_view_switcher_enabled (self->title, page == WSI_PAGE_SESSION);
  window_enable_actions (self);
  show_back (self);
  window_show_title (self);
  if (page == WSI_PAGE_FAILED)
    wsi_failure_page_focus (self->failed_page);
}

static void
window_on_session_changed (WsiWindow *self)
{
  WsiSession *session = wsi_window_model_get_session (self->model);

  if (session != NULL)
    ensure_session_page (self);
  if (self->session_page != NULL)
    wsi_session_page_set_session (self->session_page, session);
}

static void
window_on_changed (WsiWindow *self)
{
  WsiSource *source = wsi_window_model_get_source (self->model);

  window_show_title (self);
  show_capturing (self);
  if (source != NULL && wsi_source_get_state (source) == WSI_SOURCE_RUNNING &&
      window_is_page (self, WSI_PAGE_SESSION) && gtk_window_get_focus (GTK_WINDOW (self)) == NULL)
    wsi_session_page_focus (self->session_page);
}

static void
window_on_reported (WsiWindow *self)
{
  WsiSession *session = wsi_window_model_get_session (self->model);
  g_autofree char *sentence =
    wsi_shown_sentence_dup (wsi_session_get_sentence (session),
                            wsi_session_page_get_redaction (self->session_page));
  g_autofree char *numbered = wsi_source_text_dup_numbered (session, sentence);

  wsi_toaster_show (self->toaster, numbered);
}

static void
on_started (WsiWindow       *self,
            const WsiTarget *target,
            WsiSource       *source)
{
  g_autofree char *note = target != NULL ? wsi_target_make_note (target) : NULL;

  if (target != NULL)
    wsi_start_page_remember (self->start_page, target);
  if (note != NULL)
    wsi_toaster_show (self->toaster, note);
  wsi_session_page_show_waiting (self->session_page, source);
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
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

static void
window_on_refused (WsiWindow       *self,
                   const WsiTarget *target,
                   guint            field,
                   const GError    *error)
{
  if (!wsi_start_page_show_error (self->start_page, target, field, error->message))
    wsi_toaster_show (self->toaster, error->message);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    offer_port (self, target);
}

static void
on_continued (WsiWindow  *self,
              const char *filter)
{
  gtk_widget_activate_action (GTK_WIDGET (wsi_session_page_get_frame_list (self->session_page)),
                              "frames.apply-filter", "s", filter);
}

static void
on_target (WsiWindow       *self,
           const WsiTarget *target)
{
  wsi_window_model_start (self->model, target);
}

/* The session may be left, with a question or while its file is completed. */
static void
window_on_dropped (const WsiTarget *target,
                   gpointer         window)
{
  WsiWindow *self = window;

  if (wsi_leaving_get_phase (self->leaving) == WSI_LEAVING_NOT)
    wsi_window_model_start (self->model, target);
}

static void
window_destroy (gpointer window)
{
  gtk_window_destroy (window);
}

static gboolean
wsi_window_close_request (GtkWindow *window)
{
  leave_with_drafts (WSI_WINDOW (window), window_destroy);
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
  g_action_map_remove_action (G_ACTION_MAP (self), "arrangement");
}

static void
wsi_window_dispose (GObject *object)
{
  WsiWindow *self = WSI_WINDOW (object);

  g_clear_object (&self->files);
  wsi_leaving_stay (self->leaving);
  wsi_window_model_drop_session (self->model);
  remove_switches (self);
  g_clear_object (&self->toaster);
  G_OBJECT_CLASS (wsi_window_parent_class)->dispose (object);
}

static void
window_bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiWindow, title);
  gtk_widget_class_bind_template_child (class, WsiWindow, back_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, capture_buttons);
  gtk_widget_class_bind_template_child (class, WsiWindow, pause_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, stop_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, sidebar_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, menu_button);
  gtk_widget_class_bind_template_child (class, WsiWindow, toasts);
  gtk_widget_class_bind_template_child (class, WsiWindow, pages);
  gtk_widget_class_bind_template_child (class, WsiWindow, start_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, failed_page);
  gtk_widget_class_bind_template_child (class, WsiWindow, model);
  gtk_widget_class_bind_template_child (class, WsiWindow, leaving);
}

static void
bind_callbacks (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_callback (class, window_on_changed);
  gtk_widget_class_bind_template_callback (class, on_continued);
  gtk_widget_class_bind_template_callback (class, on_finishing);
  gtk_widget_class_bind_template_callback (class, on_paged);
  gtk_widget_class_bind_template_callback (class, window_on_refused);
  gtk_widget_class_bind_template_callback (class, window_on_reported);
  gtk_widget_class_bind_template_callback (class, window_on_session_changed);
  gtk_widget_class_bind_template_callback (class, on_started);
  gtk_widget_class_bind_template_callback (class, on_target);
  gtk_widget_class_bind_template_callback (class, show_back);
}

static void
wsi_window_class_init (WsiWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_window_dispose;
  GTK_WINDOW_CLASS (class)->close_request = wsi_window_close_request;
  widget_class->measure = wsi_window_measure;
  widget_class->size_allocate = wsi_window_size_allocate;

  g_type_ensure (WSI_TYPE_FAILURE_PAGE);
  g_type_ensure (WSI_TYPE_LEAVING);
  g_type_ensure (WSI_TYPE_START_PAGE);
  g_type_ensure (WSI_TYPE_WINDOW_MODEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/window/wsi-window.ui");
  window_bind_children (widget_class);
  bind_callbacks (widget_class);
  window_install_actions (widget_class);
  wsi_shortcuts_bind (widget_class);
}

/* Binds the size: the next window begins as the last one that was changed; the others stay as they
 * are. */
static void
bind_size (WsiWindow *self,
           GSettings *settings)
{
  const GSettingsBindFlags flags = G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES;

  g_settings_bind (settings, "window-width", self, "default-width", flags);
  g_settings_bind (settings, "window-height", self, "default-height", flags);
  g_settings_bind (settings, "window-maximized", self, "maximized", flags);
}

static void
on_names (GSettings  *settings,
          const char *key,
          WsiWindow  *self)
{
  wsi_settings_apply_names (settings);
  window_show_title (self);
}

static gboolean
keep_draft (WsiWindow *self)
{
  g_autoptr (GError) error = NULL;

  if (wsi_session_page_keep_draft (self->session_page, &error))
    return TRUE;

  wsi_toaster_show (self->toaster, error->message);
  return FALSE;
}

static void
wsi_window_init (WsiWindow *self)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();

  wsi_settings_apply_names (settings);
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_window_model_set_up (self->model, settings);
  self->toaster = wsi_toaster_new (self->toasts);
  self->files = wsi_window_files_new (GTK_WINDOW (self), self->model, self->leaving,
                                      self->toaster);
  g_signal_connect_object (self->files, "chosen", G_CALLBACK (wsi_window_open_files), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->files, "keep-draft", G_CALLBACK (keep_draft), self,
                           G_CONNECT_SWAPPED);
  bind_size (self, settings);
  g_signal_connect_object (settings, "changed::redact-names", G_CALLBACK (on_names), self, 0);
  wsi_shortcuts_add_first (GTK_WIDGET (self));
  wsi_drop_install (GTK_WIDGET (self), window_on_dropped, self);
  on_paged (self);
}

WsiWindow *
wsi_window_new (GtkApplication *application)
{
  WsiWindow *self = g_object_new (WSI_TYPE_WINDOW, "application", application, NULL);

  /* the window knows the other windows only now */
  offer_last (self);
  return self;
}

void
wsi_window_start (WsiWindow       *self,
                  const WsiTarget *target)
{
  wsi_window_model_start (self->model, target);
}

void
wsi_window_edit (WsiWindow       *self,
                 const WsiTarget *target)
{
  wsi_window_model_show_page (self->model, WSI_PAGE_START);
  wsi_start_page_edit (self->start_page, target);
}

void
wsi_window_demonstrate (WsiWindow  *self,
                        const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!wsi_window_model_demonstrate (self->model, text, &error))
    wsi_toaster_show (self->toaster, error->message);
}

void
wsi_window_open_files (WsiWindow  *self,
                       GListModel *files)
{
  g_autoptr (WsiTarget) target = wsi_target_new_for_files (files);
  WsiWindow *window = self;

  if (wsi_window_model_get_session (self->model) != NULL)
    {
      window = wsi_window_new (gtk_window_get_application (GTK_WINDOW (self)));
      gtk_window_present (GTK_WINDOW (window));
    }
  wsi_window_start (window, target);
}
