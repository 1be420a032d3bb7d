/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/frame-sequence.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <stdio.h>
#include <string.h>

static const struct
{
  const char *name;
  const char *frames;           /* first bytes of the frames; each has a payload of 10 bytes */
  WscFault fault;               /* fault of the last frame */
} sequences[] = {
  { "WS-121-one-frame-accepted", "\x81", WSC_FAULT_NONE },
  { "WS-121-three-fragments-accepted", "\x01\x10\x80", WSC_FAULT_NONE },
  { "WS-122-continuation-first-refused", "\x80", WSC_FAULT_CONTINUATION_WITHOUT_MESSAGE },
  { "WS-122-continuation-after-the-end-refused", "\x01\x80\x80", WSC_FAULT_CONTINUATION_WITHOUT_MESSAGE },
  { "WS-123-text-inside-text-refused", "\x01\x81", WSC_FAULT_DATA_INSIDE_MESSAGE },
  { "WS-123-binary-inside-text-refused", "\x01\x02", WSC_FAULT_DATA_INSIDE_MESSAGE },
  { "WS-125-TRAP-6-ping-between-fragments-accepted", "\x01\x89\x8a\x88\x80", WSC_FAULT_NONE },
  { "WS-200-next-message-after-fin-accepted", "\x01\x80\x82", WSC_FAULT_NONE },
  { "WS-128-sum-at-the-limit-accepted", "\x02\x10\x10\x80", WSC_FAULT_NONE },
  { "WS-128-SEC-52-sum-over-the-limit-refused", "\x02\x10\x10\x10\x80", WSC_FAULT_MESSAGE_TOO_BIG },
};

static uint8_t
first_of (char byte)
{
  return (uint8_t) byte == 0x10 ? WSC_OPCODE_CONTINUATION : (uint8_t) byte;
}

static void
test_receive (void)
{
  WscOptions options = { .max_message_length = 40, .max_fragments = 10 };

  for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++)
    {
      size_t n = strlen (sequences[i].frames);
      WscFrameSequence sequence = { 0 };
      WscFault fault = WSC_FAULT_NONE;
      bool is_right = true;

      for (size_t f = 0; f < n; f++)
        {
          WscFrameHeader header = { .first = first_of (sequences[i].frames[f]),
                                    .payload_length = 10 };

          is_right = is_right && fault == WSC_FAULT_NONE;
          fault = wsc_frame_sequence_check (&sequence, &header, &options);
          wsc_frame_sequence_step (&sequence, &header);
        }
      tap_point (is_right && fault == sequences[i].fault, "/core/frame-sequence/receive/%s",
                 sequences[i].name);
    }
}

static void
test_fragments (void)
{
  WscOptions options = { .max_message_length = 40, .max_fragments = 3 };
  WscFrameSequence sequence = { 0 };
  WscFrameHeader header = { .first = WSC_OPCODE_BINARY };
  WscFault fault = WSC_FAULT_NONE;

  for (int i = 0; i < 3 && fault == WSC_FAULT_NONE; i++)
    {
      fault = wsc_frame_sequence_check (&sequence, &header, &options);
      wsc_frame_sequence_step (&sequence, &header);
      header.first = WSC_OPCODE_CONTINUATION;
    }
  tap_point (fault == WSC_FAULT_NONE && sequence.n_fragments == 3,
             "/core/frame-sequence/receive/WS-127-SEC-62-empty-fragments-up-to-the-limit-accepted");
  header.first = WSC_FIN;
  tap_point (wsc_frame_sequence_check (&sequence, &header,
                                       &options) == WSC_FAULT_TOO_MANY_FRAGMENTS,
             "/core/frame-sequence/receive/WS-127-one-fragment-more-refused");
}

/* The count stops at its maximum: it must not wrap around, or reach a limit. */
static void
test_any_fragments (void)
{
  WscOptions options = { .max_message_length = UINT64_MAX, .max_fragments = WSC_ANY_FRAGMENTS };
  WscFrameHeader header = { .first = WSC_OPCODE_CONTINUATION };
  WscFrameSequence sequence = {
    .message.opcode = WSC_OPCODE_BINARY, .n_fragments = UINT32_MAX - 3,
  };
  bool is_right = true;

  for (unsigned i = 0; i < 5; i++)
    {
      is_right = is_right &&
                 wsc_frame_sequence_check (&sequence, &header, &options) == WSC_FAULT_NONE;
      wsc_frame_sequence_step (&sequence, &header);
    }
  tap_point (is_right && sequence.n_fragments == UINT32_MAX - 1,
             "/core/frame-sequence/receive/any-number-of-fragments");
}

/* A limit may be lowered while a message is open. */
static void
test_lowered_limit (void)
{
  WscOptions options = { .max_message_length = 9, .max_fragments = 10 };
  WscFrameSequence sequence = { .message.opcode = WSC_OPCODE_BINARY, .message_length = 10 };
  WscFrameHeader empty = { .first = WSC_OPCODE_CONTINUATION };

  tap_point (wsc_frame_sequence_check (&sequence, &empty, &options) == WSC_FAULT_MESSAGE_TOO_BIG,
             "/core/frame-sequence/receive/WS-128-limit-lowered-below-the-received-bytes-refused");
}

/* The first frames that begin a message to which the rules of data messages do not apply. */
static const struct
{
  const char *name;
  uint8_t first;
  bool is_raw;
} kinds[] = {
  { "text", WSC_OPCODE_TEXT, false },
  { "binary", WSC_OPCODE_BINARY, false },
  { "RSV1-is-an-extension's", WSC_OPCODE_BINARY | 0x40, true },
  { "reserved-opcode-is-an-extension's", WSC_OPCODE_BINARY + 1, true },
};

static void
test_kinds (void)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    {
      WscFrameSequence sequence = { 0 };
      WscFrameHeader header = { .first = kinds[i].first };

      wsc_frame_sequence_step (&sequence, &header);
      tap_point (sequence.message.is_raw == kinds[i].is_raw, "/core/frame-sequence/kind/%s",
                 kinds[i].name);
    }
}

static const struct
{
  const char *name, *frames;
  WscFault fault;
} sends[] = {
  { "WIN-S-08-fragments-of-one-kind-accepted", "\x01\x01\x81", WSC_FAULT_NONE },
  { "WIN-S-09-WS-130-other-kind-inside-a-message-refused", "\x01\x82", WSC_FAULT_MESSAGE_KIND_CHANGED },
  { "WIN-S-09-ping-inside-a-message-accepted", "\x01\x89", WSC_FAULT_NONE },
  { "raw-continuation-inside-a-message-accepted", "\x02\x80", WSC_FAULT_NONE },
  { "control-frame-without-fin-refused", "\x09", WSC_FAULT_CONTROL_TO_SEND_FRAGMENTED },
};

static void
test_send (void)
{
  for (size_t i = 0; i < sizeof sends / sizeof sends[0]; i++)
    {
      WscOpenMessage message = { 0 };
      WscFault fault = WSC_FAULT_NONE;

      for (const char *f = sends[i].frames; *f != 0; f++)
        {
          fault = wsc_open_message_check_send (&message, (uint8_t) *f);
          wsc_open_message_step (&message, (uint8_t) *f);
        }
      tap_point (fault == sends[i].fault, "/core/frame-sequence/send/%s", sends[i].name);
    }
}

int
main (void)
{
  test_receive ();
  test_fragments ();
  test_any_fragments ();
  test_lowered_limit ();
  test_kinds ();
  test_send ();
  return tap_end ();
}
