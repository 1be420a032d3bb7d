/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/choosing/wsi-reading.h"

#include "inspect/store/memory/wsi-bytes.h"

/* Control frames, and messages of which the beginning is missing, are in no connection's format. */
static void
reading_guess (WsiReading      *self,
               const WsiRecord *record)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (self->bytes, &length);

  self->input = (WsiDecodeInput) { .at = at, .length = length, .form = WSI_MESSAGE_BINARY };
  if (record != NULL && (record->flags & WSI_RECORD_OPAQUE) == 0)
    self->input.form = record->message_opcode == 1 ? WSI_MESSAGE_TEXT : WSI_MESSAGE_BINARY;
  self->decoder = wsi_decoder_list_guess (&self->input, NULL, NULL);
}

/* The interpreter forgets what it handed out when it learns the next message. */
static void
keep_before (WsiReading *self)
{
  if (self->input.before == NULL)
    return;

  self->before = *self->input.before;
  g_bytes_ref (self->before.bytes);
  self->input.before = &self->before;
}

WsiReading *
wsi_reading_new (WsiInterpreter *interpreter,
                 WsiStore       *store,
                 guint64         number,
                 GBytes         *bytes)
{
  WsiReading *self = g_new0 (WsiReading, 1);
  guint reading = wsi_store_begin_reading (store);
  const WsiRecord *record = wsi_store_get_record (store, number);
  gsize length;
  const guint8 *at = wsi_bytes_get_data (bytes, &length);

  self->bytes = g_bytes_ref (bytes);
  if (interpreter != NULL && record != NULL)
    self->decoder = wsi_interpreter_prepare (interpreter, number, record, at, length,
                                             &self->input);
  self->is_guess = interpreter == NULL || record == NULL ||
                   wsi_interpreter_get_choice (interpreter, record) == NULL;
  if (self->decoder == NULL)
    reading_guess (self, record);
  wsi_store_end_reading (store, reading);

  self->input.subprotocol = self->subprotocol = g_strdup (self->input.subprotocol);
  self->input.path = self->path = g_strdup (self->input.path);
  keep_before (self);
  return self;
}

gboolean
wsi_reading_is_likely (const WsiReading *self)
{
  WsiDecodeInput beginning = self->input;

  if (beginning.length == 0)
    return FALSE;

  if (beginning.length > WSI_PROBE_LENGTH)
    {
      beginning.length = WSI_PROBE_LENGTH;
      beginning.extent = WSI_EXTENT_BEGINNING;
    }
  return self->decoder->probe (&beginning) >= WSI_SCORE_LIKELY;
}

void
wsi_reading_free (WsiReading *self)
{
  g_bytes_unref (self->bytes);
  g_free (self->subprotocol);
  g_free (self->path);
  g_clear_pointer (&self->before.bytes, g_bytes_unref);
  g_free (self);
}

WsiDecodeNode *
wsi_reading_decode (const WsiReading *self)
{
  WsiDecodeInput input = self->input;

  if (input.length == 0)
    input.at = (const guint8 *) "";
  return wsi_decoder_list_decode (self->decoder, &input, self->bytes);
}
