/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP heads of one direction: bytes in, the same bytes and a parsed head out.
 *
 * A head with a fault of syntax goes on to its first empty line, whatever its line ends are.  Then
 * it is mended and read, because there are peers that read it, too.
 *
 * A head has at most WSC_MAX_OBSERVED_HEAD bytes.  All interim heads together have at most
 * MAX_INTERIM_BYTES.
 *
 * docs/rationales/dissector.md has the reasons.
 */
#include "observe/dissector/wsp-dissector-head-private.h"

#include "core/bytes/byte-buffer.h"
#include "core/bytes/byte-order.h"

#define MAX_INTERIM_BYTES (64 * 1024)
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

static WspHeadResult
dissector_head_mend (WspHeads *self)
{
  WscFault fault;

  self->parsed = wsc_mended_head_read (self->kind, wsc_byte_buffer_peek (&self->text), &fault);
  if (self->parsed != NULL)
    return WSP_HEAD_COMPLETE;

  return wsc_head_fault_is_of_size (fault) ? WSP_HEAD_TOO_LARGE : WSP_HEAD_MALFORMED;
}

/* Returns how many of the bytes belong to the head, which the strict reader does not read. */
static gsize
take_unread (WspHeads *self,
             WscBytes  bytes)
{
  gsize room = WSC_MAX_OBSERVED_HEAD - wsc_byte_buffer_peek (&self->text).length;
  gsize n = wsc_head_end_take (&self->end, bytes_first (bytes, MIN (room, bytes.length)));

  if (!wsc_byte_buffer_append (&self->text, bytes_first (bytes, n)) ||
      (n == room && !self->end.has_ended))
    self->result = WSP_HEAD_TOO_LARGE;
  else if (self->end.has_ended)
    self->result = wsc_head_fault_is_of_size (self->why) ? WSP_HEAD_TOO_LARGE
    : dissector_head_mend (self);
  return n;
}

/* The text before these bytes is still in the parsed head. */
static gsize
begin_unread (WspHeads *self,
              WscFault  why,
              WscBytes  bytes)
{
  WscHttpHead *parsed = g_steal_pointer (&self->parsed);

  self->why = why;
  if (self->fault == WSC_FAULT_NONE && !wsc_head_fault_is_of_size (why))
    self->fault = why;
  if (parsed != NULL)
    take_unread (self, wsc_http_head_get_text (parsed));
  wsc_http_head_free (parsed);
  return self->result == WSP_HEAD_INCOMPLETE ? take_unread (self, bytes) : 0;
}

WspHeadResult
wsp_heads_take (WspHeads *self,
                WscBytes  bytes,
                gsize    *used)
{
  WscFault fault;

  if (self->why != WSC_FAULT_NONE)
    {
      *used = take_unread (self, bytes);
      return self->result;
    }

  if (self->parsed == NULL)
    self->parsed = wsc_http_head_new (self->kind, &wsc_observed_head_limits);
  fault = self->parsed != NULL ? wsc_http_head_take (self->parsed, bytes, used)
                               : WSC_FAULT_OUT_OF_MEMORY;
  if (fault == WSC_FAULT_NONE)
    self->result = WSP_HEAD_COMPLETE;
  else if (fault != WSC_FAULT_PARTIAL)
    *used = begin_unread (self, fault, bytes);
  return self->result;
}

void
wsp_heads_end_interim (WspHeads *self)
{
  WscBytes text = wsp_heads_get_text (self);

  if (self->interim == NULL)
    self->interim = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (self->interim->len < MAX_INTERIM && text.length <= MAX_INTERIM_BYTES - self->n_interim_bytes)
    {
      g_ptr_array_add (self->interim, g_bytes_new (text.at, text.length));
      self->n_interim_bytes += text.length;
    }
  g_clear_pointer (&self->parsed, wsc_http_head_free);
  wsc_byte_buffer_clear (&self->text);
  self->why = WSC_FAULT_NONE;
  self->end = (WscHeadEnd) { 0 };
  self->result = WSP_HEAD_INCOMPLETE;
}

WscBytes
wsp_heads_get_text (const WspHeads *self)
{
  return self->why == WSC_FAULT_NONE && self->parsed != NULL
         ? wsc_http_head_get_text (self->parsed) : wsc_byte_buffer_peek (&self->text);
}
