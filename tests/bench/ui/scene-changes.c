/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "scene-changes.h"

#include "meter.h"

#define N_ROUNDS 3

typedef struct
{
  const char *name;
  const char *filter;           /* filter to set; NULL: the property is set */
  const char *property, *value, *before;
} Change;

/* Few rows pass the second and the last filter; the others pass all. */
static const Change changes[] = {
  { "record", "len > 20", NULL, NULL, NULL },
  { "record-few", "len > 1000 or no == 999999", NULL, NULL, NULL },
  { "bytes", "text contains \"tick\"", NULL, NULL, NULL },
  { "bytes-few", "text contains \"1999999\"", NULL, NULL, NULL },
  { "decoded", "json.type == \"tick\"", NULL, NULL, NULL },
  { "decoded-few", "json.n == 1999999", NULL, NULL, NULL },
  { "fold", NULL, "view", "messages", "frames" },
  { "time", NULL, "time-format", "utc", "relative" },
};

typedef struct
{
  double screenful_s, screenful_wall_s, longest_s, longest_wall_s;
} Cost;

static gboolean
has_tested_all (Scene *scene)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (scene->list), &counts);
  return counts.n_tested >= counts.n_rows;
}

/* Whether the rows that are shown are other ones than before: of this model. */
static gboolean
is_new_model (Scene    *scene,
              gpointer *before)
{
  gpointer model = gtk_column_view_get_model (scene_get_view (scene));

  return model != NULL && model != *before;
}

static void
apply (Scene        *scene,
       const Change *change)
{
  g_autoptr (GError) error = NULL;

  if (change->property != NULL)
    g_object_set (scene->list, change->property, change->value, NULL);
  else if (!wsi_shown_rows_set_filter (wsi_frame_list_get_rows (scene->list), change->filter,
                                       &error))
    g_error ("%s: %s", change->filter, error->message);
}

static void
take_back (Scene        *scene,
           const Change *change)
{
  if (change->property != NULL)
    g_object_set (scene->list, change->property, change->before, NULL);
  else
    wsi_shown_rows_set_filter (wsi_frame_list_get_rows (scene->list), NULL, NULL);
  scene_wait_until (scene, has_tested_all);
  scene_run_for (300);
}

/* Only rows that are filtered get another model. */
static Cost
measure (Scene        *scene,
         const Change *change)
{
  gboolean has_new_model = change->property == NULL || g_str_equal (change->property, "view");
  gpointer before = gtk_column_view_get_model (scene_get_view (scene));
  gint64 begin_us = g_get_monotonic_time ();
  double begin_s = meter_get_process_time ();
  Cost cost;

  meter_reset ();
  apply (scene, change);
  while (has_new_model && !is_new_model (scene, &before))
    g_main_context_iteration (NULL, TRUE);
  scene_paint (scene);
  cost.screenful_s = meter_get_process_time () - begin_s;
  cost.screenful_wall_s = (g_get_monotonic_time () - begin_us) / 1e6;
  scene_wait_until (scene, has_tested_all);
  scene_run_for (300);
  cost.longest_s = meter_read ()->longest_s;
  cost.longest_wall_s = meter_read ()->longest_wall_s;
  take_back (scene, change);
  return cost;
}

static Cost
measure_bare (Scene *scene)
{
  gint64 begin_us = g_get_monotonic_time ();
  double begin_s = meter_get_process_time ();
  g_autoptr (WsiFrameModel) model = wsi_frame_model_new (scene->store);
  g_autoptr (GtkSingleSelection) selection = NULL;
  Cost cost;

  meter_reset ();
  g_set_object (&scene->bare.model, model);
  selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (model)));
  gtk_column_view_set_model (scene->bare.view, GTK_SELECTION_MODEL (selection));
  scene_paint (scene);
  cost.screenful_s = meter_get_process_time () - begin_s;
  cost.screenful_wall_s = (g_get_monotonic_time () - begin_us) / 1e6;
  scene_run_for (300);
  cost.longest_s = meter_read ()->longest_s;
  cost.longest_wall_s = meter_read ()->longest_wall_s;
  return cost;
}

/* The least: what is more is other programs'. */
static void
keep_least (Cost       *least,
            const Cost *cost)
{
  least->screenful_s = MIN (least->screenful_s, cost->screenful_s);
  least->screenful_wall_s = MIN (least->screenful_wall_s, cost->screenful_wall_s);
  least->longest_s = MIN (least->longest_s, cost->longest_s);
  least->longest_wall_s = MIN (least->longest_wall_s, cost->longest_wall_s);
}

static void
print (SayFunc     say,
       const char *name,
       const Cost *cost)
{
  const struct { const char *name; double figure_s; } figures[] = {
    { "screenful", cost->screenful_s }, { "screenful-wall", cost->screenful_wall_s },
    { "longest", cost->longest_s }, { "longest-wall", cost->longest_wall_s },
  };

  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      g_autofree char *whole = g_strdup_printf ("change-%s-%s", name, figures[i].name);

      say (whole, 1000 * figures[i].figure_s);
    }
}

static void
measure_least (Scene        *scene,
               const Change *change,
               SayFunc       say)
{
  Cost least = { G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE };

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      Cost cost = change != NULL ? measure (scene, change) : measure_bare (scene);

      keep_least (&least, &cost);
    }
  print (say, change != NULL ? change->name : "model", &least);
}

void
scene_measure_changes (Scene  *self,
                       SayFunc say)
{
  if (self->kind == SCENE_BARE)
    {
      measure_least (self, NULL, say);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    measure_least (self, &changes[i], say);
}
