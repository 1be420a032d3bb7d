/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Receive path, memory: the memory that input is read to, and the spill, which keeps unread bytes
 * while no memory is lent.
 *
 * While bytes wait in the spill, no read is prepared.
 *
 * Unread bytes are in the bytes [begin, end) of the lent memory. */

#include "core/stream/receive-path.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void
receive_memory_empty (WscReadMemory *self)
{
  *self = (WscReadMemory) { .at = self->at, .length = self->length };
}

/* Moves the unread bytes to the beginning of the memory. */
static void
receive_memory_make_room (WscReadMemory *self)
{
  const uint32_t unread = self->end - self->begin;

  if (unread > 0 && self->begin > 0)
    memmove (self->at, self->at + self->begin, unread);
  self->begin = 0;
  self->end = unread;
}

bool
wsc_receive_path_refill (WscReceivePath *self)
{
  WscReadMemory *read = self->read;
  uint32_t room = (uint32_t) read->length - (read->end - read->begin);
  uint32_t n = room < self->spill_length ? room : self->spill_length;

  if (n == 0)
    return false;

  receive_memory_make_room (read);
  memcpy (read->at + read->end, self->spill, n);
  read->end += n;
  self->spill_length -= n;
  if (self->spill_length > 0)
    memmove (self->spill, self->spill + n, self->spill_length);
  else
    {
      free (self->spill);
      self->spill = NULL;
    }
  return true;
}

unsigned
wsc_receive_path_prepare_read (WscReceivePath *self,
                               WscBuffer       own,
                               unsigned        max_buffers,
                               WscBuffer      *buffers)
{
  WscReadMemory *read = self->read;
  unsigned n = 0;

  if (self->spill_length > 0)
    return 0;

  receive_memory_make_room (read);
  read->direct_room = 0;
  if (self->reader.is_open && !self->reader.is_compressed && own.length > 0 && read->end == 0)
    {
      uint64_t room = own.length < self->reader.payload_left ? own.length
        : self->reader.payload_left;

      read->direct_room = room < UINT32_MAX ? (uint32_t) room : UINT32_MAX;
      buffers[n++] = (WscBuffer) { own.at, read->direct_room };
    }
  if (n < max_buffers && read->length > read->end)
    {
      buffers[n].at = read->at + read->end;
      buffers[n++].length = read->length - read->end;
    }
  return n;
}

void
wsc_receive_path_take (WscReceivePath *self,
                       size_t          n)
{
  WscReadMemory *read = self->read;

  read->direct = n < read->direct_room ? (uint32_t) n : read->direct_room;
  read->direct_room = 0;
  read->end += (uint32_t) (n - read->direct);
}

void
wsc_receive_path_lend (WscReceivePath *self,
                       WscReadMemory  *read)
{
  self->read = read;
  receive_memory_empty (read);
  if (self->spill_length > 0)
    wsc_receive_path_refill (self);
}

/* Inserts bytes into the spill, after its first kept bytes. */
static WscFault
receive_memory_spill (WscReceivePath *self,
                      WscBytes        bytes,
                      uint32_t        kept)
{
  uint8_t *grown;

  if (bytes.length > UINT32_MAX - self->spill_length)
    return WSC_FAULT_OUT_OF_MEMORY;

  grown = realloc (self->spill, self->spill_length + bytes.length);
  if (grown == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  memmove (grown + kept + bytes.length, grown + kept, self->spill_length - kept);
  memcpy (grown + kept, bytes.at, bytes.length);
  self->spill = grown;
  self->spill_length += (uint32_t) bytes.length;
  return WSC_FAULT_NONE;
}

WscFault
wsc_receive_path_take_back (WscReceivePath *self)
{
  const WscReadMemory *read = self->read;
  const uint32_t unread = read->end - read->begin;

  self->read = NULL;
  return unread > 0 ? receive_memory_spill (self, (WscBytes) { read->at + read->begin, unread }, 0)
                    : WSC_FAULT_NONE;
}

WscFault
wsc_receive_path_unread (WscReceivePath *self,
                         WscBytes        bytes)
{
  assert (self->read == NULL);
  return bytes.length > 0 ? receive_memory_spill (self, bytes, self->spill_length) : WSC_FAULT_NONE;
}

void
wsc_receive_path_drop (WscReceivePath *self)
{
  free (self->spill);
  if (self->read != NULL)
    receive_memory_empty (self->read);
  *self = (WscReceivePath) { .read = self->read, .allowed = self->allowed };
}
