/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frame writer: the frame that is being sent (RFC 6455 5.2, 5.3).
 *
 * Input: payload, in pieces that fit into the output.  Output: header and (masked) payload.  The
 * caller's payload is never changed: it is masked while it is copied.  All functions are inline
 * because every frame passes through them.
 *
 * The masking key is generated when the header is written, after the caller passed the payload
 * (10.3).
 *
 * (1) The header is written in one piece. */
#pragma once

#include <assert.h>
#include <string.h>

#include "core/bytes/mask.h"
#include "core/bytes/words.h"
#include "core/frames/frame-header.h"
#include "core/limits.h"

typedef enum
{
  WSC_MASK_NONE,                /* no mask: frames of a server */
  WSC_MASK_ZERO,                /* mask bit 1 with the key 0: frames of a client that has masking off */
  WSC_MASK_RANDOM,              /* a random key: frames of a client */
} WscMaskKind;

typedef enum                    /* the life of a frame */
{
  WSC_FRAME_NONE,
  WSC_FRAME_HEADER_DUE,
  WSC_FRAME_WRITTEN,            /* the header or more of the frame was written, and no byte was sent */
  WSC_FRAME_BEGUN,              /* a part of the frame was sent */
} WscFrameStage;

typedef struct                  /* the frame being sent */
{
  uint64_t sent, length;        /* bytes of payload: sent so far, and in the whole frame */
  uint32_t key;
  uint8_t  first, stage, mask_kind;     /* first byte of the header; WscFrameStage; WscMaskKind */
} WscFrameWriter;

static inline void
wsc_frame_writer_begin (WscFrameWriter *self,
                        uint8_t         first,
                        uint64_t        length,
                        WscMaskKind     mask_kind)
{
  assert (self->stage == WSC_FRAME_NONE);
  self->sent = 0;
  self->length = length;
  self->key = 0;
  self->first = first;
  self->stage = WSC_FRAME_HEADER_DUE;
  self->mask_kind = (uint8_t) mask_kind;
}

static inline size_t
wsc_frame_writer_put_header (WscFrameWriter *self,
                             WscBuffer       to,
                             const WscHost  *host)
{
  assert (to.length >= WSC_MAX_HEADER_LENGTH);          /* (1) */
  if (self->mask_kind == WSC_MASK_RANDOM)
    host->fill_random (host->data, (uint8_t *) &self->key, sizeof self->key);

  self->stage = WSC_FRAME_WRITTEN;
  return wsc_frame_header_write (to.at, self->first, self->length,
                                 self->mask_kind == WSC_MASK_NONE ? NULL : &self->key);
}

static inline void
wsc_frame_writer_copy (uint8_t       *to,
                       const uint8_t *from,
                       size_t         n)
{
  if (n <= WSC_MAX_IN_WORDS)
    copy_words (to, from, n);
  else
    memcpy (to, from, n);
}

/* Writes the header if it is due, then as much (masked) payload as fits; returns the bytes written.
 * Needs 14 bytes of room. */
static inline size_t
wsc_frame_writer_put (WscFrameWriter *self,
                      WscBuffer       to,
                      WscBytes        payload,
                      const WscHost  *host)
{
  size_t n = self->stage == WSC_FRAME_HEADER_DUE ? wsc_frame_writer_put_header (self, to, host) : 0;
  size_t room = to.length - n;
  size_t n_payload = payload.length < room ? payload.length : room;

  if (n_payload == 0)
    return n;

  assert (n_payload <= self->length - self->sent);
  if (self->key == 0)
    wsc_frame_writer_copy (to.at + n, payload.at, n_payload);
  else
    {
      wsc_mask (to.at + n, payload.at, n_payload, self->key);
      self->key = wsc_mask_key_at (self->key, n_payload);
    }
  self->sent += n_payload;
  return n + n_payload;
}
