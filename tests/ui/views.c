/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "views.h"

#include "pages.h"
#include "ui-test.h"
#include "ui/template-children.h"

#define OPCODE_OF_TEXT 1
#define FOLDER_MS 500           /* in which a dialog for files has read its folder */

static const View dialogs[] = {
  { "about", VIEW_OF_ANY_WINDOW, NULL, "app.about" },
  { "colours", VIEW_OF_ANY_WINDOW, NULL, "win.colours" },
  { "help", VIEW_OF_ANY_WINDOW, NULL, "win.help" },
  { "open", VIEW_OF_ANY_WINDOW, NULL, "win.open" },
  { "preferences", VIEW_OF_ANY_WINDOW, NULL, "win.preferences" },
  { "shortcuts", VIEW_OF_ANY_WINDOW, NULL, "win.show-help-overlay" },
  { "menu", VIEW_OF_ANY_WINDOW, NULL, "win.menu" },
  { "file-of-form", VIEW_OF_FORM, NULL, "" },
  { "export", VIEW_OF_SESSION, NULL, "win.export" },
  { "save-as", VIEW_OF_SESSION, NULL, "win.save-as" },
  { "file-to-send", VIEW_OF_SESSION, "WsiDraftEditor", "draft.choose-file" },
  { "replay", VIEW_OF_SESSION, "WsiComposer", "composer.replay" },
  { "raw-frame", VIEW_OF_TEXT, "WsiComposer", "win.compose-row composer.raw" },
  { "send-again", VIEW_OF_TEXT, "WsiFrameTable", "frames.send-again" },
  { "comment", VIEW_OF_TEXT, "WsiFrameTable", "frames.comment" },
  { "tags", VIEW_OF_TEXT, "WsiFrameTable", "frames.tags" },
  { "conversation", VIEW_OF_TEXT, "WsiFrameTable", "frames.follow-conversation" },
  { "compared", VIEW_OF_TEXT, "WsiMessagePage",
    "message.mark-for-comparison message.compare" },
  { "payload", VIEW_OF_TEXT, "WsiMessagePage", "message.save" },
  { "question", VIEW_OF_UNSAVED, NULL, "win.close" },
};

/* Pages of a session, but for those that are dialogs. */
static const View *
list_pages (guint *n)
{
  static GArray *views = NULL;

  if (views == NULL)
    {
      views = g_array_new (FALSE, FALSE, sizeof (View));
      for (guint i = 0; i < n_pages; i++)
        {
          const View view = {
            pages[i].name, pages[i].row > 0 ? VIEW_OF_TEXT : VIEW_OF_SESSION, NULL, NULL,
          };
          gboolean is_dialog = FALSE;

          for (guint j = 0; j < G_N_ELEMENTS (dialogs); j++)
            is_dialog = is_dialog || g_str_equal (dialogs[j].name, view.name);
          if (pages[i].kind == WSI_TARGET_EXAMPLE && !is_dialog)
            g_array_append_val (views, view);
        }
    }
  *n = views->len;
  return (const View *) views->data;
}

guint
view_get_n (void)
{
  guint n;

  list_pages (&n);
  return n + G_N_ELEMENTS (dialogs);
}

const View *
view_get (guint i)
{
  guint n;
  const View *of_pages = list_pages (&n);

  return i < n ? &of_pages[i] : &dialogs[i - n];
}

GtkWindow *
view_find_dialog (GtkWindow *window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *i = windows; i != NULL; i = i->next)
    if (gtk_widget_get_visible (i->data) && gtk_window_get_transient_for (i->data) == window)
      return i->data;
  return NULL;
}

gboolean
view_is_in (const View *view,
            ViewBase    base)
{
  return (view->base & ~base) == 0;
}

static gboolean
is_text (WsiRow *row)
{
  return row != NULL && wsi_record_is_frame (wsi_row_get_record (row)) &&
         wsi_row_get_record (row)->message_opcode == OPCODE_OF_TEXT;
}

static gboolean
has_payload (gpointer page)
{
  WsiContent *content = wsi_message_page_get_message (GTK_WIDGET (page)).content;

  return content != NULL && wsi_content_get_bytes (content, WSI_VIEW_INFLATED) != NULL;
}

static void
select_text (WsiWindow *window)
{
  WsiFrameList *list = ui_test_get_list (window);
  WsiShownCounts counts;

  wsi_shown_rows_set_filter (wsi_frame_list_get_rows (list), NULL, NULL);
  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  for (guint i = 0; i < counts.n_shown && !is_text (wsi_frame_list_get_row (list)); i++)
    wsi_frame_list_select (list, i);
  g_assert_true (is_text (wsi_frame_list_get_row (list)));
}

static void
act (GtkWidget  *widget,
     const char *actions)
{
  g_auto (GStrv) names = g_strsplit (actions, " ", -1);

  if (GTK_IS_BUTTON (widget))
    g_signal_emit_by_name (widget, "clicked");

  for (guint i = 0; names[i] != NULL && *actions != '\0'; i++)
    if (!gtk_widget_activate_action (widget, names[i], NULL))
      g_error ("there is no action %s", names[i]);
}

/* The button that chooses a file. */
static gboolean
is_choosing (GtkWidget  *widget,
             const char *icon)
{
  return GTK_IS_BUTTON (widget) &&
         gtk_widget_get_ancestor (widget, g_type_from_name ("WsiFieldRow")) != NULL &&
         g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), icon) == 0;
}

static void
show_page (WsiWindow  *window,
           const View *view)
{
  for (guint i = 0; i < n_pages; i++)
    if (g_str_equal (pages[i].name, view->name))
      {
        Page page = pages[i];

        /* Rows of other sessions than the example are others. */
        page.row = 0;
        page_act (window, &page);
      }
}

static gboolean
end_wait (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Its path is there, or it shows no folder. */
static gboolean
has_path (gpointer dialog)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_current_folder (dialog);
  GtkWidget *bar = ui_test_find (dialog, ui_test_is_type, "GtkPathBar");

  return folder == NULL || ui_test_find (bar, ui_test_is_type, "GtkToggleButton") != NULL;
}

/* A dialog for files of GTK 4.18 that goes while it reads its folder uses objects that it has
 * freed; that of GTK 4.8 may go at any time. */
static GtkWindow *
wait_for_folder (GtkWindow *dialog)
{
  gboolean is_over = FALSE;

  if (!GTK_IS_FILE_CHOOSER (dialog) || gtk_check_version (4, 10, 0) != NULL)
    return dialog;

  ui_test_wait_until (has_path, dialog);
  g_timeout_add (FOLDER_MS, end_wait, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  return dialog;
}

GtkWindow *
view_open (WsiWindow  *window,
           const View *view)
{
  GtkWidget *widget = GTK_WIDGET (window);

  if (view->base == VIEW_OF_TEXT)
    select_text (window);
  if (view->actions == NULL)
    {
      show_page (window, view);
      return NULL;
    }

  if (view->owner != NULL)
    widget = ui_test_find (widget, ui_test_is_type, view->owner);
  if (g_strcmp0 (view->owner, "WsiMessagePage") == 0)
    {
      act (GTK_WIDGET (window), "win.show-message");
      ui_test_wait_until (has_payload, widget);
    }
  if (view->base == VIEW_OF_FORM)
    widget = ui_test_find (widget, is_choosing, "document-open-symbolic");
  g_assert_nonnull (widget);
  act (widget, view->actions);
  return wait_for_folder (view_find_dialog (GTK_WINDOW (window)));
}
