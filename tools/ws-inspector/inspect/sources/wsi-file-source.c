/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-file-source.h"

#include "inspect/files/wsi-peek-stream.h"
#include "inspect/files/wsi-recording.h"

#include <glib/gi18n.h>
#include <stdatomic.h>

#define PIECES_PER_STEP 256

struct _WsiFileSource
{
  WsiSource        parent_instance;

  GFile           *file;        /* NULL: it has a stream */
  GInputStream    *stream;
  WsiRecording    *recording;
  GSource         *reading;     /* NULL: nothing is read */
  _Atomic guint64  n_read, size;        /* bytes */
};

G_DEFINE_FINAL_TYPE (WsiFileSource, wsi_file_source, WSI_TYPE_SOURCE)

static void
stop_reading (WsiFileSource *self)
{
  if (self->reading != NULL)
    g_source_destroy (self->reading);
  g_clear_pointer (&self->reading, g_source_unref);
}

/* The last report: error = why it failed, or NULL. */
static void
report_end (WsiFileSource *self,
            const GError  *error)
{
  WsiSource *source = WSI_SOURCE (self);
  g_auto (GStrv) losses = self->recording != NULL ? wsi_recording_dup_losses (self->recording)
                                                  : NULL;
  g_autofree char *sentence = losses != NULL && *losses != NULL ? g_strjoinv ("; ", losses) : NULL;

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wsi_source_report (source, WSI_SOURCE_FAILED, error->message);
  else
    wsi_source_report (source, WSI_SOURCE_ENDED, sentence);
}

/* Other calls of the context come between two steps. */
static gboolean
step (gpointer data)
{
  g_autoptr (WsiFileSource) self = g_object_ref (data); /* a receiver may drop it */
  g_autoptr (GError) error = NULL;
  gboolean has_more = wsi_recording_step (self->recording, PIECES_PER_STEP, &error);

  atomic_store (&self->n_read, wsi_recording_get_n_bytes (self->recording));
  if (has_more)
    return G_SOURCE_CONTINUE;

  stop_reading (self);
  report_end (self, error);
  return G_SOURCE_REMOVE;
}

/* Recent files, and those of the last session, may have been moved since. */
static void
explain_missing (WsiFileSource *self,
                 GError       **error)
{
  g_clear_error (error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("%s: no such file (it was moved or removed: choose it where it is now)"),
               wsi_source_get_uri (WSI_SOURCE (self)));
}

/* Opening a pipe waits for its writer, and cannot be cancelled. */
static gboolean
check_kind (WsiFileSource *self,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr (GFileInfo) info =
    g_file_query_info (self->file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                       cancellable, error);
  GFileType kind = info != NULL ? g_file_info_get_file_type (info) : G_FILE_TYPE_UNKNOWN;

  if (info == NULL || (kind != G_FILE_TYPE_DIRECTORY && kind != G_FILE_TYPE_SPECIAL))
    return info != NULL;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
               kind == G_FILE_TYPE_DIRECTORY
               ? _("%s: expected a file, received a folder")
               : _("%s: expected a file, received a device or pipe (read it with wsinspect "
                   "read -)"),
               wsi_source_get_uri (WSI_SOURCE (self)));
  return FALSE;
}

static gboolean
open_stream (WsiFileSource *self,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr (GError) failure = NULL;

  if (self->stream == NULL && check_kind (self, cancellable, &failure))
    self->stream = G_INPUT_STREAM (g_file_read (self->file, cancellable, &failure));
  if (self->stream != NULL)
    return TRUE;

  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    explain_missing (self, &failure);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
open_recording (WsiFileSource *self,
                GError       **error)
{
  WsiSource *source = WSI_SOURCE (self);
  GCancellable *cancellable = wsi_source_get_cancellable (source);
  g_autoptr (GInputStream) stream = NULL;

  if (!open_stream (self, cancellable, error))
    return FALSE;

  stream = wsi_peek_stream_new (self->stream);
  self->recording = wsi_recording_new (stream, wsi_source_get_uri (source),
                                       wsi_source_get_recorder (source), cancellable, error);
  if (self->recording != NULL)
    atomic_store (&self->size, wsi_recording_get_size (self->recording));
  return self->recording != NULL;
}

static void
wsi_file_source_begin (WsiSource *source)
{
  WsiFileSource *self = WSI_FILE_SOURCE (source);
  g_autoptr (GError) error = NULL;

  if (!open_recording (self, &error))
    {
      report_end (self, error);
      return;
    }

  self->reading = g_idle_source_new ();
  g_source_set_callback (self->reading, step, self, NULL);
  g_source_attach (self->reading, wsi_source_get_context (source));
  wsi_source_report (source, WSI_SOURCE_RUNNING, NULL);
}

/* The cancelled file ends its connections in the next step. */
static void
wsi_file_source_end (WsiSource *source)
{
  WsiFileSource *self = WSI_FILE_SOURCE (source);

  if (self->reading != NULL)
    step (self);
}

static void
wsi_file_source_abort (WsiSource *source)
{
  WsiFileSource *self = WSI_FILE_SOURCE (source);

  stop_reading (self);
  g_clear_pointer (&self->recording, wsi_recording_free);
  g_clear_object (&self->stream);
}

static void
wsi_file_source_finalize (GObject *object)
{
  WsiFileSource *self = WSI_FILE_SOURCE (object);

  g_clear_pointer (&self->recording, wsi_recording_free);
  g_clear_object (&self->stream);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (wsi_file_source_parent_class)->finalize (object);
}

static void
wsi_file_source_class_init (WsiFileSourceClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_file_source_finalize;
  source_class->kind = WSI_SOURCE_KIND_FILE;
  source_class->begin = wsi_file_source_begin;
  source_class->end = wsi_file_source_end;
  source_class->abort = wsi_file_source_abort;
}

static void
wsi_file_source_init (WsiFileSource *self)
{
}

static WsiFileSource *
construct (WsiRecorder *recorder,
           WsiPlace     place,
           const char  *name)
{
  WsiFileSource *self = g_object_new (WSI_TYPE_FILE_SOURCE, NULL);

  wsi_source_construct (WSI_SOURCE (self), recorder, place);
  wsi_source_set_uri (WSI_SOURCE (self), name);
  return self;
}

WsiFileSource *
wsi_file_source_new (WsiRecorder *recorder,
                     WsiPlace     place,
                     GFile       *file)
{
  g_autofree char *name = g_file_get_parse_name (file);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *title = base != NULL ? g_filename_display_name (base) : NULL;
  WsiFileSource *self = construct (recorder, place, name);

  wsi_source_set_title (WSI_SOURCE (self), title);
  self->file = g_object_ref (file);
  return self;
}

WsiFileSource *
wsi_file_source_new_for_stream (WsiRecorder  *recorder,
                                WsiPlace      place,
                                GInputStream *stream,
                                const char   *name)
{
  WsiFileSource *self = construct (recorder, place, name);

  self->stream = g_object_ref (stream);
  return self;
}

double
wsi_file_source_get_progress (WsiFileSource *self)
{
  guint64 size = atomic_load (&self->size);

  return size > 0 ? MIN (atomic_load (&self->n_read) / (double) size, 1) : 0;
}
