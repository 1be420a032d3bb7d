/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-file-source.h"

#include "inspect/files/wsi-pcap-file.h"

#define PACKETS_PER_STEP 256

struct _WsiFileSource
{
  WsiSource    parent_instance;

  WsiPcapFile *file;
  GSource     *reading;         /* NULL: nothing is read */
};

G_DEFINE_FINAL_TYPE (WsiFileSource, wsi_file_source, WSI_TYPE_SOURCE)

static void
stop_reading (WsiFileSource *self)
{
  if (self->reading != NULL)
    g_source_destroy (self->reading);
  g_clear_pointer (&self->reading, g_source_unref);
}

/* Other calls of the context come between two steps. */
static gboolean
step (gpointer data)
{
  g_autoptr (WsiFileSource) self = g_object_ref (data); /* a receiver may drop it */
  WsiSource *source = WSI_SOURCE (self);
  g_autoptr (GError) error = NULL;

  if (wsi_pcap_file_step (self->file, PACKETS_PER_STEP, &error))
    return G_SOURCE_CONTINUE;

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wsi_source_report (source, WSI_SOURCE_FAILED, error->message);
  else
    wsi_source_report (source, WSI_SOURCE_ENDED, NULL);
  stop_reading (self);
  return G_SOURCE_REMOVE;
}

static void
wsi_file_source_begin (WsiSource *source)
{
  WsiFileSource *self = WSI_FILE_SOURCE (source);

  wsi_source_report (source, WSI_SOURCE_RUNNING, NULL);
  self->reading = g_idle_source_new ();
  g_source_set_callback (self->reading, step, self, NULL);
  g_source_attach (self->reading, wsi_source_get_context (source));
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
  g_clear_object (&self->file);
}

static void
wsi_file_source_finalize (GObject *object)
{
  g_clear_object (&WSI_FILE_SOURCE (object)->file);
  G_OBJECT_CLASS (wsi_file_source_parent_class)->finalize (object);
}

static void
wsi_file_source_class_init (WsiFileSourceClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_file_source_finalize;
  source_class->begin = wsi_file_source_begin;
  source_class->end = wsi_file_source_end;
  source_class->abort = wsi_file_source_abort;
}

static void
wsi_file_source_init (WsiFileSource *self)
{
}

WsiFileSource *
wsi_file_source_new (WsiRecorder  *recorder,
                     WsiPlace      place,
                     GInputStream *stream,
                     const char   *name,
                     GError      **error)
{
  g_autoptr (WsiFileSource) self = g_object_new (WSI_TYPE_FILE_SOURCE, NULL);
  WsiSource *source = WSI_SOURCE (self);

  wsi_source_construct (source, recorder, place);
  wsi_source_set_uri (source, name);
  self->file = wsi_pcap_file_new (stream, name, recorder, wsi_source_get_cancellable (source),
                                  error);
  return self->file != NULL ? g_steal_pointer (&self) : NULL;
}
