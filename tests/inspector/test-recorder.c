/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-recorder.h"

#include <string.h>

#include "lib/allocations.h"

/* The example of RFC 6455 1.2 and 1.3. */
#define REQUEST "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Origin: http://example.com\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define ANSWER "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
#define WRONG_ANSWER "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
#define INTERIM "HTTP/1.1 100 Continue\r\n\r\n"
#define HELLO "\x81\x05Hello"
#define MASKED_HELLO "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"

typedef struct
{
  WsiStore        *store;
  WsiRecorder     *recorder;
  GObject         *source;
  WsiConversation *conversation;
  guint            n_handshakes;
} Scene;

static void
on_handshake (Scene *scene)
{
  scene->n_handshakes++;
}

static void
on_conversation (Scene           *scene,
                 WsiConversation *conversation)
{
  g_set_object (&scene->conversation, conversation);
  g_signal_connect_swapped (conversation, "handshake", G_CALLBACK (on_handshake), scene);
}

static void
scene_init (Scene  *scene,
            WspRole role)
{
  *scene = (Scene) {
    .store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD),
    .source = g_object_new (G_TYPE_OBJECT, NULL),
  };
  scene->recorder = wsi_recorder_new (scene->store, role);
  g_signal_connect_swapped (scene->recorder, "conversation", G_CALLBACK (on_conversation), scene);
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->source);
  g_clear_object (&scene->recorder);
  g_clear_object (&scene->store);
  g_clear_object (&scene->conversation);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

/* In pieces of so many bytes. */
static void
pass (Scene       *scene,
      WspDirection direction,
      const char  *text,
      gsize        length,
      gsize        piece)
{
  for (gsize at = 0; at < length; at += piece)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (text + at, MIN (piece, length - at));

      wsp_tap_bytes (WSP_TAP (scene->recorder), scene->source, direction, bytes, 1000 + at);
    }
}

static void
assert_frame (Scene       *scene,
              guint64      number,
              WspDirection direction,
              const char  *text)
{
  const WsiRecord *record = wsi_store_get_record (scene->store, number);
  g_autoptr (GBytes) payload = wsi_store_dup_payload (scene->store, number, WSI_VIEW_INFLATED,
                                                      G_MAXSIZE);

  g_assert_nonnull (record);
  g_assert_cmpint (record->direction, ==, direction);
  g_assert_cmpint (record->kind, ==, WSP_FRAME_KIND_TEXT);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), text,
                   strlen (text));
}

/* However it is cut: one handshake, and every frame once with its payload. */
static void
test_cuts (void)
{
  for (gsize piece = 1; piece < 200; piece++)
    {
      g_auto (Scene) scene = { 0 };

      scene_init (&scene, WSP_ROLE_CLIENT);
      pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), piece);
      pass (&scene, WSP_DIRECTION_RECEIVED, ANSWER HELLO HELLO, strlen (ANSWER HELLO HELLO), piece);
      pass (&scene, WSP_DIRECTION_SENT, MASKED_HELLO, strlen (MASKED_HELLO), piece);

      g_assert_cmpuint (scene.n_handshakes, ==, 1);
      g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 3);
      assert_frame (&scene, 0, WSP_DIRECTION_RECEIVED, "Hello");
      assert_frame (&scene, 2, WSP_DIRECTION_SENT, "Hello");
      g_assert_cmphex (wsi_store_get_record (scene.store, 2)->masking_key, ==, 0x37fa213d);
    }
}

static void
test_heads (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, WSP_ROLE_CLIENT);
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 7);
  pass (&scene, WSP_DIRECTION_RECEIVED, ANSWER HELLO, strlen (ANSWER HELLO), 500);
  report = wsi_conversation_make_report (scene.conversation);

  g_assert_cmpmem (g_bytes_get_data (report->request, NULL), g_bytes_get_size (report->request),
                   REQUEST, strlen (REQUEST));
  g_assert_cmpmem (g_bytes_get_data (report->response, NULL), g_bytes_get_size (report->response),
                   ANSWER, strlen (ANSWER));
  g_assert_cmpuint (report->n_failed, ==, 0);
  g_assert_cmpuint (report->n_passed + report->n_warnings + report->n_not_checked, ==,
                    report->checks->len);
}

static void
test_derivation (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, WSP_ROLE_CLIENT);
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, ANSWER, strlen (ANSWER), 500);
  report = wsi_conversation_make_report (scene.conversation);

  g_assert_cmpstr (report->key, ==, "dGhlIHNhbXBsZSBub25jZQ==");
  g_assert_cmpstr (report->expected, ==, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  g_assert_cmpstr (report->received, ==, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  g_assert_true (wsi_handshake_report_is_equal (report));
}

static void
test_wrong_accept (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, WSP_ROLE_CLIENT);
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, WRONG_ANSWER, strlen (WRONG_ANSWER), 500);
  report = wsi_conversation_make_report (scene.conversation);

  g_assert_false (wsi_handshake_report_is_equal (report));
  g_assert_cmpuint (report->n_failed, ==, 1);
}

static void
test_no_answer (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, WSP_ROLE_CLIENT);
  wsi_recorder_get_for (scene.recorder, scene.source);
  g_assert_null (wsi_conversation_make_report (scene.conversation));
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
  report = wsi_conversation_make_report (scene.conversation);

  g_assert_cmpuint (scene.n_handshakes, ==, 0);
  g_assert_false (wsi_conversation_is_answered (scene.conversation));
  g_assert_null (report->response);
  g_assert_cmpuint (report->n_failed, ==, 0);
}

static void
test_interim (void)
{
  for (gsize piece = 1; piece < 200; piece++)
    {
      g_auto (Scene) scene = { 0 };
      g_autoptr (WsiHandshakeReport) report = NULL;

      scene_init (&scene, WSP_ROLE_CLIENT);
      pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
      pass (&scene, WSP_DIRECTION_RECEIVED, INTERIM ANSWER, strlen (INTERIM ANSWER), piece);
      report = wsi_conversation_make_report (scene.conversation);

      g_assert_cmpuint (scene.n_handshakes, ==, 1);
      g_assert_true (wsi_handshake_report_is_equal (report));
      g_assert_cmpmem (g_bytes_get_data (report->response, NULL),
                       g_bytes_get_size (report->response), ANSWER, strlen (ANSWER));
    }
}

static const struct
{
  const char *name, *request, *answer;
} broken[] = {
  { "malformed-answer", REQUEST, "HTTP/1.0 200 OK\r\nX-Old: yes\r\n\r\n" },
  { "answer-to-a-malformed-request", "GET\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n" },
  { "answer-to-half-a-request", "GET / HTTP/1.1\r\nHos", "HTTP/1.1 408 Request Timeout\r\n\r\n" },
};

/* Bytes that cannot be read are shown nevertheless. */
static void
test_broken (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, WSP_ROLE_CLIENT);
  pass (&scene, WSP_DIRECTION_SENT, broken[i].request, strlen (broken[i].request), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, broken[i].answer, strlen (broken[i].answer), 500);
  report = wsi_conversation_make_report (scene.conversation);

  g_assert_cmpuint (scene.n_handshakes, ==, 1);
  g_assert_true (wsi_conversation_is_answered (scene.conversation));
  g_assert_nonnull (report->response);
  g_assert_cmpmem (g_bytes_get_data (report->response, NULL), g_bytes_get_size (report->response),
                   broken[i].answer, strlen (broken[i].answer));
}

/* Two connections of one server are not mixed up. */
static void
test_two_sources (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GObject) other = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GBytes) request = g_bytes_new_static (REQUEST, strlen (REQUEST));
  g_autoptr (GBytes) answer = g_bytes_new_static (ANSWER HELLO, strlen (ANSWER HELLO));
  GObject *sources[2];

  scene_init (&scene, WSP_ROLE_SERVER);
  sources[0] = scene.source;
  sources[1] = other;
  for (guint i = 0; i < 2; i++)
    wsp_tap_bytes (WSP_TAP (scene.recorder), sources[i], WSP_DIRECTION_RECEIVED, request, 1);
  for (guint i = 0; i < 2; i++)
    wsp_tap_bytes (WSP_TAP (scene.recorder), sources[1 - i], WSP_DIRECTION_SENT, answer, 2);

  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 2);
  g_assert_cmpuint (wsi_store_get_record (scene.store, 0)->conversation, ==, 2);
  g_assert_cmpuint (wsi_store_get_record (scene.store, 1)->conversation, ==, 1);
}

/* A connection keeps its facts for as long as a record of it is left, however many others begin. */
static void
test_many_conversations (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiConversation) first = NULL;
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, WSP_ROLE_SERVER);
  for (guint i = 0; i < 2000; i++)
    {
      g_set_object (&scene.source, NULL);
      scene.source = g_object_new (G_TYPE_OBJECT, NULL);
      pass (&scene, WSP_DIRECTION_RECEIVED, REQUEST, strlen (REQUEST), 500);
      pass (&scene, WSP_DIRECTION_SENT, ANSWER HELLO, strlen (ANSWER HELLO), 500);
      wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN, "done", 5);
    }

  first = wsi_store_dup_conversation (scene.store,
                                      wsi_store_get_record (scene.store, 0)->conversation);
  report = wsi_conversation_make_report (first);
  g_assert_true (wsi_handshake_report_is_equal (report));
  g_assert_cmpstr (wsi_conversation_get_uri (first), ==, "ws://server.example.com/chat");
  g_assert_cmpstr (wsi_conversation_get_sentence (first), ==, "done");
}

static void
test_after_the_end (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, WSP_ROLE_CLIENT);
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, ANSWER, strlen (ANSWER), 500);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL, "first", 5);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN, "second", 6);
  pass (&scene, WSP_DIRECTION_RECEIVED, HELLO, strlen (HELLO), 500);

  g_assert_cmpint (wsi_conversation_get_ending (scene.conversation), ==, WSI_ENDING_ABNORMAL);
  g_assert_cmpstr (wsi_conversation_get_sentence (scene.conversation), ==, "first");
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 0);
}

/* Nothing a peer sends instead of a head is kept for ever. */
static void
test_endless_head (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *letters = g_strnfill (1024 * 1024, 'x');
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, WSP_ROLE_SERVER);
  pass (&scene, WSP_DIRECTION_RECEIVED, letters, 1024 * 1024, 4096);
  report = wsi_conversation_make_report (scene.conversation);

  g_assert_cmpuint (g_bytes_get_size (report->request), ==, 64 * 1024);
  g_assert_null (report->key);
}

#define NO_LARGE_BLOCKS (256 * 1024)    /* bytes at once: of the store's blocks none is so small */

static void
note_dropped (guint64 *n_reported,
              guint64  n_dropped)
{
  *n_reported = n_dropped;
}

/* It goes on without what it cannot have, says how much that is, and records again. */
static void
test_no_memory (void)
{
  g_auto (Scene) scene = { 0 };
  guint64 n_reported = 0;

  scene_init (&scene, WSP_ROLE_CLIENT);
  g_signal_connect_swapped (scene.store, "dropped", G_CALLBACK (note_dropped), &n_reported);
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, ANSWER, strlen (ANSWER), 500);

  allocations_refuse_above (NO_LARGE_BLOCKS);
  pass (&scene, WSP_DIRECTION_RECEIVED, HELLO HELLO, strlen (HELLO HELLO), 500);
  allocations_refuse_above (SIZE_MAX);
#if ALLOCATIONS_ARE_COUNTED
  g_assert_cmpuint (n_reported, ==, 2);
  g_assert_cmpuint (wsi_store_get_n_dropped (scene.store), ==, 2);
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 0);
#endif

  pass (&scene, WSP_DIRECTION_RECEIVED, HELLO, strlen (HELLO), 500);
  assert_frame (&scene, wsi_store_get_end (scene.store) - 1, WSP_DIRECTION_RECEIVED, "Hello");
}

/* A row without its payload is better than none. */
static void
test_no_memory_for_payload (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, WSP_ROLE_CLIENT);
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, ANSWER "\x89", strlen (ANSWER) + 2, 500);

  allocations_refuse_above (NO_LARGE_BLOCKS);
  pass (&scene, WSP_DIRECTION_RECEIVED, HELLO, strlen (HELLO), 500);
  allocations_refuse_above (SIZE_MAX);

  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 2);
#if ALLOCATIONS_ARE_COUNTED
  g_assert_cmpuint (wsi_store_get_n_dropped (scene.store), ==, 1);
  g_assert_null (wsi_store_dup_payload (scene.store, 1, WSI_VIEW_INFLATED, G_MAXSIZE));
#endif
}

/* The beginning of a payload that is too large is shown, and the rest is counted. */
static void
test_large_payload (void)
{
  g_auto (Scene) scene = { 0 };
  const gsize length = 10 + 17 * 1024 * 1024;
  g_autofree char *frame = g_malloc0 (length);
  g_autoptr (GBytes) payload = NULL;

  memcpy (frame, "\x82\x7f\0\0\0\0\1\x10\0", 10);
  scene_init (&scene, WSP_ROLE_CLIENT);
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, ANSWER, strlen (ANSWER), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, frame, length, 65536);

  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 1);
  g_assert_cmpuint (wsi_store_get_n_dropped (scene.store), ==, 1);
  payload = wsi_store_dup_payload (scene.store, 0, WSI_VIEW_INFLATED, G_MAXSIZE);
  g_assert_cmpuint (g_bytes_get_size (payload), ==, 16 * 1024 * 1024);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/recorder/bytes/cut-anywhere-makes-the-same-records", test_cuts);
  g_test_add_func ("/inspector/recorder/bytes/two-connections-are-distinguished", test_two_sources);
  g_test_add_func ("/inspector/recorder/end/counts-once-and-for-all", test_after_the_end);
  g_test_add_func ("/inspector/recorder/conversations/the-first-of-2000-keeps-its-handshake",
                   test_many_conversations);
  g_test_add_func ("/inspector/recorder/bytes/an-endless-head-is-bounded", test_endless_head);
  g_test_add_func ("/inspector/recorder/dropped/short-memory-is-counted", test_no_memory);
  g_test_add_func ("/inspector/recorder/dropped/a-row-may-stand-without-its-payload",
                   test_no_memory_for_payload);
  g_test_add_func ("/inspector/recorder/dropped/what-is-too-large-is-counted", test_large_payload);
  g_test_add_func ("/inspector/handshake-report/heads/are-those-of-the-wire", test_heads);
  g_test_add_func ("/inspector/handshake-report/heads/an-interim-answer-is-none", test_interim);
  g_test_add_func ("/inspector/handshake-report/heads/an-answer-may-be-missing", test_no_answer);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/inspector/handshake-report/heads/shown-unchanged/%s", broken[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_broken);
    }
  g_test_add_func ("/inspector/handshake-report/derivation/is-that-of-the-rfc", test_derivation);
  g_test_add_func ("/inspector/handshake-report/derivation/a-wrong-accept-is-not-equal",
                   test_wrong_accept);

  return g_test_run ();
}
