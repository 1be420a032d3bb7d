/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Header search: bytes in, the place of a header out.
 *
 * A frame begins at a place if its header and the two headers after it break no rule, short texts
 * before the third header are UTF-8, and a Close has a valid code.  Only the WINDOW bytes after a
 * place decide about it, so the result does not depend on the lengths of the appended pieces.  A
 * payload that exceeds the window ends the check: random bytes are rarely a valid 64-bit length.
 *
 * (1) Between runs at most WINDOW bytes wait.
 *
 * The check of a place reads at most three headers and two short payloads.  A run checks a place
 * again only if the last run found too few bytes after it.  So the cost is linear in the bytes.
 *
 * docs/rationales/dissector.md has the reasons.
 */
#include "observe/dissector/wsp-dissector-search-private.h"

#include "core/bytes/mask.h"
#include "core/bytes/utf8.h"
#include "core/frames/close-payload.h"
#include "core/frames/frame-sequence.h"

#define WINDOW (1024 * 1024)
#define MAX_UNSEEN G_MAXUINT32  /* the longest plausible payload whose end is not in the window */

typedef enum
{
  NO_FRAME,
  IS_FRAME,
  TOO_FEW_BYTES,
} Verdict;

gboolean
wsp_frame_header_is_plausible (const WscFrameHeader    *header,
                               const WscOptions        *options,
                               const WscFrameAllowance *allowed)
{
  return wsc_frame_header_check (header, options, allowed) == WSC_FAULT_NONE;
}

/* Payload of an extension can be anything. */
static gboolean
dissector_search_is_payload_plausible (const WscFrameHeader    *header,
                                       WscBytes                 payload,
                                       const WscFrameAllowance *allowed)
{
  guint8 plain[WSC_MAX_CONTROL_PAYLOAD];

  if (payload.length == 0 || payload.length > sizeof plain || allowed->opcodes)
    return TRUE;

  wsc_mask (plain, payload.at, payload.length, header->key);
  payload.at = plain;
  if (header->first == (WSC_FIN | WSC_OPCODE_TEXT))
    return wsc_utf8_is_valid (payload);

  return header->first != (WSC_FIN | WSC_OPCODE_CLOSE) ||
         wsc_close_payload_check (payload) == WSC_FAULT_NONE;
}

/* The messages before the first header are unknown. */
static gboolean
may_follow (WscFrameSequence     *sequence,
            const WscFrameHeader *header,
            const WscOptions     *options)
{
  if (sequence->message.opcode != 0 &&
      wsc_frame_sequence_check (sequence, header, options) != WSC_FAULT_NONE)
    return FALSE;

  wsc_frame_sequence_step (sequence, header);
  return TRUE;
}

/* Decides about a place when the bytes end before the frame does. */
static Verdict
dissector_search_check_end (guint           n_before,
                            WspSearchExtent extent)
{
  if (extent == WSP_SEARCH_IN_PART)
    return TOO_FEW_BYTES;

  return n_before > 0 ? IS_FRAME : NO_FRAME;
}

/* Decides about a place when a payload exceeds the window.  All headers so far were plausible. */
static Verdict
check_unseen (guint64 payload_length)
{
  return payload_length <= MAX_UNSEEN ? IS_FRAME : NO_FRAME;
}

static Verdict
dissector_search_judge (WscBytes                 bytes,
                        const WscOptions        *options,
                        const WscFrameAllowance *allowed,
                        WspSearchExtent          extent)
{
  WscFrameSequence sequence = { 0 };
  gsize n_unseen = WINDOW - bytes.length;

  for (guint n = 0; n < WSP_FRAMES_THAT_AGREE; n++)
    {
      WscFrameHeader header;

      if (wsc_frame_header_check_bytes (bytes, options, allowed) != WSC_FAULT_NONE)
        return NO_FRAME;

      if (wsc_frame_header_parse (&header, bytes) != WSC_FAULT_NONE)
        return dissector_search_check_end (n, extent);

      bytes = bytes_after (bytes, header.header_length);
      if (!may_follow (&sequence, &header, options))
        return NO_FRAME;

      if (n + 1 == WSP_FRAMES_THAT_AGREE)
        return IS_FRAME;

      if (header.payload_length > bytes.length + n_unseen)
        return check_unseen (header.payload_length);

      if (header.payload_length > bytes.length)
        return dissector_search_check_end (n, extent);

      if (!dissector_search_is_payload_plausible (&header,
                                                  bytes_first (bytes, header.payload_length),
                                                  allowed))
        return NO_FRAME;

      bytes = bytes_after (bytes, header.payload_length);
    }

  return IS_FRAME;
}

gboolean
wsp_header_search_run (WspHeaderSearch         *self,
                       const WscOptions        *options,
                       const WscFrameAllowance *allowed,
                       WspSearchExtent          extent)
{
  WscBytes left = bytes_after (wsc_byte_buffer_peek (&self->bytes), self->n_searched);

  while (left.length > 0)
    {
      gboolean is_full = left.length >= WINDOW;
      WscBytes window = bytes_first (left, MIN (left.length, WINDOW));
      Verdict verdict =
        dissector_search_judge (window, options, allowed, is_full ? WSP_SEARCH_TO_END : extent);

      if (verdict == IS_FRAME)
        return TRUE;

      if (verdict == TOO_FEW_BYTES)
        {
          g_assert (left.length <= WINDOW);     /* (1) */
          return FALSE;
        }

      self->n_searched++;
      left = bytes_after (left, 1);
    }

  return FALSE;
}

static const WspSearchedTime *
peek_times (const WspHeaderSearch *self,
            gsize                 *n_times)
{
  WscBytes times = wsc_byte_buffer_peek (&self->times);

  *n_times = times.length / sizeof (WspSearchedTime);
  return (const void *) times.at;
}

static gboolean
dissector_search_note_time (WspHeaderSearch *self,
                            guint64          end,
                            gint64           time_us)
{
  WspSearchedTime time = { end, time_us };
  gsize n;
  const WspSearchedTime *times = peek_times (self, &n);

  if (n > 0 && times[n - 1].time_us == time_us)
    wsc_byte_buffer_shrink (&self->times, (n - 1) * sizeof time);
  return wsc_byte_buffer_append (&self->times, (WscBytes) { (const guint8 *) &time, sizeof time });
}

void
wsp_header_search_clear (WspHeaderSearch *self)
{
  wsc_byte_buffer_clear (&self->bytes);
  wsc_byte_buffer_clear (&self->times);
  *self = (WspHeaderSearch) { 0 };
}

gboolean
wsp_header_search_append (WspHeaderSearch *self,
                          WscBytes         bytes,
                          guint64          offset,
                          gint64           time_us)
{
  if (bytes.length == 0)
    return TRUE;

  if (self->bytes.end == 0)
    self->offset = offset;
  return wsc_byte_buffer_append (&self->bytes, bytes) &&
         dissector_search_note_time (self, offset + bytes.length, time_us);
}

gint64
wsp_header_search_get_time (const WspHeaderSearch *self,
                            guint64                begin,
                            guint64                end)
{
  gsize low = 0, n;
  const WspSearchedTime *times = peek_times (self, &n);
  gsize high = n;
  gint64 latest = G_MININT64;

  while (low < high)            /* finds the first time of bytes after begin */
    {
      gsize middle = low + (high - low) / 2;

      if (times[middle].end <= begin)
        low = middle + 1;
      else
        high = middle;
    }
  for (gsize i = low; i < n && (i == low || times[i - 1].end < end); i++)
    latest = MAX (latest, times[i].time_us);
  return latest;
}

static void
forget_times (WspHeaderSearch *self)
{
  gsize n_old = 0, n;
  const WspSearchedTime *times = peek_times (self, &n);

  while (n_old < n && times[n_old].end <= self->offset)
    n_old++;
  wsc_byte_buffer_forget (&self->times, n_old * sizeof *times);
}

void
wsp_header_search_forget (WspHeaderSearch *self)
{
  wsc_byte_buffer_forget (&self->bytes, self->n_shown);
  self->offset += self->n_shown;
  self->n_searched -= self->n_shown;
  self->n_shown = 0;
  forget_times (self);
}
