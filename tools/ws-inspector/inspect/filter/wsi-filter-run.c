/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Runs and searches in threads of their own.  Between two readings of the store, which are short, a
 * run checks whether it was cancelled. */

#include "inspect/filter/wsi-plan-private.h"
#include "inspect/store/wsi-task.h"

#define BATCH 256               /* records between two looks at the cancellable */
#define CHUNK 65536             /* records after which the caller is notified in any case */
#define FIRST_HITS 64           /* hits after which the caller is notified first: a screen */

typedef struct
{
  WsiFilter     *filter;
  WsiStore      *store;
  WsiFilterRange range;
  WsiFilterHits  hits;
  gpointer       hits_data;
  guint64        n_given_up;

  guint64              from;    /* row that a search begins at */
  WsiSearchDirection   direction;
  WsiSearchProgress    progress;        /* function that reports the progress; NULL: none */
  gpointer             progress_data;
  guint64              found;
} Run;

/* Hits on their way to the context of the caller. */
typedef struct
{
  GTask  *task;
  GArray *numbers;
  guint64 end;
} Delivery;

static void
free_run (gpointer data)
{
  Run *run = data;

  wsi_filter_unref (run->filter);
  g_object_unref (run->store);
  g_free (run);
}

static void
free_delivery (gpointer data)
{
  Delivery *delivery = data;

  g_object_unref (delivery->task);
  g_array_unref (delivery->numbers);
  g_free (delivery);
}

static gboolean
filter_run_deliver (gpointer data)
{
  Delivery *delivery = data;
  Run *run = g_task_get_task_data (delivery->task);

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (delivery->task)))
    run->hits ((const guint64 *) delivery->numbers->data, delivery->numbers->len, delivery->end,
               run->hits_data);
  return G_SOURCE_REMOVE;
}

/* How far a search is, on its way to the context of the caller. */
typedef struct
{
  GTask *task;
  guint  percent;
} Progress;

static void
free_progress (gpointer data)
{
  Progress *progress = data;

  g_object_unref (progress->task);
  g_free (progress);
}

static gboolean
tell_progress (gpointer data)
{
  Progress *progress = data;
  Run *run = g_task_get_task_data (progress->task);

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (progress->task)))
    run->progress (progress->percent, run->progress_data);
  return G_SOURCE_REMOVE;
}

/* Sources of one priority run in the order in which they were attached, and the task's own is the
 * last one. */
static void
filter_run_send (GTask         *task,
                 GSourceFunc    function,
                 gpointer       data,
                 GDestroyNotify free_data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_static_name (source, "[wsinspect] filter run");
  g_source_set_callback (source, function, data, free_data);
  g_source_attach (source, g_task_get_context (task));
}

static void
send_hits (GTask   *task,
           GArray **numbers,
           guint64  end)
{
  Delivery *delivery = g_new (Delivery, 1);

  *delivery = (Delivery) { g_object_ref (task), *numbers, end };
  *numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  filter_run_send (task, filter_run_deliver, delivery, free_delivery);
}

static void
send_progress (GTask  *task,
               guint64 n_searched,
               guint64 n_records)
{
  Progress *progress = g_new (Progress, 1);

  *progress = (Progress) { g_object_ref (task), 100 * n_searched / MAX (n_records, 1) };
  filter_run_send (task, tell_progress, progress, free_progress);
}

/* Tests a batch of records.  FALSE: the task was cancelled, and has returned. */
static gboolean
match_batch (GTask      *task,
             WsiMatcher *matcher,
             guint64     first,
             guint64     end,
             GArray     *numbers)
{
  guint64 hits[BATCH];

  while (first < end)
    {
      if (g_task_return_error_if_cancelled (task))
        return FALSE;

      gsize n = wsi_matcher_match_some (matcher, &first, end, hits);

      g_array_append_vals (numbers, hits, n);
    }
  return TRUE;
}

static void
filter_run_in_thread (GTask        *task,
                      gpointer      source_object,
                      gpointer      task_data,
                      GCancellable *cancellable)
{
  Run *run = task_data;
  g_autoptr (WsiMatcher) own = run->range.matcher != NULL
                               ? NULL : wsi_matcher_new (run->filter, run->store);
  WsiMatcher *matcher = own != NULL ? own : run->range.matcher;
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 end = MIN (run->range.end, wsi_store_get_end (run->store));
  guint64 at = MAX (run->range.first, wsi_store_get_first (run->store));
  guint64 sent = at, n_sent = 0;

  while (at < end)
    {
      guint64 batch_end = MIN (at + BATCH, end);

      if (!match_batch (task, matcher, at, batch_end, numbers))
        return;
      at = batch_end;
      if (at - sent < CHUNK && (n_sent > 0 || numbers->len < FIRST_HITS))
        continue;
      n_sent += numbers->len;
      sent = at;
      send_hits (task, &numbers, at);
    }

  run->n_given_up = wsi_matcher_get_n_given_up (matcher);
  send_hits (task, &numbers, MAX (at, end));
  g_task_return_boolean (task, TRUE);
}

static GTask *
make_task (WsiFilter          *filter,
           WsiStore           *store,
           GCancellable       *cancellable,
           GAsyncReadyCallback callback,
           gpointer            user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);

  run->filter = wsi_filter_ref (filter);
  run->store = g_object_ref (store);
  g_task_set_task_data (task, run, free_run);
  return task;
}

void
wsi_filter_run_async (WsiFilter            *self,
                      WsiStore             *store,
                      const WsiFilterRange *range,
                      GCancellable         *cancellable,
                      WsiFilterHits         hits,
                      gpointer              hits_data,
                      GAsyncReadyCallback   callback,
                      gpointer              user_data)
{
  g_autoptr (GTask) task = make_task (self, store, cancellable, callback, user_data);
  Run *run = g_task_get_task_data (task);

  g_task_set_source_tag (task, wsi_filter_run_async);
  run->range = *range;
  run->hits = hits;
  run->hits_data = hits_data;
  wsi_task_run_in_thread (task, filter_run_in_thread);
}

gboolean
wsi_filter_run_finish (WsiFilter    *self,
                       GAsyncResult *result,
                       guint64      *n_given_up,
                       GError      **error)
{
  const Run *run;

  g_return_val_if_fail (g_async_result_is_tagged (result, wsi_filter_run_async), FALSE);

  run = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  if (n_given_up != NULL)
    *n_given_up = run->n_given_up;
  return TRUE;
}

/* The batch after a record, or the one before it.  FALSE: there is none. */
static gboolean
find_batch (const Run *run,
            guint64    from,
            guint64   *first,
            guint64   *end)
{
  guint64 oldest = wsi_store_get_first (run->store), newest = wsi_store_get_end (run->store);

  if (run->direction == WSI_SEARCH_FORWARD)
    {
      *first = from == WSI_NO_RECORD ? oldest : MAX (from + 1, oldest);
      *end = MIN (*first + BATCH, newest);
    }
  else
    {
      *end = MIN (from, newest);
      *first = MAX (*end > BATCH ? *end - BATCH : 0, oldest);
    }
  return *first < *end;
}

static void
search_in_thread (GTask        *task,
                  gpointer      source_object,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  Run *run = task_data;
  g_autoptr (WsiMatcher) matcher = wsi_matcher_new (run->filter, run->store);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  gboolean is_forward = run->direction == WSI_SEARCH_FORWARD;
  guint64 from = run->from, first, end, n_searched = 0, n_told = 0;
  guint64 oldest = wsi_store_get_first (run->store), newest = wsi_store_get_end (run->store);
  guint64 begin = from == WSI_NO_RECORD ? (is_forward ? oldest : newest)
                                        : CLAMP (from, oldest, newest);
  guint64 n_records = is_forward ? newest - begin : begin - oldest;

  run->found = WSI_NO_RECORD;
  while (numbers->len == 0 && find_batch (run, from, &first, &end))
    {
      if (!match_batch (task, matcher, first, end, numbers))
        return;
      from = is_forward ? end - 1 : first;
      n_searched += end - first;
      if (run->progress == NULL || n_searched - n_told < CHUNK)
        continue;
      n_told = n_searched;
      send_progress (task, MIN (n_searched, n_records), n_records);
    }
  if (numbers->len > 0)
    run->found = g_array_index (numbers, guint64, is_forward ? 0 : numbers->len - 1);
  g_task_return_boolean (task, TRUE);
}

void
wsi_filter_search_async (WsiFilter          *self,
                         WsiStore           *store,
                         guint64             from,
                         WsiSearchDirection  direction,
                         WsiSearchProgress   progress,
                         gpointer            progress_data,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = make_task (self, store, cancellable, callback, user_data);
  Run *run = g_task_get_task_data (task);

  g_task_set_source_tag (task, wsi_filter_search_async);
  run->from = from;
  run->direction = direction;
  run->progress = progress;
  run->progress_data = progress_data;
  wsi_task_run_in_thread (task, search_in_thread);
}

guint64
wsi_filter_search_finish (WsiFilter    *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, wsi_filter_search_async), WSI_NO_RECORD);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return WSI_NO_RECORD;

  return ((const Run *) g_task_get_task_data (G_TASK (result)))->found;
}
