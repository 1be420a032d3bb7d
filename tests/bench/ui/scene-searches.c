/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "scene-searches.h"

#include <string.h>

#include "meter.h"
#include "ui/frames/wsi-frame-pane.h"
#include "ui/frames/wsi-search-bar.h"
#include "ui/template-children.h"

#define N_ROUNDS 3

typedef struct
{
  const char      *name, *text;
  WsiSearchSubject subject;
} Search;

/* All rows have the first and the third text; only the first row, to which a search back comes at
 * its end, has the others. */
static const Search searches[] = {
  { "text", "tick", WSI_SEARCH_FOR_TEXT },
  { "text-few", "1000000", WSI_SEARCH_FOR_TEXT },
  { "json-path", "json.type == \"tick\"", WSI_SEARCH_FOR_FILTER },
  { "json-path-few", "json.n == 1000000", WSI_SEARCH_FOR_FILTER },
};

static WsiSearchBar *
get_search_bar (Scene *scene)
{
  GtkWidget *pane = gtk_widget_get_ancestor (GTK_WIDGET (scene->list), WSI_TYPE_FRAME_PANE);

  return ui_test_get_child (pane, "search_bar");
}

/* Whether all rows were counted: until then the number has a sign before it. */
static gboolean
has_count (Scene *scene)
{
  WsiSearchBar *bar = get_search_bar (scene);

  return gtk_widget_get_visible (ui_test_get_child (bar, "count")) &&
         strstr (ui_test_get_text (bar, "count"), "≥") == NULL &&
         !gtk_widget_get_visible (ui_test_get_child (bar, "progress"));
}

/* The number in "2 of 7" or "7 found". */
static double
read_count (Scene *scene)
{
  const char *text = ui_test_get_text (get_search_bar (scene), "count");
  const char *of = strstr (text, "of ");

  return g_ascii_strtod (of != NULL ? of + strlen ("of ") : text, NULL);
}

static void
say_figure (SayFunc       say,
            const Search *search,
            const char   *name,
            double        figure)
{
  g_autofree char *whole = g_strdup_printf ("search-%s-%s", search->name, name);

  say (whole, figure);
}

/* The least: what is more is other programs'. */
static void
measure_search (Scene        *scene,
                const Search *search,
                SayFunc       say)
{
  WsiSearchBar *bar = get_search_bar (scene);
  double cpu_s = G_MAXDOUBLE, longest_s = G_MAXDOUBLE, n_found = 0;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      double begin_s;

      wsi_frame_list_select (scene->list, wsi_store_get_end (scene->store) - 1);
      wsi_search_bar_open (bar, search->subject);
      gtk_editable_set_text (ui_test_get_child (bar, "entry"), search->text);
      scene_run_for (300);
      meter_reset ();
      begin_s = meter_get_process_time ();
      wsi_search_bar_step (bar, WSI_SEARCH_BACKWARD);
      scene_wait_until (scene, has_count);
      cpu_s = MIN (cpu_s, meter_get_process_time () - begin_s);
      longest_s = MIN (longest_s, meter_read ()->longest_s);
      n_found = read_count (scene);
      wsi_search_bar_close (bar);
    }
  say_figure (say, search, "cpu", 1000 * cpu_s);
  say_figure (say, search, "longest", 1000 * longest_s);
  say_figure (say, search, "found", n_found);
}

void
scene_measure_searches (Scene  *self,
                        SayFunc say)
{
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++)
    measure_search (self, &searches[i], say);
}
