/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP heads of one direction: bytes in, the same bytes and a parsed head out.
 *
 * A malformed head goes on to its first empty line, whatever its line ends are, so that a program
 * can show the whole head.
 *
 * A malformed head has at most MAX_HEAD bytes, and so have all interim heads together.
 */
#include "observe/dissector/wsp-dissector-head-private.h"

#include "core/bytes/byte-buffer.h"
#include "core/bytes/byte-order.h"

#define MAX_HEAD (64 * 1024)
#define MAX_INTERIM 16

void
wsp_heads_init (WspHeads   *self,
                WscHeadKind kind)
{
  *self = (WspHeads) { .kind = kind };
}

void
wsp_heads_clear (WspHeads *self)
{
  g_clear_pointer (&self->parsed, wsc_http_head_free);
  g_clear_pointer (&self->interim, g_ptr_array_unref);
  wsc_byte_buffer_clear (&self->text);
}

/* Returns how many of the bytes belong to the malformed head. */
static gsize
take_malformed (WspHeads *self,
                WscBytes  bytes)
{
  gsize room = MAX_HEAD - wsc_byte_buffer_peek (&self->text).length;
  gsize n = 0;
  gboolean has_ended = FALSE;

  while (n < bytes.length && n < room && !has_ended)
    {
      guint8 byte = bytes.at[n++];

      has_ended = byte == '\n' && self->is_line_ended;
      if (byte != '\r')
        self->is_line_ended = byte == '\n';
    }

  gboolean is_kept = wsc_byte_buffer_append (&self->text, bytes_first (bytes, n));

  if (has_ended || n == room || !is_kept)
    self->result = WSP_HEAD_MALFORMED;
  return n;
}

/* The text before these bytes is still in the parsed head. */
static gsize
begin_malformed (WspHeads *self,
                 WscBytes  bytes)
{
  WscHttpHead *parsed = g_steal_pointer (&self->parsed);

  if (parsed != NULL)
    take_malformed (self, wsc_http_head_get_text (parsed));
  wsc_http_head_free (parsed);
  return take_malformed (self, bytes);
}

WspHeadResult
wsp_heads_take (WspHeads *self,
                WscBytes  bytes,
                gsize    *used)
{
  WscFault fault = self->fault;

  if (fault != WSC_FAULT_NONE)
    {
      *used = take_malformed (self, bytes);
      return self->result;
    }

  if (self->parsed == NULL)
    self->parsed = wsc_http_head_new (self->kind, NULL);
  fault = self->parsed != NULL ? wsc_http_head_take (self->parsed, bytes, used)
                               : WSC_FAULT_OUT_OF_MEMORY;
  if (fault == WSC_FAULT_NONE)
    self->result = WSP_HEAD_COMPLETE;
  else if (fault != WSC_FAULT_PARTIAL)
    {
      self->fault = fault;
      *used = begin_malformed (self, bytes);
    }
  return self->result;
}

void
wsp_heads_end_interim (WspHeads *self)
{
  WscBytes text = wsp_heads_get_text (self);

  if (self->interim == NULL)
    self->interim = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (self->interim->len < MAX_INTERIM && text.length <= MAX_HEAD - self->n_interim_bytes)
    {
      g_ptr_array_add (self->interim, g_bytes_new (text.at, text.length));
      self->n_interim_bytes += text.length;
    }
  g_clear_pointer (&self->parsed, wsc_http_head_free);
  self->result = WSP_HEAD_INCOMPLETE;
}

WscBytes
wsp_heads_get_text (const WspHeads *self)
{
  return self->parsed != NULL ? wsc_http_head_get_text (self->parsed)
                              : wsc_byte_buffer_peek (&self->text);
}
