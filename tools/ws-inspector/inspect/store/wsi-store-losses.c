/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Losses, each with a row of its own, and the signals about a batch of rows. */
#include "inspect/store/wsi-store-private.h"

#define MEBIBYTE (1024 * 1024)

void
wsi_store_count_dropped (WsiStore *self,
                         guint64   n)
{
  self->n_dropped += n;
}

WsiStoreLosses
wsi_store_get_losses (WsiStore *self)
{
  WsiStoreLosses losses = {
    .n_incomplete = self->n_dropped,
    .n_payload_bytes = wsi_arena_get_n_dropped (self->arena),
  };

  for (guint i = 0; i < WSI_N_EVICTIONS; i++)
    losses.n_rows += self->n_evicted[i];
  return losses;
}

/* The time of a loss: that of the last record, as a recording is older than this moment. */
static gint64
get_time_of_loss (WsiStore *self)
{
  guint64 end = wsi_record_list_get_end (self->rows);
  const WsiRecord *last = end > 0 ? wsi_record_list_get (self->rows, end - 1) : NULL;

  return last != NULL ? last->time_us : g_get_real_time ();
}

static char *
store_losses_format_number (guint64 number)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

/* Adds a row about a loss.  FALSE: there is no room for the row, either; it is added later. */
static gboolean
show_loss (WsiStore          *self,
           WsiEvent           event,
           const WsiSentence *sentence)
{
  const WsiRecord record = {
    .time_us = get_time_of_loss (self),
    .event = event,
    .direction = WSI_NO_DIRECTION,
  };
  guint64 n_dropped = self->n_dropped;

  wsi_store_append_event_row (self, NULL, &record, sentence);
  if (self->n_dropped == n_dropped)
    return TRUE;

  self->n_dropped = n_dropped;
  return FALSE;
}

static void
show_losses_of_payload (WsiStore *self)
{
  int error = wsi_arena_get_error (self->arena);
  g_autofree char *memory = store_losses_format_number (self->limits.max_memory / MEBIBYTE);
  g_autofree char *file = store_losses_format_number (self->limits.max_file / MEBIBYTE);

  if (error != 0 && !self->is_error_shown)
    self->is_error_shown =
      show_loss (self, WSI_EVENT_DROPPED,
                 WSI_SENTENCE (NOT_ON_DISK, g_strerror (error), memory));

  if (wsi_arena_get_n_dropped (self->arena) > 0 && !self->is_dropping_shown)
    self->is_dropping_shown =
      show_loss (self, WSI_EVENT_DROPPED, WSI_SENTENCE (DROPPING, memory, file));
}

static void
show_evictions (WsiStore *self)
{
  const guint64 limits[] = {
    [WSI_EVICTION_FOR_ROWS] = self->limits.max_records,
    [WSI_EVICTION_FOR_FACTS] = self->limits.max_facts / MEBIBYTE,
  };
  /* Sentences about one row, and about several. */
  static const WsiSentenceId sentences[][2] = {
    [WSI_EVICTION_FOR_ROWS] = { WSI_SENTENCE_ROW_REMOVED, WSI_SENTENCE_ROWS_REMOVED },
    [WSI_EVICTION_FOR_FACTS] = { WSI_SENTENCE_ROW_REMOVED_FOR_HEADS,
                                 WSI_SENTENCE_ROWS_REMOVED_FOR_HEADS },
  };

  for (guint i = 0; i < WSI_N_EVICTIONS; i++)
    {
      guint64 n = self->n_evicted[i], n_new = n - self->n_evicted_shown[i];
      g_autofree char *n_rows = store_losses_format_number (n_new);
      g_autofree char *limit = store_losses_format_number (limits[i]);
      const WsiSentence sentence = {
        .id = sentences[i][n_new != 1], .arguments = { n_rows, limit },
      };

      if (n > self->n_evicted_shown[i] && show_loss (self, WSI_EVENT_EVICTED, &sentence))
        self->n_evicted_shown[i] = n;
    }
}

/* Losses have rows of their own, at most one of each kind for a batch. */
static void
show_losses (WsiStore *self)
{
  guint64 n_dropped = self->n_dropped;
  gboolean is_one = n_dropped - self->n_dropped_shown == 1;
  g_autofree char *n_new = store_losses_format_number (n_dropped - self->n_dropped_shown);

  if ((self->limits.event_rows & WSI_EVENT_ROWS_LOSSES) == 0)
    return;

  if (n_dropped > self->n_dropped_shown &&
      show_loss (self, WSI_EVENT_DROPPED, is_one ? WSI_SENTENCE (ONE_NOT_KEPT, n_new)
                                                 : WSI_SENTENCE (NOT_KEPT, n_new)))
    self->n_dropped_shown = n_dropped;
  show_evictions (self);
  show_losses_of_payload (self);
}

void
wsi_store_announce (WsiStore *self)
{
  show_losses (self);

  guint64 end = wsi_record_list_get_end (self->rows);
  guint64 first = MAX (self->announced, wsi_record_list_get_first (self->rows));

  if (end != self->announced)
    {
      self->announced = end;
      g_signal_emit_by_name (self, "appended", first, end - first);
    }

  if (self->n_dropped != self->n_dropped_reported)
    {
      self->n_dropped_reported = self->n_dropped;
      g_signal_emit_by_name (self, "dropped", self->n_dropped_reported);
    }
}
