/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The texts of a row are on one line, and rows have one height, whatever script a message has and
 * whatever language the window.  The drawing of the window is measured. */
#include "ui/frames/wsi-frame-table.h"

#include <math.h>

#include "fonts.h"
#include "inspector/opened.h"
#include "language.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-column-titles.h"

#define WIDTH 700
#define HEIGHT 500
#define MIN_TEXTS 5             /* of a row: its columns */
#define TOLERANCE 1.0           /* pixels: a line begins at a whole one, its baseline need not */

/* Scripts that no font of Latin letters has, some with high or deep letters. */
static const char *const messages[] = {
  "Latin", "\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd", "\u4f60\u597d",
  "\uc548\ub155", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u0928\u092e\u0938\u094d\u0924\u0947",
  "\u101f\u101a\u103a\u101c\u102d\u102f", "\u0d28\u0d2e\u0d38\u0d4d\u0d15\u0d3e\u0d30\u0d02",
  "\u1794\u1789\u17d2\u1787\u17b6", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
  "Latin, \u0645\u0631\u062d\u0628\u0627, \u4f60\u597d, \u101f\u101a\u103a",
};

static void
append_all (WsiStore *store)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      const UiTestFrame frame = {
        .direction = i % 2 == 0 ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED,
        .opcode = 1,
        .payload = messages[i],
        .time_us = 1000 * (gint64) i,
      };

      ui_test_append (store, conversation, &frame);
    }
  wsi_store_announce (store);
}

/* The baselines of the texts of a drawing, in pixels from its top. */
static void
collect (GskRenderNode *node,
         double         top,
         GArray        *baselines)
{
  switch ((int) gsk_render_node_get_node_type (node))
    {
    case GSK_CONTAINER_NODE:
      for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
        collect (gsk_container_node_get_child (node, i), top, baselines);
      break;
    case GSK_TRANSFORM_NODE:
    {
      float x, y;

      gsk_transform_to_translate (gsk_transform_node_get_transform (node), &x, &y);
      collect (gsk_transform_node_get_child (node), top + y, baselines);
      break;
    }
    case GSK_CLIP_NODE:
      collect (gsk_clip_node_get_child (node), top, baselines);
      break;
    case GSK_OPACITY_NODE:
      collect (gsk_opacity_node_get_child (node), top, baselines);
      break;
    case GSK_DEBUG_NODE:
      collect (gsk_debug_node_get_child (node), top, baselines);
      break;
    case GSK_COLOR_MATRIX_NODE:
      collect (gsk_color_matrix_node_get_child (node), top, baselines);
      break;
    case GSK_TEXT_NODE:
      top += gsk_text_node_get_offset (node)->y;
      g_array_append_val (baselines, top);
      break;
    default:
      break;
    }
}

static GArray *
measure_baselines (GtkWidget *row)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (row);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GArray *baselines = g_array_new (FALSE, FALSE, sizeof (double));
  GskRenderNode *node;

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (row),
                          gtk_widget_get_height (row));
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    collect (node, 0, baselines);
  g_clear_pointer (&node, gsk_render_node_unref);
  return baselines;
}

/* All faults at once. */
static void
check_row (GtkWidget *row,
           guint      number,
           double     baseline,
           int        height)
{
  g_autoptr (GArray) baselines = measure_baselines (row);

  g_assert_cmpuint (baselines->len, >=, MIN_TEXTS);
  for (guint i = 0; i < baselines->len; i++)
    if (fabs (g_array_index (baselines, double, i) - baseline) >= TOLERANCE)
      {
        g_test_message ("%s: text %u is at %.2f, expected %.2f", messages[number], i,
                        g_array_index (baselines, double, i), baseline);
        g_test_fail ();
      }
  if (gtk_widget_get_height (row) != height)
    {
      g_test_message ("%s: row has a height of %d, expected %d", messages[number],
                      gtk_widget_get_height (row), height);
      g_test_fail ();
    }
}

static void
check_rows (WsiFrameList *list)
{
  GtkWidget *rows = wsi_column_titles_get_list (wsi_frame_list_get_view (list));
  GtkWidget *first = gtk_widget_get_first_child (rows);
  g_autoptr (GArray) baselines = measure_baselines (first);
  GtkWidget *row = first;

  g_assert_cmpuint (baselines->len, >=, MIN_TEXTS);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_assert_nonnull (row);
      check_row (row, i, g_array_index (baselines, double, 0), gtk_widget_get_height (first));
      row = gtk_widget_get_next_sibling (row);
    }
}

static gboolean
has_rows (gpointer list)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return counts.n_shown == G_N_ELEMENTS (messages);
}

static void
check_list (const char *name)
{
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  WsiFrameList *list = g_object_new (WSI_TYPE_FRAME_TABLE, NULL);
  g_autofree char *picture = g_strconcat ("baselines-", name, NULL);
  GtkWindow *window;

  append_all (store);
  wsi_frame_list_set_store (list, store);
  window = ui_test_open (GTK_WIDGET (list), WIDTH, HEIGHT);
  ui_test_wait_until (has_rows, list);
  ui_test_draw (GTK_WIDGET (window), 12);
  picture_save (GTK_WIDGET (window), picture);
  check_rows (list);
  ui_test_close (window);
}

static void
test_usual (void)
{
  check_list ("usual");
}

static void
test_large (void)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 144 * 1024, NULL);
  check_list ("large");
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

static void
test_font (gconstpointer data)
{
  const Font *font = data;

  if (!font_set (font))
    return;

  check_list (font->name);
  font_reset ();
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GtkApplication) application = NULL;

  g_test_init (&argc, &argv, NULL);
  if (argc > 2 && language_set (argv[1], argv[2]) == NULL)
    {
      g_print ("1..0 # SKIP there is no locale for %s, and localedef cannot make it\n", argv[1]);
      return 0;
    }

  gtk_init ();
  application = ui_test_make_application ();
  g_test_add_func ("/ui/baselines/rows-have-one", test_usual);
  g_test_add_func ("/ui/baselines/rows-have-one-with-large-text", test_large);
  for (guint i = 0; i < n_fonts; i++)
    {
      g_autofree char *path = g_strconcat ("/ui/baselines/rows-have-one-in-", fonts[i].name, NULL);

      g_test_add_data_func (path, &fonts[i], test_font);
    }
  return ui_test_end (g_steal_pointer (&application));
}
