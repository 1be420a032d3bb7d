/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Receive path, memory: where to read to, and where unread bytes are kept while no memory is lent.
 *
 * (1) Unread bytes are in read[begin, end).
 * (2) While bytes wait in the spill, no read is prepared. */

#include "core/stream/receive-path.h"

#include <stdlib.h>
#include <string.h>

/* The spill is longer than the read memory: the next bytes of it follow. */
bool
wsc_receive_path_refill (WscReceivePath *self,
                         WscBuffer       read)
{
  uint32_t unread = self->end - self->begin;
  uint32_t room = (uint32_t) read.length - unread;
  uint32_t n = room < self->spill_length ? room : self->spill_length;

  if (n == 0)
    return false;

  if (unread > 0)
    memmove (read.at, read.at + self->begin, unread);
  memcpy (read.at + unread, self->spill, n);
  self->begin = 0;
  self->end = unread + n;
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
                               WscBuffer       read,
                               WscBuffer       own,
                               unsigned        max_buffers,
                               WscBuffer      *buffers)
{
  uint32_t unread = self->end - self->begin;
  unsigned n = 0;

  if (self->spill_length > 0)           /* (2) */
    return 0;

  if (unread > 0 && self->begin > 0)
    memmove (read.at, read.at + self->begin, unread);
  self->begin = 0;
  self->end = unread;

  self->direct_room = 0;
  if (self->reader.is_open && !self->reader.is_compressed && own.length > 0 && unread == 0)
    {
      uint64_t room = own.length < self->reader.payload_left ? own.length
        : self->reader.payload_left;

      self->direct_room = room < UINT32_MAX ? (uint32_t) room : UINT32_MAX;
      buffers[n++] = (WscBuffer) { own.at, self->direct_room };
    }
  self->is_read_handed = n < max_buffers && read.length > unread;
  if (self->is_read_handed)
    {
      buffers[n].at = read.at + unread;
      buffers[n++].length = read.length - unread;
    }
  return n;
}

size_t
wsc_receive_path_get_room (const WscReceivePath *self,
                           WscBuffer             read)
{
  return self->direct_room + (self->is_read_handed ? read.length - self->end : 0);
}

void
wsc_receive_path_take_read (WscReceivePath *self,
                            size_t          n)
{
  self->direct = n < self->direct_room ? (uint32_t) n : self->direct_room;
  self->direct_room = 0;
  self->end += (uint32_t) (n - self->direct);
}

void
wsc_receive_path_lend (WscReceivePath *self,
                       WscBuffer       read)
{
  self->begin = 0;
  self->end = 0;
  if (self->spill_length > 0)
    wsc_receive_path_refill (self, read);
}

WscFault
wsc_receive_path_take_back (WscReceivePath *self,
                            WscBuffer       read)
{
  uint32_t unread = self->end - self->begin;
  uint32_t length = unread + self->spill_length;
  uint8_t *spill;

  self->direct_room = 0;
  if (unread == 0)
    return WSC_FAULT_NONE;

  spill = malloc (length);
  if (spill == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  memcpy (spill, read.at + self->begin, unread);
  if (self->spill_length > 0)
    memcpy (spill + unread, self->spill, self->spill_length);
  free (self->spill);
  self->spill = spill;
  self->spill_length = length;
  self->begin = 0;
  self->end = 0;
  return WSC_FAULT_NONE;
}

WscFault
wsc_receive_path_unread (WscReceivePath *self,
                         WscBytes        bytes)
{
  uint8_t *spill;

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
  *self = (WscReceivePath) { .allowed = self->allowed, .compression = self->compression };
}
