/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frame reader: the payload of the frame that is being read (RFC 6455 5.2, 5.3, 8.1).
 *
 * Input: payload bytes as they arrive.  Output: the same bytes, unmasked in place and checked.
 * Keeps no payload and no header.
 *
 * After its first piece, a frame is open exactly while payload_left > 0.
 *
 * (1) A piece is never longer than payload_left. */

#include "core/frames/frame-reader.h"

#include "core/bytes/mask.h"
#include "core/limits.h"

#include <assert.h>

static bool
frame_reader_take_text (WscFrameReader *self,
                        uint8_t        *at,
                        size_t          n)
{
  bool ends_message = n == self->payload_left && (self->first & WSC_FIN);

  if (ends_message && self->utf8.n_due == 0)
    return wsc_utf8_unmask_whole (at, n, self->key);

  return wsc_utf8_unmask (&self->utf8, at, n, self->key) && !(ends_message && self->utf8.n_due > 0);
}

WscFault
wsc_frame_reader_take (WscFrameReader *self,
                       uint8_t        *at,
                       size_t          n)
{
  assert (self->is_open);
  assert (n <= self->payload_left);     /* (1) */

  if (self->text_check == WSC_TEXT_CHECKED)
    {
      if (!frame_reader_take_text (self, at, n))
        return WSC_FAULT_TEXT_NOT_UTF8;
    }
  else if (self->key != 0)
    wsc_mask (at, at, n, self->key);

  self->payload_left -= n;
  self->key = wsc_mask_key_at (self->key, n);
  self->is_open = self->payload_left > 0;
  return WSC_FAULT_NONE;
}

WscFault
wsc_frame_reader_check_inflated (WscFrameReader *self,
                                 WscBytes        inflated)
{
  bool ends_message = !self->is_open && (self->first & WSC_FIN);

  if (self->text_check == WSC_TEXT_CHECKED &&
      (!wsc_utf8_check (&self->utf8, inflated) || (ends_message && self->utf8.n_due > 0)))
    return WSC_FAULT_TEXT_NOT_UTF8;
  return WSC_FAULT_NONE;
}
