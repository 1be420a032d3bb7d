/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A dissector that begins in the middle: at each byte of a stream, with what the stream says of
 * that place, every later frame is dissected as if the dissector had seen all bytes. */

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "core/frames/compression.h"
#include "core/frames/frame-header.h"
#include "core/frames/inflation.h"
#include "core/limits.h"
#include "core/stream/stream-place.h"
#include "lib/rows.h"

#define MAX_FRAMES 32
#define MAX_WIRE 4096

typedef struct
{
  guint8 bytes[MAX_WIRE];
  gsize  length;
} Wire;

static void
add_frame (Wire         *wire,
           WscRole       receiver,
           guint8        first,
           const guint8 *payload,
           gsize         length)
{
  const guint32 key = 0x04030201;
  gboolean is_masked = receiver == WSC_ROLE_SERVER;
  guint8 *at = wire->bytes + wire->length;
  gsize n = wsc_frame_header_write (at, first, length, is_masked ? &key : NULL);

  for (gsize i = 0; i < length; i++)
    at[n + i] = payload[i] ^ (is_masked ? ((const guint8 *) &key)[i % 4] : 0);
  wire->length += n + length;
}

static void
add_text (Wire       *wire,
          WscRole     receiver,
          guint8      first,
          const char *text)
{
  add_frame (wire, receiver, first, (const guint8 *) text, strlen (text));
}

static void
add_compressed (Wire           *wire,
                WscRole         receiver,
                WscCompression *compression,
                const char     *text)
{
  WscBytes input = { (const guint8 *) text, strlen (text) };
  guint8 room[512];
  gsize made;
  bool is_done;

  g_assert_cmpint (wsc_compression_deflate (compression, &input, WSC_DEFLATE_MESSAGE,
                                            (WscBuffer) { room, sizeof room }, &made, &is_done),
                   ==, WSC_FAULT_NONE);
  g_assert_true (is_done);
  add_frame (wire, receiver, 0xc1, room, made);
}

static void
make_wire (Wire                       *wire,
           WscRole                     receiver,
           const WscDeflateParameters *agreed)
{
  const WscDeflateOptions options = { 6, 8, 15, 15, 1, 1, 0 };
  WscCompression *compression =
    wsc_compression_new (&options, agreed, receiver == WSC_ROLE_SERVER ? WSC_ROLE_CLIENT
                                                                       : WSC_ROLE_SERVER);

  wire->length = 0;
  add_text (wire, receiver, 0x01, "in three ");
  add_text (wire, receiver, 0x89, "ping");
  add_text (wire, receiver, 0x00, "fragments, ");
  add_text (wire, receiver, 0x80, "na\xc3\xafve");
  add_compressed (wire, receiver, compression, "the same words again and again");
  add_text (wire, receiver, 0x82, "plain");
  add_compressed (wire, receiver, compression, "the same words again and again, and again");
  add_text (wire, receiver, 0x82, "");
  add_compressed (wire, receiver, compression, "again and again the same words");
  add_text (wire, receiver, 0x88, "\x03\xe8" "bye");
  wsc_compression_free (compression);
}

static void
fill_nothing (void    *data,
              uint8_t *to,
              size_t   n)
{
}

typedef struct
{
  WscPlace place;
  gsize    n_unread;
  guint8   window[WSC_MAX_WINDOW_LENGTH];
  gsize    window_length;
} Moment;

static void
count (void    *n,
       WscBytes bytes)
{
  *(gsize *) n += bytes.length;
}

/* The place that a stream knows after the first n bytes. */
static void
find_moment (const Wire                 *wire,
             WscRole                     receiver,
             const WscDeflateParameters *agreed,
             gsize                       n,
             Moment                     *moment)
{
  const WscHost host = { fill_nothing, NULL };
  const WscDeflateOptions deflate = { 6, 8, 15, 15, 1, 1, 0 };
  const WscFrameAllowance allowed = { .rsv = WSC_RSV1, .compressed = 1 };
  const WscOptions options = {
    .role = receiver, .utf8_check = 1, .max_frame_length = 1 << 20,
      .max_message_length = 1 << 20, .max_fragments = 1000,
  };
  guint8 read[MAX_WIRE], inflated[MAX_WIRE];
  WscWorkspace workspace = {
    .read = { .at = read, .length = sizeof read }, .inflate = { inflated, sizeof inflated },
  };
  WscStream stream;
  WscBuffer buffer;
  WscReceived received;

  wsc_stream_init (&stream, &options, &host);
  g_assert_cmpint (wsc_stream_use_deflate (&stream, &deflate, agreed), ==, WSC_FAULT_NONE);
  wsc_stream_establish (&stream, &allowed);
  wsc_stream_lend (&stream, &workspace);
  wsc_receive_path_prepare_read (&stream.receiving, (WscBuffer) { NULL, 0 }, 1, &buffer);
  memcpy (buffer.at, wire->bytes, n);
  wsc_receive_path_take (&stream.receiving, n);
  while (wsc_stream_next (&stream, (WscBuffer) { NULL, 0 }, &received) != WSC_RECEIVED_NEED_READ &&
         received.fault == WSC_FAULT_NONE && stream.phase == WSC_PHASE_OPEN)
    continue;

  moment->n_unread = 0;
  wsc_stream_get_received_place (&stream, &moment->place);
  wsc_stream_visit_unread (&stream, count, &moment->n_unread);
  moment->window_length = wsc_inflation_copy_window (&stream.compression->inflation,
                                                     moment->window);
  wsc_stream_clear (&stream);
}

static guint
dissect (WspDissector   *dissector,
         const guint8   *at,
         gsize           length,
         WspFrameRecord *frames,
         GBytes        **payloads)
{
  g_autoptr (GBytes) bytes = g_bytes_new (at, length);
  const WspFrameRecord *records;
  guint n, n_frames = 0;

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
  records = wsp_dissector_take_records (dissector, &n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (n_frames, <, MAX_FRAMES);
      payloads[n_frames] = wsp_dissector_dup_payload (dissector, &records[i],
                                                      WSP_PAYLOAD_VIEW_INFLATED);
      frames[n_frames++] = records[i];
    }
  return n_frames;
}

static void
assert_equal (const WspFrameRecord *frame,
              GBytes               *payload,
              const WspFrameRecord *expected,
              GBytes               *expected_payload)
{
  g_assert_cmpuint (frame->offset, ==, expected->offset);
  g_assert_cmpuint (frame->faults, ==, 0);
  g_assert_cmpuint (frame->flags, ==, expected->flags);
  g_assert_cmpuint (frame->opcode, ==, expected->opcode);
  g_assert_cmpuint (frame->message_opcode, ==, expected->message_opcode);
  g_assert_cmpuint (frame->masking_key, ==, expected->masking_key);
  g_assert_true ((payload == NULL) == (expected_payload == NULL));
  if (payload != NULL)
    g_assert_true (g_bytes_equal (payload, expected_payload));
}

static WspDissector *
new_dissector (WscRole     receiver,
               const char *extensions)
{
  return wsp_dissector_new (receiver == WSC_ROLE_SERVER ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT,
                            extensions);
}

static void
free_payloads (GBytes **payloads,
               guint    n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&payloads[i], g_bytes_unref);
}

/* The rest of a frame in progress is a record of its own, before the whole frames. */
static void
check_place (const Wire                 *wire,
             WscRole                     receiver,
             const WscDeflateParameters *agreed,
             const char                 *extensions,
             gsize                       n)
{
  WspFrameRecord all[MAX_FRAMES], later[MAX_FRAMES];
  GBytes *payloads[MAX_FRAMES], *later_payloads[MAX_FRAMES];
  g_autoptr (WspDissector) whole = new_dissector (receiver, extensions);
  g_autoptr (WspDissector) begun = new_dissector (receiver, extensions);
  g_autofree Moment *moment = g_new0 (Moment, 1);
  guint n_all, n_later, n_rest, n_whole_later = 0;
  gsize begin;

  find_moment (wire, receiver, agreed, n, moment);
  if (moment->place.is_compressed)
    return;

  begin = n - moment->n_unread;
  n_all = dissect (whole, wire->bytes, wire->length, all, payloads);
  wsp_dissector_continue_at (begun, WSP_DIRECTION_RECEIVED, &(WspDissectorPlace) {
    .offset = begin, .left = moment->place.left, .key = moment->place.key,
    .first = moment->place.first, .opcode = moment->place.opcode,
    .is_inside_message = moment->place.is_inside_message,
    .window = moment->window, .window_length = moment->window_length,
  }, 0);
  n_later = dissect (begun, wire->bytes + begin, wire->length - begin, later, later_payloads);

  for (guint i = 0; i < n_all; i++)
    n_whole_later += all[i].offset >= begin;
  n_rest = moment->place.left > 0;
  g_assert_cmpuint (n_later, ==, n_whole_later + n_rest);
  if (n_rest > 0)
    {
      g_assert_cmpuint (later[0].flags, ==, WSP_FRAME_FLAGS_BYTES | WSP_FRAME_FLAGS_REST);
      g_assert_cmpuint (later[0].payload_length, ==, moment->place.left);
      g_assert_cmpuint (later[0].offset, ==, begin);
    }
  for (guint i = 0; i < n_whole_later; i++)
    assert_equal (&later[n_rest + i], later_payloads[n_rest + i],
                  &all[n_all - n_whole_later + i], payloads[n_all - n_whole_later + i]);
  free_payloads (payloads, n_all);
  free_payloads (later_payloads, n_later);
}

static const struct
{
  const char          *name;
  WscRole              receiver;
  WscDeflateParameters agreed;
  const char          *extensions;
} cases[] = {
  { "to-a-client", WSC_ROLE_CLIENT, { 15, 15, 1, 1 }, "permessage-deflate" },
  { "to-a-server", WSC_ROLE_SERVER, { 15, 15, 1, 1 }, "permessage-deflate" },
  { "to-a-client-without-takeover", WSC_ROLE_CLIENT, { 15, 15, 1, 0 },
    "permessage-deflate; server_no_context_takeover" },
  { "to-a-server-without-takeover", WSC_ROLE_SERVER, { 15, 15, 0, 1 },
    "permessage-deflate; client_no_context_takeover" },
  { "to-a-client-with-a-small-window", WSC_ROLE_CLIENT, { 15, 9, 1, 1 },
    "permessage-deflate; server_max_window_bits=9" },
};

static void
test_each_place (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Wire wire;

  make_wire (&wire, cases[i].receiver, &cases[i].agreed);
  for (gsize n = 0; n <= wire.length; n++)
    check_place (&wire, cases[i].receiver, &cases[i].agreed, cases[i].extensions, n);
}

/* Whatever a place says, dissecting goes on. */
static void
test_wrong_place (void)
{
  static const guint8 window[40000] = { 1 };
  static const guint64 lefts[] = { 0, 1, G_MAXINT64, G_MAXUINT64 };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\xc1\x03" "abc\x81\x02" "de", 9);

  for (guint i = 0; i < 4 * 256; i++)
    {
      g_autoptr (WspDissector) dissector =
        wsp_dissector_new (WSP_ROLE_CLIENT, i % 2 == 0 ? "permessage-deflate" : NULL);
      guint n;

      for (guint k = 0; k < 3; k++)
        {
          wsp_dissector_continue_at (dissector, k % 2 == 0 ? WSP_DIRECTION_RECEIVED
                                                           : WSP_DIRECTION_SENT,
                                     &(WspDissectorPlace) {
        .offset = lefts[i % 4], .left = lefts[(i + k) % 4], .key = i, .first = (guint8) i,
        .opcode = (guint8) (i >> 2), .is_inside_message = i & 1, .is_compressed = i & 2,
        .window = window, .window_length = i % 3 == 0 ? sizeof window : 0,
      }, 0);
          wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
          wsp_dissector_take_records (dissector, &n);
        }
      wsp_dissector_end (dissector, WSP_DIRECTION_RECEIVED, 0);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/observe/dissector-place/each-byte", cases, test_each_place);
  g_test_add_func ("/observe/dissector-place/wrong/dissecting-goes-on", test_wrong_place);
  return g_test_run ();
}
