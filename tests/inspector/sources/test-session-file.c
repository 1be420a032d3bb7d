/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session that is written and read is the same: rows, heads, and the bytes of both directions. */

#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/save/formats/wsi-export.h"
#include "inspect/sources/files/wsi-session-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "inspector/listing.h"
#include "inspector/scene.h"
#include "lib/rows.h"

#define N_RANDOM 300
#define LINE(type, more) "{\"type\":\"" type "\",\"conn\":1,\"dir\":\"recv\"," more "}\n"
#define FRAME(more) LINE ("frame", "\"rsv\":0,\"opcode\":2," more)
#define FIRST_LINE "{\"type\":\"wsinspect-session\",\"version\":1," \
  "\"wall_us\":0,\"monotonic_us\":0}\n"
#define OPEN "{\"type\":\"open\",\"conn\":1," \
  "\"t\":1,\"role\":\"client\",\"handshake\":\"missing\"}\n"

/* Returns the bytes of a torn line. */
static guint64
load (Scene   *scene,
      GBytes  *bytes,
      GError **error)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (WsiSessionFile) file =
    wsi_session_file_new (stream, scene->recorder, NULL, error);

  if (file == NULL)
    return 0;

  wsi_session_file_step (file, G_MAXUINT, error);
  return wsi_session_file_get_n_cut (file);
}

static void
assert_equal_payloads (Scene  *first,
                       Scene  *second,
                       guint64 number,
                       WsiView view)
{
  g_autoptr (GBytes) one = wsi_store_dup_payload (first->store, number, view, G_MAXSIZE);
  g_autoptr (GBytes) two = wsi_store_dup_payload (second->store, number, view, G_MAXSIZE);

  g_assert_cmpint (one != NULL, ==, two != NULL);
  g_assert_true (one == NULL || g_bytes_equal (one, two));
}

static void
assert_equal_rows (Scene *first,
                   Scene *second)
{
  guint64 end = wsi_store_get_end (first->store);

  g_assert_cmpuint (wsi_store_get_end (second->store), ==, end);
  for (guint64 i = 0; i < end; i++)
    {
      WsiRecord one = *wsi_store_get_record (first->store, i);
      WsiRecord two = *wsi_store_get_record (second->store, i);

      one.payload = two.payload = 0;
      g_assert_cmpmem (&one, sizeof one, &two, sizeof two);
      assert_equal_payloads (first, second, i, WSI_VIEW_WIRE);
      assert_equal_payloads (first, second, i, WSI_VIEW_INFLATED);
    }
}

static void
assert_equal_heads (GBytes *one,
                    GBytes *two)
{
  g_assert_cmpint (one != NULL, ==, two != NULL);
  g_assert_true (one == NULL || g_bytes_equal (one, two));
}

/* Every byte of a direction is in a head, in a row, or counted as missing: equal rows at equal
 * offsets, with equal bytes, are equal streams. */
static void
assert_equal_facts (Scene *first,
                    Scene *second)
{
  g_autoptr (WsiConversation) one = wsi_store_dup_conversation (first->store, 1);
  g_autoptr (WsiConversation) two = wsi_store_dup_conversation (second->store, 1);
  g_autoptr (GBytes) request = wsi_conversation_dup_request (one);
  g_autoptr (GBytes) response = wsi_conversation_dup_response (one);
  g_autoptr (GBytes) other_request = wsi_conversation_dup_request (two);
  g_autoptr (GBytes) other_response = wsi_conversation_dup_response (two);

  assert_equal_heads (request, other_request);
  assert_equal_heads (response, other_response);
  g_assert_cmpstr (wsi_conversation_get_uri (one), ==, wsi_conversation_get_uri (two));
  g_assert_cmpstr (wsi_conversation_get_client (one), ==, wsi_conversation_get_client (two));
  g_assert_cmpint (wsi_conversation_get_ending (one), ==, wsi_conversation_get_ending (two));
  g_assert_cmpint (wsi_conversation_get_close_code (one), ==,
                   wsi_conversation_get_close_code (two));
}

static guint64
get_n_wire_bytes (Scene       *scene,
                  WspDirection direction)
{
  g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (scene->store, 1);
  WsiCounters counters;

  wsi_conversation_get_counters (conversation, direction, &counters);
  return counters.n_wire_bytes;
}

/* Saved, read, and saved again. */
static void
assert_comes_back (Scene *scene)
{
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) saved = scene_save (scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&other);
  g_assert_cmpuint (load (&other, saved, &error), ==, 0);
  g_assert_no_error (error);
  assert_equal_rows (scene, &other);
  assert_equal_facts (scene, &other);
  again = scene_save (&other, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  g_assert_true (g_bytes_equal (saved, again));
}

static void
test_conversation (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene_play (&scene);
  assert_comes_back (&scene);
}

static void
test_all_bytes (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) saved = NULL;

  scene_init (&scene);
  scene_init (&other);
  scene_play (&scene);
  saved = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  load (&other, saved, NULL);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (get_n_wire_bytes (&other, i), ==, get_n_wire_bytes (&scene, i));
}

static void
test_comment (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) saved = NULL;
  g_autofree char *comment = NULL;

  scene_init (&scene);
  scene_init (&other);
  scene_play (&scene);
  saved = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  load (&other, saved, NULL);
  comment = wsi_store_dup_comment (other.store, 6);
  g_assert_cmpstr (comment, ==, "a \"comment\"");
}

static void
test_messages (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hi", 2);

  scene_init (&scene);
  scene_open (&scene);
  wsi_recorder_message (scene.recorder, scene.conversation, WSP_DIRECTION_SENT, 1, payload, 5);
  assert_comes_back (&scene);
}

static void
test_cut_head (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene_open (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "GET / HT");
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "cut"), scene.now);
  assert_comes_back (&scene);
}

static void
assert_is_written (GOutputStream *stream,
                   const char    *text)
{
  g_autoptr (GBytes) bytes =
    g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));

  g_assert_nonnull (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text,
                            strlen (text)));
}

/* Bytes that are missing within a head come after those that are there. */
static void
test_gap_in_head (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene_open (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "GET / HT");
  wsi_recorder_skip (scene.recorder, scene.conversation, WSP_DIRECTION_SENT, 4, scene.now++);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "Host: h\r\n\r\n");
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "cut"), scene.now);
  assert_comes_back (&scene);
}

/* Also while it is recorded, when the head is written before its connection has ended. */
static void
test_gap_in_live_head (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (WsiExporter) exporter = NULL;

  scene_init (&scene);
  exporter = wsi_format_open (WSI_FORMAT_SESSION, scene.store, redactor, stream);
  scene_write_live (&scene, exporter);
  scene_open (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "GET / HT");
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "TP");
  wsi_recorder_skip (scene.recorder, scene.conversation, WSP_DIRECTION_SENT, 4, scene.now++);
  g_assert_true (wsi_exporter_end (exporter, NULL));
  assert_is_written (stream, "\"GET / HTTP\"");
}

/* A row of no connection, before one begins and while it goes on. */
static void
test_note_of_all (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  wsi_recorder_event (scene.recorder, NULL, WSI_EVENT_NOTE, WSI_SENTENCE (TEXT, "before"),
                      scene.now++);
  scene_shake_hands (&scene);
  wsi_recorder_event (scene.recorder, NULL, WSI_EVENT_NOTE, WSI_SENTENCE (TEXT, "later"),
                      scene.now++);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "end"), scene.now);
  assert_comes_back (&scene);
}

static void
test_refusal (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene_open (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, REQUEST);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED,
              "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nNo");
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "no"), scene.now);
  assert_comes_back (&scene);
}

/* Written and read back.  Where bytes are missing, facts may differ. */
static void
compare_random (guint one_missing_in)
{
  for (guint seed = 0; seed < N_RANDOM; seed++)
    {
      g_auto (Scene) scene = { 0 };
      g_auto (Scene) other = { 0 };
      g_autoptr (GBytes) saved = NULL;
      g_autoptr (GError) error = NULL;

      scene_play_random (&scene, seed, one_missing_in);
      wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN,
                          WSI_SENTENCE (TEXT, "end"), scene.now);
      saved = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
      scene_init (&other);
      load (&other, saved, &error);
      g_assert_no_error (error);
      scene_assert_equal_streams (&scene, &other);
      if (one_missing_in == 0)
        assert_equal_facts (&scene, &other);
    }
}

static void
test_random (void)
{
  compare_random (0);
}

static void
test_random_gaps (void)
{
  compare_random (6);
}

/* The header says how long the payload was. */
static void
test_cut_frame (void)
{
  for (gsize n = 6; n < 11; n++)
    {
      g_auto (Scene) scene = { 0 };

      scene_init (&scene);
      scene_shake_hands (&scene);
      scene_push (&scene, WSP_DIRECTION_SENT, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", n);
      wsi_recorder_end_direction (scene.recorder, scene.conversation, WSP_DIRECTION_SENT,
                                  scene.now++);
      SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02Hi");
      assert_comes_back (&scene);
    }
}

static void
test_gap (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene_shake_hands (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x09" "abc");
  wsi_recorder_skip (scene.recorder, scene.conversation, WSP_DIRECTION_RECEIVED, 4, scene.now++);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "hi\x81\x02Hi");
  assert_comes_back (&scene);
}

static gboolean
has_secret (GBytes *bytes)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "Secret12345", 11)
         != NULL;
}

/* From the first compressed payload on, its direction has none but the codes of Close frames. */
static void
assert_strict_payloads (GBytes *strict)
{
  static const char *const in_order[] = {
    "xxxxxxxxxxx", "\"withheld\":true", "\"withheld\":true", "A+h4eHg=", "\"text\":\"xxx\"",
  };
  g_autofree char *text = g_strndup (g_bytes_get_data (strict, NULL), g_bytes_get_size (strict));
  const char *at = text;

  for (guint i = 0; i < G_N_ELEMENTS (in_order); i++)
    {
      at = strstr (at, in_order[i]);
      g_assert_nonnull (at);
      at += strlen (in_order[i]);
    }
}

static void
test_secrets (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) everything = NULL;
  g_autoptr (GBytes) redacted = NULL;
  g_autoptr (GBytes) strict = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  scene_init (&other);
  scene_shake_hands (&scene);
  everything = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  redacted = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_DEFAULT);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x0bSecret12345");
  scene_push (&scene, WSP_DIRECTION_RECEIVED, DEFLATED_HELLO, 9);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02" "ab\x88\x05\x03\xe8" "bye");
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "\x81\x83\x37\xfa\x21\x3d\x7f\x9f\x4d");
  strict = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_STRICT);

  g_assert_true (has_secret (everything));
  g_assert_false (has_secret (redacted));
  g_assert_false (has_secret (strict));
  g_assert_null (strstr (g_bytes_get_data (strict, NULL), "Hello"));
  assert_strict_payloads (strict);
  load (&other, strict, &error);
  g_assert_no_error (error);
}

static const struct
{
  const char *name, *text;
  const char *problem;          /* problem of the file; NULL = it is read */
  guint64     n_cut, n_rows;
} files[] = {
  { "empty", "", "received the end of the file", 0, 0 },
  { "no-connections", FIRST_LINE, NULL, 0, 0 },
  { "listing-is-refused", "{\"no\":1,\"t\":1}\n", "received a listing of -T jsonl", 0, 0 },
  { "listing-of-events-is-refused", "{\"event\":\"handshake\"}\n", "received a listing of -T jsonl", 0, 0 },
  { "other-json-is-refused", "{}\n", "the first line of a session", 0, 0 },
  { "array-is-refused", "[]\n", "expected an object", 0, 0 },
  { "later-version-is-refused", "{\"type\":\"wsinspect-session\",\"version\":2}\n", "expected version 1, received 2", 0, 0 },
  { "torn-line-is-dropped", FIRST_LINE OPEN "{\"type\":\"hea", NULL, 12, 1 },
  { "last-line-without-line-feed", FIRST_LINE OPEN "{\"type\":\"event\",\"event\":\"note\",\"conn\":1}", NULL, 0, 2 },
  { "empty-lines", FIRST_LINE "\n \n" OPEN, NULL, 0, 1 },
  { "types-of-later-versions-are-left-out", FIRST_LINE OPEN "{\"type\":\"new\",\"conn\":1}\n", NULL, 0, 1 },
  { "damaged-line-names-its-place", FIRST_LINE "x\n", "Line 2, byte 70: expected an object", 0, 0 },
  { "connection-twice", FIRST_LINE OPEN OPEN, "a new number", 0, 1 },
  { "no-connection", FIRST_LINE "{\"type\":\"close\",\"conn\":1}\n", "an open connection", 0, 0 },
  { "number-as-text", FIRST_LINE OPEN "{\"type\":\"close\",\"conn\":\"1\"}\n", "an open connection", 0, 1 },
  { "frame-without-direction", FIRST_LINE OPEN "{\"type\":\"frame\",\"conn\":1}\n", "a direction", 0, 1 },
  { "frame-without-header", FIRST_LINE OPEN "{\"type\":\"frame\",\"conn\":1,\"dir\":\"sent\"}\n", "the fields of a frame header", 0, 1 },
  { "payload-longer-than-the-frame", FIRST_LINE OPEN "{\"type\":\"frame\",\"conn\":1,\"dir\":\"recv\",\"rsv\":0,\"opcode\":1,"
    "\"header\":2,\"length\":1,\"text\":\"ab\"}\n", "a payload of the length", 0, 1 },
  { "key-is-not-hex", FIRST_LINE OPEN "{\"type\":\"frame\",\"conn\":1,\"dir\":\"recv\",\"rsv\":0,\"opcode\":1,"
    "\"header\":6,\"key\":\"-1234567\",\"length\":1,\"text\":\"a\"}\n", "the fields of a frame header", 0, 1 },
  { "key-is-too-short", FIRST_LINE OPEN FRAME ("\"header\":6,\"key\":\"123456\",\"length\":0"), "the fields of a frame header", 0, 1 },
  { "length-is-no-number", FIRST_LINE OPEN FRAME ("\"header\":10,\"length\":true"), "the fields of a frame header", 0, 1 },
  { "length-is-no-number-in-a-text", FIRST_LINE OPEN FRAME ("\"header\":10,\"length\":\"0x\""), "the fields of a frame header", 0, 1 },
  { "rsv-is-missing", FIRST_LINE OPEN LINE ("frame", "\"opcode\":2,\"header\":2,\"length\":0"), "the fields of a frame header", 0, 1 },
  { "rsv-of-more-than-three-bits", FIRST_LINE OPEN LINE ("frame", "\"rsv\":8,\"opcode\":2,\"header\":2,\"length\":0"),
    "the fields of a frame header", 0, 1 },
  { "opcode-is-missing", FIRST_LINE OPEN LINE ("frame", "\"rsv\":0,\"header\":2,\"length\":0"), "the fields of a frame header", 0, 1 },
  { "opcode-of-more-than-four-bits", FIRST_LINE OPEN LINE ("frame", "\"rsv\":0,\"opcode\":16,\"header\":2,\"length\":0"),
    "the fields of a frame header", 0, 1 },
  { "extended-length-of-another-size", FIRST_LINE OPEN FRAME ("\"header\":5,\"length\":0"), "the fields of a frame header", 0, 1 },
  { "more-missing-than-the-frame-has", FIRST_LINE OPEN FRAME ("\"header\":2,\"length\":1,\"missing\":2"), "a payload of the length", 0, 1 },
  { "part-of-a-header-that-is-not-cut", FIRST_LINE OPEN FRAME ("\"header\":1"), "the fields of a frame header", 0, 1 },
  { "cut-header-of-no-bytes", FIRST_LINE OPEN FRAME ("\"header\":0,\"cut\":true"), "the fields of a frame header", 0, 1 },
  { "cut-header-that-is-whole", FIRST_LINE OPEN FRAME ("\"header\":14,\"cut\":true"), "the fields of a frame header", 0, 1 },
  { "fewer-bytes-than-there-are", FIRST_LINE OPEN LINE ("bytes", "\"length\":1,\"text\":\"ab\""), "the number of the bytes", 0, 1 },
  { "fewer-bytes-missing-than-none", FIRST_LINE OPEN LINE ("bytes", "\"length\":2,\"missing\":-1,\"text\":\"a\""),
    "the number of the bytes", 0, 1 },
  { "more-bytes-missing-than-there-are", FIRST_LINE OPEN LINE ("bytes", "\"length\":2,\"missing\":2,\"text\":\"a\""),
    "the number of the bytes", 0, 1 },
  { "message-without-opcode", FIRST_LINE OPEN LINE ("message", "\"text\":\"a\""), "a message with opcode", 0, 1 },
  { "message-of-opcode-16", FIRST_LINE OPEN LINE ("message", "\"opcode\":16,\"text\":\"a\""), "a message with opcode", 0, 1 },
  { "withheld-message-without-opcode", FIRST_LINE OPEN LINE ("message", "\"withheld\":true"), "a message with opcode", 0, 1 },
  { "withheld-message-of-opcode-16", FIRST_LINE OPEN LINE ("message", "\"opcode\":16,\"withheld\":true"), "a message with opcode", 0, 1 },
  { "nothing-is-read-behind-a-mistake", FIRST_LINE OPEN LINE ("gap", "\"length\":-1") "{\"type\":\"open\",\"conn\":2}\n",
    "a length of 0 or more", 0, 1 },
  { "connection-0", FIRST_LINE "{\"type\":\"open\",\"conn\":0}\n", "a new number", 0, 0 },
  { "connection-of-more-than-32-bits", FIRST_LINE "{\"type\":\"open\",\"conn\":4294967296}\n", "a new number", 0, 0 },
  { "number-below-0-is-no-other-one", FIRST_LINE "{\"type\":\"open\",\"conn\":4294967295,\"handshake\":\"missing\"}\n"
    "{\"type\":\"close\",\"conn\":-1}\n", "an open connection", 0, 1 },
  { "number-above-32-bits-is-no-other-one", FIRST_LINE OPEN "{\"type\":\"close\",\"conn\":4294967297}\n", "an open connection", 0, 1 },
  { "event-of-no-connection-is-left-out", FIRST_LINE "{\"type\":\"event\",\"event\":\"note\",\"conn\":1}\n", NULL, 0, 0 },
  { "message-that-was-withheld-is-a-gap", FIRST_LINE OPEN "{\"type\":\"message\",\"conn\":1,\"dir\":\"sent\",\"opcode\":2,"
    "\"withheld\":true}\n", NULL, 0, 2 },
  { "message-without-payload", FIRST_LINE OPEN "{\"type\":\"message\",\"conn\":1,\"dir\":\"sent\",\"opcode\":2}\n",
    "a message with opcode and payload", 0, 1 },
  { "negative-gap", FIRST_LINE OPEN "{\"type\":\"gap\",\"conn\":1,\"dir\":\"sent\",\"length\":-1}\n", "a length of 0 or more", 0, 1 },
  { "comment-in-json-is-refused", FIRST_LINE "/*\"*/{}\n", "expected a value, received '/' at byte 0 of the line", 0, 0 },
  { "mistake-in-a-line-names-its-place", FIRST_LINE OPEN "{\"type\":\"gap\",\"conn\" 1}\n",
    "Line 3, byte 139: expected an object of JSON: expected a colon, received '1' at byte 21 of the line", 0, 1 },
  { "line-that-ends-early", FIRST_LINE OPEN "{\"type\":\"gap\"\n",
    "Line 3, byte 139: expected an object of JSON: the text ends within a value", 0, 1 },
  { "escape-that-is-none", FIRST_LINE "{\"text\":\"\\u12g4\"}\n", "expected four digits after \\u, received 'g' at byte 13", 0, 0 },
  { "half-a-surrogate-pair", FIRST_LINE OPEN "{\"type\":\"message\",\"conn\":1,\"dir\":\"sent\",\"opcode\":1,"
    "\"text\":\"\\udc00\"}\n", NULL, 0, 2 },
  { "not-utf-8", FIRST_LINE "{\"text\":\"12345678\xff\"}\n", "it is not UTF-8", 0, 0 },
  { "not-utf-8-at-the-begin", FIRST_LINE "\xc3{}\n", "it is not UTF-8", 0, 0 },
  { "two-objects-in-a-line", FIRST_LINE OPEN "{} {}\n", "expected nothing after the value, received '{'", 0, 1 },
  { "carriage-returns", "{\"type\":\"wsinspect-session\",\"version\":1}\r\n" "\r\n"
    "{\"type\":\"open\",\"conn\":1,\"handshake\":\"missing\"}\r\n", NULL, 0, 1 },
  { "torn-within-a-character", FIRST_LINE OPEN "{\"type\":\"gap\",\"text\":\"\xc3", NULL, 23, 1 },
  { "members-in-another-order", FIRST_LINE "{\"handshake\":\"missing\",\"x\":{\"conn\":5},\"conn\":1,\"type\":\"open\"}\n"
    "{\"dir\":\"sent\",\"type\":\"gap\",\"conn\":1}\n", NULL, 0, 2 },
  { "last-of-equal-members", FIRST_LINE OPEN "{\"type\":\"gap\",\"conn\":7,\"dir\":\"sent\",\"conn\":1}\n", NULL, 0, 2 },
  { "huge-number-is-none", FIRST_LINE OPEN "{\"type\":\"gap\",\"conn\":18446744073709551617,\"dir\":\"sent\"}\n",
    "an open connection", 0, 1 },
};

static void
test_file (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (files[i].text, strlen (files[i].text));
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  g_assert_cmpuint (load (&scene, bytes, &error), ==, files[i].n_cut);
  g_assert_cmpint (error != NULL, ==, files[i].problem != NULL);
  if (error != NULL && strstr (error->message, files[i].problem) == NULL)
    g_error ("\"%s\" is not in \"%s\"", files[i].problem, error->message);
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, files[i].n_rows);
}

#define CUT_FRAME FRAME ("\"header\":2,\"length\":4,\"cut\":true,\"missing\":3,\"text\":\"a\"")

/* Lines that follow a first line and the line of a connection. */
static const struct
{
  const char *name, *lines, *rows;
} rows[] = {
  { "length-of-64-bits", FRAME ("\"header\":10,\"length\":\"9223372036854775808\""), "1 opened; 1 < binary cut" },
  { "header-of-one-byte", FRAME ("\"header\":1,\"cut\":true"), "1 opened; 1 < binary cut" },
  { "empty-frame-that-is-cut", FRAME ("\"header\":2,\"length\":0,\"cut\":true"), "1 opened; 1 < binary cut; 1 gap <1" },
  { "withheld-message-with-its-text", LINE ("message", "\"opcode\":1,\"withheld\":true,\"text\":\"a\""), "1 opened; 1 < text 'a'" },
  { "gap-after-a-cut-frame", CUT_FRAME LINE ("gap", "\"length\":3"), "1 opened; 1 < binary 'a'; 1 gap <3" },
  { "gap-of-another-connection", "{\"type\":\"open\",\"conn\":2,\"handshake\":\"missing\"}\n" CUT_FRAME
    "{\"type\":\"gap\",\"conn\":2,\"dir\":\"recv\",\"length\":3}\n", "1 opened; 2 opened; 1 < binary 'a' cut; 2 gap <3" },
  { "cut-frame-before-another-line", CUT_FRAME
    "{\"type\":\"event\",\"event\":\"note\",\"conn\":1,\"text\":\"b\"}\n", "1 opened; 1 < binary 'a' cut; 1 note: b" },
};

static void
test_rows (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *text = g_strconcat (FIRST_LINE OPEN, rows[i].lines, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autofree char *listing = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  load (&scene, bytes, &error);
  g_assert_no_error (error);
  listing = listing_make (scene.store);
  g_assert_cmpstr (listing, ==, rows[i].rows);
}

typedef struct
{
  WsiStore *store;
  guint     n_signals;
  guint64   end;                /* end of the rows that were announced */
} Announced;

static void
note_rows (Announced *announced,
           guint64    first,
           guint64    n)
{
  g_assert_cmpuint (first, ==, announced->end);
  announced->end += n;
  announced->n_signals++;
}

static gboolean
are_all_announced (const Announced *announced)
{
  return announced->end == wsi_store_get_end (announced->store);
}

static GBytes *
save_frames (guint n)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene_shake_hands (&scene);
  for (guint i = 0; i < n; i++)
    SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02Hi");
  return scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
}

/* A signal for each frame costs more than to read it; what a step has read is known after it. */
static void
test_announced (void)
{
  g_autoptr (GBytes) saved = save_frames (1000);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (saved);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiSessionFile) file = NULL;
  Announced announced = { 0 };

  scene_init (&scene);
  announced.store = scene.store;
  g_signal_connect_swapped (scene.store, "appended", G_CALLBACK (note_rows), &announced);
  file = wsi_session_file_new (stream, scene.recorder, NULL, NULL);
  for (guint i = 0; i < 6; i++)
    {
      g_assert_true (wsi_session_file_step (file, 1, NULL));
      g_assert_true (i == 0 || are_all_announced (&announced));
    }
  announced.n_signals = 0;
  g_assert_false (wsi_session_file_step (file, G_MAXUINT, NULL));
  g_assert_cmpuint (announced.n_signals, <, 20);
  g_assert_cmpuint (wsi_store_get_end (scene.store), >, 1000);
  g_assert_true (are_all_announced (&announced));
}

/* Bytes that are in no frame are announced together, too. */
static void
test_announced_bytes (void)
{
  g_autoptr (GBytes) saved = save_frames (0);
  g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (saved, NULL),
                                               g_bytes_get_size (saved));
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Scene) scene = { 0 };
  Announced announced = { 0 };

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, LINE ("bytes", "\"length\":2,\"base64\":\"gQA=\""));
  bytes = g_bytes_new (text->str, text->len);
  scene_init (&scene);
  announced.store = scene.store;
  g_signal_connect_swapped (scene.store, "appended", G_CALLBACK (note_rows), &announced);
  load (&scene, bytes, NULL);
  g_assert_cmpuint (wsi_store_get_end (scene.store), >, 1000);
  g_assert_true (are_all_announced (&announced));
  g_assert_cmpuint (announced.n_signals, <, 20);
}

static void
test_created_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("session-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.wsinspect", NULL);
  g_autoptr (GOutputStream) stream = wsi_export_create (path, &error);
  g_autoptr (GOutputStream) second = NULL;
  struct stat facts;

  g_assert_no_error (error);
  g_assert_cmpint (stat (path, &facts), ==, 0);
  g_assert_cmpint (facts.st_mode & 0777, ==, 0600);
  second = wsi_export_create (path, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_null (second);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_live (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (WsiExporter) exporter = NULL;

  scene_init (&scene);
  exporter = wsi_format_open (WSI_FORMAT_SESSION, scene.store, redactor, stream);
  scene_write_live (&scene, exporter);
  scene_play (&scene);
  g_assert_true (wsi_exporter_end (exporter, NULL));
  assert_is_written (stream, "\"ending\":\"clean\"");
}

/* One that ends its file when the conversation ends has all of it. */
static void
end_file (WsiConversation *conversation G_GNUC_UNUSED,
          WsiExporter                  *exporter)
{
  g_assert_true (wsi_exporter_end (exporter, NULL));
}

static void
test_live_end (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (WsiExporter) exporter = NULL;

  scene_init (&scene);
  exporter = wsi_format_open (WSI_FORMAT_SESSION, scene.store, redactor, stream);
  scene_write_live (&scene, exporter);
  scene_shake_hands (&scene);
  g_signal_connect (scene.conversation, "ended", G_CALLBACK (end_file), exporter);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "end"), scene.now);
  assert_is_written (stream, "\"ending\":\"clean\"");
}

static void
test_full_disk (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GFile) file = g_file_new_for_path ("/dev/full");
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) stream = G_OUTPUT_STREAM (g_file_append_to (file, 0, NULL, &error));
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (WsiExporter) exporter = NULL;

  g_assert_no_error (error);
  scene_init (&scene);
  scene_shake_hands (&scene);
  exporter = wsi_format_open (WSI_FORMAT_SESSION, scene.store, redactor, stream);
  wsi_exporter_add (exporter, 0, NULL);
  g_assert_false (wsi_exporter_end (exporter, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/session-file/read", files, test_file);
  ADD_ROWS ("/inspector/session-file/rows", rows, test_rows);
  g_test_add_func ("/inspector/session-file/back/conversation", test_conversation);
  g_test_add_func ("/inspector/session-file/back/all-bytes", test_all_bytes);
  g_test_add_func ("/inspector/session-file/back/comment", test_comment);
  g_test_add_func ("/inspector/session-file/back/messages-without-frames", test_messages);
  g_test_add_func ("/inspector/session-file/back/head-that-is-cut", test_cut_head);
  g_test_add_func ("/inspector/session-file/back/gap-in-a-head", test_gap_in_head);
  g_test_add_func ("/inspector/session-file/gap-in-a-head-while-it-is-recorded",
                   test_gap_in_live_head);
  g_test_add_func ("/inspector/session-file/back/note-of-no-connection", test_note_of_all);
  g_test_add_func ("/inspector/session-file/back/refusal-with-a-body", test_refusal);
  g_test_add_func ("/inspector/session-file/back/frame-that-is-cut", test_cut_frame);
  g_test_add_func ("/inspector/session-file/back/gap-in-a-payload", test_gap);
  g_test_add_func ("/inspector/session-file/back/random-traffic", test_random);
  g_test_add_func ("/inspector/session-file/back/random-gaps", test_random_gaps);
  g_test_add_func ("/inspector/session-file/SEC-41-a-secret-is-in-no-redacted-file", test_secrets);
  g_test_add_func ("/inspector/session-file/frames-are-announced-together", test_announced);
  g_test_add_func ("/inspector/session-file/bytes-are-announced-together", test_announced_bytes);
  g_test_add_func ("/inspector/session-file/only-the-owner-reads-and-nothing-is-replaced",
                   test_created_file);
  g_test_add_func ("/inspector/session-file/row-of-the-end-comes-when-the-ending-is-known",
                   test_live);
  g_test_add_func ("/inspector/session-file/end-comes-after-its-row", test_live_end);
  g_test_add_func ("/inspector/session-file/full-disk-is-an-error", test_full_disk);

  return g_test_run ();
}
