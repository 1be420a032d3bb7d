/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/stream/stream.h"

#include <assert.h>

#define WSC_FIRST_RING 2u       /* operations; the room that an empty queue keeps */

typedef struct                  /* one Send or Receive */
{
  union
  {
    WscOutgoing out;            /* the unsent rest of a Send */
    WscBuffer   memory;         /* the caller's memory, to receive into */
  };
  void    *context;
  size_t   handed;              /* bytes of the read or the step that is handed out for this operation */
  uint32_t id;                  /* number of the operation, returned by the call; 0 = the engine's own operation, not indicated */
  uint8_t  buffer_type;
  uint8_t  is_over;             /* the operation was sent or cancelled: only its indication is left */
  uint8_t  fault;               /* why the operation was cancelled; NONE: it was sent */
} WscOperation;

typedef struct
{
  uint32_t first, count, capacity;
  WscOperation operations[];
} WscOperationRing;

typedef struct
{
  WscOperationRing *ring;       /* operations in their order; NULL: no operation was queued yet */
} WscOperationQueue;            /* all zero: empty, owns nothing */

void          wsc_operation_queue_clear  (WscOperationQueue *self);
/* NULL: no memory */
WSC_COLD
WscOperation *wsc_operation_queue_insert (WscOperationQueue *self, uint32_t index);

static inline void
wsc_operation_end (WscOperation *self,
                   WscFault      fault)
{
  self->is_over = 1;
  self->fault = (uint8_t) fault;
}

static inline uint32_t
wsc_operation_queue_get_count (const WscOperationQueue *self)
{
  return self->ring == NULL ? 0 : self->ring->count;
}

static inline WscOperation *
wsc_operation_ring_get (WscOperationRing *self,
                        uint32_t          index)
{
  return &self->operations[(self->first + index) & (self->capacity - 1)];
}

/* NULL: the queue is empty */
static inline WscOperation *
wsc_operation_queue_peek (const WscOperationQueue *self,
                          uint32_t                 index)
{
  return index < wsc_operation_queue_get_count (self) ? wsc_operation_ring_get (self->ring, index)
                                                      : NULL;
}

/* The caller sets every member of the result.  NULL: no memory. */
static inline WscOperation *
wsc_operation_queue_append (WscOperationQueue *self)
{
  WscOperationRing *ring = self->ring;

  if (ring == NULL || ring->count == ring->capacity)
    return wsc_operation_queue_insert (self, wsc_operation_queue_get_count (self));

  return wsc_operation_ring_get (ring, ring->count++);
}

/* Removes the first operation. */
static inline void
wsc_operation_queue_take (WscOperationQueue *self)
{
  WscOperationRing *ring = self->ring;

  assert (ring != NULL && ring->count > 0);
  ring->first = (ring->first + 1) & (ring->capacity - 1);
  if (--ring->count == 0 && ring->capacity > WSC_FIRST_RING)
    wsc_operation_queue_clear (self);
}
