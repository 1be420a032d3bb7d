/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Receive path, memory: where to read to, and where unread bytes are kept while no memory is lent.
 *
 * (1) Unread bytes are in read[begin, end).
 * (2) While bytes wait in the spill, no read is prepared. */

#include "core/stream/receive-path.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void
empty (WscReadMemory *self)
{
  *self = (WscReadMemory) { .at = self->at, .length = self->length };
}

bool
wsc_receive_path_refill (WscReceivePath *self)
{
  WscReadMemory *read = self->read;
  uint32_t unread = read->end - read->begin;
  uint32_t room = (uint32_t) read->length - unread;
  uint32_t n = room < self->spill_length ? room : self->spill_length;

  if (n == 0)
    return false;

  if (unread > 0)
    memmove (read->at, read->at + read->begin, unread);
  memcpy (read->at + unread, self->spill, n);
  read->begin = 0;
  read->end = unread + n;
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
  uint32_t unread = read->end - read->begin;
  unsigned n = 0;

  if (self->spill_length > 0)           /* (2) */
    return 0;

  if (read->begin > 0)
    memmove (read->at, read->at + read->begin, unread);
  read->begin = 0;
  read->end = unread;

  read->direct_room = 0;
  if (self->reader.is_open && !self->reader.is_compressed && own.length > 0 && unread == 0)
    {
      uint64_t room = own.length < self->reader.payload_left ? own.length
        : self->reader.payload_left;

      read->direct_room = room < UINT32_MAX ? (uint32_t) room : UINT32_MAX;
      buffers[n++] = (WscBuffer) { own.at, read->direct_room };
    }
  if (n < max_buffers && read->length > unread)
    {
      buffers[n].at = read->at + unread;
      buffers[n++].length = read->length - unread;
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
  empty (read);
  wsc_receive_path_refill (self);
}

WscFault
wsc_receive_path_take_back (WscReceivePath *self)
{
  WscReadMemory *read = self->read;
  uint32_t unread = read->end - read->begin;
  uint32_t length = unread + self->spill_length;
  uint8_t *spill;

  self->read = NULL;
  if (unread == 0)
    return WSC_FAULT_NONE;

  spill = malloc (length);
  if (spill == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  memcpy (spill, read->at + read->begin, unread);
  if (self->spill_length > 0)
    memcpy (spill + unread, self->spill, self->spill_length);
  free (self->spill);
  self->spill = spill;
  self->spill_length = length;
  return WSC_FAULT_NONE;
}

WscFault
wsc_receive_path_unread (WscReceivePath *self,
                         WscBytes        bytes)
{
  uint8_t *spill;

  assert (self->read == NULL);
  if (bytes.length == 0)
    return WSC_FAULT_NONE;

  if (bytes.length > UINT32_MAX - self->spill_length)
    return WSC_FAULT_OUT_OF_MEMORY;

  spill = realloc (self->spill, self->spill_length + bytes.length);
  if (spill == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  memcpy (spill + self->spill_length, bytes.at, bytes.length);
  self->spill = spill;
  self->spill_length += (uint32_t) bytes.length;
  return WSC_FAULT_NONE;
}

void
wsc_receive_path_drop (WscReceivePath *self)
{
  free (self->spill);
  if (self->compression != NULL)
    wsc_compression_stop_inflating (self->compression);
  if (self->read != NULL)
    empty (self->read);
  *self = (WscReceivePath) { .read = self->read, .allowed = self->allowed,
                             .compression = self->compression };
}
