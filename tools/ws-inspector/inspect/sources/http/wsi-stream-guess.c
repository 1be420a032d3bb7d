/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Guesses the protocol of a stream.  HTTP shows itself by its first words.  Frames do by headers
 * that follow each other: ENOUGH_FRAMES of them, or fewer if the last one ends where the bytes end
 * for good.  TLS and SSH begin with reserved opcodes or bits.  Other protocols begin their messages
 * with a length, whose first bytes are zeros. */

#include "inspect/sources/http/wsi-stream-guess.h"

#include "inspect/store/wsi-frame-bytes.h"

#include <libwsproto/observe/wsp-frame-header.h>
#include <string.h>

#define MAX_METHOD 20           /* letters of a method */
#define ENOUGH_FRAMES 3
#define MAX_PAYLOAD ((guint64) 1 << 40)
#define MAX_CONTROL_PAYLOAD 32  /* bytes of a control frame: longer ones are rare, and other
                                 * protocols have many */
#define MAX_TEXT 1024           /* bytes of a frame that are checked for text */

static const char version[] = "HTTP/1.";

static WsiGuess
guess_response (const guint8 *at,
                gsize         length)
{
  if (memcmp (at, version, MIN (length, strlen (version))) != 0)
    return WSI_GUESS_NOTHING;

  return length < strlen (version) ? WSI_GUESS_MORE : WSI_GUESS_RESPONSE;
}

/* Guesses a request by a method in capital letters, a space, and no second space. */
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

/* Whether half of a masking key is zero, as in small numbers; a key of zeros masks nothing. */
static gboolean
stream_guess_is_number (guint32 key)
{
  const guint n_zeros = ((key & 0xff) == 0) + ((key >> 8 & 0xff) == 0) +
                        ((key >> 16 & 0xff) == 0) + (key >> 24 == 0);

  return n_zeros >= 2 && key != 0;
}

/* Whether an endpoint would send the header, with any extension that uses RSV1. */
static gboolean
is_plausible (const WspFrameHeader *header)
{
  WspFrameHeader shortest = *header;
  const gboolean is_control = (header->opcode & 8) != 0;
  g_autoptr (GBytes) written = NULL;

  shortest.header_length = 0;
  written = wsp_frame_header_write (&shortest);
  return (header->opcode & 7) <= 2 && (header->rsv & 3) == 0 &&
         (header->rsv == 0 || ((header->opcode == 1 || header->opcode == 2) &&
                               !stream_guess_is_number (header->masking_key))) &&
         (!is_control || (header->fin && header->payload_length <= MAX_CONTROL_PAYLOAD)) &&
         (header->opcode != 0 || header->fin || header->payload_length > 0) &&
         header->payload_length < MAX_PAYLOAD &&
         g_bytes_get_size (written) == header->header_length;
}

typedef enum
{
  MESSAGE_UNKNOWN,              /* not known before the first frame */
  MESSAGE_OPEN,
  MESSAGE_ENDED,
} MessageState;

typedef struct
{
  MessageState state;
  gboolean     is_text;         /* the frame has text that is not compressed */
} Message;

/* Whether the frame may come now: a message is continued before the next one begins. */
static gboolean
take_in_message (Message              *message,
                 const WspFrameHeader *header)
{
  const gboolean is_continuation = header->opcode == 0;

  if ((header->opcode & WSI_OPCODE_IS_CONTROL) != 0)
    return TRUE;
  if (message->state != MESSAGE_UNKNOWN && is_continuation != (message->state == MESSAGE_OPEN))
    return FALSE;

  message->state = header->fin ? MESSAGE_ENDED : MESSAGE_OPEN;
  if (!is_continuation)
    message->is_text = header->opcode == WSI_OPCODE_TEXT && header->rsv == 0;
  return TRUE;
}

/* Whether bytes are UTF-8, of which the last character may be cut. */
static gboolean
stream_guess_is_text (const char *at,
                      gsize       length)
{
  const char *const end = at + length;

  while (!g_utf8_validate_len (at, (gsize) (end - at), &at))
    if (*at != '\0')
      return end - at < 4 && (gint32) g_utf8_get_char_validated (at, end - at) == -2;
    else
      at++;
  return TRUE;
}

/* Whether the payload, as far as it is there, fits its message. */
static gboolean
stream_guess_is_payload_plausible (const Message        *message,
                                   const WspFrameHeader *header,
                                   const guint8         *at,
                                   gsize                 length)
{
  static const guint8 no_key[WSI_KEY_LENGTH];
  const gsize n = MIN (MIN (length, header->payload_length), MAX_TEXT);
  guint8 text[MAX_TEXT];
  gsize begin = 0;

  if (!message->is_text || (header->opcode & WSI_OPCODE_IS_CONTROL) != 0)
    return TRUE;

  wsi_frame_bytes_mask (text, at, n, header->masked ? at - WSI_KEY_LENGTH : no_key);
  while (header->opcode == 0 && begin < MIN (n, 3) && (text[begin] & 0xc0) == 0x80)
    begin++;    /* the end of a character that the earlier frame has begun */
  return stream_guess_is_text ((const char *) text + begin, n - begin);
}

/* Guesses frames that begin at the first byte. */
static WsiGuess
guess_frames (const guint8 *at,
              gsize         length,
              WsiGuessEnd   end)
{
  guint n_frames = 0, n_with_bits = 0;
  gboolean is_masked = FALSE;
  Message message = { MESSAGE_UNKNOWN, FALSE };
  guint64 next = 0;

  while (n_frames < ENOUGH_FRAMES && next < length)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (at + next,
                                                     MIN (length - next, WSI_MAX_HEADER));
      g_autoptr (GError) error = NULL;
      g_autoptr (WspFrameHeader) header = wsp_frame_header_parse (bytes, &error);

      if (header == NULL && error == NULL)
        break;
      if (header == NULL || !is_plausible (header) || !take_in_message (&message, header) ||
          (n_frames > 0 && header->masked != is_masked))
        return WSI_GUESS_NOTHING;

      is_masked = header->masked;
      n_with_bits += at[next] != 0;
      n_frames++;
      next += header->header_length;
      if (!stream_guess_is_payload_plausible (&message, header, at + next, length - next))
        return WSI_GUESS_NOTHING;
      next += header->payload_length;
    }

  if (n_frames < ENOUGH_FRAMES && (end == WSI_GUESS_OPEN || next != length))
    return end == WSI_GUESS_OPEN ? WSI_GUESS_MORE : WSI_GUESS_NOTHING;
  if (2 * n_with_bits <= n_frames)
    return WSI_GUESS_NOTHING;

  return is_masked ? WSI_GUESS_MASKED_FRAMES : WSI_GUESS_FRAMES;
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
