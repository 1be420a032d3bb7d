/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HTTP shows itself by its first words.  Frames do by headers that follow each other:
 * ENOUGH_FRAMES of them, or fewer if the last one ends where the bytes end for good.  TLS and SSH
 * begin with reserved opcodes or bits. */

#include "inspect/sources/http/wsi-stream-guess.h"

#include "inspect/store/wsi-frame-bytes.h"

#include <libwsproto/observe/wsp-frame-header.h>
#include <string.h>

#define MAX_METHOD 20           /* letters */
#define ENOUGH_FRAMES 3
#define MAX_PAYLOAD ((guint64) 1 << 40)

static const char version[] = "HTTP/1.";

static WsiGuess
guess_response (const guint8 *at,
                gsize         length)
{
  if (memcmp (at, version, MIN (length, strlen (version))) != 0)
    return WSI_GUESS_NOTHING;

  return length < strlen (version) ? WSI_GUESS_MORE : WSI_GUESS_RESPONSE;
}

/* A method in capital letters, a space, and no space. */
static WsiGuess
guess_request (const guint8 *at,
               gsize         length)
{
  gsize n = 0;

  while (n < length && n <= MAX_METHOD && (g_ascii_isupper (at[n]) || at[n] == '-'))
    n++;
  if (n > MAX_METHOD || (n < length && (n == 0 || at[n] != ' ')))
    return WSI_GUESS_NOTHING;
  if (n + 1 >= length)
    return WSI_GUESS_MORE;

  return g_ascii_isgraph (at[n + 1]) ? WSI_GUESS_REQUEST : WSI_GUESS_NOTHING;
}

/* A header that an endpoint would send, with any extension that uses RSV1. */
static gboolean
is_plausible (const WspFrameHeader *header)
{
  WspFrameHeader shortest = *header;
  const gboolean is_control = (header->opcode & 8) != 0;
  g_autoptr (GBytes) written = NULL;

  shortest.header_length = 0;
  written = wsp_frame_header_write (&shortest);
  return (header->opcode & 7) <= 2 && (header->rsv & 3) == 0 &&
         (header->rsv == 0 || header->opcode == 1 || header->opcode == 2) &&
         (!is_control || (header->fin && header->payload_length <= 125)) &&
         header->payload_length < MAX_PAYLOAD &&
         g_bytes_get_size (written) == header->header_length;
}

typedef enum
{
  MESSAGE_UNKNOWN,              /* before the first frame */
  MESSAGE_OPEN,
  MESSAGE_ENDED,
} MessageState;

/* Whether the frame may come now: a message is continued before the next one begins. */
static gboolean
take_in_message (MessageState         *state,
                 const WspFrameHeader *header)
{
  const gboolean is_continuation = header->opcode == 0;

  if ((header->opcode & 8) != 0)
    return TRUE;
  if (*state != MESSAGE_UNKNOWN && is_continuation != (*state == MESSAGE_OPEN))
    return FALSE;

  *state = header->fin ? MESSAGE_ENDED : MESSAGE_OPEN;
  return TRUE;
}

/* Frames that begin at the first byte.  Zeros alone are plausible too, but prove nothing. */
static WsiGuess
guess_frames (const guint8 *at,
              gsize         length,
              WsiGuessEnd   end)
{
  guint n_frames = 0, n_with_bits = 0;
  gboolean is_masked = FALSE;
  MessageState state = MESSAGE_UNKNOWN;
  guint64 next = 0;

  while (n_frames < ENOUGH_FRAMES && next < length)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (at + next,
                                                     MIN (length - next, WSI_MAX_HEADER));
      g_autoptr (GError) error = NULL;
      g_autoptr (WspFrameHeader) header = wsp_frame_header_parse (bytes, &error);

      if (header == NULL && error == NULL)
        break;
      if (header == NULL || !is_plausible (header) || !take_in_message (&state, header) ||
          (n_frames > 0 && header->masked != is_masked))
        return WSI_GUESS_NOTHING;

      is_masked = header->masked;
      n_with_bits += (at[next] | at[next + 1]) != 0;
      n_frames++;
      next += header->header_length + header->payload_length;
    }

  if (n_with_bits > 0 && (n_frames == ENOUGH_FRAMES || (end == WSI_GUESS_ENDED && next == length)))
    return is_masked ? WSI_GUESS_MASKED_FRAMES : WSI_GUESS_FRAMES;
  return n_frames == ENOUGH_FRAMES || end == WSI_GUESS_ENDED ? WSI_GUESS_NOTHING : WSI_GUESS_MORE;
}

WsiGuess
wsi_stream_guess (const guint8 *at,
                  gsize         length,
                  WsiGuessScope scope,
                  WsiGuessEnd   end)
{
  WsiGuess guess = guess_response (at, length);

  if (guess == WSI_GUESS_NOTHING)
    guess = guess_request (at, length);
  if (guess == WSI_GUESS_MORE && end == WSI_GUESS_ENDED)
    guess = WSI_GUESS_NOTHING;
  if (guess == WSI_GUESS_NOTHING && scope == WSI_GUESS_HTTP_OR_FRAMES && length > 0)
    guess = guess_frames (at, length, end);
  return guess;
}
