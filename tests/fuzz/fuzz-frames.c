/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frames: the same bytes in one piece, one by one and in random pieces give the same result
 * (SECURITY 3.1, A to C).
 *
 * Compared are whole messages, control frames and the fault; how much of a broken message is
 * shown depends on the cut and is not. */

#include "core/stream/receive-path.h"
#include "core/limits.h"
#include "fuzz/fuzz-input.h"

#include <string.h>

#define MAX_STORY 65536

typedef struct
{
  uint8_t bytes[MAX_STORY];
  size_t whole;                 /* number of bytes of complete messages and control frames, and of
                                 * the fault */
  size_t end;                   /* number of bytes with the message in progress */
  WscFault fault;
  bool is_over;
} Story;

static void
tell (Story         *story,
      const uint8_t *at,
      size_t         n)
{
  if (n > MAX_STORY - story->end)
    n = MAX_STORY - story->end;
  if (n > 0)
    memcpy (story->bytes + story->end, at, n);
  story->end += n;
}

/* A control frame may be inside a message: it is noted before the open message. */
static void
tell_control (Story             *story,
              uint8_t            kind,
              const WscReceived *received)
{
  size_t n = received->payload.length + 3, open = story->end - story->whole;
  uint8_t head[3] = { kind, (uint8_t) (received->code >> 8), (uint8_t) received->code };

  if (n > MAX_STORY - story->end)
    return;
  memmove (story->bytes + story->whole + n, story->bytes + story->whole, open);
  memcpy (story->bytes + story->whole, head, 3);
  if (n > 3)
    memcpy (story->bytes + story->whole + 3, received->payload.at, n - 3);
  story->whole += n;
  story->end += n;
}

static void
tell_chunk (Story             *story,
            const WscReceived *received)
{
  tell (story, received->payload.at, received->payload.length);
  switch (received->buffer_type)
    {
    case WSC_BUFFER_UTF8_MESSAGE:
    case WSC_BUFFER_BINARY_MESSAGE:
    {
      uint8_t kind = (uint8_t) received->buffer_type;

      tell (story, &kind, 1);
      story->whole = story->end;
      break;
    }
    case WSC_BUFFER_RAW:
    case WSC_BUFFER_UTF8_FRAGMENT:
    case WSC_BUFFER_BINARY_FRAGMENT:
    case WSC_BUFFER_NONE:
    case WSC_BUFFER_CLOSE:
    case WSC_BUFFER_PING_PONG:
    case WSC_BUFFER_UNSOLICITED_PONG:
      break;
    }
}

typedef size_t (*NextPiece) (FuzzInput *input, size_t left);

static size_t
all_at_once (FuzzInput *input,
             size_t     left)
{
  return left;
}

static size_t
one_by_one (FuzzInput *input,
            size_t     left)
{
  return 1;
}

static size_t
at_random (FuzzInput *input,
           size_t     left)
{
  return 1 + fuzz_draw (input) % 64;
}

static bool
read_more (WscReceivePath *path,
           FuzzInput      *input,
           NextPiece       next_piece)
{
  WscBuffer buffers[2];
  unsigned n_buffers = wsc_receive_path_prepare_read (path, (WscBuffer) { NULL, 0 }, 2,
                                                      buffers);
  size_t n = next_piece (input, input->left);

  REQUIRE (n_buffers == 1);
  n = n < input->left ? n : input->left;
  n = n < buffers[0].length ? n : buffers[0].length;
  if (n == 0)
    return false;

  memcpy (buffers[0].at, input->at, n);
  input->at += n;
  input->left -= n;
  wsc_receive_path_take (path, n);
  return true;
}

static void
play (FuzzInput         input,
      const WscOptions *options,
      NextPiece         next_piece,
      Story            *story)
{
  static uint8_t memory[4096];
  WscReadMemory read = { .at = memory, .length = sizeof memory };
  WscReceivePath path = { 0 };
  WscReceived received;

  story->whole = story->end = 0;
  story->fault = WSC_FAULT_NONE;
  story->is_over = false;
  wsc_receive_path_lend (&path, &read);
  while (!story->is_over)
    switch (wsc_receive_path_next (&path, options, NULL, (WscBuffer) { NULL, 0 }, &received))
      {
      case WSC_RECEIVED_NEED_READ:
        REQUIRE (read.end - read.begin <= WSC_MAX_CONTROL_FRAME);
        story->is_over = !read_more (&path, &input, next_piece);
        break;
      case WSC_RECEIVED_CHUNK:
        tell_chunk (story, &received);
        break;
      case WSC_RECEIVED_PING:
        tell_control (story, 'p', &received);
        break;
      case WSC_RECEIVED_PONG:
        tell_control (story, 'P', &received);
        break;
      case WSC_RECEIVED_CLOSE:
        tell_control (story, 'c', &received);
        story->is_over = true;
        break;
      case WSC_RECEIVED_FAULT:
        story->fault = received.fault;
        story->is_over = true;
        break;
      }
  wsc_receive_path_drop (&path);
}

static void
compare (const Story *one,
         const Story *other)
{
  REQUIRE (one->fault == other->fault);
  REQUIRE (one->whole == other->whole);
  REQUIRE (memcmp (one->bytes, other->bytes, one->whole) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static Story whole, cut;
  FuzzInput input = { data, size, (uint32_t) size };
  uint8_t flags = fuzz_take (&input);
  WscOptions options = { .role = flags & 1 ? WSC_ROLE_CLIENT : WSC_ROLE_SERVER,
                         .accept_unmasked = (flags & 2) != 0, .utf8_check = (flags & 4) == 0,
                         .max_frame_length = flags & 8 ? 100 : 30000,
                         .max_message_length = flags & 16 ? 200 : 30000,
                         .max_fragments = flags & 32 ? 3 : 1000 };

  play (input, &options, all_at_once, &whole);
  play (input, &options, one_by_one, &cut);
  compare (&whole, &cut);
  for (uint32_t seed = 1; seed <= 4; seed++)
    {
      input.random = seed * 977;
      play (input, &options, at_random, &cut);
      compare (&whole, &cut);
    }
  return 0;
}
