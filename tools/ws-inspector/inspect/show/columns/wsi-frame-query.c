/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-frame-query.h"

#include "inspect/store/wsi-store.h"

struct _WsiFrameQuery
{
  GObject        parent_instance;

  WsiStore      *store;
  WsiFilter     *filter;        /* filter of the rows; NULL = all rows */
  WsiMatcher    *matcher;       /* matcher of the rows; during a run its thread owns it */
  WsiFrameModel *model;
  GCancellable  *cancellable;
  guint64        tested;        /* rows before this one were tested */
  gboolean       is_running, is_ready, is_whole;
};

enum
{
  FOUND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiFrameQuery, wsi_frame_query, G_TYPE_OBJECT)

static void
wsi_frame_query_finalize (GObject *object)
{
  WsiFrameQuery *self = WSI_FRAME_QUERY (object);

  g_clear_pointer (&self->matcher, wsi_matcher_free);
  g_clear_pointer (&self->filter, wsi_filter_unref);
  g_clear_object (&self->model);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (wsi_frame_query_parent_class)->finalize (object);
}

static void
wsi_frame_query_class_init (WsiFrameQueryClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_frame_query_finalize;

  /* Rows were tested; some may have been found.  The next call that advances shows them. */
  signals[FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_frame_query_init (WsiFrameQuery *self)
{
  self->cancellable = g_cancellable_new ();
}

static void
frame_query_on_hits (const guint64 *numbers,
                     gsize          n,
                     guint64        end,
                     gpointer       user_data)
{
  WsiFrameQuery *self = user_data;

  wsi_frame_model_add (self->model, numbers, n);
  self->tested = end;
  self->is_ready |= n > 0;
  g_signal_emit (self, signals[FOUND], 0);
}

static void
frame_query_on_run (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (WsiFrameQuery) self = user_data;
  g_autoptr (GArray) late = NULL;

  self->is_running = FALSE;
  late = wsi_matcher_take_late (self->matcher);
  if (late != NULL)
    wsi_frame_model_add_late (self->model, (const guint64 *) late->data, late->len);
  if (!wsi_filter_run_finish (self->filter, result, NULL, NULL))
    return;

  self->is_ready = self->is_whole = TRUE;
  g_signal_emit (self, signals[FOUND], 0);
}

/* The run holds a reference: its thread uses the matcher until its end. */
static void
test_new_rows (WsiFrameQuery *self)
{
  const WsiFilterRange range = {
    .first = self->tested,
    .end = wsi_store_get_end (self->store),
    .matcher = self->matcher,
  };

  if (self->is_running || range.first >= range.end)
    return;

  self->is_running = TRUE;
  wsi_filter_run_async (self->filter, self->store, &range, self->cancellable, frame_query_on_hits,
                        self,
                        frame_query_on_run, g_object_ref (self));
}

WsiFrameQuery *
wsi_frame_query_new (WsiStore             *store,
                     WsiFilter            *filter,
                     const WsiInterpreter *interpreter)
{
  WsiFrameQuery *self = g_object_new (WSI_TYPE_FRAME_QUERY, NULL);

  self->store = g_object_ref (store);
  if (filter == NULL)
    {
      self->model = wsi_frame_model_new (store);
      self->is_ready = self->is_whole = TRUE;
      return self;
    }

  self->filter = wsi_filter_ref (filter);
  self->matcher = wsi_matcher_new (filter, store);
  if (interpreter != NULL)
    wsi_matcher_copy_choices (self->matcher, interpreter);
  self->model = wsi_frame_model_new_for_some (store);
  self->is_ready = self->is_whole = wsi_store_get_end (store) == wsi_store_get_first (store);
  test_new_rows (self);
  return self;
}

WsiFrameModel *
wsi_frame_query_get_model (WsiFrameQuery *self)
{
  return self->model;
}

guint
wsi_frame_query_advance (WsiFrameQuery *self)
{
  guint n_new = wsi_frame_model_flush (self->model);

  if (self->filter != NULL)
    test_new_rows (self);
  return n_new;
}

gboolean
wsi_frame_query_is_ready (WsiFrameQuery *self)
{
  return self->is_ready;
}

gboolean
wsi_frame_query_is_whole (WsiFrameQuery *self)
{
  return self->is_whole;
}

guint64
wsi_frame_query_get_n_tested (WsiFrameQuery *self)
{
  return self->filter != NULL ? self->tested : wsi_store_get_end (self->store);
}

guint
wsi_frame_query_get_percent (WsiFrameQuery *self)
{
  guint64 first = wsi_store_get_first (self->store);
  guint64 n_rows = wsi_store_get_end (self->store) - first;
  guint64 n_tested = MAX (wsi_frame_query_get_n_tested (self), first) - first;

  return n_rows > 0 ? 100 * MIN (n_tested, n_rows) / n_rows : 100;
}

void
wsi_frame_query_stop (WsiFrameQuery *self)
{
  g_cancellable_cancel (self->cancellable);
}
