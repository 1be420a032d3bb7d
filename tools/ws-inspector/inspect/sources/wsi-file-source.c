/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-file-source.h"

#include <glib/gi18n.h>
#include <stdatomic.h>

#include "inspect/sources/files/wsi-error-list.h"
#include "inspect/sources/files/wsi-recording.h"
#include "inspect/sources/files/wsi-recording-set.h"
#include "inspect/sources/wsi-step-reader.h"

struct _WsiFileSource
{
  WsiSource        parent_instance;

  GListModel      *files;       /* files to read (GFile) */
  char            *key_log;     /* path of the key log; NULL: none */
  GArray          *websocket_ports;     /* ports of servers with WebSockets (guint16) */
  atomic_bool      has_packets; /* one of the files is a capture */
  WsiStepReader   *reader;      /* reader of the files; NULL: none could be opened, or aborted */
};

G_DEFINE_FINAL_TYPE (WsiFileSource, wsi_file_source, WSI_TYPE_SOURCE)

/* Reports the end: error = why it failed, or NULL. */
static void
file_source_report_end (WsiSource    *source,
                        const GError *error)
{
  WsiStepReader *reader = WSI_FILE_SOURCE (source)->reader;
  WsiRecordingSet *recordings = reader != NULL ? wsi_step_reader_get_recordings (reader) : NULL;
  g_auto (GStrv) losses = recordings != NULL ? wsi_recording_set_dup_losses (recordings) : NULL;
  g_autofree char *text = losses != NULL && *losses != NULL ? g_strjoinv ("; ", losses) : NULL;

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_auto (GStrv) sentences = g_strsplit (error->message, WSI_ERROR_SEPARATOR, -1);
      g_autofree char *joined = g_strjoinv ("; ", sentences);

      wsi_source_report (source, WSI_SOURCE_FAILED, WSI_SENTENCE (TEXT, joined));
    }
  else
    wsi_source_report (source, WSI_SOURCE_ENDED,
                       text != NULL ? WSI_SENTENCE (TEXT, text) : NULL);
}

/* Recent files, and those of the last session, may have been moved since. */
static void
file_source_explain_missing (const char *name,
                             GError    **error)
{
  g_clear_error (error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("%s: no such file (it was moved or removed: choose it where it is now)"), name);
}

/* Checks the kind of a file: opening a pipe waits for its writer, and cannot be cancelled. */
static gboolean
check_kind (GFile        *file,
            const char   *name,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, cancellable,
                       error);
  GFileType kind = info != NULL ? g_file_info_get_file_type (info) : G_FILE_TYPE_UNKNOWN;

  if (info == NULL || (kind != G_FILE_TYPE_DIRECTORY && kind != G_FILE_TYPE_SPECIAL))
    return info != NULL;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
               kind == G_FILE_TYPE_DIRECTORY
               ? _("%s: expected a file, received a folder")
               : _("%s: expected a file, received a device or pipe (read it with wsinspect "
                   "read -)"), name);
  return FALSE;
}

/* Adds a file; one that cannot be opened does not keep the others from being read. */
static void
file_source_add_file (WsiFileSource *self,
                      GFile         *file,
                      GCancellable  *cancellable)
{
  g_autofree char *name = g_file_get_parse_name (file);
  GError *error = NULL;
  g_autoptr (GInputStream) base = check_kind (file, name, cancellable, &error)
                                  ? G_INPUT_STREAM (g_file_read (file, cancellable, &error)) : NULL;
  g_autoptr (GInputStream) stream = base != NULL ? wsi_recording_open_stream (base) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    file_source_explain_missing (name, &error);
  wsi_recording_set_add (wsi_step_reader_get_recordings (self->reader), stream, name, error);
}

static gboolean
file_source_open_recordings (WsiFileSource *self,
                             GError       **error)
{
  WsiSource *source = WSI_SOURCE (self);
  GCancellable *stop = wsi_source_get_stop (source);

  self->reader = wsi_step_reader_new (source, stop, self->key_log, self->websocket_ports,
                                      file_source_report_end);
  for (guint i = 0; i < g_list_model_get_n_items (self->files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (self->files, i);

      file_source_add_file (self, file, stop);
    }
  if (wsi_recording_set_open (wsi_step_reader_get_recordings (self->reader), error))
    {
      self->has_packets =
        wsi_recording_set_have_captures (wsi_step_reader_get_recordings (self->reader));
      return TRUE;
    }

  g_clear_pointer (&self->reader, wsi_step_reader_free);
  return FALSE;
}

static void
wsi_file_source_begin (WsiSource *source)
{
  WsiFileSource *self = WSI_FILE_SOURCE (source);
  g_autoptr (GError) error = NULL;

  if (file_source_open_recordings (self, &error))
    wsi_step_reader_begin (self->reader);
  else
    file_source_report_end (source, error);
}

/* Ends the source: the cancelled file ends its connections in the next step. */
static void
wsi_file_source_end (WsiSource *source)
{
  WsiFileSource *self = WSI_FILE_SOURCE (source);

  if (self->reader != NULL)
    wsi_step_reader_step (self->reader);
}

static void
wsi_file_source_abort (WsiSource *source)
{
  g_clear_pointer (&WSI_FILE_SOURCE (source)->reader, wsi_step_reader_free);
}

static void
wsi_file_source_finalize (GObject *object)
{
  WsiFileSource *self = WSI_FILE_SOURCE (object);

  g_clear_pointer (&self->reader, wsi_step_reader_free);
  g_clear_object (&self->files);
  g_free (self->key_log);
  g_array_unref (self->websocket_ports);
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
  self->websocket_ports = g_array_new (FALSE, FALSE, sizeof (guint16));
}

static char *
file_source_dup_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);

  return base != NULL ? g_filename_display_name (base) : g_file_get_parse_name (file);
}

static char *
file_source_join (GListModel *files,
                  char       *(*get_text)(GFile *file))
{
  GString *joined = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      g_autofree char *text = get_text (file);

      g_string_append_printf (joined, "%s%s", i > 0 ? ", " : "", text);
    }
  return g_string_free (joined, FALSE);
}

WsiFileSource *
wsi_file_source_new (WsiRecorder  *recorder,
                     WsiPlace      place,
                     GListModel   *files,
                     const char   *key_log,
                     const GArray *websocket_ports)
{
  g_autofree char *name = file_source_join (files, g_file_get_parse_name);
  g_autofree char *title = file_source_join (files, file_source_dup_name);
  WsiFileSource *self = g_object_new (WSI_TYPE_FILE_SOURCE, NULL);

  wsi_source_construct (WSI_SOURCE (self), recorder, place);
  wsi_source_set_uri (WSI_SOURCE (self), name);
  wsi_source_set_title (WSI_SOURCE (self), title);
  self->files = g_object_ref (files);
  self->key_log = g_strdup (key_log);
  if (websocket_ports != NULL)
    g_array_append_vals (self->websocket_ports, websocket_ports->data, websocket_ports->len);
  return self;
}

GListModel *
wsi_file_source_get_files (WsiFileSource *self)
{
  return self->files;
}

gboolean
wsi_file_source_has_packets (WsiFileSource *self)
{
  return self->has_packets;
}
