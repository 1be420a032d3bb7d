/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Operations: one Send or Receive each, in a ring that keeps their order.
 *
 * The first operation lives in the queue itself; a second one that waits moves both into a ring
 * of its own, which is given back as soon as the queue is empty.
 *
 * (1) count <= capacity, and there is a ring exactly while capacity is more than 1.
 * (2) An empty queue has no ring. */

#include "core/engine/operation.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_RING 4u

void
wsc_operation_queue_init (WscOperationQueue *self)
{
  *self = (WscOperationQueue) { .capacity = 1 };
}

void
wsc_operation_queue_clear (WscOperationQueue *self)
{
  free (self->ring);
  wsc_operation_queue_init (self);
}

static WscOperation *
slot (WscOperationQueue *self,
      uint32_t           index)
{
  if (self->ring == NULL)
    return &self->own;
  return &self->ring[(self->first + index) & (self->capacity - 1)];
}

static bool
grow (WscOperationQueue *self)
{
  uint32_t capacity = self->ring == NULL ? FIRST_RING : self->capacity * 2;
  WscOperation *ring;

  if (capacity > UINT32_MAX / sizeof *ring || (ring = malloc (capacity * sizeof *ring)) == NULL)
    return false;

  for (uint32_t i = 0; i < self->count; i++)
    ring[i] = *slot (self, i);
  free (self->ring);
  self->ring = ring;
  self->capacity = capacity;
  self->first = 0;
  return true;
}

/* In front of the end the shorter way is to move what stands before it. */
WscOperation *
wsc_operation_queue_insert (WscOperationQueue *self,
                            uint32_t           index)
{
  WscOperation *operation;

  assert (index <= self->count);
  if (self->count == self->capacity && !grow (self))
    return NULL;

  self->count++;
  assert (self->count <= self->capacity);       /* (1) */
  if (index + 1 < self->count)
    {
      self->first = (self->first - 1) & (self->capacity - 1);
      for (uint32_t i = 0; i < index; i++)
        *slot (self, i) = *slot (self, i + 1);
    }

  operation = slot (self, index);
  *operation = (WscOperation) { 0 };
  return operation;
}

void
wsc_operation_queue_take_from_ring (WscOperationQueue *self)
{
  self->first = (self->first + 1) & (self->capacity - 1);
  if (self->count == 0)
    wsc_operation_queue_clear (self);           /* (2) */
}
