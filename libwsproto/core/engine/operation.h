/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/fault.h"
#include "core/types.h"

#include <assert.h>

typedef enum                    /* beside the WscSendFlags */
{
  WSC_OPERATION_BEGUN = 0x02,   /* a frame of it has left, and not the last one; in the place of
                                   WSC_SEND_AUTOMATIC, which is not kept */
  WSC_OPERATION_COMPRESSED = 0x10,  /* its message is, step by step */
  WSC_OPERATION_DEFLATED = 0x20,  /* all of it was compressed: before it was sent, or the last frame
                                     is handed out */
  WSC_OPERATION_PREPARED = 0x40,  /* its server header stands before at */
  WSC_OPERATION_DONE = 0x80,      /* wholly on the wire, only to be indicated */
} WscOperationFlags;

typedef struct                  /* one Send or Receive: two of them live in every engine */
{
  uint8_t *at;                  /* what is still to be sent; or the caller's memory to receive
                                   into */
  size_t   length;
  void    *context;
  uint32_t id;                  /* 0 = automatic */
  uint8_t  buffer_type;
  uint8_t  flags;               /* WscSendFlags, WscOperationFlags */
  uint8_t  first;               /* first octet of the next frame */
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
WSC_SELDOM
WscOperation *wsc_operation_queue_insert (WscOperationQueue *self, uint32_t index);
WSC_SELDOM
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
