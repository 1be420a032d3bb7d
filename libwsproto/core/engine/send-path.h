/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/bytes/utf8.h"
#include "core/engine/operation.h"
#include "core/frames/frame-sequence.h"
#include "core/frames/frame-writer.h"

typedef struct
{
  WscFrameWriter   writer;
  WscFrameSequence sequence;    /* of the accepted Sends */
  size_t   handed;              /* octets of the step handed out */
  WscUtf8  utf8;                /* of the accepted text */
  uint8_t  is_begun;            /* octets of the open frame are on the wire */
} WscSendPath;                  /* all zero: nothing sent */

typedef enum
{
  WSC_SEND_STEP_MORE,           /* octets of the operation are left */
  WSC_SEND_STEP_DONE,
  WSC_SEND_STEP_CANCELLED,      /* no octet left: the session lives */
  WSC_SEND_STEP_TORN,           /* the stream of frames is broken */
} WscSendStep;

WscFault    wsc_send_path_check    (const WscSendPath *self, const WscOptions *options,
                                    uint8_t first,
                                    WscBytes payload, WscUtf8 *utf8);      /* utf8: out, as it
                                                                              stands behind
                                                                              payload */
/* How many buffers hold the next octets; 0: no room. */
unsigned    wsc_send_path_step     (WscSendPath *self, WscOperation *operation,
                                    const WscOptions *options,
                                    const WscHost *host, WscBuffer room, uint32_t copy_limit,
                                    unsigned max_buffers,
                                    WscBuffer *buffers);
WscSendStep wsc_send_path_complete (WscSendPath *self, WscOperation *operation, size_t n);
/* One whole control frame, masked as the role asks, into room for 139 octets: its length. */
size_t      wsc_send_path_control  (const WscOptions *options, const WscHost *host, uint8_t first,
                                    uint16_t close_code, WscBytes payload, uint8_t *to);

static inline void
wsc_send_path_accept (WscSendPath *self,
                      uint8_t      first,
                      WscUtf8      utf8)
{
  self->utf8 = utf8;
  wsc_frame_sequence_step (&self->sequence, &(WscFrameHeader) { .first = first });
}

/* the step ends it */
static inline bool
wsc_send_path_is_last (const WscSendPath  *self,
                       const WscOperation *operation)
{
  return self->writer.sent == self->writer.length
         && (wsc_frame_is_control (operation->first) || self->writer.length == operation->length);
}
