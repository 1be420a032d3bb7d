/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Dissector: both directions of a connection, in any order; each piece in one push, byte by byte
 * and in random cuts gives the same records and the same payloads.
 *
 * The first byte chooses role and agreement; each piece begins with its direction (1 bit) and its
 * length (7 bits; 127: two more bytes). */

#include "fuzz/fuzz-input.h"

#include <libwsproto/wsproto.h>
#include <string.h>

#define MAX_COMPARED 8192       /* bytes; of more a push may drop what its cuts do not */
#define LONG_PIECE 127

static const char *const agreements[] = {
  NULL,                         /* the opening handshake says it */
  "",
  "permessage-deflate",
  "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
};

typedef gsize (*NextPiece) (FuzzInput *input, gsize left);

static gsize
all_at_once (FuzzInput *input,
             gsize      left)
{
  return left;
}

static gsize
one_by_one (FuzzInput *input,
            gsize      left)
{
  return 1;
}

static gsize
at_random (FuzzInput *input,
           gsize      left)
{
  gsize n = 1 + fuzz_draw (input) % 64;

  return MIN (n, left);
}

static void
tell_record (GString              *story,
             WspDissector         *dissector,
             const WspFrameRecord *record)
{
  g_autoptr (GBytes) payload = wsp_dissector_dup_payload (dissector, record);
  WspFrameRecord timeless = *record;

  timeless.time_us = 0;
  g_string_append_len (story, (const char *) &timeless, sizeof timeless);
  wsp_frame_record_describe_fault (record);
  if (payload != NULL)
    g_string_append_printf (story, "%zu %u", g_bytes_get_size (payload), g_bytes_hash (payload));
}

static void
tell_records (GString      *story,
              WspDissector *dissector)
{
  WspFrameRecord *next;

  while ((next = wsp_dissector_next_record (dissector)))
    {
      g_autoptr (WspFrameRecord) record = next;

      tell_record (story, dissector, record);
    }
}

static void
tell_handshake (GString      *story,
                WspDissector *dissector)
{
  WspHandshake *handshake = wsp_dissector_get_handshake (dissector);
  guint status = 0;

  if (handshake != NULL)
    g_object_get (handshake, "response-status", &status, NULL);
  g_string_append_printf (story, "%d %u", handshake != NULL, status);
}

static void
push (WspDissector *dissector,
      WspDirection  direction,
      FuzzInput    *input,
      gsize         length,
      NextPiece     next_piece,
      GString      *story)
{
  while (length > 0)
    {
      gsize n = next_piece (input, length);
      g_autoptr (GBytes) bytes = g_bytes_new (input->at, n);

      wsp_dissector_push (dissector, direction, bytes, 1);
      tell_records (story, dissector);
      wsp_dissector_get_handshake (dissector);
      input->at += n;
      input->left -= n;
      length -= n;
    }
}

static GString *
play (FuzzInput input,
      guint8    flags,
      NextPiece next_piece)
{
  g_autoptr (WspDissector) dissector =
    g_object_new (WSP_TYPE_DISSECTOR, "role", flags & 1 ? WSP_ROLE_CLIENT : WSP_ROLE_SERVER,
                  "extensions", agreements[flags / 2 % G_N_ELEMENTS (agreements)], NULL);
  GString *story = g_string_new (NULL);

  while (input.left > 0)
    {
      guint8 control = fuzz_take (&input);
      gsize length = control >> 1;

      if (length == LONG_PIECE)
        {
          length = (gsize) fuzz_take (&input) << 8;
          length |= fuzz_take (&input);
        }
      push (dissector, control & 1 ? WSP_DIRECTION_RECEIVED : WSP_DIRECTION_SENT, &input,
            MIN (length, input.left), next_piece, story);
    }

  tell_handshake (story, dissector);
  g_string_append_printf (story, "%" G_GUINT64_FORMAT, wsp_dissector_get_n_dropped (dissector));
  return story;
}

static void
compare (const GString *whole,
         FuzzInput      input,
         guint8         flags,
         NextPiece      next_piece)
{
  GString *cut = play (input, flags, next_piece);

  REQUIRE (g_string_equal (whole, cut));
  g_string_free (cut, TRUE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FuzzInput input = { data, size, (uint32_t) size };
  guint8 flags = fuzz_take (&input);
  GString *whole = play (input, flags, all_at_once);

  if (size <= MAX_COMPARED)
    {
      compare (whole, input, flags, one_by_one);
      for (uint32_t seed = 1; seed <= 2; seed++)
        {
          input.random = seed * 977;
          compare (whole, input, flags, at_random);
        }
    }

  g_string_free (whole, TRUE);
  return 0;
}
