/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* show-tour SERVER: the window with live traffic through its proxy, as pictures in WSI_PICTURES.
 * Prints the address of the proxy, and goes on with a line of standard input. */
#include "pages.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/details/wsi-bit-diagram.h"
#include "ui/parts/wsi-settings.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"

#include <stdio.h>

#define WIDTH 1280
#define HEIGHT 760
#define GNOME_FONT "Cantarell"
#define OPCODE 4                /* fields of a frame before it: FIN and the reserved bits */

typedef struct
{
  const char *name;
  const char *find;             /* filter whose first row is selected; NULL = none */
  const char *actions;
  const char *view;             /* view of the message; NULL = it stays */
} Stop;

static const Stop stops[] = {
  { "session", "json.type == \"tick\" and json.number == 9", "win.show-message", "tree" },
  { "frame", "sent and path == \"/prices\" and opcode == text", "win.show-frame", NULL },
  { "timeline", NULL, "win.show-timeline", NULL },
  { "composer", "sent and path == \"/orders\" and opcode == text",
    "win.show-frames win.show-message win.compose-row", "text" },
};

static void
use_font_of_gnome (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMap *fonts = pango_context_get_font_map (context);

  if (pango_font_map_get_family (fonts, GNOME_FONT) != NULL)
    g_object_set (gtk_settings_get_default (), "gtk-font-name", GNOME_FONT " 11", NULL);
}

static gboolean
is_filtered (gpointer list)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return counts.n_tested >= counts.n_rows && counts.n_shown > 0;
}

static gboolean
is_shown (gpointer page)
{
  return wsi_message_page_is_ready (page);
}

/* The row stays selected in the whole list. */
static void
find (WsiWindow  *window,
      const char *filter)
{
  WsiFrameList *list = ui_test_get_list (window);
  g_autoptr (GError) error = NULL;
  guint64 number;

  wsi_shown_rows_set_filter (wsi_frame_list_get_rows (list), filter, &error);
  g_assert_no_error (error);
  ui_test_wait_until (is_filtered, list);
  wsi_frame_list_select (list, 0);
  number = wsi_row_get_number (wsi_frame_list_get_row (list));
  wsi_shown_rows_set_filter (wsi_frame_list_get_rows (list), NULL, NULL);
  ui_test_draw (GTK_WIDGET (window), 10);
  g_assert_true (wsi_frame_list_go_to (list, number));
}

static void
show (WsiWindow  *window,
      const Stop *stop)
{
  const Page page = { .name = stop->name, .actions = stop->actions };
  GtkWidget *diagram;

  if (stop->find != NULL)
    find (window, stop->find);
  page_act (window, &page);
  if (stop->view != NULL)
    ui_test_show_view (ui_test_get_tab (window, "message_page"), stop->view);
  ui_test_draw (GTK_WIDGET (window), 20);
  diagram = ui_test_find (GTK_WIDGET (window), ui_test_is_type, "WsiBitDiagram");
  wsi_bit_diagram_set_selected (WSI_BIT_DIAGRAM (diagram), OPCODE);
  ui_test_wait_until (is_shown, ui_test_get_tab (window, "message_page"));
  ui_test_draw (GTK_WIDGET (window), 10);
  picture_save (GTK_WIDGET (window), stop->name);
}

static gboolean
has_address (gpointer source)
{
  return wsi_source_get_uri (source) != NULL;
}

static gboolean
on_line (GIOChannel  *channel,
         GIOCondition condition,
         gpointer     data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_set (gpointer data)
{
  return *(gboolean *) data;
}

static void
wait_for_line (void)
{
  GIOChannel *channel = g_io_channel_unix_new (fileno (stdin));
  gboolean has_come = FALSE;

  g_io_add_watch (channel, G_IO_IN | G_IO_HUP, on_line, &has_come);
  ui_test_wait_until (is_set, &has_come);
  g_io_channel_unref (channel);
}

static void
start (WsiWindow    *window,
       WsiTargetKind kind,
       const char   *address)
{
  g_autoptr (WsiTarget) target = wsi_target_new (kind);

  wsi_target_set_text (target, WSI_TARGET_ADDRESS, address);
  if (kind == WSI_TARGET_PROXY)
    wsi_target_set_text (target, WSI_TARGET_LISTEN, "0");
  wsi_target_set_options (target, WSI_TARGET_COMPRESSES);
  wsi_window_start (window, target);
}

/* Through a proxy, and a client of its own, which can be written to. */
static void
run (WsiWindow  *window,
     const char *server)
{
  g_autofree char *orders = g_strconcat (server, "/orders", NULL);

  start (window, WSI_TARGET_PROXY, server);
  ui_test_wait_until (has_address, ui_test_get_source (window));
  g_print ("%s\n", wsi_source_get_uri (ui_test_get_source (window)));
  start (window, WSI_TARGET_CLIENT, orders);
  wait_for_line ();
  for (guint i = 0; i < G_N_ELEMENTS (stops); i++)
    {
      if (g_str_equal (stops[i].name, "composer"))
        adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                            ADW_COLOR_SCHEME_FORCE_DARK);
      show (window, &stops[i]);
    }
}

static WsiWindow *
open (GtkApplication *application)
{
  WsiWindow *window = wsi_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (window));
  ui_test_draw (GTK_WIDGET (window), 10);
  return window;
}

int
main (int    argc,
      char **argv)
{
  static const char *const recent[] = {
    "connect ws://localhost:8080/chat", "proxy 9001 ws://localhost:3000", NULL,
  };
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (GtkApplication) application = NULL;
  WsiWindow *window;

  g_assert_cmpint (argc, ==, 2);
  gtk_init ();
  application = GTK_APPLICATION (wsi_application_new (APP_ID));
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE,
                "gtk-decoration-layout", ":close", NULL);
  settings = wsi_settings_new ();
  g_settings_set_strv (settings, "recent-targets", recent);

  window = open (application);
  use_font_of_gnome (GTK_WIDGET (window));
  ui_test_draw (GTK_WIDGET (window), 10);
  picture_save (GTK_WIDGET (window), "start");
  run (window, argv[1]);
  gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
