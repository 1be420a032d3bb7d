/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Dissector: both directions of a connection, in any order, with missing bytes and ends; each piece
 * in one push, byte by byte and in random cuts gives the same records and the same payloads.
 *
 * The first byte chooses role and agreement; each piece begins with its direction (1 bit) and its
 * length (7 bits).  127: two more bytes of length; 126: the next byte is the number of missing
 * bytes, 255 for unknown; 125: the direction ends; 124: a frame is expected. */

#include "fuzz/fuzz-input.h"

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#define MAX_COMPARED 8192       /* bytes; of more a push may drop what its cuts do not */
#define LONG_PIECE 127
#define MISSING 126
#define END 125
#define EXPECT 124
#define UNKNOWN 255

static const char *const agreements[] = {
  NULL,                         /* the opening handshake says it */
  "",
  "permessage-deflate",
  "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
  "x-unknown",
};

/* The records so far.  Bytes that are in no frame have a record for each push: they are joined. */
typedef struct
{
  WspDissector  *dissector;
  GString       *told;
  GString       *loose;
  WspFrameRecord first_loose;
} Story;

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
tell_loose (Story *self)
{
  WspFrameRecord timeless = self->first_loose;

  timeless.time_us = 0;
  timeless.payload_length = timeless.inflated_length = self->loose->len;
  if (self->loose->len > 0)
    {
      g_string_append_len (self->told, (const char *) &timeless, sizeof timeless);
      g_string_append_len (self->told, self->loose->str, self->loose->len);
    }
  g_string_truncate (self->loose, 0);
}

static void
tell_faults (Story                *self,
             const WspFrameRecord *record)
{
  guint n = wsp_frame_record_get_n_faults (record);

  for (guint i = 0; i < n; i++)
    {
      guint fault = wsp_frame_record_get_fault (record, i);

      REQUIRE (wsp_fault_describe (fault) != NULL);
      REQUIRE (wsp_fault_get_severity (fault) != WSP_FAULT_SEVERITY_NONE);
    }
  REQUIRE (wsp_frame_record_get_fault (record, n) == 0);
}

/* The bytes on the wire are those that were announced, but for what is missing or too much. */
static void
tell_views (Story                *self,
            const WspFrameRecord *record)
{
  for (WspPayloadView view = WSP_PAYLOAD_VIEW_WIRE; view <= WSP_PAYLOAD_VIEW_INFLATED; view++)
    {
      gsize length;
      g_autoptr (GBytes) payload = wsp_dissector_dup_payload (self->dissector, record, view);
      const guint8 *at = wsp_dissector_peek_payload (self->dissector, record, view, &length);

      REQUIRE (payload != NULL && length == g_bytes_get_size (payload));
      REQUIRE (length == 0 || memcmp (at, g_bytes_get_data (payload, NULL), length) == 0);
      REQUIRE (view != WSP_PAYLOAD_VIEW_WIRE || (record->flags & WSP_FRAME_FLAGS_TRUNCATED) ||
               length == record->payload_length - record->n_missing);
      g_string_append_printf (self->told, "%zu %u", length, g_bytes_hash (payload));
    }
}

static void
keep_loose (Story                *self,
            const WspFrameRecord *record)
{
  gsize length;
  const guint8 *at = wsp_dissector_peek_payload (self->dissector, record, WSP_PAYLOAD_VIEW_WIRE,
                                                 &length);

  REQUIRE (length == record->payload_length && length > 0);
  if (self->loose->len == 0)
    self->first_loose = *record;
  REQUIRE (record->offset == self->first_loose.offset + self->loose->len);
  g_string_append_len (self->loose, (const char *) at, length);
}

static void
tell_record (Story                *self,
             const WspFrameRecord *record)
{
  const guint kind = WSP_FRAME_FLAGS_BYTES | WSP_FRAME_FLAGS_REST;
  WspFrameRecord timeless = *record;

  tell_faults (self, record);
  if ((record->flags & kind) == WSP_FRAME_FLAGS_BYTES)
    {
      keep_loose (self, record);
      return;
    }

  tell_loose (self);
  timeless.time_us = 0;
  g_string_append_len (self->told, (const char *) &timeless, sizeof timeless);
  tell_views (self, record);
}

static void
tell_records (Story *self)
{
  guint n_records;
  const WspFrameRecord *records = wsp_dissector_take_records (self->dissector, &n_records);

  for (guint i = 0; i < n_records; i++)
    tell_record (self, &records[i]);
}

static void
tell_head (GString *told,
           GBytes  *head)
{
  g_string_append_printf (told, "%zu", head != NULL ? g_bytes_get_size (head) : 0);
  g_clear_pointer (&head, g_bytes_unref);
}

static void
tell_heads (Story *self)
{
  WspDissector *dissector = self->dissector;

  tell_head (self->told, wsp_dissector_dup_request_head (dissector));
  tell_head (self->told, wsp_dissector_dup_response_head (dissector));
  for (guint i = 0; i < wsp_dissector_get_n_interim_heads (dissector); i++)
    tell_head (self->told, wsp_dissector_dup_interim_head (dissector, i));
  g_string_append_printf (self->told, "%u %u %d", wsp_dissector_get_head_fault (dissector, 0),
                          wsp_dissector_get_head_fault (dissector, 1),
                          wsp_dissector_get_deflate (dissector, NULL, NULL, NULL, NULL));
}

static void
tell_headers (GString      *story,
              WspDissector *dissector)
{
  g_autoptr (WspHeaders) request = wsp_dissector_dup_request_headers (dissector);
  g_autoptr (WspHeaders) response = wsp_dissector_dup_response_headers (dissector);

  g_string_append_printf (story, "%u %u", request != NULL ? wsp_headers_get_length (request) : 0,
                          response != NULL ? wsp_headers_get_length (response) : 0);
}

static void
push (Story       *story,
      WspDirection direction,
      FuzzInput   *input,
      gsize        length,
      NextPiece    next_piece)
{
  while (length > 0)
    {
      gsize n = next_piece (input, length);
      g_autoptr (GBytes) bytes = g_bytes_new (input->at, n);

      wsp_dissector_push (story->dissector, direction, bytes, 1);
      tell_records (story);
      input->at += n;
      input->left -= n;
      length -= n;
    }
}

static void
skip (Story       *story,
      WspDirection direction,
      guint8       length)
{
  wsp_dissector_skip (story->dissector, direction, length == UNKNOWN ? G_MAXUINT64 : length, 1);
  tell_records (story);
}

static void
play_step (Story     *story,
           FuzzInput *input,
           NextPiece  next_piece)
{
  guint8 control = fuzz_take (input);
  WspDirection direction = control & 1 ? WSP_DIRECTION_RECEIVED : WSP_DIRECTION_SENT;
  gsize length = control >> 1;

  if (length == MISSING)
    skip (story, direction, fuzz_take (input));
  else if (length == END)
    wsp_dissector_end (story->dissector, direction, 1);
  else if (length == EXPECT)
    wsp_dissector_expect_frame (story->dissector, direction, 1);
  else if (length == LONG_PIECE)
    {
      length = (gsize) fuzz_take (input) << 8;
      length |= fuzz_take (input);
    }
  if (control >> 1 < EXPECT || control >> 1 == LONG_PIECE)
    push (story, direction, input, MIN (length, input->left), next_piece);
  tell_records (story);
  tell_loose (story);
}

static GString *
play (FuzzInput input,
      guint8    flags,
      NextPiece next_piece)
{
  g_autoptr (WspDissector) dissector =
    wsp_dissector_new (flags & 1 ? WSP_ROLE_CLIENT : WSP_ROLE_SERVER,
                       agreements[flags / 2 % G_N_ELEMENTS (agreements)]);
  Story story = { dissector, g_string_new (NULL), g_string_new (NULL), { 0 } };

  while (input.left > 0)
    play_step (&story, &input, next_piece);

  tell_headers (story.told, dissector);
  tell_heads (&story);
  g_string_append_printf (story.told, "%" G_GUINT64_FORMAT,
                          wsp_dissector_get_n_dropped (dissector));
  g_string_free (story.loose, TRUE);
  return story.told;
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
