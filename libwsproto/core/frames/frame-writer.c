/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frame writer: the frame that is being sent (RFC 6455 5.2, 5.3).
 *
 * Goes in: payload, in as many pieces as there is room for. Comes out: header and (masked)
 * payload. The caller's payload is never changed: it is masked while it is copied.
 *
 * (1) The masking key is drawn when the header is written, after the payload was handed over
 *     (10.3).
 * (2) The header is written in one piece. */

#include "core/frames/frame-writer.h"

#include "core/bytes/mask.h"
#include "core/limits.h"

#include <assert.h>
#include <string.h>

static size_t
put_header (WscFrameWriter *self,
            WscBuffer       to,
            const WscHost  *host)
{
  assert (to.length >= WSC_MAX_HEADER_LENGTH);          /* (2) */
  if (self->mask_kind == WSC_MASK_RANDOM)
    host->fill_random (host->data, (uint8_t *) &self->key, sizeof self->key);           /* (1) */

  self->is_header_due = 0;
  return wsc_frame_header_write (to.at, self->first, self->length,
                                 self->mask_kind == WSC_MASK_NONE ? NULL : &self->key);
}

size_t
wsc_frame_writer_put (WscFrameWriter *self,
                      WscBuffer       to,
                      WscBytes        payload,
                      const WscHost  *host)
{
  size_t n = self->is_header_due ? put_header (self, to, host) : 0;
  size_t room = to.length - n;
  size_t n_payload = payload.length < room ? payload.length : room;

  if (n_payload == 0)
    return n;

  assert (n_payload <= self->length - self->sent);
  if (self->key == 0)
    memcpy (to.at + n, payload.at, n_payload);
  else
    wsc_mask (to.at + n, payload.at, n_payload, self->key);
  self->key = wsc_mask_key_at (self->key, n_payload);
  self->sent += n_payload;
  return n + n_payload;
}
