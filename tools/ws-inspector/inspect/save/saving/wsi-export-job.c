/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/saving/wsi-export-job.h"

#include <stdatomic.h>

#include "inspect/save/formats/wsi-exporter.h"
#include "inspect/save/formats/wsi-message-rows.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/save/saving/wsi-guarded-stream.h"
#include "inspect/store/wsi-store.h"
#include "inspect/store/wsi-task.h"

#define PROGRESS_MS 100

typedef struct
{
  WsiStore         *store;
  GFile            *file;
  WsiExportOptions  options;
  GArray           *rows;       /* numbers of the rows; NULL: those from first to end - 1 */
  guint64           first, end;
  WsiExportReport   report;
  WsiRedactor      *redactor;
  GArray           *fragments;  /* rows with all fragments of their messages (used by the thread) */
  _Atomic guint64   n_done;     /* rows that were written so far */
  _Atomic guint64   n_all;      /* rows that are written in the end */
  GSource          *timer;      /* timer of the progress; NULL: no progress is shown */
  WsiExportProgress progress;
  gpointer          progress_data;
} Job;

static Job *
export_job_new (WsiStore               *store,
                GFile                  *file,
                const WsiExportOptions *options,
                GArray                 *rows)
{
  Job *job = g_new0 (Job, 1);

  job->store = g_object_ref (store);
  job->file = g_object_ref (file);
  job->options = *options;
  job->redactor = wsi_redactor_new (options->redaction);
  wsi_redactor_set_names (job->redactor, options->secret_names);
  job->rows = rows != NULL ? g_array_ref (rows) : NULL;
  job->first = wsi_store_get_first (store);
  job->end = wsi_store_get_end (store);
  job->n_all = rows != NULL ? rows->len : job->end - job->first;
  return job;
}

static void
export_job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->store);
  g_object_unref (job->file);
  g_clear_pointer (&job->rows, g_array_unref);
  g_clear_pointer (&job->fragments, g_array_unref);
  wsi_redactor_free (job->redactor);
  g_free (job);
}

static gboolean
write_row (Job         *job,
           WsiExporter *exporter,
           guint64      i,
           GError     **error)
{
  GArray *rows = job->fragments != NULL ? job->fragments : job->rows;
  guint64 number = rows != NULL ? g_array_index (rows, guint64, i) : job->first + i;

  if (number < wsi_store_get_first (job->store))
    job->report.n_gone++;
  else if (!wsi_exporter_add (exporter, number, error))
    return FALSE;
  else
    job->report.n_rows++;

  atomic_store_explicit (&job->n_done, i + 1, memory_order_relaxed);
  return TRUE;
}

/* The rows that are gone are counted here, because they are in no list any more. */
static void
add_fragments (Job          *job,
               GCancellable *cancellable)
{
  for (guint i = 0; i < job->rows->len; i++)
    job->report.n_gone += g_array_index (job->rows, guint64, i) < job->first;
  job->fragments = wsi_message_rows_new (job->store, job->rows, cancellable);
  atomic_store (&job->n_all, job->fragments->len);
}

static gboolean
export_job_write_rows (Job           *job,
                       GOutputStream *stream,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_autoptr (GOutputStream) guarded = wsi_guarded_stream_new (stream, cancellable);
  g_autoptr (WsiExporter) exporter =
    wsi_format_open (job->options.format, job->store, job->redactor, guarded);
  gboolean is_written = TRUE;

  for (guint64 i = 0; is_written && i < job->n_all; i++)
    is_written = write_row (job, exporter, i, error);
  is_written = is_written && wsi_exporter_end (exporter, error);
  job->report.n_hidden = wsi_redactor_get_n_hidden (job->redactor);
  job->report.n_unread = wsi_redactor_get_n_unread (job->redactor);
  return is_written;
}

static GOutputStream *
export_job_create_file (GFile        *file,
                        WsiExportMode mode,
                        gboolean     *is_new,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr (GError) failure = NULL;
  GFileOutputStream *stream = g_file_create (file, G_FILE_CREATE_PRIVATE, cancellable, &failure);

  *is_new = stream != NULL;
  if (*is_new)
    return G_OUTPUT_STREAM (stream);
  if (mode == WSI_EXPORT_REPLACE)
    return G_OUTPUT_STREAM (g_file_replace (file, NULL, FALSE,
                                            G_FILE_CREATE_PRIVATE |
                                            G_FILE_CREATE_REPLACE_DESTINATION,
                                            cancellable, error));

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* Discards a new file.  A file that would be replaced is replaced when its stream is closed, unless
 * that is cancelled. */
static void
export_job_discard (Job           *job,
                    GOutputStream *stream,
                    gboolean       is_new)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_output_stream_close (stream, cancelled, NULL);
  if (is_new)
    g_file_delete (job->file, NULL, NULL);
}

static gboolean
export_job_run (Job          *job,
                GCancellable *cancellable,
                GError      **error)
{
  gboolean is_new;
  g_autoptr (GOutputStream) stream =
    export_job_create_file (job->file, job->options.mode, &is_new, cancellable, error);

  if (stream == NULL)
    return FALSE;

  if (job->rows != NULL && job->options.unit == WSI_EXPORT_MESSAGES)
    add_fragments (job, cancellable);
  if (export_job_write_rows (job, stream, cancellable, error) &&
      g_output_stream_close (stream, cancellable, error))
    return TRUE;

  export_job_discard (job, stream, is_new);
  return FALSE;
}

static void
export_job_run_in_thread (GTask        *task,
                          gpointer      source,
                          gpointer      data,
                          GCancellable *cancellable)
{
  GError *error = NULL;

  if (export_job_run (data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
export_job_show_progress (gpointer data)
{
  Job *job = data;
  guint64 n_rows = atomic_load (&job->n_all);

  if (n_rows > 0)
    job->progress (atomic_load (&job->n_done) / (double) n_rows, job->progress_data);
  return G_SOURCE_CONTINUE;
}

/* Stops the progress in the context of the task: nothing is shown after its end. */
static void
stop_progress (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (job->timer != NULL)
    g_source_destroy (job->timer);
  g_clear_pointer (&job->timer, g_source_unref);
}

void
wsi_export_async (WsiStore               *store,
                  GFile                  *file,
                  const WsiExportOptions *options,
                  GArray                 *rows,
                  GCancellable           *cancellable,
                  WsiExportProgress       progress,
                  gpointer                progress_data,
                  GAsyncReadyCallback     callback,
                  gpointer                user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = export_job_new (store, file, options, rows);

  g_task_set_source_tag (task, wsi_export_async);
  g_task_set_task_data (task, job, export_job_free);
  if (progress != NULL)
    {
      job->progress = progress;
      job->progress_data = progress_data;
      job->timer = g_timeout_source_new (PROGRESS_MS);
      g_source_set_callback (job->timer, export_job_show_progress, job, NULL);
      g_source_attach (job->timer, g_task_get_context (task));
      g_signal_connect (task, "notify::completed", G_CALLBACK (stop_progress), NULL);
    }
  wsi_task_run_in_thread (task, export_job_run_in_thread);
}

gboolean
wsi_export_finish (GAsyncResult    *result,
                   WsiExportReport *report,
                   GError         **error)
{
  const Job *job = g_task_get_task_data (G_TASK (result));

  stop_progress (G_TASK (result));
  if (report != NULL)
    *report = job->report;
  return g_task_propagate_boolean (G_TASK (result), error);
}

GPtrArray *
wsi_export_list_hidden (GAsyncResult *result)
{
  const Job *job = g_task_get_task_data (G_TASK (result));

  return wsi_redactor_list_hidden (job->redactor);
}
