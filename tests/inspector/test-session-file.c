/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session that is written and read is the same: rows, heads, and the bytes of both directions. */

#include "inspect/export/wsi-export.h"
#include "inspect/files/wsi-json-lines.h"
#include "inspect/files/wsi-session-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define REQUEST "GET /chat?token=Secret12345 HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Cookie: id=Secret12345\r\nSec-WebSocket-Protocol: bearer.Secret12345\r\n" \
  "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define INTERIM "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" \
  "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
#define DEFLATED_HELLO "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"
#define N_RANDOM 300
#define FIRST_LINE "{\"type\":\"wsinspect-session\",\"version\":1," \
  "\"wall_us\":0,\"monotonic_us\":0}\n"
#define OPEN "{\"type\":\"open\",\"conn\":1," \
  "\"t\":1,\"role\":\"client\",\"handshake\":\"missing\"}\n"

typedef struct
{
  WsiStore        *store;
  WsiRecorder     *recorder;
  WsiConversation *conversation;
  gint64           now;
} Scene;

static void
scene_init (Scene *scene)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  *scene = (Scene) { .store = wsi_store_new_with_limits (&limits), .now = 1000 };
  scene->recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->recorder);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
open_scene (Scene *scene)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .source = "test", .client = "127.0.0.1:1", .server = "127.0.0.1:2",
    .uri = "ws://me:Secret12345@h/chat",
  };

  scene->conversation = wsi_recorder_open (scene->recorder, &opening, scene->now);
}

static void
push (Scene       *scene,
      WspDirection direction,
      const void  *at,
      gsize        length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (at, length);

  wsi_recorder_push (scene->recorder, scene->conversation, direction, bytes, scene->now++);
}

#define PUSH(scene, direction, text) push (scene, direction, text, strlen (text))

static void
shake_hands (Scene *scene)
{
  open_scene (scene);
  PUSH (scene, WSP_DIRECTION_SENT, REQUEST);
  PUSH (scene, WSP_DIRECTION_RECEIVED, INTERIM RESPONSE);
}

static GBytes *
save (Scene       *scene,
      WsiRedaction level)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (level);
  g_autoptr (WsiWriter) writer =
    wsi_format_open (WSI_FORMAT_SESSION, scene->store, redactor, stream);
  g_autoptr (GError) error = NULL;

  for (guint64 i = wsi_store_get_first (scene->store); i < wsi_store_get_end (scene->store); i++)
    {
      wsi_writer_add (writer, i, &error);
      g_assert_no_error (error);
    }

  wsi_writer_end (writer, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

/* Returns the bytes of a torn line. */
static guint64
load (Scene   *scene,
      GBytes  *bytes,
      GError **error)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (WsiSessionFile) file =
    wsi_session_file_new (stream, scene->recorder, scene->store, NULL, error);

  if (file == NULL)
    return 0;

  wsi_session_file_run (file, error);
  return wsi_session_file_get_n_torn (file);
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
  g_autoptr (GBytes) saved = save (scene, WSI_REDACTION_NONE);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&other);
  g_assert_cmpuint (load (&other, saved, &error), ==, 0);
  g_assert_no_error (error);
  assert_equal_rows (scene, &other);
  assert_equal_facts (scene, &other);
  again = save (&other, WSI_REDACTION_NONE);
  g_assert_true (g_bytes_equal (saved, again));
}

static void
play_conversation (Scene *scene)
{
  shake_hands (scene);
  push (scene, WSP_DIRECTION_RECEIVED, DEFLATED_HELLO DEFLATED_HELLO, 18);
  PUSH (scene, WSP_DIRECTION_SENT, "\x01\x83\x37\xfa\x21\x3d\x7f\x9f\x4d");
  PUSH (scene, WSP_DIRECTION_SENT, "\x89\x81\x01\x02\x03\x04\x71");
  PUSH (scene, WSP_DIRECTION_SENT, "\x80\x82\x01\x02\x03\x04\x6d\x6d");
  wsi_store_set_comment (scene->store, 6, "a \"comment\"");
  wsi_recorder_event (scene->recorder, scene->conversation, WSI_EVENT_NOTE, "a note", scene->now++);
  PUSH (scene, WSP_DIRECTION_RECEIVED, "\x82\x04\xff\xfe\x01\x02");
  push (scene, WSP_DIRECTION_RECEIVED, "\x88\x02\x03\xe8" "loose", 9);
  wsi_recorder_close (scene->recorder, scene->conversation, WSI_ENDING_CLEAN, "It \\ended",
                      scene->now);
}

static void
test_conversation (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  play_conversation (&scene);
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
  play_conversation (&scene);
  saved = save (&scene, WSI_REDACTION_NONE);
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
  play_conversation (&scene);
  saved = save (&scene, WSI_REDACTION_NONE);
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
  open_scene (&scene);
  wsi_recorder_message (scene.recorder, scene.conversation, WSP_DIRECTION_SENT, 1, payload, 5);
  assert_comes_back (&scene);
}

static void
test_cut_head (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  open_scene (&scene);
  PUSH (&scene, WSP_DIRECTION_SENT, "GET / HT");
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL, "cut", scene.now);
  assert_comes_back (&scene);
}

static void
test_refusal (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  open_scene (&scene);
  PUSH (&scene, WSP_DIRECTION_SENT, REQUEST);
  PUSH (&scene, WSP_DIRECTION_RECEIVED, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nNo");
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL, "no", scene.now);
  assert_comes_back (&scene);
}

static void
append_random_frame (GRand      *random,
                     GByteArray *bytes)
{
  static const guint8 firsts[] = {
    0x81, 0x82, 0x01, 0x80, 0x00, 0x89, 0x8a, 0xf1, 0x93, 0x8f, 0xc1,
  };
  guint kind = g_rand_int_range (random, 0, 10);
  guint length = g_rand_int_range (random, 0, kind == 0 ? 3000 : 200);
  guint n_more = length > G_MAXUINT16 ? 8 : length > 125 || kind == 1 ? 2 : kind == 2 ? 8 : 0;
  gboolean is_masked = g_rand_boolean (random);
  guint8 first = firsts[g_rand_int_range (random, 0, G_N_ELEMENTS (firsts))];
  guint8 second = (is_masked ? 0x80 : 0) | (n_more == 0 ? length : n_more == 2 ? 126 : 127);

  g_byte_array_append (bytes, &first, 1);
  g_byte_array_append (bytes, &second, 1);
  for (guint i = 0; i < n_more; i++)
    g_byte_array_append (bytes, &(guint8) { (guint64) length >> 8 * (n_more - 1 - i) }, 1);
  for (guint i = 0; i < length + (is_masked ? 4 : 0); i++)
    g_byte_array_append (bytes, &(guint8) { g_rand_int_range (random, 'a', 'z') }, 1);
}

/* In pieces, of which some are missing. */
static void
push_random (Scene       *scene,
             GRand       *random,
             GByteArray  *bytes,
             WspDirection direction,
             guint        one_missing_in)
{
  for (gsize at = 0, n; at < bytes->len; at += n)
    {
      n = g_rand_int_range (random, 1, 500);
      n = MIN (n, bytes->len - at);
      if (one_missing_in > 0 && g_rand_int_range (random, 0, one_missing_in) == 0)
        wsi_recorder_skip (scene->recorder, scene->conversation, direction, n, scene->now++);
      else
        push (scene, direction, bytes->data + at, n);
    }
}

/* One piece in so many is missing; 0 = none is. */
static void
play_random (Scene *scene,
             guint  seed,
             guint  one_missing_in)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  scene_init (scene);
  shake_hands (scene);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      for (guint j = 0; j < 3; j++)
        append_random_frame (random, bytes);
      if (g_rand_boolean (random))
        g_byte_array_append (bytes, (const guint8 *) DEFLATED_HELLO, 9);
      push_random (scene, random, bytes, i % 2, one_missing_in);
    }
}

/* The bytes of all rows of a direction, each whole frame with its header.  Loose bytes may be cut
 * into other rows. */
static char *
hash_direction (Scene       *scene,
                WspDirection direction)
{
  g_autoptr (GChecksum) hash = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint64 i = 0; i < wsi_store_get_end (scene->store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (scene->store, i);
      g_autoptr (GBytes) wire = wsi_store_dup_payload (scene->store, i, WSI_VIEW_WIRE, G_MAXSIZE);
      const guint8 header[] = { record->byte0, record->byte1, record->header_length };

      if (record->kind == WSI_RECORD_KIND_EVENT || record->direction != direction)
        continue;

      if (wsi_record_is_frame (record) && (record->flags & WSI_RECORD_CUT) == 0)
        g_checksum_update (hash, header, sizeof header);
      if (wire != NULL)
        g_checksum_update (hash, g_bytes_get_data (wire, NULL), g_bytes_get_size (wire));
    }

  return g_strdup (g_checksum_get_string (hash));
}

static void
assert_equal_streams (Scene *first,
                      Scene *second)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *one = hash_direction (first, i);
      g_autofree char *two = hash_direction (second, i);

      g_assert_cmpstr (one, ==, two);
    }
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

      play_random (&scene, seed, one_missing_in);
      wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN, "end", scene.now);
      saved = save (&scene, WSI_REDACTION_NONE);
      scene_init (&other);
      load (&other, saved, &error);
      g_assert_no_error (error);
      assert_equal_streams (&scene, &other);
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
      shake_hands (&scene);
      push (&scene, WSP_DIRECTION_SENT, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", n);
      wsi_recorder_end_direction (scene.recorder, scene.conversation, WSP_DIRECTION_SENT,
                                  scene.now++);
      PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02Hi");
      assert_comes_back (&scene);
    }
}

static void
test_gap (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  shake_hands (&scene);
  PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x09" "abc");
  wsi_recorder_skip (scene.recorder, scene.conversation, WSP_DIRECTION_RECEIVED, 4, scene.now++);
  PUSH (&scene, WSP_DIRECTION_RECEIVED, "hi\x81\x02Hi");
  assert_comes_back (&scene);
}

static gboolean
has_secret (GBytes *bytes)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "Secret12345", 11)
         != NULL;
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
  shake_hands (&scene);
  everything = save (&scene, WSI_REDACTION_NONE);
  redacted = save (&scene, WSI_REDACTION_DEFAULT);
  PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x0bSecret12345");
  push (&scene, WSP_DIRECTION_RECEIVED, DEFLATED_HELLO, 9);
  strict = save (&scene, WSI_REDACTION_STRICT);

  g_assert_true (has_secret (everything));
  g_assert_false (has_secret (redacted));
  g_assert_false (has_secret (strict));
  g_assert_null (strstr (g_bytes_get_data (strict, NULL), "Hello"));
  load (&other, strict, &error);
  g_assert_no_error (error);
}

static const struct
{
  const char *name, *text;
  const char *problem;          /* NULL = it is read */
  guint64     n_torn, n_rows;
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
  { "negative-gap", FIRST_LINE OPEN "{\"type\":\"gap\",\"conn\":1,\"dir\":\"sent\",\"length\":-1}\n", "a length of 0 or more", 0, 1 },
  { "comment-in-json-is-refused", FIRST_LINE "/*\"*/{}\n", "or has a comment", 0, 0 },
};

static void
test_file (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (files[i].text, strlen (files[i].text));
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  g_assert_cmpuint (load (&scene, bytes, &error), ==, files[i].n_torn);
  g_assert_cmpint (error != NULL, ==, files[i].problem != NULL);
  if (error != NULL && strstr (error->message, files[i].problem) == NULL)
    g_error ("\"%s\" is not in \"%s\"", files[i].problem, error->message);
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, files[i].n_rows);
}

/* Brackets in a string do not count; 128 are allowed. */
static void
test_depth (void)
{
  g_autofree char *most = g_strnfill (WSI_JSON_MAX_DEPTH, '[');
  g_autofree char *more = g_strnfill (WSI_JSON_MAX_DEPTH + 1, '{');
  g_autofree char *text = g_strconcat ("\"\\\"", more, "\"", NULL);
  g_autofree char *escaped = g_strconcat ("\"\\\\\"", more, NULL);

  g_assert_true (wsi_json_is_small (most, strlen (most)));
  g_assert_false (wsi_json_is_small (more, strlen (more)));
  g_assert_true (wsi_json_is_small (text, strlen (text)));
  g_assert_false (wsi_json_is_small (escaped, strlen (escaped)));
}

/* In memory, each would take many times its two bytes. */
static void
test_values (void)
{
  g_autofree char *most = g_strnfill (WSI_JSON_MAX_VALUES, ',');
  g_autofree char *more = g_strnfill (WSI_JSON_MAX_VALUES + 1, ',');
  g_autofree char *text = g_strconcat ("\"", more, "\"", NULL);

  g_assert_true (wsi_json_is_small (most, strlen (most)));
  g_assert_false (wsi_json_is_small (more, strlen (more)));
  g_assert_true (wsi_json_is_small (text, strlen (text)));
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

/* Writes rows as they are announced. */
static void
write_rows (WsiStore  *store,
            guint64    first,
            guint64    n,
            WsiWriter *writer)
{
  for (guint64 i = first; i < first + n; i++)
    g_assert_true (wsi_writer_add (writer, i, NULL));
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

static void
test_live (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (WsiWriter) writer = NULL;

  scene_init (&scene);
  writer = wsi_format_open (WSI_FORMAT_SESSION, scene.store, redactor, stream);
  g_signal_connect (scene.store, "appended", G_CALLBACK (write_rows), writer);
  play_conversation (&scene);
  g_assert_true (wsi_writer_end (writer, NULL));
  assert_is_written (stream, "\"ending\":\"clean\"");
}

/* One that ends its file when the conversation ends has all of it. */
static void
end_file (WsiConversation *conversation G_GNUC_UNUSED,
          WsiWriter                    *writer)
{
  g_assert_true (wsi_writer_end (writer, NULL));
}

static void
test_live_end (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (WsiWriter) writer = NULL;

  scene_init (&scene);
  writer = wsi_format_open (WSI_FORMAT_SESSION, scene.store, redactor, stream);
  g_signal_connect (scene.store, "appended", G_CALLBACK (write_rows), writer);
  shake_hands (&scene);
  g_signal_connect (scene.conversation, "ended", G_CALLBACK (end_file), writer);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN, "end", scene.now);
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
  g_autoptr (WsiWriter) writer = NULL;

  g_assert_no_error (error);
  scene_init (&scene);
  shake_hands (&scene);
  writer = wsi_format_open (WSI_FORMAT_SESSION, scene.store, redactor, stream);
  wsi_writer_add (writer, 0, NULL);
  g_assert_false (wsi_writer_end (writer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/session-file/read/", files[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_file);
    }
  g_test_add_func ("/inspector/session-file/back/conversation", test_conversation);
  g_test_add_func ("/inspector/session-file/back/all-bytes", test_all_bytes);
  g_test_add_func ("/inspector/session-file/back/comment", test_comment);
  g_test_add_func ("/inspector/session-file/back/messages-without-frames", test_messages);
  g_test_add_func ("/inspector/session-file/back/head-that-is-cut", test_cut_head);
  g_test_add_func ("/inspector/session-file/back/refusal-with-a-body", test_refusal);
  g_test_add_func ("/inspector/session-file/back/frame-that-is-cut", test_cut_frame);
  g_test_add_func ("/inspector/session-file/back/gap-in-a-payload", test_gap);
  g_test_add_func ("/inspector/session-file/back/random-traffic", test_random);
  g_test_add_func ("/inspector/session-file/back/random-gaps", test_random_gaps);
  g_test_add_func ("/inspector/session-file/SEC-41-a-secret-is-in-no-redacted-file", test_secrets);
  g_test_add_func ("/inspector/session-file/brackets-are-counted-before-parsing", test_depth);
  g_test_add_func ("/inspector/session-file/values-are-counted-before-parsing", test_values);
  g_test_add_func ("/inspector/session-file/only-the-owner-reads-and-nothing-is-replaced",
                   test_created_file);
  g_test_add_func ("/inspector/session-file/row-of-the-end-comes-when-the-ending-is-known",
                   test_live);
  g_test_add_func ("/inspector/session-file/end-comes-after-its-row", test_live_end);
  g_test_add_func ("/inspector/session-file/full-disk-is-an-error", test_full_disk);

  return g_test_run ();
}
