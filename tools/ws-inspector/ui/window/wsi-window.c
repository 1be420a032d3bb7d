/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-window-private.h"

#include "ui/parts/wsi-settings.h"
#include "ui/start/wsi-drop.h"
#include "ui/window/wsi-shortcuts.h"
#include "ui/window/wsi-toast.h"

G_DEFINE_FINAL_TYPE (WsiWindow, wsi_window, ADW_TYPE_APPLICATION_WINDOW)

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
