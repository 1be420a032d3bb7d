/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/cut.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *
cut_get_name (Cut cut)
{
  static const char *const names[N_CUTS] = { "whole", "bytewise", "trailing" };

  return names[cut];
}

void
wire_clear (Wire *self)
{
  free (self->at);
  *self = (Wire) { .cut = self->cut };
}

void
wire_add (Wire          *self,
          const uint8_t *at,
          size_t         n)
{
  uint8_t *larger = realloc (self->at, self->end + n + 1);

  assert (larger != NULL);
  self->at = larger;
  memcpy (self->at + self->end, at, n);
  self->end += n;
}

size_t
wire_left (const Wire *self)
{
  return self->end - self->begin;
}

size_t
wire_read (Wire            *self,
           const WscBuffer *buffers,
           unsigned         n_buffers)
{
  size_t wanted = self->cut == CUT_BYTEWISE ? 1 : SIZE_MAX;
  size_t n_read = 0;

  for (unsigned i = 0; i < n_buffers && n_read < wanted; i++)
    {
      size_t n = buffers[i].length;

      if (n > wire_left (self))
        n = wire_left (self);
      if (n > wanted - n_read)
        n = wanted - n_read;
      if (n == 0)
        continue;

      memcpy (buffers[i].at, self->at + self->begin, n);
      self->begin += n;
      n_read += n;
    }
  return n_read;
}
