/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-step-reader.h"

#define PIECES_PER_STEP 256

struct _WsiStepReader
{
  WsiSource      *source;
  WsiRecordingSet  *recordings;
  WsiStepReaderEnded ended;
  GSource        *idle;         /* idle source that reads the next step; NULL: nothing is read */
};

WsiStepReader *
wsi_step_reader_new (WsiSource         *source,
                     GCancellable      *cancellable,
                     const char        *key_log,
                     const GArray      *websocket_ports,
                     WsiStepReaderEnded ended)
{
  WsiStepReader *self = g_new0 (WsiStepReader, 1);

  self->source = source;
  self->ended = ended;
  self->recordings = wsi_recording_set_new (wsi_source_get_recorder (source), cancellable);
  wsi_recording_set_set_key_log (self->recordings, key_log);
  wsi_recording_set_read_as_websocket (self->recordings, websocket_ports);
  return self;
}

static void
step_reader_stop (WsiStepReader *self)
{
  if (self->idle != NULL)
    g_source_destroy (self->idle);
  g_clear_pointer (&self->idle, g_source_unref);
}

void
wsi_step_reader_free (WsiStepReader *self)
{
  step_reader_stop (self);
  wsi_recording_set_free (self->recordings);
  g_free (self);
}

WsiRecordingSet *
wsi_step_reader_get_recordings (WsiStepReader *self)
{
  return self->recordings;
}

static gboolean
step_reader_step (gpointer data)
{
  WsiStepReader *self = data;
  g_autoptr (WsiSource) source = g_object_ref (self->source);   /* a receiver may drop the source */
  g_autoptr (GError) error = NULL;

  if (wsi_recording_set_step (self->recordings, PIECES_PER_STEP, &error))
    return G_SOURCE_CONTINUE;

  step_reader_stop (self);
  self->ended (source, error);
  return G_SOURCE_REMOVE;
}

void
wsi_step_reader_begin (WsiStepReader *self)
{
  self->idle = g_idle_source_new ();
  g_source_set_callback (self->idle, step_reader_step, self, NULL);
  g_source_attach (self->idle, wsi_source_get_context (self->source));
  wsi_source_report (self->source, WSI_SOURCE_RUNNING, NULL);
}

void
wsi_step_reader_step (WsiStepReader *self)
{
  if (self->idle != NULL)
    step_reader_step (self);
}
