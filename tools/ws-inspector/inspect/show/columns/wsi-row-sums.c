/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-row-sums.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/show/columns/wsi-row-value.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"
#include "inspect/store/wsi-task.h"

#define ROWS_AT_ONCE 4096       /* rows in one reading, which keeps the store from freeing memory */

typedef struct
{
  WsiStore  *store;
  WsiUnit    unit;
  GArray    *numbers;
  WsiRowSums sums;
} Job;

/* Adds a row, within a reading of the store. */
static void
row_sums_add_row (WsiRowSums *self,
                  WsiStore   *store,
                  WsiUnit     unit,
                  guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (store, number);
  gint64 value;

  if (record == NULL)
    return;

  self->begin_us = self->n_rows > 0 ? MIN (self->begin_us, record->time_us) : record->time_us;
  self->end_us = self->n_rows > 0 ? MAX (self->end_us, record->time_us) : record->time_us;
  if (wsi_row_value_get (WSI_ROW_SIZE, store, unit, number, record, &value))
    self->length += value;
  if (wsi_row_value_get (WSI_ROW_WIRE, store, unit, number, record, &value))
    self->wire_length += value;
  self->n_rows++;
}

static void
row_sums_add_rows (WsiRowSums   *self,
                   WsiStore     *store,
                   WsiUnit       unit,
                   GArray       *numbers,
                   GCancellable *cancellable)
{
  for (guint i = 0; i < numbers->len && !g_cancellable_is_cancelled (cancellable);)
    {
      guint end = MIN (i + ROWS_AT_ONCE, numbers->len);
      guint reading = wsi_store_begin_reading (store);

      for (; i < end; i++)
        row_sums_add_row (self, store, unit, g_array_index (numbers, guint64, i));
      wsi_store_end_reading (store, reading);
    }
}

static void
row_sums_job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->store);
  g_array_unref (job->numbers);
  g_free (job);
}

static void
row_sums_run (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  Job *job = data;

  row_sums_add_rows (&job->sums, job->store, job->unit, job->numbers, cancellable);
  g_task_return_boolean (task, TRUE);
}

void
wsi_row_sums_async (WsiStore           *store,
                    WsiUnit             unit,
                    GArray             *numbers,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  *job = (Job) {
    .store = g_object_ref (store), .unit = unit, .numbers = g_array_ref (numbers),
  };
  g_task_set_source_tag (task, wsi_row_sums_async);
  g_task_set_task_data (task, job, row_sums_job_free);
  wsi_task_run_in_thread (task, row_sums_run);
}

gboolean
wsi_row_sums_finish (GAsyncResult *result,
                     WsiRowSums   *self,
                     GError      **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  *self = ((Job *) g_task_get_task_data (G_TASK (result)))->sums;
  return TRUE;
}

char *
wsi_row_sums_print (const WsiRowSums *self)
{
  g_autofree char *n_rows = g_strdup_printf (ngettext ("%'" PRIu64 " row selected",
                                                       "%'" PRIu64 " rows selected", self->n_rows),
                                             self->n_rows);
  g_autofree char *length = g_format_size_full (self->length, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *wire = g_format_size_full (self->wire_length, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *span = wsi_row_format_print_span (self->end_us - self->begin_us);

  /* Translators: "5 rows selected", sizes of their payloads and of their frames on the wire, and
   * the seconds between the first and the last of them. */
  return g_strdup_printf (_("%s · %s · %s on the wire · %s s"), n_rows, length, wire, span);
}
