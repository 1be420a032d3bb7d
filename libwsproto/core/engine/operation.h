/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/stream/send-path.h"

#include <assert.h>

#define WSC_OPERATION_DONE 0x80 /* in addition to WscSendFlags: sent, only to be indicated */

typedef struct                  /* one Send or Receive: two of them live in every engine */
{
  union
  {
    WscOutgoing out;            /* what is still to be sent */
    WscBuffer   memory;         /* the caller's, to receive into */
  };
  void    *context;
  uint32_t id;                  /* 0 = automatic */
  uint8_t  buffer_type;
  uint8_t  flags;               /* WscSendFlags, WSC_OPERATION_DONE */
  uint8_t  fault;               /* set: cancelled, only to be indicated */
} WscOperation;

typedef struct
{
  WscOperation *ring;           /* NULL: at most one waits, in own */
  uint32_t first, count, capacity;
  WscOperation own;
} WscOperationQueue;

void          wsc_operation_queue_init   (WscOperationQueue *self);
void          wsc_operation_queue_clear  (WscOperationQueue *self);
/* NULL: no memory */
WSC_COLD
WscOperation *wsc_operation_queue_insert (WscOperationQueue *self, uint32_t index);
WSC_COLD
void          wsc_operation_queue_take_from_ring (WscOperationQueue *self);

static inline bool
wsc_operation_is_done (const WscOperation *self)
{
  return (self->flags & WSC_OPERATION_DONE) != 0;
}

/* NULL: there is none */
static inline WscOperation *
wsc_operation_queue_peek (WscOperationQueue *self,
                          uint32_t           index)
{
  if (index >= self->count)
    return NULL;
  if (self->ring == NULL)
    return &self->own;
  return &self->ring[(self->first + index) & (self->capacity - 1)];
}

/* The caller fills it whole.  NULL: no memory.  The usual case, that nothing waits, is worth no
 * call. */
static inline WscOperation *
wsc_operation_queue_append (WscOperationQueue *self)
{
  if (self->count > 0)
    return wsc_operation_queue_insert (self, self->count);

  self->count = 1;
  return &self->own;
}

/* forgets the first */
static inline void
wsc_operation_queue_take (WscOperationQueue *self)
{
  assert (self->count > 0);
  self->count--;
  if (self->ring != NULL)
    wsc_operation_queue_take_from_ring (self);
}
