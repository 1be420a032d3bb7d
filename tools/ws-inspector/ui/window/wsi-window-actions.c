/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The actions of the window, by their names. */

#include "ui/window/wsi-window-private.h"

#include "ui/frames/wsi-colour-window.h"
#include "ui/parts/wsi-dialog.h"
#include "ui/window/wsi-preferences.h"
#include "ui/window/wsi-shortcuts.h"

static void
activate_back (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  if (wsi_window_is_page (self, "start") && wsi_start_page_is_form (self->start_page))
    {
      wsi_window_stop_continuing (self);
      wsi_start_page_go_back (self->start_page);
      wsi_window_show_back (self);
    }
  else if (wsi_window_is_page (self, "start") && self->session != NULL)
    {
      wsi_window_return_to_session (self);
    }
  else
    {
      wsi_window_leave (self, wsi_window_show_start);
    }
}

static void
activate_continue (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  if (!wsi_window_wait_for_last (self))
    return;

  wsi_session_page_take_last_view (self->session_page);
  wsi_window_continue (self);
}

static void
activate_add_source (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  wsi_window_show_page (WSI_WINDOW (widget), "start");
}

static void
start_again (WsiWindow *self)
{
  g_autoptr (WsiTarget) target = wsi_target_copy (self->target);

  wsi_window_drop_session (self);
  wsi_window_start (self, target);
}

static void
activate_try_again (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  if (self->target != NULL)
    wsi_window_leave (self, start_again);
}

static void
change_target (WsiWindow *self)
{
  wsi_window_show_start (self);
  if (self->target != NULL)
    wsi_start_page_edit (self->start_page, self->target);
  wsi_window_show_back (self);
}

static void
activate_change_target (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  wsi_window_leave (WSI_WINDOW (widget), change_target);
}

static void
activate_stop (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  if (self->session != NULL)
    wsi_session_stop (self->session);
}

static void
activate_pause (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  WsiSession *session = WSI_WINDOW (widget)->session;

  if (session == NULL)
    return;

  if (wsi_session_is_paused (session))
    wsi_session_resume (session);
  else
    wsi_session_pause (session);
}

/* An action that a part carries out. */
static void
activate_part (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);
  const WsiShortcut *shortcut = wsi_shortcut_find (name);

  switch (shortcut->part)
    {
    case WSI_PART_FRAMES:
      wsi_window_show_page (self, "session");
      wsi_session_page_show_view (self->session_page, "frames");
      if (shortcut->group == WSI_SHORTCUTS_FIND)
        wsi_session_page_show_list (self->session_page);
      gtk_widget_activate_action (GTK_WIDGET (wsi_window_get_frame_list (self)),
                                  shortcut->part_action, NULL);
      break;
    case WSI_PART_VIEW:
      wsi_window_show_page (self, "session");
      wsi_session_page_go_to_view (self->session_page, shortcut->part_action);
      break;
    case WSI_PART_DETAIL:
      wsi_window_show_page (self, "session");
      wsi_session_page_show_tab (self->session_page, shortcut->part_action);
      break;
    case WSI_PART_COMPOSER:
      wsi_window_show_page (self, "session");
      wsi_session_page_compose_row (self->session_page);
      break;
    case WSI_PART_SWITCH:
    case WSI_PART_WINDOW:
      g_assert_not_reached ();
    }
}

static void
activate_next_part (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  wsi_session_page_focus_next (self->session_page, GTK_DIR_TAB_FORWARD);
}

static void
activate_previous_part (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  wsi_session_page_focus_next (self->session_page, GTK_DIR_TAB_BACKWARD);
}

static void
activate_divider (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  wsi_session_page_focus_divider (WSI_WINDOW (widget)->session_page);
}

static void
activate_menu (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  gtk_menu_button_popup (WSI_WINDOW (widget)->menu_button);
}

static void
activate_close (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  gtk_window_close (GTK_WINDOW (widget));
}

static void
activate_shortcuts (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  GtkWidget *window = wsi_shortcuts_make_window ();

  wsi_dialog_set_parent (GTK_WINDOW (window), GTK_WINDOW (widget));
  gtk_window_present (GTK_WINDOW (window));
}

static void
activate_colours (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  gtk_window_present (GTK_WINDOW (wsi_colour_window_new (GTK_WINDOW (widget))));
}

static void
activate_preferences (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  gtk_window_present (GTK_WINDOW (wsi_preferences_new (GTK_WINDOW (widget))));
}

/* For each widget of the window: the action has its sentence as parameter. */
static void
activate_toast (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  wsi_window_show_toast (WSI_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

void
wsi_window_install_actions (GtkWidgetClass *class)
{
  const struct
  {
    const char             *name, *parameter;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.add-source", NULL, activate_add_source },
    { "win.back", NULL, activate_back },
    { "win.change-target", NULL, activate_change_target },
    { "win.close", NULL, activate_close },
    { "win.colours", NULL, activate_colours },
    { "win.continue", NULL, activate_continue },
    { "win.divider", NULL, activate_divider },
    { "win.menu", NULL, activate_menu },
    { "win.next-part", NULL, activate_next_part },
    { "win.pause-capture", NULL, activate_pause },
    { "win.preferences", NULL, activate_preferences },
    { "win.previous-part", NULL, activate_previous_part },
    { "win.show-help-overlay", NULL, activate_shortcuts },
    { "win.stop", NULL, activate_stop },
    { "win.toast", "s", activate_toast },
    { "win.try-again", NULL, activate_try_again },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (class, actions[i].name, actions[i].parameter,
                                     actions[i].activate);
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (wsi_shortcuts[i].part != WSI_PART_WINDOW && wsi_shortcuts[i].part != WSI_PART_SWITCH)
      gtk_widget_class_install_action (class, wsi_shortcuts[i].action, NULL, activate_part);
}
