/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* show-pages WIDTH [ltr | rtl] [LARGER]: each page and state of the window as a picture in
 * WSI_PICTURES, for people to look at.  Language, dark and high contrast come from the environment:
 * tests/ui/make-pictures has them all.  LARGER is the size of the text, in percent. */
#include "picture.h"
#include "ui-test.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-window.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdlib.h>

#define HEIGHT 800
#define NO_SOURCE -1
#define ROW_OF_FAULT 20         /* of the example */
#define N_ROWS_OF_EXAMPLE 23

typedef struct
{
  const char    *name;
  int            kind;          /* NO_SOURCE = the start page */
  const char    *value;         /* of its first field, or NULL */
  guint          row;           /* that is selected, or 0 */
  const char    *actions;       /* of the window, with blanks between them, or NULL */
} Page;

static const Page pages[] = {
  { "start", NO_SOURCE, NULL, 0, NULL },
  { "form-with-a-mistake", WSI_TARGET_CLIENT, "http://example.com/", 0, NULL },
  { "failed", WSI_TARGET_CLIENT, "ws://127.0.0.1:1/", 0, NULL },
  { "waiting", WSI_TARGET_SERVER, "0", 0, NULL },
  { "frames", WSI_TARGET_EXAMPLE, NULL, 0, NULL },
  { "message-text", WSI_TARGET_EXAMPLE, NULL, 12, "win.show-message" },
  { "message-with-a-fault", WSI_TARGET_EXAMPLE, NULL, ROW_OF_FAULT, "win.show-message" },
  { "frame", WSI_TARGET_EXAMPLE, NULL, 12, "win.show-frame" },
  { "frame-with-a-fault", WSI_TARGET_EXAMPLE, NULL, ROW_OF_FAULT, "win.show-frame" },
  { "handshake", WSI_TARGET_EXAMPLE, NULL, 4, "win.show-handshake" },
  { "connection", WSI_TARGET_EXAMPLE, NULL, 4, "win.show-connection" },
  { "engine", WSI_TARGET_EXAMPLE, NULL, 4, "win.show-engine" },
  { "details-at-the-side", WSI_TARGET_EXAMPLE, NULL, 12, "win.show-message win.detail-beside" },
  { "search", WSI_TARGET_EXAMPLE, NULL, 0, "win.search" },
  { "timeline", WSI_TARGET_EXAMPLE, NULL, 0, "win.show-timeline" },
  { "statistics", WSI_TARGET_EXAMPLE, NULL, 0, "win.show-statistics" },
  { "problems", WSI_TARGET_EXAMPLE, NULL, 0, "win.show-problems" },
  { "composer", WSI_TARGET_EXAMPLE, NULL, 4, "win.compose-row" },
};

static GtkApplication *application;

typedef struct
{
  WsiWindow *window;
  const Page *page;
} Scene;

static gboolean
is_ready (gpointer data)
{
  Scene *scene = data;
  GListModel *rows;

  if (scene->page->kind != WSI_TARGET_EXAMPLE)
    return !g_str_equal (scene->page->name, "failed") ||
           g_str_equal (wsi_window_get_page (scene->window), "failed");

  rows = G_LIST_MODEL (gtk_column_view_get_model (wsi_frame_list_get_view (
                                                    wsi_window_get_frame_list (scene->window))));
  return rows != NULL && g_list_model_get_n_items (rows) == N_ROWS_OF_EXAMPLE;
}

static void
start (Scene *scene)
{
  const Page *page = scene->page;
  g_autoptr (WsiTarget) target = NULL;

  if (page->kind == NO_SOURCE)
    return;

  target = wsi_target_new (page->kind);
  if (page->value != NULL)
    wsi_target_set_text (target, page->kind == WSI_TARGET_SERVER ? WSI_TARGET_LISTEN
                                                                 : WSI_TARGET_ADDRESS,
                         page->value);
  wsi_window_start (scene->window, target);
}

static void
act (Scene *scene)
{
  const char *names = scene->page->actions != NULL ? scene->page->actions : "";
  g_auto (GStrv) actions = g_strsplit (names, " ", -1);
  GtkColumnView *view = wsi_frame_list_get_view (wsi_window_get_frame_list (scene->window));

  if (scene->page->row > 0)
    gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (gtk_column_view_get_model (view)),
                                       scene->page->row - 1);
  for (guint i = 0; actions[i] != NULL && *actions[i] != '\0'; i++)
    {
      gboolean is_there = gtk_widget_activate_action (GTK_WIDGET (scene->window), actions[i], NULL);

      if (!is_there)
        g_error ("%s: there is no action %s", scene->page->name, actions[i]);
    }
}

static void
show (const Page *page,
      int         width)
{
  Scene scene = { .window = wsi_window_new (application), .page = page };

  gtk_window_set_default_size (GTK_WINDOW (scene.window), width, HEIGHT);
  gtk_window_present (GTK_WINDOW (scene.window));
  start (&scene);
  ui_test_wait_until (is_ready, &scene);
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  act (&scene);
  ui_test_draw (GTK_WIDGET (scene.window), 20);
  picture_save (GTK_WIDGET (scene.window), page->name);
  gtk_window_destroy (GTK_WINDOW (scene.window));
}

/* The translations of the build folder, where the environment names it. */
static void
choose_language (void)
{
  const char *folder = g_getenv ("WSI_LOCALES");

  setlocale (LC_ALL, "");
  if (folder != NULL)
    bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int    argc,
      char **argv)
{
  int width = argc > 1 ? atoi (argv[1]) : 1280;
  gboolean is_rtl = argc > 2 && g_str_equal (argv[2], "rtl");
  int percent = argc > 3 ? atoi (argv[3]) : 100;

  choose_language ();
  gtk_init ();
  application = GTK_APPLICATION (wsi_application_new (APP_ID));
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  gtk_widget_set_default_direction (is_rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * percent / 100,
                "gtk-enable-animations", FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    show (&pages[i], width);
  g_object_unref (application);
  return 0;
}
