/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/template-children.h"

gpointer
ui_test_get_child (gpointer    widget,
                   const char *id)
{
  GObject *child = gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), id);

  g_assert_nonnull (child);
  return child;
}

const char *
ui_test_get_text (gpointer    widget,
                  const char *id)
{
  return gtk_label_get_text (ui_test_get_child (widget, id));
}

const char *
ui_test_get_page (gpointer widget)
{
  return gtk_stack_get_visible_child_name (ui_test_get_child (widget, "pages"));
}

gpointer
ui_test_get_session_page (WsiWindow *window)
{
  return gtk_stack_get_child_by_name (ui_test_get_child (window, "pages"), "session");
}

gpointer
ui_test_get_detail (gpointer session_page)
{
  return ui_test_get_child (ui_test_get_child (session_page, "frames_page"), "detail");
}

gpointer
ui_test_get_tab (WsiWindow  *window,
                 const char *id)
{
  return ui_test_get_child (ui_test_get_detail (ui_test_get_session_page (window)), id);
}

void
ui_test_show_view (gpointer    message_page,
                   const char *name)
{
  g_autofree char *id = g_strconcat (name, "_button", NULL);

  gtk_toggle_button_set_active (ui_test_get_child (message_page, id), TRUE);
}

void
ui_test_choose_replay (gpointer dialog,
                       guint32  conversation,
                       WspRole  sender)
{
  GListModel *names = ui_test_get_child (dialog, "names");

  /* The latest connection is the first one. */
  gtk_drop_down_set_selected (ui_test_get_child (dialog, "connection"),
                              g_list_model_get_n_items (names) - conversation);
  gtk_drop_down_set_selected (ui_test_get_child (dialog, "sender"), sender == WSP_ROLE_SERVER);
}

gboolean
ui_test_is_replay_running (gpointer dialog)
{
  return gtk_widget_get_visible (ui_test_get_child (dialog, "stop"));
}

gboolean
ui_test_has_failed (gpointer window)
{
  return g_str_equal (ui_test_get_page (window), "failed");
}

gboolean
ui_test_is_running (gpointer source)
{
  return wsi_source_get_state (source) == WSI_SOURCE_RUNNING;
}

WsiWindowModel *
ui_test_get_model (WsiWindow *window)
{
  return ui_test_get_child (window, "model");
}

WsiSession *
ui_test_get_session (WsiWindow *window)
{
  return wsi_window_model_get_session (ui_test_get_model (window));
}

WsiSource *
ui_test_get_source (WsiWindow *window)
{
  return wsi_window_model_get_source (ui_test_get_model (window));
}

WsiFrameList *
ui_test_get_list (WsiWindow *window)
{
  WsiWindowModel *model = ui_test_get_model (window);
  WsiPage page = wsi_window_model_get_page (model);

  if (ui_test_get_session_page (window) == NULL)
    {
      wsi_window_model_show_page (model, WSI_PAGE_SESSION);
      wsi_window_model_show_page (model, page);
    }
  return wsi_session_page_get_frame_list (ui_test_get_session_page (window));
}

void
ui_test_save (WsiWindow *window,
              GFile     *file)
{
  g_autoptr (GError) error = NULL;

  wsi_window_model_save_to (ui_test_get_model (window), file, WSI_REDACTION_DEFAULT, &error);
  g_assert_no_error (error);
}
