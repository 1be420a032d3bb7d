/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Writes a session file in two threads.  The owner's thread says how many rows there are; the
 * thread of the saver reads them in the store, as any reader does.
 *
 * A note on a row that is written already is a line with the number of that row.
 *
 * part is NULL, or the file of before is as it was: what is written is in the part, next to it.
 * The part replaces the file once the session is complete, and what comes later follows there. */

#include "inspect/save/saving/wsi-saver.h"

#include <errno.h>
#include <gio/gfiledescriptorbased.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "inspect/save/formats/wsi-exporter.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/store/wsi-store.h"
#include "inspect/store/wsi-task.h"

#define MAX_PARTS 100           /* parts of one file, since other programs may write theirs */

/* A note on a row that has changed. */
typedef struct
{
  guint64 number;
  WsiNote note;
} Noted;

struct _WsiSaver
{
  GObject         parent_instance;

  WsiStore       *store;
  GFile          *file;
  GMainContext   *owner;
  GThread        *thread;       /* thread that writes; NULL: it has ended */
  char           *sentence;     /* sentence about a failure (used by the owner) */

  GFile          *part;         /* file next to the other one; NULL: the file itself is written
                                 * (from here on used by the thread) */
  guint64         begin;        /* first row of the file */
  guint64         position;     /* number of the row that is written next */
  guint64         n_written;    /* number of writes */
  GOutputStream  *stream;
  WsiRedactor    *redactor;
  WsiExporter    *exporter;

  GMutex          mutex;        /* lock for the members after it */
  GCond           has_work;
  guint64         end;          /* rows before this one were announced */
  GArray         *noted;        /* notes that the thread has yet to write (Noted) */
  gboolean        is_complete;  /* the part may replace the file */
  gboolean        is_dropped;   /* the part must not replace the file, which another saver writes */
  gboolean        is_ending;
  GError         *error;        /* error, after which nothing is written */
  WsiExportReport report;

  gboolean        is_in_place;  /* the file has what was written (used by the owner) */
};

enum
{
  FAILED,
  SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiSaver, wsi_saver, G_TYPE_OBJECT)

static gboolean
saver_show_failure (gpointer data)
{
  g_autoptr (WsiSaver) self = g_weak_ref_get (data);

  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->mutex);
  self->sentence = g_strdup (self->error->message);
  g_mutex_unlock (&self->mutex);
  g_signal_emit (self, signals[FAILED], 0);
  return G_SOURCE_REMOVE;
}

static gboolean
saver_show_saved (gpointer data)
{
  g_autoptr (WsiSaver) self = g_weak_ref_get (data);

  if (self != NULL)
    g_signal_emit (self, signals[SAVED], 0);
  return G_SOURCE_REMOVE;
}

static gboolean
show_in_place (gpointer data)
{
  g_autoptr (WsiSaver) self = g_weak_ref_get (data);

  if (self != NULL)
    self->is_in_place = TRUE;
  return G_SOURCE_REMOVE;
}

static void
saver_free_reference (gpointer reference)
{
  g_weak_ref_clear (reference);
  g_free (reference);
}

/* Calls the owner in its context.  While that does not run, g_main_context_invoke () would call it
 * in this thread. */
static void
tell_owner (WsiSaver   *self,
            GSourceFunc function)
{
  GWeakRef *reference = g_new0 (GWeakRef, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_weak_ref_init (reference, self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, reference, saver_free_reference);
  g_source_attach (source, self->owner);
}

/* Leaves the part, whose rows the store may have dropped. */
static void
leave_part (WsiSaver *self,
            GError  **error)
{
  g_autofree char *name = NULL;

  if (self->part == NULL)
    return;

  if (wsi_store_get_first (self->store) <= self->begin)
    {
      g_file_delete (self->part, NULL, NULL);
      return;
    }

  name = g_file_get_parse_name (self->part);
  g_prefix_error (error, _("What was written is in %s: "), name);
}

/* The thread's; takes the error. */
static void
saver_fail (WsiSaver *self,
            GError   *error)
{
  g_autofree char *name = g_file_get_parse_name (self->file);

  g_prefix_error (&error, "%s: ", name);
  leave_part (self, &error);
  g_mutex_lock (&self->mutex);
  self->error = error;
  g_mutex_unlock (&self->mutex);
  tell_owner (self, saver_show_failure);
}

static gboolean
saver_write_rows (WsiSaver *self,
                  guint64   end,
                  GError  **error)
{
  WsiExportReport report = self->report;

  for (; self->position < end; self->position++)
    {
      if (self->position < wsi_store_get_first (self->store))
        report.n_gone++;
      else if (!wsi_exporter_add (self->exporter, self->position, error))
        return FALSE;
      else
        report.n_rows++;
    }

  report.n_hidden = wsi_redactor_get_n_hidden (self->redactor);
  g_mutex_lock (&self->mutex);
  self->report = report;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static gboolean
write_notes (WsiSaver *self,
             GArray   *noted,
             GError  **error)
{
  for (guint i = 0; i < noted->len; i++)
    {
      const Noted *row = &g_array_index (noted, Noted, i);

      if (!wsi_exporter_note (self->exporter, row->number, row->note, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_work (WsiSaver *self)
{
  return self->end > self->position || self->noted->len > 0 || self->is_ending ||
         self->n_written == 0 ||
         (self->is_complete && !self->is_dropped && self->part != NULL);
}

/* Waits in the thread for rows or notes.  FALSE: it is to end. */
static gboolean
wait_for_work (WsiSaver *self,
               guint64  *end,
               GArray  **noted,
               gboolean *is_complete)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  while (!has_work (self))
    g_cond_wait (&self->has_work, &self->mutex);
  *is_complete = self->is_complete && !self->is_dropped;
  *end = self->end;
  *noted = self->noted;
  self->noted = g_array_new (FALSE, FALSE, sizeof (Noted));
  return !self->is_ending;
}

/* Checks that the file is still there: one that was removed, or replaced by another one, takes with
 * it all that is written. */
static gboolean
saver_check_file (WsiSaver *self,
                  GError  **error)
{
  g_autoptr (GFileInfo) info =
    g_file_output_stream_query_info (G_FILE_OUTPUT_STREAM (self->stream),
                                     G_FILE_ATTRIBUTE_UNIX_NLINK, NULL, NULL);

  /* a file that is not on a disk of this computer may have no such count */
  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_UNIX_NLINK) ||
      g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_UNIX_NLINK) > 0)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                       _("the file was removed or replaced while it was written (save to another "
                         "place)"));
  return FALSE;
}

/* Writes the file to the disk, which may find out only then that it is full. */
static gboolean
sync_file (WsiSaver *self,
           GError  **error)
{
  if (!G_IS_FILE_DESCRIPTOR_BASED (self->stream) ||
      fsync (g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (self->stream))) == 0)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
  return FALSE;
}

/* Replaces the file by the part, which is on the disk before. */
static gboolean
replace_file (WsiSaver *self,
              GError  **error)
{
  if (self->part == NULL)
    return TRUE;

  if (!g_file_move (self->part, self->file,
                    G_FILE_COPY_OVERWRITE | G_FILE_COPY_NO_FALLBACK_FOR_MOVE, NULL, NULL, NULL,
                    error))
    return FALSE;

  g_clear_object (&self->part);
  tell_owner (self, show_in_place);
  return TRUE;
}

static gboolean
saver_write_some (WsiSaver *self,
                  guint64   end,
                  GArray   *noted,
                  gboolean  is_complete,
                  GError  **error)
{
  gboolean is_first = self->n_written == 0;

  if (!saver_write_rows (self, end, error) || !write_notes (self, noted, error) ||
      !wsi_exporter_flush (self->exporter, error) || !saver_check_file (self, error) ||
      ((is_first || (is_complete && self->part != NULL)) && !sync_file (self, error)) ||
      (is_complete && !replace_file (self, error)))
    return FALSE;

  self->n_written++;
  if (is_first)
    tell_owner (self, saver_show_saved);
  return TRUE;
}

static void
saver_end (WsiSaver *self)
{
  GError *error = NULL;

  if (!wsi_exporter_write_end (self->exporter, &error) ||
      (self->part != NULL && !sync_file (self, &error)) ||
      !g_output_stream_close (self->stream, NULL, &error) ||
      (!self->is_dropped && !replace_file (self, &error)))
    saver_fail (self, error);
  else if (self->part != NULL)
    g_file_delete (self->part, NULL, NULL);
}

static gpointer
saver_run (gpointer data)
{
  WsiSaver *self = data;
  gboolean goes_on = TRUE;

  while (goes_on && self->error == NULL)
    {
      g_autoptr (GArray) noted = NULL;
      GError *error = NULL;
      gboolean is_complete;
      guint64 rows;

      goes_on = wait_for_work (self, &rows, &noted, &is_complete);
      if (!saver_write_some (self, rows, noted, is_complete, &error))
        saver_fail (self, error);
    }
  if (self->error == NULL)
    saver_end (self);
  return NULL;
}

static void
saver_on_appended (WsiSaver *self,
                   guint64   first,
                   guint64   n_records)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->end = MAX (self->end, first + n_records);
  g_cond_signal (&self->has_work);
}

static void
saver_on_noted (WsiSaver *self,
                guint64   number,
                WsiNote   note)
{
  const Noted row = { number, note };
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->error != NULL)
    return;

  g_array_append_val (self->noted, row);
  g_cond_signal (&self->has_work);
}

/* Ends the thread, and waits for it. */
static void
saver_stop (WsiSaver *self)
{
  if (self->thread == NULL)
    return;

  g_mutex_lock (&self->mutex);
  self->is_ending = TRUE;
  g_cond_signal (&self->has_work);
  g_mutex_unlock (&self->mutex);
  g_thread_join (g_steal_pointer (&self->thread));
}

static void
wsi_saver_dispose (GObject *object)
{
  WsiSaver *self = WSI_SAVER (object);

  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  saver_stop (self);
  g_clear_pointer (&self->exporter, wsi_exporter_free);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (wsi_saver_parent_class)->dispose (object);
}

static void
wsi_saver_finalize (GObject *object)
{
  WsiSaver *self = WSI_SAVER (object);

  g_clear_pointer (&self->redactor, wsi_redactor_free);
  g_clear_object (&self->stream);
  g_clear_object (&self->part);
  g_clear_object (&self->file);
  g_clear_pointer (&self->owner, g_main_context_unref);
  g_clear_error (&self->error);
  g_array_unref (self->noted);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->has_work);
  g_free (self->sentence);
  G_OBJECT_CLASS (wsi_saver_parent_class)->finalize (object);
}

static void
wsi_saver_class_init (WsiSaverClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_saver_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_saver_finalize;

  /* signal: nothing more is written; the sentence says why */
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  /* signal, once: the rows that were there at the beginning are on the disk */
  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_saver_init (WsiSaver *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->has_work);
  self->noted = g_array_new (FALSE, FALSE, sizeof (Noted));
  self->owner = g_main_context_ref_thread_default ();
}

/* Creates a part with a name of its own, because a crash leaves it: GIO's name would say
 * nothing. */
static GFileOutputStream *
create_part (GFile   *file,
             GFile  **part,
             GError **error)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autoptr (GError) failure = NULL;
  GFileOutputStream *stream = NULL;

  for (guint i = 1; stream == NULL && i <= MAX_PARTS; i++)
    {
      g_autofree char *beside = i == 1 ? g_strconcat (name, ".part", NULL)
                                       : g_strdup_printf ("%s.part%u", name, i);
      g_autoptr (GFile) tried = g_file_get_child (folder, beside);

      g_clear_error (&failure);
      stream = g_file_create (tried, G_FILE_CREATE_PRIVATE, NULL, &failure);
      if (stream != NULL)
        *part = g_steal_pointer (&tried);
      else if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
        break;
    }
  if (stream == NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return stream;
}

/* Creates the file; a new one is written in its place. */
static GFileOutputStream *
saver_create_file (GFile        *file,
                   WsiExportMode mode,
                   GFile       **part,
                   GError      **error)
{
  g_autoptr (GError) failure = NULL;
  GFileOutputStream *stream = g_file_create (file, G_FILE_CREATE_PRIVATE, NULL, &failure);

  if (mode == WSI_EXPORT_REPLACE && g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_DIRECTORY)
        return create_part (file, part, error);

      g_clear_error (&failure);
      g_set_error_literal (&failure, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, g_strerror (EISDIR));
    }
  if (stream == NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return stream;
}

WsiSaver *
wsi_saver_new (WsiStore               *store,
               GFile                  *file,
               const WsiExportOptions *options,
               GError                **error)
{
  g_autoptr (GFile) part = NULL;
  g_autoptr (GFileOutputStream) stream = saver_create_file (file, options->mode, &part, error);
  WsiSaver *self;

  if (stream == NULL)
    return NULL;

  self = g_object_new (WSI_TYPE_SAVER, NULL);
  self->store = g_object_ref (store);
  self->file = g_object_ref (file);
  self->stream = G_OUTPUT_STREAM (g_steal_pointer (&stream));
  self->redactor = wsi_redactor_new (options->redaction);
  wsi_redactor_set_names (self->redactor, options->secret_names);
  self->exporter = wsi_format_open (WSI_FORMAT_SESSION, store, self->redactor, self->stream);
  self->is_in_place = part == NULL;
  self->part = g_steal_pointer (&part);
  self->begin = self->position = wsi_store_get_first (store);
  self->end = wsi_store_get_end (store);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (saver_on_appended), self);
  g_signal_connect_swapped (store, "noted", G_CALLBACK (saver_on_noted), self);
  self->thread = g_thread_new ("saver", saver_run, self);
  return self;
}

void
wsi_saver_complete (WsiSaver *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->is_complete = TRUE;
  g_cond_signal (&self->has_work);
}

void
wsi_saver_drop (WsiSaver *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->is_dropped = TRUE;
}

gboolean
wsi_saver_is_in_place (WsiSaver *self)
{
  return self->is_in_place;
}

const char *
wsi_saver_get_sentence (WsiSaver *self)
{
  return self->sentence;
}

static void
stop_in_thread (GTask        *task,
                gpointer      self,
                gpointer      data,
                GCancellable *cancellable)
{
  WsiSaver *saver = self;

  saver_stop (saver);
  if (saver->error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_error_copy (saver->error));
}

/* Stops the saver; call it once. */
void
wsi_saver_stop_async (WsiSaver           *self,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, wsi_saver_stop_async);
  g_signal_handlers_disconnect_by_data (self->store, self);
  wsi_task_run_in_thread (task, stop_in_thread);
}

gboolean
wsi_saver_stop_finish (WsiSaver     *self,
                       GAsyncResult *result,
                       GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
