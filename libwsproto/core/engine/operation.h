/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/fault.h"
#include "core/types.h"

typedef struct                  /* one Send or Receive */
{
  uint8_t *at;
  size_t   length;
  void    *context;
  uint16_t close_code;
  uint8_t  buffer_type, flags;
  uint8_t  raw_first;           /* first header octet of RAW */
  uint8_t  header_length;       /* > 0: prepared, so many octets before at are its server header */
  uint8_t  fault;               /* set: cancelled, only to be indicated */
  uint8_t  is_done;             /* wholly on the wire, only to be indicated */
} WscOperation;

typedef struct                  /* a ring; at points to own until a second operation waits */
{
  WscOperation *at;
  uint32_t first, count, capacity, first_id;
  WscOperation own;
} WscOperationQueue;

void          wsc_operation_queue_init  (WscOperationQueue *self);
void          wsc_operation_queue_clear (WscOperationQueue *self);
WscOperation *wsc_operation_queue_add   (WscOperationQueue *self);         /* NULL: no memory */
WscOperation *wsc_operation_queue_peek  (const WscOperationQueue *self, uint32_t index);   /* NULL: there is none */
void          wsc_operation_queue_take  (WscOperationQueue *self);         /* forgets the first */
