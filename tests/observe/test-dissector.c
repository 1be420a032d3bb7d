/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/allocations.h"
#include "lib/rows.h"
#include "observe/taken.h"

#define REQUEST \
  "GET /chat?x=1 HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define ANSWER \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
#define HELLO_MASKED "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"

#define THREE_HELLOS HELLO_MASKED HELLO_MASKED HELLO_MASKED

static char *
show (GBytes *payload)
{
  gsize length;

  if (payload == NULL)
    return g_strdup ("?");

  const char *data = g_bytes_get_data (payload, &length);

  return g_strndup (length > 0 ? data : "", length);
}

static gboolean
is_frame (const WspFrameRecord *record)
{
  return (record->flags & WSP_FRAME_FLAGS_BYTES) == 0;
}

/* Appends opcode, payload and fault of each record.  Bytes that are in no frame follow a ~, however
 * many records they have. */
static void
note_records (WspDissector *dissector,
              GString      *seen)
{
  guint n;
  const WspFrameRecord *records = wsp_dissector_take_records (dissector, &n);

  for (guint i = 0; i < n; i++)
    {
      const WspFrameRecord *record = &records[i];
      g_autoptr (GBytes) payload = wsp_dissector_dup_payload (dissector, record,
                                                              WSP_PAYLOAD_VIEW_INFLATED);
      g_autofree char *text = show (payload);
      const char *begin = strrchr (seen->str, ';');

      begin = begin != NULL ? begin + 2 : seen->str;
      if (is_frame (record) || begin[0] != '~')
        g_string_append_printf (seen, "%s%c ", seen->len > 0 ? "; " : "",
                                is_frame (record) ? "0123456789abcdef"[record->opcode] : '~');
      g_string_append (seen, text);
      if (is_frame (record))
        g_string_append_printf (seen, "%s%s", record->fin ? "" : " ...",
                                record->fault != 0 ? " !" : "");
    }
}

/* Pushes in pieces and notes the records. */
static void
push (WspDissector *dissector,
      WspDirection  direction,
      const char   *data,
      gsize         length,
      gsize         piece,
      GString      *seen)
{
  for (gsize at = 0; at < length; at += piece)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (data + at, MIN (piece, length - at));

      wsp_dissector_push (dissector, direction, bytes, at);
      note_records (dissector, seen);
    }
}

static WspDissector *
new_after_handshake (WspRole role)
{
  return wsp_dissector_new (role, "");
}

static const struct
{
  const char *name, *bytes;
  gsize       length;
  const char *seen, *fault;     /* records that are seen; part of the text of the last record's
                                 * fault, NULL: none */
} streams[] = {
#define STREAM(name, bytes, seen, fault) { name, bytes, sizeof (bytes) - 1, seen, fault }
  STREAM ("message", HELLO_MASKED, "1 Hello", NULL),
  STREAM ("two-messages", HELLO_MASKED HELLO_MASKED, "1 Hello; 1 Hello", NULL),
  STREAM ("fragments-with-a-ping-between",
          "\x01\x81\0\0\0\0a\x89\x82\0\0\0\0hi\x80\x81\0\0\0\0b", "1 a ...; 9 hi; 0 b", NULL),
  STREAM ("empty-frames", "\x01\x80\0\0\0\0\x80\x80\0\0\0\0", "1  ...; 0 ", NULL),
  STREAM ("goes-on-after-a-reserved-opcode", "\x83\x80\0\0\0\0" HELLO_MASKED, "3  !; 1 Hello",
          NULL),
  STREAM ("goes-on-after-unmasked", "\x81\x01x" HELLO_MASKED, "1 x !; 1 Hello", NULL),
  STREAM ("length-not-shortest", "\x82\xfe\0\x01\0\0\0\0x", "2 x !",
          "in the fewest bytes (RFC 6455 5.2)"),
  STREAM ("not-masked", "\x81\x01x", "1 x !", "not masked (RFC 6455 5.1)"),
  STREAM ("not-utf8", "\x81\x81\0\0\0\0\xff", "1 \xff !",
          "Text message is not valid UTF-8 (RFC 6455 8.1)"),
  STREAM ("cut-character-over-frames", "\x01\x81\0\0\0\0\xc3\x80\x81\0\0\0\0\xbc",
          "1 \xc3 ...; 0 \xbc", NULL),
  STREAM ("cut-character-around-a-ping", "\x01\x81\0\0\0\0\xc3\x89\x80\0\0\0\0\x80\x81\0\0\0\0\xbc",
          "1 \xc3 ...; 9 ; 0 \xbc", NULL),
  STREAM ("character-cut-at-the-end", "\x81\x81\0\0\0\0\xc3", "1 \xc3 !",
          "Text message is not valid UTF-8"),
  STREAM ("binary-is-not-text", "\x82\x81\0\0\0\0\xff", "2 \xff", NULL),
  STREAM ("continuation-without-message", "\x80\x80\0\0\0\0", "0  !",
          "Unexpected continuation frame: no message in progress"),
  STREAM ("data-inside-message", "\x01\x80\0\0\0\0\x81\x80\0\0\0\0", "1  ...; 1  !",
          "received a new data frame"),
  STREAM ("close", "\x88\x84\0\0\0\0\x03\xe8ok", "8 \x03\xe8ok", NULL),
  STREAM ("close-code-reserved", "\x88\x82\0\0\0\0\x03\xed", "8 \x03\xed !",
          "Close code is reserved"),
  STREAM ("control-fragmented", "\x09\x80\0\0\0\0", "9  ... !", "Control frame is fragmented"),
  STREAM ("length-beyond-all-bounds", "\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0abc", "2  !; ~ abc",
          "Most significant bit"),
  STREAM ("request-among-frames", HELLO_MASKED "GET / HTTP/1.1\r\nA: b\r\n\r\n" THREE_HELLOS,
          "1 Hello; ~ GET / HTTP/1.1\r\nA: b\r\n\r\n; 1 Hello; 1 Hello; 1 Hello", NULL),
  STREAM ("response-among-frames", "HTTP/1.1 400 No\n\n<p>" THREE_HELLOS,
          "~ HTTP/1.1 400 No\n\n<p>; 1 Hello; 1 Hello; 1 Hello", NULL),
  STREAM ("response-at-the-end", HELLO_MASKED "HTTP/1.1 400 No\r\n\r\n",
          "1 Hello; ~ HTTP/1.1 400 No\r\n\r\n", "HTTP text where a frame should begin"),
  STREAM ("response-without-an-end", "HTTP/1.1 400 No\r\nA",
          "~ HTTP/1.1 400 No\r\nA", "HTTP text where a frame should begin"),
  STREAM ("two-responses", "HTTP/1.1 400 No\r\n\r\nHTTP/1.1 500 No\r\n\r\n" THREE_HELLOS,
          "~ HTTP/1.1 400 No\r\n\r\nHTTP/1.1 500 No\r\n\r\n; 1 Hello; 1 Hello; 1 Hello", NULL),
  STREAM ("empty-line-among-frames", "\r\n" THREE_HELLOS, "~ \r\n; 1 Hello; 1 Hello; 1 Hello",
          NULL),
  STREAM ("empty-line-at-the-end", HELLO_MASKED "\r\n", "1 Hello; ~ \r\n",
          "Empty line where a frame should begin"),
#undef STREAM
};

/* However the bytes are cut, the records are the same. */
static void
test_stream (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  for (gsize piece = 1; piece <= streams[i].length; piece++)
    {
      g_autoptr (WspDissector) dissector = new_after_handshake (WSP_ROLE_SERVER);
      g_autoptr (GString) seen = g_string_new (NULL);

      push (dissector, WSP_DIRECTION_RECEIVED, streams[i].bytes, streams[i].length, piece, seen);
      g_assert_cmpstr (seen->str, ==, streams[i].seen);
    }
}

#define MASK "\0\0\0\0"
#define HELLO_DEFLATED "\xf2\x48\xcd\xc9\xc9\x07\x00"
#define AGAIN_DEFLATED "\xf2\x00\x11\x00\x00"

/* Compressed messages, and what the records of their frames add up to. */
static const struct
{
  const char *name, *extensions, *bytes;
  gsize       length;
  const char *seen;
} deflated[] = {
#define STREAM(name, extensions, bytes, seen) { name, extensions, bytes, sizeof (bytes) - 1, seen }
  STREAM ("message", "permessage-deflate", "\xc1\x87" MASK HELLO_DEFLATED, "1 Hello"),
  STREAM ("second-one-refers-to-the-first", "permessage-deflate",
          "\xc1\x87" MASK HELLO_DEFLATED "\xc1\x85" MASK AGAIN_DEFLATED, "1 Hello; 1 Hello"),
  STREAM ("plain-one-between", "permessage-deflate",
          "\xc1\x87" MASK HELLO_DEFLATED HELLO_MASKED "\xc1\x85" MASK AGAIN_DEFLATED,
          "1 Hello; 1 Hello; 1 Hello"),
  STREAM ("fragments-with-a-ping-between", "permessage-deflate; client_max_window_bits=9",
          "\x41\x83" MASK "\xf2\x48\xcd\x89\x81" MASK "x\x80\x84" MASK "\xc9\xc9\x07\x00",
          "1 He ...; 9 x; 0 llo"),
  STREAM ("without-takeover", "permessage-deflate; client_no_context_takeover",
          "\xc1\x87" MASK HELLO_DEFLATED "\xc1\x87" MASK HELLO_DEFLATED, "1 Hello; 1 Hello"),
  STREAM ("corrupt-and-shown-as-they-are-from-then-on", "permessage-deflate",
          "\xc2\x82" MASK "\6\1\xc2\x82" MASK "ab", "2  !; 2 ab"),
  STREAM ("corrupt-and-the-next-is-read-without-takeover",
          "permessage-deflate; client_no_context_takeover",
          "\xc2\x82" MASK "\6\1\xc1\x87" MASK HELLO_DEFLATED, "2  !; 1 Hello"),
  STREAM ("truncated", "permessage-deflate", "\xc2\x86" MASK "\xf2\x48\xcd\xc9\xc9\x07",
          "2 Hello !"),
  STREAM ("misplaced-bit", "permessage-deflate", "\xc9\x80" MASK, "9  !"),
  STREAM ("bit-without-agreement", "", "\xc1\x82" MASK "ab", "1 ab !"),
  STREAM ("inflates-to-no-text", "permessage-deflate",
          "\xc1\x87" MASK "\x00\x01\x00\xfe\xff\xff\x00", "1 \xff !"),
#undef STREAM
};

static void
test_deflated (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  for (gsize piece = 1; piece <= deflated[i].length; piece++)
    {
      g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_SERVER,
                                                              deflated[i].extensions);
      g_autoptr (GString) seen = g_string_new (NULL);

      push (dissector, WSP_DIRECTION_RECEIVED, deflated[i].bytes, deflated[i].length, piece, seen);
      g_assert_cmpstr (seen->str, ==, deflated[i].seen);
    }
}

#define OFFER "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
#define AGREED "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10\r\n\r\n"

/* The negotiated parameters are found in the handshake; each direction has a window of its own. */
static void
test_deflate_is_found (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_SERVER, NULL);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autofree char *request = g_strndup (REQUEST, sizeof REQUEST - 3);
  g_autofree char *answer = g_strndup (ANSWER, sizeof ANSWER - 3);
  g_autofree char *asked = g_strconcat (request, OFFER, NULL);
  g_autofree char *answered = g_strconcat (answer, AGREED, NULL);
  const char to_server[] = "\xc1\x87" MASK HELLO_DEFLATED, to_client[] = "\xc1\x07" HELLO_DEFLATED;

  push (dissector, WSP_DIRECTION_RECEIVED, asked, strlen (asked), 7, seen);
  push (dissector, WSP_DIRECTION_SENT, answered, strlen (answered), 7, seen);
  push (dissector, WSP_DIRECTION_SENT, to_client, sizeof to_client - 1, 3, seen);
  push (dissector, WSP_DIRECTION_RECEIVED, to_server, sizeof to_server - 1, 3, seen);
  g_assert_cmpstr (seen->str, ==, "1 Hello; 1 Hello");
}

/* The record tells both lengths. */
static void
test_inflated_length (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_SERVER, "permessage-deflate");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\xc1\x85" MASK "\x72\x74\x24\x1e\x00", 11);

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
  const WspFrameRecord *record = take_records (dissector, 1);
  g_autoptr (GBytes) payload =
    wsp_dissector_dup_payload (dissector, record, WSP_PAYLOAD_VIEW_INFLATED);

  g_assert_cmpuint (record->payload_length, ==, 5);
  g_assert_cmpuint (record->inflated_length, ==, g_bytes_get_size (payload));
  g_assert_cmpuint (record->rsv, ==, 4);
}

static void
test_fault_text (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspDissector) dissector = new_after_handshake (WSP_ROLE_SERVER);
  g_autoptr (GBytes) bytes = g_bytes_new_static (streams[i].bytes, streams[i].length);

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
  guint n;
  const WspFrameRecord *records = wsp_dissector_take_records (dissector, &n);
  const char *text = wsp_fault_describe (records[n - 1].fault);

  if (streams[i].fault == NULL)
    g_assert_null (text);
  else
    g_assert_nonnull (strstr (text, streams[i].fault));
}

/* Messages of the client, without an agreement to compress. */
static const struct
{
  const char *name, *bytes;
  gsize       length;
  guint       n_noted;          /* number of frames that look compressed */
} trials[] = {
#define STREAM(name, bytes, n_noted) { name, bytes, sizeof (bytes) - 1, n_noted }
  STREAM ("a-compressed-message", "\xc1\x87" MASK HELLO_DEFLATED, 1),
  STREAM ("the-first-one-alone", "\xc1\x87" MASK HELLO_DEFLATED "\xc1\x87" MASK HELLO_DEFLATED, 1),
  STREAM ("in-fragments",
          "\x41\x83" MASK "\xf2\x48\xcd\x89\x81" MASK "x\x80\x84" MASK "\xc9\xc9\x07\0", 1),
  STREAM ("behind-plain-messages", HELLO_MASKED "\xc1\x87" MASK HELLO_DEFLATED, 1),
  STREAM ("the-bit-alone", "\xc1\x85" MASK "Hello", 0),
  STREAM ("an-empty-message", "\xc1\x81" MASK "\0", 0),
  STREAM ("no-payload", "\xc1\x80" MASK, 0),
  STREAM ("without-the-bit", "\x81\x87" MASK HELLO_DEFLATED, 0),
  STREAM ("with-another-bit", "\xe1\x87" MASK HELLO_DEFLATED, 0),
  STREAM ("cut-in-a-block", "\xc1\x84" MASK "\xf2\x48\xcd\xc9" HELLO_MASKED, 0),
#undef STREAM
};

static gboolean
looks_compressed (const WspFrameRecord *record)
{
  for (guint i = 0; i < wsp_frame_record_get_n_faults (record); i++)
    {
      const guint fault = wsp_frame_record_get_fault (record, i);

      if (g_str_equal (wsp_fault_get_name (fault), "compression-not-agreed"))
        return TRUE;
    }
  return FALSE;
}

static void
test_trial (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);

  for (gsize piece = 1; piece <= trials[i].length; piece++)
    {
      g_autoptr (WspDissector) dissector = new_after_handshake (WSP_ROLE_SERVER);
      guint n_noted = 0;

      for (gsize at = 0; at < trials[i].length; at += piece)
        {
          g_autoptr (GBytes) bytes =
            g_bytes_new (trials[i].bytes + at, MIN (piece, trials[i].length - at));
          const WspFrameRecord *records;
          guint n;

          wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
          records = wsp_dissector_take_records (dissector, &n);
          for (guint k = 0; k < n; k++)
            n_noted += looks_compressed (&records[k]);
        }
      g_assert_cmpuint (n_noted, ==, trials[i].n_noted);
    }
}

static void
test_record_fields (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (GBytes) request = g_bytes_new_static (REQUEST, strlen (REQUEST));
  g_autoptr (GBytes) sent = g_bytes_new_static (HELLO_MASKED, 11);
  g_autoptr (GBytes) received = g_bytes_new_static (ANSWER "\x88\x02\x03\xe9", strlen (ANSWER) + 4);

  wsp_dissector_push (dissector, WSP_DIRECTION_SENT, request, 6);
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, received, 8);
  wsp_dissector_push (dissector, WSP_DIRECTION_SENT, sent, 7);
  const WspFrameRecord *end = take_records (dissector, 2);
  const WspFrameRecord *message = &end[1];

  g_assert_cmpint (message->time_us, ==, 7);
  g_assert_cmpuint (message->offset, ==, strlen (REQUEST));
  g_assert_cmpuint (message->payload_length, ==, 5);
  g_assert_cmpuint (message->inflated_length, ==, 5);
  g_assert_cmpuint (message->masking_key, ==, 0x37fa213d);
  g_assert_cmpuint (message->fault, ==, 0);
  g_assert_cmpuint (message->direction, ==, WSP_DIRECTION_SENT);
  g_assert_cmpuint (message->header_length, ==, 6);
  g_assert_cmpuint (end->close_code, ==, 1001);
  g_assert_cmpuint (end->offset, ==, strlen (ANSWER));
  g_assert_cmpuint (end->masked, ==, 0);

  /* The push in between has forgotten the payload of the first. */
  g_assert_null (wsp_dissector_dup_payload (dissector, end, WSP_PAYLOAD_VIEW_INFLATED));
}

static void
test_handshake (void)
{
  for (gsize piece = 1; piece < 200; piece += 13)
    {
      g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_SERVER, NULL);
      g_autoptr (GString) seen = g_string_new (NULL);

      g_assert_null (wsp_dissector_dup_request_headers (dissector));
      push (dissector, WSP_DIRECTION_RECEIVED, REQUEST, strlen (REQUEST), piece, seen);
      g_assert_null (wsp_dissector_dup_response_headers (dissector));
      push (dissector, WSP_DIRECTION_SENT, ANSWER "\x81\x01x", strlen (ANSWER) + 3, piece, seen);
      push (dissector, WSP_DIRECTION_RECEIVED, HELLO_MASKED, 11, piece, seen);

      g_autoptr (WspHeaders) request = wsp_dissector_dup_request_headers (dissector);
      g_autoptr (WspHeaders) response = wsp_dissector_dup_response_headers (dissector);

      g_assert_cmpstr (wsp_headers_get_one (request, "Host"), ==, "example.org");
      g_assert_cmpuint (wsp_headers_get_length (request), ==, 5);
      g_assert_cmpstr (wsp_headers_get_one (response, "Sec-WebSocket-Protocol"), ==, "chat");
      g_assert_cmpstr (seen->str, ==, "1 x; 1 Hello");
    }
}

/* A refusal, an interim answer, and something that is not HTTP: nothing of it is taken for
 * frames. */
static void
test_no_handshake (void)
{
  const char *refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n\x81\x01x";
  const char *interim = "HTTP/1.1 103 Early Hints\r\n\r\n" ANSWER "\x81\x01y";
  g_autoptr (WspDissector) refused = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (WspDissector) hinted = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (WspDissector) other = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (GString) seen = g_string_new (NULL);

  push (refused, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 50, seen);
  push (refused, WSP_DIRECTION_RECEIVED, refusal, strlen (refusal), 7, seen);
  push (other, WSP_DIRECTION_RECEIVED, "\x16\x03\x01\x02\x81\x01x", 7, 3, seen);
  g_assert_cmpstr (seen->str, ==, "~ \x81\x01x");
  g_string_truncate (seen, 0);
  push (hinted, WSP_DIRECTION_RECEIVED, interim, strlen (interim), 11, seen);
  g_assert_cmpstr (seen->str, ==, "1 y");
  g_assert_null (wsp_dissector_dup_response_headers (other));
}

/* A header may announce any length: memory follows the received bytes.  SEC-50 */
static void
test_announced (void)
{
  g_autoptr (WspDissector) dissector = new_after_handshake (WSP_ROLE_CLIENT);
  g_autoptr (GString) seen = g_string_new (NULL);

  push (dissector, WSP_DIRECTION_RECEIVED, "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff" "abc", 13, 13,
        seen);
  g_assert_cmpstr (seen->str, ==, "");
}

/* However much of the request has come: without the whole of it there is nothing to agree on. */
static void
test_early_answer (void)
{
  g_autofree char *request = g_strndup (REQUEST, sizeof REQUEST - 3);
  g_autofree char *answer = g_strndup (ANSWER, sizeof ANSWER - 3);
  g_autofree char *asked = g_strconcat (request, OFFER, NULL);
  g_autofree char *answered = g_strconcat (answer, AGREED, NULL);

  for (gsize n_come = 0; n_come < strlen (asked); n_come++)
    {
      g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_SERVER, NULL);
      g_autoptr (GString) seen = g_string_new (NULL);

      push (dissector, WSP_DIRECTION_RECEIVED, asked, n_come, n_come, seen);
      push (dissector, WSP_DIRECTION_SENT, answered, strlen (answered), strlen (answered), seen);
      push (dissector, WSP_DIRECTION_SENT, "\xc1\x02" "ab", 4, 4, seen);
      push (dissector, WSP_DIRECTION_RECEIVED, asked + n_come, strlen (asked) - n_come, 100, seen);

      g_autoptr (WspHeaders) headers = wsp_dissector_dup_request_headers (dissector);

      g_assert_nonnull (headers);
      g_assert_cmpstr (seen->str, ==, "1 ab !");
    }
}

/* One message of so many zeros, compressed and masked. */
static GByteArray *
make_bomb (gsize n_zeros)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 9);
  g_autofree guint8 *zeros = g_malloc0 (n_zeros);
  gsize room = n_zeros / 500 + 64, n_read, n_made;
  g_autofree guint8 *squeezed = g_malloc (room);
  GByteArray *frame = g_byte_array_new ();

  g_assert_cmpint (g_converter_convert (G_CONVERTER (compressor), zeros, n_zeros, squeezed, room,
                                        G_CONVERTER_FLUSH, &n_read, &n_made, NULL), !=,
                   G_CONVERTER_ERROR);
  g_assert_cmpuint (n_read, ==, n_zeros);
  n_made -= 4;                  /* RFC 7692 7.2.1 */

  const guint8 header[] = { 0xc2, 0xfe, n_made >> 8, n_made, 0, 0, 0, 0 };

  g_assert_cmpuint (n_made, >, 125);
  g_assert_cmpuint (n_made, <=, G_MAXUINT16);
  g_byte_array_append (frame, header, sizeof header);
  g_byte_array_append (frame, squeezed, n_made);
  return frame;
}

static GBytes *
repeat (const guint8 *bytes,
        gsize         length,
        guint         n)
{
  GByteArray *all = g_byte_array_sized_new (n * length);

  for (guint i = 0; i < n; i++)
    g_byte_array_append (all, bytes, length);
  return g_byte_array_free_to_bytes (all);
}

#define MIB (1024 * 1024)
#define MAX_KEPT (32 * MIB)
#define MAX_GROWTH_KIB (128 * 1024)

/* The records and payloads that one push left. */
typedef struct
{
  guint   n_records, n_truncated;
  guint64 n_kept, n_inflated;   /* bytes */
} Left;

static Left
take_left (WspDissector *dissector)
{
  Left left = { 0 };
  guint n;
  const WspFrameRecord *records = wsp_dissector_take_records (dissector, &n);

  for (guint i = 0; i < n; i++)
    {
      const WspFrameRecord *record = &records[i];
      g_autoptr (GBytes) payload =
        wsp_dissector_dup_payload (dissector, record, WSP_PAYLOAD_VIEW_INFLATED);

      left.n_records++;
      left.n_inflated += record->inflated_length;
      left.n_kept += payload != NULL ? g_bytes_get_size (payload) : 0;
      left.n_truncated += (record->flags & WSP_FRAME_FLAGS_TRUNCATED) != 0;
    }
  return left;
}

static gint64
get_peak_kib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

static const struct
{
  const char *name, *extensions;
  gsize       n_zeros;          /* number of zeros in each message */
  guint       n_messages;
} bombs[] = {
  { "SEC-135-bombs-of-277-kb", "permessage-deflate; client_no_context_takeover", 16 * MIB, 17 },
  { "SEC-135-bombs-of-4-mb", "permessage-deflate; client_no_context_takeover", 16 * MIB, 300 },
  { "SEC-135-a-window-that-is-lost", "permessage-deflate", 16 * MIB, 300 },
  { "SEC-135-many-small-ones", "permessage-deflate; client_no_context_takeover", MIB, 4000 },
};

/* One push costs what its length allows, whatever is in it; every frame has its record, and what
 * was not kept is counted. */
static void
test_bombs (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_SERVER, bombs[i].extensions);
  g_autoptr (GByteArray) bomb = make_bomb (bombs[i].n_zeros);
  g_autoptr (GBytes) bytes = repeat (bomb->data, bomb->len, bombs[i].n_messages);
  gint64 peak_kib = get_peak_kib ();

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
  peak_kib = get_peak_kib () - peak_kib;

  Left left = take_left (dissector);

  g_assert_cmpuint (left.n_records, ==, bombs[i].n_messages);
  /* Payload that is not inflated counts with its length on the wire. */
  g_assert_cmpuint (left.n_inflated, <=, 16 * MIB + 65 * g_bytes_get_size (bytes));
  g_assert_cmpuint (left.n_kept, <=, MAX_KEPT + g_bytes_get_size (bytes));
  g_assert_cmpuint (wsp_dissector_get_n_dropped (dissector), ==, left.n_truncated);
  g_assert_cmpuint (left.n_truncated, >, 0);
#if ALLOCATIONS_ARE_COUNTED
  g_assert_cmpint (peak_kib, <, MAX_GROWTH_KIB);
#endif
}

/* A bomb breaks no rule; what comes after it in its push was not cut off. */
static void
test_one_bomb (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_SERVER, "permessage-deflate");
  g_autoptr (GByteArray) bomb = make_bomb (16 * MIB);
  g_autoptr (GBytes) bytes = repeat (bomb->data, bomb->len, 3);
  const WspFrameRecord *records;
  guint n;

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 3);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (wsp_frame_record_get_n_faults (&records[i]), ==, 0);
  g_assert_cmpuint (records[0].flags & WSP_FRAME_FLAGS_STOPPED, ==, 0);
  g_assert_cmpuint (records[1].flags & WSP_FRAME_FLAGS_TRUNCATED, !=, 0);
  g_assert_cmpuint (records[1].flags & WSP_FRAME_FLAGS_STOPPED, !=, 0);
  g_assert_cmpuint (records[2].flags, ==,
                    WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_NOT_INFLATED);
}

/* The beginning of a payload above 16 MiB is kept, although its push may inflate to more. */
static void
test_large_inflated (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_SERVER, "permessage-deflate");
  g_autoptr (GByteArray) bomb = make_bomb (16 * MIB + 1000);
  g_autoptr (GBytes) bytes = g_bytes_new (bomb->data, bomb->len);
  const WspFrameRecord *records;
  guint n;

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (records[0].inflated_length, ==, 16 * MIB + 1000);
  g_assert_cmpuint (records[0].flags, ==, WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_TRUNCATED);
}

/* The next push begins anew. */
static void
test_after_bombs (void)
{
  g_autoptr (WspDissector) dissector =
    wsp_dissector_new (WSP_ROLE_SERVER, "permessage-deflate; client_no_context_takeover");
  g_autoptr (GByteArray) bomb = make_bomb (16 * MIB);
  g_autoptr (GBytes) bytes = repeat (bomb->data, bomb->len, 20);
  g_autoptr (GString) seen = g_string_new (NULL);

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
  take_left (dissector);
  push (dissector, WSP_DIRECTION_RECEIVED, "\xc1\x87" MASK HELLO_DEFLATED, 13, 13, seen);
  g_assert_cmpstr (seen->str, ==, "1 Hello");
}

#define MAX_RECORDS (1024 * 1024)

/* As many frames as fit into a push, none of which is taken. */
static void
test_many_frames (void)
{
  g_autoptr (WspDissector) dissector = new_after_handshake (WSP_ROLE_CLIENT);
  g_autoptr (GBytes) bytes = repeat ((const guint8 *) "\x89", 2, 3 * MAX_RECORDS / 2);

  for (guint i = 1; i <= 2; i++)
    {
      wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
      g_assert_cmpuint (wsp_dissector_get_n_dropped (dissector), ==,
                        i == 1 ? MAX_RECORDS / 2 : 2 * MAX_RECORDS);
    }

  const WspFrameRecord *last = &take_records (dissector, MAX_RECORDS)[MAX_RECORDS - 1];

  g_assert_cmpuint (last->offset, ==, 2 * (MAX_RECORDS - 1));
}

/* A large payload fills only its own share: what follows it in the same push is kept too. */
static void
test_after_large (void)
{
  g_autoptr (WspDissector) dissector = new_after_handshake (WSP_ROLE_CLIENT);
  g_autofree guint8 *frame = g_malloc0 (10 + 16 * MIB);
  g_autoptr (GString) seen = g_string_new (NULL);

  memcpy (frame, "\x82\x7f\0\0\0\0\1", 7);
  g_autoptr (GBytes) first = g_bytes_new (frame, 10 + 16 * MIB - 1);
  g_autoptr (GBytes) second = g_bytes_new ("\0\x81\x02hi", 5);

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, first, 0);
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, second, 0);

  Left left = take_left (dissector);

  g_assert_cmpuint (left.n_records, ==, 2);
  g_assert_cmpuint (left.n_kept, ==, 16 * MIB + 2);
  g_assert_cmpuint (wsp_dissector_get_n_dropped (dissector), ==, 0);
}

#define SMALL_ENOUGH 2048       /* bytes; more there is not */

/* Without memory frames are counted, and it goes on once there is some. */
static void
test_no_memory (void)
{
  g_autoptr (WspDissector) dissector = new_after_handshake (WSP_ROLE_CLIENT);
  g_autofree guint8 *frame = g_malloc0 (4 + 65535);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GBytes) many = repeat ((const guint8 *) "\x89", 2, 1000);

  memcpy (frame, "\x82\x7e\xff\xff", 4);
  g_autoptr (GBytes) large = g_bytes_new (frame, 4 + 65535);

  allocations_refuse_above (SMALL_ENOUGH);
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, large, 0);
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, many, 0);
  allocations_refuse_above (SIZE_MAX);

#if ALLOCATIONS_ARE_COUNTED
  guint64 n_dropped = wsp_dissector_get_n_dropped (dissector);
  Left left = take_left (dissector);

  g_assert_cmpuint (n_dropped, >, 900);
  g_assert_cmpuint (left.n_records, >, 10);
  g_assert_cmpuint (left.n_records + n_dropped, ==, 1001);
  g_assert_cmpuint (left.n_truncated, ==, 0);   /* the bytes of one push need no memory */
#endif

  take_left (dissector);
  push (dissector, WSP_DIRECTION_RECEIVED, "\x81\x02hi", 4, 4, seen);
  g_assert_cmpstr (seen->str, ==, "1 hi");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observe/dissector/push/%s", streams[i].name);
      g_autofree char *fault = g_strdup_printf ("/observe/frame-record/describe-fault/%s",
                                                streams[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_stream);
      g_test_add_data_func (fault, GUINT_TO_POINTER (i), test_fault_text);
    }
  ADD_ROWS ("/observe/dissector/deflated", deflated, test_deflated);
  ADD_ROWS ("/observe/dissector/compression-not-agreed", trials, test_trial);
  g_test_add_func ("/observe/dissector/deflated/agreement-is-found", test_deflate_is_found);
  ADD_ROWS ("/observe/dissector/bounded", bombs, test_bombs);
  g_test_add_func ("/observe/dissector/bounded/a-bomb-breaks-no-rule", test_one_bomb);
  g_test_add_func ("/observe/dissector/bounded/a-large-inflated-payload-is-cut",
                   test_large_inflated);
  g_test_add_func ("/observe/dissector/bounded/the-next-push-is-read-again", test_after_bombs);
  g_test_add_func ("/observe/dissector/bounded/records-that-nobody-takes", test_many_frames);
  g_test_add_func ("/observe/dissector/bounded/a-frame-after-a-large-one-is-kept",
                   test_after_large);
  g_test_add_func ("/observe/dissector/bounded/short-memory-is-counted", test_no_memory);
  g_test_add_func ("/observe/dissector/deflated/an-answer-before-the-request-agrees-on-nothing",
                   test_early_answer);
  g_test_add_func ("/observe/dissector/deflated/both-lengths-are-reported", test_inflated_length);
  g_test_add_func ("/observe/dissector/push/fields-of-a-record", test_record_fields);
  g_test_add_func ("/observe/dissector/push/handshake-is-found", test_handshake);
  g_test_add_func ("/observe/dissector/push/no-frames-without-a-101", test_no_handshake);
  g_test_add_func ("/observe/dissector/push/SEC-50-announced-is-not-taken", test_announced);

  return g_test_run ();
}
