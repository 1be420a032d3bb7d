/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "pages.h"

#include <glib/gi18n.h>

#include "states.h"
#include "ui-test.h"
#include "ui/parts/wsi-settings.h"
#include "ui/template-children.h"

#define ROW_OF_FAULT 20         /* of the example */
#define N_ROWS_OF_EXAMPLE 23
#define N_DRAWINGS 10           /* until a list has its height */
#define BARE_SIZE 500
#define GNOME_LAYOUT ":close"   /* the buttons that its windows have */

/* Pages of the example follow each other, and share a window. */
const Page pages[] = {
  { "start", PAGE_NO_SOURCE, NULL, 0, NULL, NULL },
  { "form-with-a-mistake", WSI_TARGET_CLIENT, "ftp://example.com/", 0, NULL, NULL },
  { "form-of-a-proxy", WSI_TARGET_PROXY, "ftp://example.com/", 0, NULL, NULL },
  { "form-of-a-browser", WSI_TARGET_BROWSER, "99999", 0, NULL, NULL },
  { "form-of-an-interface", WSI_TARGET_CAPTURE, "-", 0, NULL, NULL },
  { "form-of-a-program", WSI_TARGET_PROGRAM, "a/b", 0, NULL, NULL },
  { "port-in-use", WSI_TARGET_SERVER, PAGE_TAKEN_PORT, 0, NULL, NULL },
  { "failed", WSI_TARGET_CLIENT, "ws://127.0.0.1:1/", 0, NULL, NULL },
  { "certificate-refused", PAGE_STATE, "certificate-refused", 0, NULL, NULL },
  { "certificate-refused-by-client", PAGE_STATE, "certificate-refused-by-client", 0, NULL, NULL },
  { "payload-dropped", PAGE_STATE, "payload-dropped", 1, "event == dropped",
    "win.show-message" },
  { "full-disk-while-spilling", PAGE_STATE, "full-disk-while-spilling", 1, "event == dropped",
    "win.show-message" },
  { "full-disk-while-saving", PAGE_STATE, "full-disk-while-saving", 0, NULL, NULL },
  { "missing-file", PAGE_STATE, "missing-file", 0, NULL, NULL },
  { "vanished-file", PAGE_STATE, "vanished-file", 0, NULL, NULL },
  { "open-connection", PAGE_STATE, "open-connection", 4, NULL, "win.show-message" },
  { "waiting", WSI_TARGET_SERVER, "0", 0, NULL, NULL },
  { "frames", WSI_TARGET_EXAMPLE, NULL, 0, NULL, NULL },
  { "nothing-found", WSI_TARGET_EXAMPLE, NULL, 0, "opcode == ping and len > 1000", NULL },
  { "sorted", WSI_TARGET_EXAMPLE, NULL, 0, NULL, "frames.sort::len selection.all" },
  { "message-text", WSI_TARGET_EXAMPLE, NULL, 12, NULL, "win.show-message" },
  { "message-with-a-fault", WSI_TARGET_EXAMPLE, NULL, ROW_OF_FAULT, NULL, "win.show-message" },
  { "frame", WSI_TARGET_EXAMPLE, NULL, 12, NULL, "win.show-frame" },
  { "frame-with-a-fault", WSI_TARGET_EXAMPLE, NULL, ROW_OF_FAULT, NULL, "win.show-frame" },
  { "handshake", WSI_TARGET_EXAMPLE, NULL, 4, NULL, "win.show-handshake" },
  { "connection", WSI_TARGET_EXAMPLE, NULL, 4, NULL, "win.show-connection" },
  { "details-below", WSI_TARGET_EXAMPLE, NULL, 12, NULL,
    "win.show-message win.arrangement::below" },
  { "composer", WSI_TARGET_EXAMPLE, NULL, 12, NULL, "win.compose-row" },
  { "composer-of-bytes", WSI_TARGET_EXAMPLE, NULL, 11, NULL, "win.compose-row" },
  { "timeline", WSI_TARGET_EXAMPLE, NULL, 0, NULL, "win.show-timeline" },
  { "statistics", WSI_TARGET_EXAMPLE, NULL, 0, NULL, "win.show-statistics" },
  { "problems", WSI_TARGET_EXAMPLE, NULL, 0, NULL, "win.show-problems" },
  { "export", WSI_TARGET_EXAMPLE, NULL, 0, NULL, "win.export" },
  { "preferences", WSI_TARGET_EXAMPLE, NULL, 0, NULL, "win.preferences" },
  { "help", WSI_TARGET_EXAMPLE, NULL, 0, NULL, "win.help" },
  { "shortcuts", WSI_TARGET_EXAMPLE, NULL, 0, NULL, "win.show-help-overlay" },
  { "search", WSI_TARGET_EXAMPLE, NULL, 0, NULL, "win.search" },
};

const guint n_pages = G_N_ELEMENTS (pages);

typedef struct
{
  GtkApplication *application;
  int width, height;
  WsiWindow *window;            /* window of the page; NULL: there is none */
  GSocketListener *listener;    /* listener of the port that is taken */
  Surroundings around;
  const Page *page;
} Scene;

static GListModel *
get_rows (WsiWindow *window)
{
  WsiFrameList *list = ui_test_get_list (window);

  return G_LIST_MODEL (gtk_column_view_get_model (wsi_frame_list_get_view (list)));
}

/* dumpcap was asked. */
static gboolean
is_button_to_ask (GtkWidget  *widget,
                  const char *label)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
         gtk_widget_get_sensitive (widget) &&
         g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0;
}

/* Programs were looked for: here is none. */
static gboolean
is_advice (GtkWidget  *widget,
           const char *text)
{
  return ADW_IS_ACTION_ROW (widget) && gtk_widget_get_mapped (widget) &&
         strcmp (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), text) == 0;
}

static gboolean
is_ready (gpointer data)
{
  Scene *scene = data;
  GListModel *rows = get_rows (scene->window);

  if (scene->page->kind == WSI_TARGET_EXAMPLE)
    return rows != NULL && g_list_model_get_n_items (rows) == N_ROWS_OF_EXAMPLE;

  if (scene->page->kind == WSI_TARGET_CAPTURE)
    return ui_test_find (GTK_WIDGET (scene->window), is_button_to_ask, _("Chec_k Again")) != NULL;

  if (scene->page->kind == WSI_TARGET_PROGRAM)
    return ui_test_find (GTK_WIDGET (scene->window), is_advice,
                         _("No program lets an inspector attach. Start yours with the environment "
                           "variable WSP_ATTACH=1, or let it permit inspectors itself."))
           != NULL;

  return !g_str_equal (scene->page->name, "failed") ||
         g_str_equal (ui_test_get_page (scene->window), "failed");
}

static gboolean
is_filtered (gpointer list)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return counts.n_tested >= counts.n_rows;
}

/* A port that another one listens at. */
static char *
take_port (Scene *scene)
{
  guint16 port;

  scene->listener = g_socket_listener_new ();
  port = g_socket_listener_add_any_inet_port (scene->listener, NULL, NULL);
  g_assert_cmpuint (port, >, 0);
  return g_strdup_printf ("%u", port);
}

static WsiTargetField
get_field (WsiTargetKind kind)
{
  return kind == WSI_TARGET_SERVER ? WSI_TARGET_LISTEN
         : kind == WSI_TARGET_CAPTURE ? WSI_TARGET_INTERFACE : WSI_TARGET_ADDRESS;
}

static void
start (Scene *scene)
{
  const Page *page = scene->page;
  g_autoptr (WsiTarget) target = NULL;
  g_autofree char *value = NULL;

  if (page->kind == PAGE_NO_SOURCE)
    return;

  target = wsi_target_new (page->kind);
  value = g_strcmp0 (page->value, PAGE_TAKEN_PORT) == 0 ? take_port (scene)
                                                         : g_strdup (page->value);
  if (value != NULL)
    wsi_target_set_text (target, get_field (page->kind), value);
  wsi_window_start (scene->window, target);
}

static void
open (Scene *scene)
{
  scene->window = wsi_window_new (scene->application);
  gtk_window_set_default_size (GTK_WINDOW (scene->window), scene->width, scene->height);
  gtk_window_present (GTK_WINDOW (scene->window));
  if (scene->page->kind == PAGE_STATE)
    {
      gtk_test_widget_wait_for_draw (GTK_WIDGET (scene->window));
      state_reach (&scene->around, scene->window, scene->page->value);
      return;
    }

  start (scene);
  ui_test_wait_until (is_ready, scene);
}

static void
leave (Scene *scene)
{
  if (scene->window != NULL)
    gtk_window_destroy (GTK_WINDOW (scene->window));
  scene->window = NULL;
  g_clear_object (&scene->listener);
  state_clear (&scene->around);
}

/* As at first; a page may have changed some. */
static void
reset_settings (void)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (settings, keys[i]);
}

static gboolean
is_in_order (gpointer list)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (list);
  gboolean is_asked_for = wsi_shown_rows_get_order (rows).value != WSI_ROW_NONE;
  double part;

  return !wsi_shown_rows_are_being_sorted (rows, &part) &&
         is_asked_for == wsi_shown_rows_are_sorted (rows);
}

/* An action of the window, or one of its list, which has a target. */
static gboolean
activate (WsiWindow    *window,
          WsiFrameList *list,
          const char   *action)
{
  g_auto (GStrv) parts = g_strsplit (action, "::", 2);

  if (g_str_equal (action, "selection.all"))
    return gtk_selection_model_select_all (gtk_column_view_get_model (
                                             wsi_frame_list_get_view (list)));
  if (parts[1] == NULL)
    return gtk_widget_activate_action (GTK_WIDGET (window), action, NULL);
  if (!gtk_widget_activate_action (GTK_WIDGET (list), parts[0], "s", parts[1]))
    return FALSE;

  if (g_str_equal (parts[0], "frames.sort"))
    ui_test_wait_until (is_in_order, list);
  return TRUE;
}

void
page_act (WsiWindow  *window,
          const Page *page)
{
  g_auto (GStrv) actions = g_strsplit (page->actions != NULL ? page->actions : "", " ", -1);
  WsiFrameList *list = ui_test_get_list (window);

  wsi_shown_rows_set_filter (wsi_frame_list_get_rows (list), page->filter, NULL);
  ui_test_wait_until (is_filtered, list);
  gtk_widget_activate_action (GTK_WIDGET (list), "frames.unsort", NULL);
  if (page->row > 0)
    wsi_frame_list_select (list, page->row - 1);
  for (guint i = 0; actions[i] != NULL && *actions[i] != '\0'; i++)
    if (!activate (window, list, actions[i]))
      g_error ("%s: there is no action %s", page->name, actions[i]);
}

/* A dialog of the window, or itself. */
static GtkWindow *
find_front (WsiWindow *window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *i = windows; i != NULL; i = i->next)
    if (gtk_widget_get_mapped (i->data) &&
        gtk_window_get_transient_for (i->data) == GTK_WINDOW (window))
      return i->data;
  return GTK_WINDOW (window);
}

static GtkWidget *
find_part (Scene      *scene,
           const char *type)
{
  return ui_test_find (GTK_WIDGET (scene->window), ui_test_is_type, type);
}

/* A page begins as if none had been shown before. */
static void
show (Scene   *scene,
      PageFunc function)
{
  GtkWindow *front;

  gtk_window_set_default_size (GTK_WINDOW (scene->window), scene->width, scene->height);
  if (scene->page->kind == WSI_TARGET_EXAMPLE)
    {
      gtk_widget_activate_action (GTK_WIDGET (scene->window), "win.show-frames", NULL);
      g_action_group_change_action_state (G_ACTION_GROUP (scene->window), "arrangement",
                                          g_variant_new_string ("automatic"));
      g_object_set (find_part (scene, "WsiListPage"), "details", scene->page->row > 0, NULL);
      g_object_set (find_part (scene, "WsiComposer"), "expanded", FALSE, NULL);
    }
  page_act (scene->window, scene->page);
  ui_test_draw (GTK_WIDGET (scene->window), N_DRAWINGS);
  front = find_front (scene->window);
  if (front != GTK_WINDOW (scene->window))
    {
      int width = gtk_widget_get_width (GTK_WIDGET (front));

      gtk_window_set_default_size (front, MIN (scene->width, width), -1);
      ui_test_draw (GTK_WIDGET (front), N_DRAWINGS);
    }
  function (front, scene->page);
  if (front != GTK_WINDOW (scene->window))
    gtk_window_destroy (front);
}

/* Without a compositor a window has its border within its size. */
static int
measure_border (void)
{
  GtkWindow *window = g_object_new (ADW_TYPE_WINDOW, NULL);
  int border;

  gtk_window_set_default_size (window, BARE_SIZE, BARE_SIZE);
  gtk_window_present (window);
  ui_test_draw (GTK_WIDGET (window), 2);
  border = BARE_SIZE - gtk_widget_get_width (GTK_WIDGET (window));
  gtk_window_destroy (window);
  return border;
}

void
page_show_all (GtkApplication *application,
               int             width,
               int             height,
               PageFunc        function)
{
  Scene scene = { .application = application, .height = height };

  g_object_set (gtk_settings_get_default (), "gtk-decoration-layout", GNOME_LAYOUT, NULL);
  scene.width = width + measure_border ();
  for (guint i = 0; i < n_pages; i++)
    {
      scene.page = &pages[i];
      reset_settings ();
      if (i == 0 || pages[i].kind != WSI_TARGET_EXAMPLE || pages[i - 1].kind != WSI_TARGET_EXAMPLE)
        leave (&scene);
      if (scene.window == NULL)
        open (&scene);
      show (&scene, function);
    }
  leave (&scene);
}
