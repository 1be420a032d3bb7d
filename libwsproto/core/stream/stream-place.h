/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a direction of a stream is between its frames, for an observer that begins there. */
#pragma once

#include "core/stream/stream.h"

typedef struct
{
  uint64_t left;                /* payload bytes of the frame in progress; 0: no frame is in progress */
  uint32_t key;                 /* masking key, rotated to the next of these bytes */
  uint8_t  first;               /* the first byte of that frame */
  uint8_t  opcode;              /* opcode of the message in progress; 0 = it is not known whether there is one */
  uint8_t  is_inside_message;   /* a message goes on after that frame; always true if the opcode is not known */
  uint8_t  is_compressed;
} WscPlace;

/* The place before the unread bytes. */
void   wsc_stream_get_received_place (const WscStream *self, WscPlace *place);
/* After all bytes that were handed out, also those that the driver has not sent yet.  backlog: the
 * messages of the driver. */
void   wsc_stream_get_sent_place     (const WscStream *self, WscBacklog backlog, WscPlace *place);
/* Calls take for the bytes that were read and not parsed. */
void   wsc_stream_visit_unread       (const WscStream *self,
                                      void (*take)(void *data, WscBytes bytes), void *data);
