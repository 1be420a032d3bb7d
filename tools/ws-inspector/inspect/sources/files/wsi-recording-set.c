/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Merges files that are read together.  A part, which is a file or all captures, records into a
 * recorder of its own.  Its entries wait there for those of the other parts: a piece of each part
 * is in memory.  A single part records into the recorder of the whole. */

#include "inspect/sources/files/wsi-recording-set.h"

#include "inspect/capture/lanes/wsi-entry-queue.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/files/wsi-error-list.h"
#include "inspect/store/wsi-sentence.h"

typedef struct
{
  GInputStream      *stream;
  char              *name;
  WsiRecordingFormat format;
} File;

typedef struct
{
  WsiRecording *recording;
  WsiRecorder  *recorder;
  const char   *name;           /* name of the part's first file */
  guint         number;
  WsiEntryQueue waiting;        /* entries that the part has recorded, if there are several parts */
  gboolean      has_ended;
} Part;

struct _WsiRecordingSet
{
  WsiRecorder  *recorder;
  GCancellable *cancellable;
  GArray       *files;          /* files to read (File) */
  GPtrArray    *parts;          /* recordings that the files make (Part) */
  char         *key_log;        /* path of the key log; NULL: none */
  GArray       *websocket_ports;        /* ports of servers with WebSockets (guint16) */
  GError       *error;          /* errors of all files that could not be read */
};

static void
file_clear (gpointer data)
{
  File *self = data;

  g_object_unref (self->stream);
  g_free (self->name);
}

static void
part_free (gpointer data)
{
  Part *self = data;

  g_clear_pointer (&self->recording, wsi_recording_free);
  wsi_entry_queue_clear (&self->waiting);
  g_object_unref (self->recorder);
  g_free (self);
}

/* Keeps an entry of a part; the rows of each file have numbers of their own. */
static void
recording_set_keep (gpointer        part,
                    const WsiEntry *entry)
{
  Part *self = part;
  WsiEntry kept = wsi_entry_copy (entry);

  kept.file = self->number;
  wsi_entry_queue_add (&self->waiting, &kept);
}

/* The first time of a part.  FALSE: nothing waits. */
static gboolean
recording_set_get_first_time (const Part *self,
                              gint64     *time_us)
{
  if (wsi_entry_queue_is_empty (&self->waiting))
    return FALSE;

  *time_us = self->waiting.entries[self->waiting.first].time_us;
  return TRUE;
}

static void
pass_first (Part        *self,
            WsiRecorder *whole)
{
  WsiEntry entry = self->waiting.entries[self->waiting.first++];

  if (wsi_entry_queue_is_empty (&self->waiting))
    wsi_entry_queue_reset (&self->waiting);
  wsi_recorder_pass (whole, &entry);
  wsi_entry_clear (&entry);
}

WsiRecordingSet *
wsi_recording_set_new (WsiRecorder  *recorder,
                       GCancellable *cancellable)
{
  WsiRecordingSet *self = g_new0 (WsiRecordingSet, 1);

  self->recorder = g_object_ref (recorder);
  g_set_object (&self->cancellable, cancellable);
  self->files = g_array_new (FALSE, FALSE, sizeof (File));
  g_array_set_clear_func (self->files, file_clear);
  self->parts = g_ptr_array_new_with_free_func (part_free);
  self->websocket_ports = g_array_new (FALSE, FALSE, sizeof (guint16));
  return self;
}

void
wsi_recording_set_free (WsiRecordingSet *self)
{
  g_ptr_array_unref (self->parts);
  g_array_unref (self->files);
  g_clear_object (&self->cancellable);
  g_object_unref (self->recorder);
  g_clear_error (&self->error);
  g_free (self->key_log);
  g_array_unref (self->websocket_ports);
  g_free (self);
}

static File *
recording_set_get_file (WsiRecordingSet *self,
                        guint            i)
{
  return &g_array_index (self->files, File, i);
}

static Part *
recording_set_get_part (WsiRecordingSet *self,
                        guint            i)
{
  return self->parts->pdata[i];
}

void
wsi_recording_set_add (WsiRecordingSet *self,
                       GInputStream    *stream,
                       const char      *name,
                       GError          *error)
{
  const File file = { .stream = stream, .name = g_strdup (name) };

  if (stream == NULL)
    {
      wsi_error_list_add (&self->error, error);
      g_free (file.name);
      return;
    }

  g_object_ref (stream);
  g_array_append_val (self->files, file);
}

/* Detects the formats of files; those whose first bytes cannot be read are left out. */
static void
detect_formats (WsiRecordingSet *self)
{
  for (guint i = 0; i < self->files->len;)
    {
      File *file = recording_set_get_file (self, i);
      GError *error = NULL;

      file->format = wsi_recording_detect (file->stream, self->cancellable, &error);
      if (error == NULL)
        {
          i++;
          continue;
        }

      g_prefix_error (&error, "%s: ", file->name);
      wsi_error_list_add (&self->error, error);
      g_array_remove_index (self->files, i);
    }
}

static guint
count_parts (WsiRecordingSet *self)
{
  guint n_captures = 0;

  for (guint i = 0; i < self->files->len; i++)
    n_captures += recording_set_get_file (self, i)->format == WSI_RECORDING_PACKETS;
  return self->files->len - n_captures + (n_captures > 0);
}

/* Finds the captures.  NULL: there is none. */
static Part *
find_captures (WsiRecordingSet *self)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (wsi_recording_get_format (recording_set_get_part (self, i)->recording) ==
        WSI_RECORDING_PACKETS)
      return recording_set_get_part (self, i);
  return NULL;
}

gboolean
wsi_recording_set_have_captures (WsiRecordingSet *self)
{
  return find_captures (self) != NULL;
}

static void
open_part (WsiRecordingSet *self,
           const File      *file,
           guint            n_parts)
{
  Part *part = g_new0 (Part, 1);
  GError *error = NULL;

  part->name = file->name;
  part->number = self->parts->len;
  part->recorder = n_parts > 1 ? wsi_recorder_new_part (self->recorder, recording_set_keep, part)
                               : g_object_ref (self->recorder);
  part->recording = wsi_recording_new (file->stream, file->name, part->recorder, self->cancellable,
                                       &error);
  if (part->recording != NULL)
    {
      g_ptr_array_add (self->parts, part);
      return;
    }

  wsi_error_list_add (&self->error, error);
  part_free (part);
}

static void
recording_set_open_file (WsiRecordingSet *self,
                         const File      *file,
                         guint            n_parts)
{
  Part *captures = file->format == WSI_RECORDING_PACKETS ? find_captures (self) : NULL;
  GError *error = NULL;

  if (captures == NULL)
    open_part (self, file, n_parts);
  else if (!wsi_recording_add_packets (captures->recording, file->stream, file->name, &error))
    wsi_error_list_add (&self->error, error);
}

void
wsi_recording_set_set_key_log (WsiRecordingSet *self,
                               const char      *path)
{
  g_free (self->key_log);
  self->key_log = g_strdup (path);
}

static void
name_ports (WsiRecordingSet *self,
            const GArray    *ports)
{
  const Part *captures = find_captures (self);

  for (guint i = 0; captures != NULL && i < ports->len; i++)
    wsi_recording_read_as_websocket (captures->recording, g_array_index (ports, guint16, i));
}

void
wsi_recording_set_read_as_websocket (WsiRecordingSet *self,
                                     const GArray    *ports)
{
  g_array_append_vals (self->websocket_ports, ports->data, ports->len);
  name_ports (self, ports);
}

/* Opens the key log; without a capture the first recording says what is wrong. */
static gboolean
open_key_log (WsiRecordingSet *self,
              GError         **error)
{
  const Part *captures = find_captures (self);

  return self->key_log == NULL ||
         wsi_recording_set_key_log ((captures != NULL ? captures
                                     : recording_set_get_part (self, 0))->recording,
                                    self->key_log, error);
}

gboolean
wsi_recording_set_change_key_log (WsiRecordingSet *self,
                                  const char      *path,
                                  GError         **error)
{
  wsi_recording_set_set_key_log (self, path);
  return self->parts->len == 0 || open_key_log (self, error);
}

gboolean
wsi_recording_set_open (WsiRecordingSet *self,
                        GError         **error)
{
  guint n_parts;

  detect_formats (self);
  n_parts = count_parts (self);
  for (guint i = 0; i < self->files->len; i++)
    recording_set_open_file (self, recording_set_get_file (self, i), n_parts);

  name_ports (self, self->websocket_ports);
  if (self->parts->len > 0)
    return open_key_log (self, error);

  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

static void
recording_set_step_part (WsiRecordingSet *self,
                         Part            *part,
                         guint            max_pieces)
{
  GError *error = NULL;

  part->has_ended = !wsi_recording_step (part->recording, max_pieces, &error);
  if (error != NULL)
    wsi_error_list_add (&self->error, error);
}

/* Reads until an entry waits, or the end.  FALSE: max_pieces were read before. */
static gboolean
recording_set_fill (WsiRecordingSet *self,
                    Part            *part,
                    guint            max_pieces,
                    guint           *n_pieces,
                    gint64          *time_us)
{
  while (!recording_set_get_first_time (part, time_us) && !part->has_ended)
    {
      if (*n_pieces >= max_pieces)
        return FALSE;

      recording_set_step_part (self, part, 1);
      ++*n_pieces;
    }
  return TRUE;
}

/* The part with the earliest entry; NULL: none has one, or they are to be read further. */
static Part *
recording_set_find_earliest (WsiRecordingSet *self,
                             guint            max_pieces,
                             guint           *n_pieces)
{
  Part *first = NULL;
  gint64 time_us, first_us = 0;

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = recording_set_get_part (self, i);

      if (!recording_set_fill (self, part, max_pieces, n_pieces, &time_us))
        return NULL;

      if (recording_set_get_first_time (part, &time_us) &&
          (first == NULL || time_us < first_us))
        {
          first = part;
          first_us = time_us;
        }
    }
  return first;
}

/* Whether there is more.  FALSE: all parts have ended, and nothing waits. */
static gboolean
recording_set_goes_on (WsiRecordingSet *self)
{
  gint64 time_us;

  for (guint i = 0; i < self->parts->len; i++)
    if (!recording_set_get_part (self, i)->has_ended ||
        recording_set_get_first_time (recording_set_get_part (self, i), &time_us))
      return TRUE;
  return FALSE;
}

static void
recording_set_merge (WsiRecordingSet *self,
                     guint            max_pieces)
{
  guint n_pieces = 0;
  Part *first;

  while (n_pieces < max_pieces &&
         (first = recording_set_find_earliest (self, max_pieces, &n_pieces)) != NULL)
    {
      pass_first (first, self->recorder);
      n_pieces++;
    }
}

static gboolean
is_single (WsiRecordingSet *self)
{
  return recording_set_get_part (self, 0)->recorder == self->recorder;
}

gboolean
wsi_recording_set_step (WsiRecordingSet *self,
                        guint            max_pieces,
                        GError         **error)
{
  if (is_single (self))
    recording_set_step_part (self, recording_set_get_part (self, 0), max_pieces);
  else
    recording_set_merge (self, max_pieces);
  if (is_single (self) ? !recording_set_get_part (self, 0)->has_ended
      : recording_set_goes_on (self))
    return TRUE;

  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

guint64
wsi_recording_set_get_n_bytes (WsiRecordingSet *self)
{
  guint64 n_bytes = 0;

  for (guint i = 0; i < self->parts->len; i++)
    n_bytes += wsi_recording_get_n_bytes (recording_set_get_part (self, i)->recording);
  return n_bytes;
}

gboolean
wsi_recording_set_are_empty (WsiRecordingSet *self)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (!wsi_recording_is_empty (recording_set_get_part (self, i)->recording))
      return FALSE;
  return TRUE;
}

char **
wsi_recording_set_dup_losses (WsiRecordingSet *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->parts->len; i++)
    {
      const Part *part = recording_set_get_part (self, i);
      gboolean is_named = self->parts->len > 1 &&
                          wsi_recording_get_format (part->recording) != WSI_RECORDING_PACKETS;
      g_auto (GStrv) losses = wsi_recording_dup_losses (part->recording);

      for (guint j = 0; losses[j] != NULL; j++)
        {
          g_autofree char *line = g_strconcat (is_named ? part->name : "", is_named ? ": " : "",
                                               losses[j], NULL);

          g_strv_builder_add (builder, line);
        }
    }
  return g_strv_builder_end (builder);
}

gboolean
wsi_recording_set_are_too_large (WsiRecordingSet *self)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (wsi_recording_is_too_large (recording_set_get_part (self, i)->recording))
      return TRUE;
  return FALSE;
}

gboolean
wsi_recording_set_are_cut (WsiRecordingSet *self)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (wsi_recording_is_cut (recording_set_get_part (self, i)->recording))
      return TRUE;
  return FALSE;
}
