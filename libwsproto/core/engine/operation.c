/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Operations: one Send or Receive each, in a ring that keeps their order.
 *
 * The first operation allocates the ring.  A ring that has grown is freed when it becomes empty.  A
 * ring of the first capacity is kept, so that a message allocates nothing.
 *
 * (1) count <= capacity, and capacity is a power of two.
 *
 * An empty ring has its first capacity. */

#include "core/engine/operation.h"

#include <assert.h>
#include <stdlib.h>

void
wsc_operation_queue_clear (WscOperationQueue *self)
{
  free (self->ring);
  self->ring = NULL;
}

static bool
operation_grow (WscOperationQueue *self)
{
  uint32_t count = wsc_operation_queue_get_count (self);
  uint32_t capacity = count == 0 ? WSC_FIRST_RING : count * 2;
  WscOperationRing *ring;

  if (capacity > UINT32_MAX / sizeof ring->operations[0])
    return false;

  ring = malloc (sizeof *ring + capacity * sizeof ring->operations[0]);
  if (ring == NULL)
    return false;

  *ring = (WscOperationRing) { .count = count, .capacity = capacity };
  for (uint32_t i = 0; i < count; i++)
    ring->operations[i] = *wsc_operation_ring_get (self->ring, i);
  free (self->ring);
  self->ring = ring;
  return true;
}

/* To insert an operation before the end, the operations before index move: they are usually fewer
 * than the operations after index. */
WscOperation *
wsc_operation_queue_insert (WscOperationQueue *self,
                            uint32_t           index)
{
  WscOperationRing *ring = self->ring;
  WscOperation *operation;

  assert (index <= wsc_operation_queue_get_count (self));
  if ((ring == NULL || ring->count == ring->capacity) && !operation_grow (self))
    return NULL;

  ring = self->ring;
  ring->count++;
  assert (ring->count <= ring->capacity);       /* (1) */
  if (index + 1 < ring->count)
    {
      ring->first = (ring->first - 1) & (ring->capacity - 1);
      for (uint32_t i = 0; i < index; i++)
        *wsc_operation_ring_get (ring, i) = *wsc_operation_ring_get (ring, i + 1);
    }

  operation = wsc_operation_ring_get (ring, index);
  *operation = (WscOperation) { 0 };
  return operation;
}
