/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-recorder.h"

#include <libwsproto/observe/wsp-fault.h>
#include <string.h>

#include "lib/allocations.h"
#include "lib/listen.h"
#include "lib/rows.h"

/* The example of RFC 6455 1.2 and 1.3. */
#define REQUEST "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Origin: http://example.com\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define ANSWER "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
#define WRONG_ANSWER "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
#define INTERIM "HTTP/1.1 100 Continue\r\n\r\n"
#define REFUSAL "HTTP/1.1 400 Bad Request\r\n\r\n"
#define REFUSAL_BY(server) "HTTP/1.1 400 Bad Request\r\nServer: " server "\r\n\r\n"
#define HELLO "\x81\x05Hello"
#define CLOSE "\x88\x02\x03\xe8"
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
on_conversation (Scene           *scene,
                 WsiConversation *conversation)
{
  g_set_object (&scene->conversation, conversation);
  g_signal_connect_swapped (conversation, "handshake", G_CALLBACK (g_atomic_int_inc),
                            &scene->n_handshakes);
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

/* As a source notifies its taps. */
static void
observe (WsiRecorder *recorder,
         GObject     *source,
         WspDirection direction,
         GBytes      *bytes,
         gint64       time_us)
{
  WspTap *tap = WSP_TAP (recorder);

  WSP_TAP_GET_IFACE (tap)->bytes_passed (tap, source, direction, bytes, time_us);
}

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

      observe (scene->recorder, scene->source, direction, bytes, 1000 + at);
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
    observe (scene.recorder, sources[i], WSP_DIRECTION_RECEIVED, request, 1);
  for (guint i = 0; i < 2; i++)
    observe (scene.recorder, sources[1 - i], WSP_DIRECTION_SENT, answer, 2);

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
      wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN,
                          WSI_SENTENCE (TEXT, "done"), 5);
    }

  first = wsi_store_dup_conversation (scene.store,
                                      wsi_store_get_record (scene.store, 0)->conversation);
  report = wsi_conversation_make_report (first);
  g_assert_true (wsi_handshake_report_is_equal (report));
  g_assert_cmpstr (wsi_conversation_get_uri (first), ==, "ws://server.example.com/chat");
  g_assert_cmpstr (wsi_conversation_get_sentence (first)->arguments[0], ==, "done");
}

static void
test_after_the_end (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, WSP_ROLE_CLIENT);
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, ANSWER, strlen (ANSWER), 500);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "first"), 5);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "second"), 6);
  pass (&scene, WSP_DIRECTION_RECEIVED, HELLO, strlen (HELLO), 500);

  g_assert_cmpint (wsi_conversation_get_ending (scene.conversation), ==, WSI_ENDING_ABNORMAL);
  g_assert_cmpstr (wsi_conversation_get_sentence (scene.conversation)->arguments[0], ==, "first");
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 0);
}

/* Nothing a peer sends instead of a head is kept for ever. */
static void
test_endless_head (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *letters = g_strnfill (2 * 1024 * 1024, 'x');
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, WSP_ROLE_SERVER);
  pass (&scene, WSP_DIRECTION_RECEIVED, letters, 2 * 1024 * 1024, 4096);
  report = wsi_conversation_make_report (scene.conversation);

  g_assert_cmpuint (g_bytes_get_size (report->request), ==, 1024 * 1024);
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
  g_assert_cmpuint (wsi_store_get_losses (scene.store).n_incomplete, ==, 2);
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
  g_assert_cmpuint (wsi_store_get_losses (scene.store).n_incomplete, ==, 1);
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
  g_assert_cmpuint (wsi_store_get_losses (scene.store).n_incomplete, ==, 1);
  payload = wsi_store_dup_payload (scene.store, 0, WSI_VIEW_INFLATED, G_MAXSIZE);
  g_assert_cmpuint (g_bytes_get_size (payload), ==, 16 * 1024 * 1024);
}

#define DEFLATE_REQUEST "GET /chat?x=1 HTTP/1.1\r\nHost: server.example.com\r\n" \
  "Upgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Protocol: chat\r\n" \
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
#define DEFLATE_ANSWER "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" \
  "Sec-WebSocket-Protocol: chat\r\n" \
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10\r\n\r\n"
#define DEFLATED_HELLO "\xf2\x48\xcd\xc9\xc9\x07\x00"        /* RFC 7692 7.2.3.1 */

/* With event rows. */
static WsiConversation *
open_with_events (Scene               *scene,
                  WsiHandshakePresence handshake)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT,
    .source = "test",
    .client = "127.0.0.1:1",
    .server = "127.0.0.1:2",
    .handshake = handshake,
  };

  *scene = (Scene) { .store = wsi_store_new_with_limits (&limits) };
  scene->recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
  scene->conversation = g_object_ref (wsi_recorder_open (scene->recorder, &opening, 1000));
  return scene->conversation;
}

static void
push (Scene       *scene,
      WspDirection direction,
      const char  *text,
      gsize        length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  wsi_recorder_push (scene->recorder, scene->conversation, direction, bytes, 2000);
}

typedef struct
{
  guint8      kind, event;      /* kind of the row, WSI_RECORD_KIND_EVENT or that of a frame; event
                                 * of the row */
  guint8      direction;
  const char *text;             /* text of the event */
} Row;

static void
assert_rows (Scene     *scene,
             const Row *rows,
             guint      n_rows)
{
  g_assert_cmpuint (wsi_store_get_end (scene->store), ==, n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      const WsiRecord *record = wsi_store_get_record (scene->store, i);
      g_autofree char *text = wsi_store_dup_event_text (scene->store, i);

      g_assert_cmpuint (record->kind, ==, rows[i].kind);
      g_assert_cmpuint (record->direction, ==, rows[i].direction);
      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_true (rows[i].kind != WSI_RECORD_KIND_EVENT || record->event == rows[i].event);
    }
}

/* The rows tell the story in its order, and the facts are those of the wire. */
static void
test_events (void)
{
  const Row rows[] = {
    { WSI_RECORD_KIND_EVENT, WSI_EVENT_OPENED, WSI_NO_DIRECTION, NULL },
    { WSI_RECORD_KIND_EVENT, WSI_EVENT_REQUEST, 0, "GET /chat?x=1 HTTP/1.1" },
    { WSI_RECORD_KIND_EVENT, WSI_EVENT_RESPONSE, 1, "HTTP/1.1 100 Continue" },
    { WSI_RECORD_KIND_EVENT, WSI_EVENT_RESPONSE, 1, "HTTP/1.1 101 Switching Protocols" },
    { WSP_FRAME_KIND_TEXT, 0, 1, NULL },
    { WSP_FRAME_KIND_CLOSE, 0, 1, NULL },
    { WSI_RECORD_KIND_EVENT, WSI_EVENT_ENDED, WSI_NO_DIRECTION, "It ended" },
  };
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation = open_with_events (&scene, WSI_HANDSHAKE_READ);
  g_autoptr (GBytes) reason = NULL;
  WsiDeflate deflate;
  WsiCounters counters;

  push (&scene, WSP_DIRECTION_SENT, DEFLATE_REQUEST, strlen (DEFLATE_REQUEST));
  push (&scene, WSP_DIRECTION_RECEIVED, INTERIM DEFLATE_ANSWER "\xc1\x07" DEFLATED_HELLO
        "\x88\x05\x03\xe9" "bye", strlen (INTERIM DEFLATE_ANSWER) + 9 + 7);
  wsi_recorder_close (scene.recorder, conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "It ended"), 3000);

  assert_rows (&scene, rows, G_N_ELEMENTS (rows));
  g_assert_cmpstr (wsi_conversation_get_uri (conversation), ==, "ws://server.example.com/chat?x=1");
  g_assert_cmpuint (wsi_conversation_get_status (conversation), ==, 101);
  g_assert_cmpstr (wsi_conversation_get_subprotocol (conversation), ==, "chat");
  g_assert_true (wsi_conversation_get_deflate (conversation, &deflate));
  g_assert_cmpuint (deflate.client_window_bits, ==, 10);
  g_assert_cmpuint (deflate.server_window_bits, ==, 15);
  g_assert_true (deflate.client_takeover);
  g_assert_cmpuint (wsi_conversation_get_close_code (conversation), ==, 1001);
  g_assert_cmpuint (wsi_conversation_get_closer (conversation), ==, WSP_DIRECTION_RECEIVED);
  reason = wsi_conversation_dup_close_reason (conversation);
  g_assert_cmpmem (g_bytes_get_data (reason, NULL), g_bytes_get_size (reason), "bye", 3);
  g_assert_cmpint (wsi_conversation_get_begin_time (conversation), ==, 1000);
  g_assert_cmpint (wsi_conversation_get_end_time (conversation), ==, 3000);
  wsi_conversation_get_counters (conversation, WSP_DIRECTION_RECEIVED, &counters);
  g_assert_cmpuint (counters.n_frames, ==, 2);
  g_assert_cmpuint (counters.n_messages, ==, 1);
  g_assert_cmpuint (counters.n_bytes, ==, 10);
}

static void
assert_view (Scene      *scene,
             guint64     number,
             WsiView     view,
             const char *expected,
             gsize       length)
{
  g_autoptr (GBytes) payload = wsi_store_dup_payload (scene->store, number, view, G_MAXSIZE);

  g_assert_nonnull (payload);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), expected, length);
}

/* The bytes of the wire are kept, and the inflated ones because they differ. */
static void
test_wire_bytes (void)
{
  g_auto (Scene) scene = { 0 };
  guint64 number;

  open_with_events (&scene, WSI_HANDSHAKE_READ);
  push (&scene, WSP_DIRECTION_SENT, DEFLATE_REQUEST, strlen (DEFLATE_REQUEST));
  push (&scene, WSP_DIRECTION_RECEIVED, DEFLATE_ANSWER "\xc1\x07" DEFLATED_HELLO,
        strlen (DEFLATE_ANSWER) + 9);
  push (&scene, WSP_DIRECTION_SENT, MASKED_HELLO, strlen (MASKED_HELLO));
  number = wsi_store_get_end (scene.store) - 1;

  assert_view (&scene, number - 1, WSI_VIEW_WIRE, DEFLATED_HELLO, 7);
  assert_view (&scene, number - 1, WSI_VIEW_INFLATED, "Hello", 5);
  assert_view (&scene, number, WSI_VIEW_WIRE, &MASKED_HELLO[6], 5);
  assert_view (&scene, number, WSI_VIEW_UNMASKED, "Hello", 5);
  assert_view (&scene, number, WSI_VIEW_INFLATED, "Hello", 5);
}

/* Bytes are missing in a payload: the frame, the gap, the rest, the next frame, one that is cut. */
static void
test_gap (void)
{
  const Row rows[] = {
    { WSI_RECORD_KIND_EVENT, WSI_EVENT_OPENED, WSI_NO_DIRECTION, NULL },
    { WSP_FRAME_KIND_BINARY, 0, 1, NULL },
    { WSI_RECORD_KIND_EVENT, WSI_EVENT_GAP, 1, "4 bytes are missing" },
    { WSP_FRAME_KIND_BYTES, 0, 1, NULL },
    { WSP_FRAME_KIND_TEXT, 0, 1, NULL },
    { WSP_FRAME_KIND_BINARY, 0, 1, NULL },
  };
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation = open_with_events (&scene, WSI_HANDSHAKE_MISSING);
  const WsiRecord *record;

  push (&scene, WSP_DIRECTION_RECEIVED, "\x82\x08" "abc", 5);
  wsi_recorder_skip (scene.recorder, conversation, WSP_DIRECTION_RECEIVED, 4, 2000);
  push (&scene, WSP_DIRECTION_RECEIVED, "h" HELLO "\x82\x05" "ab", 12);
  wsi_recorder_end_direction (scene.recorder, conversation, WSP_DIRECTION_RECEIVED, 3000);

  assert_rows (&scene, rows, G_N_ELEMENTS (rows));
  record = wsi_store_get_record (scene.store, 1);
  g_assert_true ((record->flags & WSI_RECORD_GAP) != 0);
  g_assert_true ((record->flags & WSI_RECORD_OF_HEAD) == 0);
  g_assert_cmpuint (record->payload_length, ==, 8);
  g_assert_cmpuint (wsi_record_get_n_missing (record), ==, 5);
  assert_view (&scene, 1, WSI_VIEW_WIRE, "abc", 3);
  record = wsi_store_get_record (scene.store, 3);
  g_assert_true ((record->flags & WSI_RECORD_REST) != 0);
  g_assert_true ((record->flags & WSI_RECORD_OF_HEAD) == 0);
  g_assert_cmpuint (record->message, ==, 0);
  assert_view (&scene, 3, WSI_VIEW_WIRE, "h", 1);
  record = wsi_store_get_record (scene.store, 5);
  g_assert_true ((record->flags & WSI_RECORD_CUT) != 0);
  g_assert_cmpuint (wsi_record_get_n_missing (record), ==, 3);
  assert_view (&scene, 5, WSI_VIEW_WIRE, "ab", 2);
}

static const struct
{
  const char *name, *before;
  guint64     n_missing;
  const char *after;
  gboolean    may_be_of_head;
} loose[] = {
  { "rest-of-a-head-after-a-gap", "HTTP/1.1 101 Switching Protocols\r\nSet-Coo", 10, "secret\r\n\r\n", TRUE },
  { "rest-of-a-head-after-an-unknown-gap", "HTTP/1.1 101 Switching Protocols\r\nSet-Coo", G_MAXUINT64, "secret\r\n\r\n", TRUE },
  { "all-of-a-head-after-a-gap", "", 10, "secret\r\n\r\n", TRUE },
  { "body-of-a-refusal", "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nSor", 0, "ry", FALSE },
  { "bytes-after-a-frame", ANSWER HELLO, G_MAXUINT64, "ab", FALSE },
};

static void
test_loose_bytes (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  const WsiRecord *record;
  guint n_loose = 0;

  open_with_events (&scene, WSI_HANDSHAKE_READ);
  push (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST));
  push (&scene, WSP_DIRECTION_RECEIVED, loose[i].before, strlen (loose[i].before));
  if (loose[i].n_missing > 0)
    wsi_recorder_skip (scene.recorder, scene.conversation, WSP_DIRECTION_RECEIVED,
                       loose[i].n_missing, 2000);
  push (&scene, WSP_DIRECTION_RECEIVED, loose[i].after, strlen (loose[i].after));
  wsi_recorder_end_direction (scene.recorder, scene.conversation, WSP_DIRECTION_RECEIVED, 3000);

  for (guint64 n = 0; (record = wsi_store_get_record (scene.store, n)) != NULL; n++)
    if ((record->flags & WSI_RECORD_BYTES) != 0)
      {
        n_loose++;
        g_assert_cmpint ((record->flags & WSI_RECORD_OF_HEAD) != 0, ==, loose[i].may_be_of_head);
      }
  g_assert_cmpuint (n_loose, >, 0);
}

static const struct
{
  const char *name, *payload;
  gsize       length;
  guint16     code;
  const char *reason;
} closes[] = {
  { "code-and-reason", "\x03\xe8" "bye", 5, 1000, "bye" },
  { "code-alone", "\x03\xe9", 2, 1001, "" },
  { "nothing", "", 0, 1005, "" },
  { "half-a-code", "\x03", 1, 0, "" },
};

/* A HAR has messages without frames; a Close is one of them. */
static void
test_close_message (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation = open_with_events (&scene, WSI_HANDSHAKE_MISSING);
  g_autoptr (GBytes) payload = g_bytes_new_static (closes[i].payload, closes[i].length);
  g_autoptr (GBytes) reason = NULL;

  wsi_recorder_message (scene.recorder, conversation, WSP_DIRECTION_RECEIVED, 8, payload, 2000);
  reason = wsi_conversation_dup_close_reason (conversation);
  g_assert_cmpuint (wsi_conversation_get_closer (conversation), ==, WSP_DIRECTION_RECEIVED);
  g_assert_cmpuint (wsi_conversation_get_close_code (conversation), ==, closes[i].code);
  g_assert_cmpuint (wsi_store_get_record (scene.store, 1)->close_code, ==, closes[i].code);
  g_assert_nonnull (reason);
  g_assert_cmpmem (g_bytes_get_data (reason, NULL), g_bytes_get_size (reason), closes[i].reason,
                   strlen (closes[i].reason));
}

static void
test_message (void)
{
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation = open_with_events (&scene, WSI_HANDSHAKE_MISSING);
  g_autoptr (GBytes) payload = g_bytes_new_static ("from a file", 11);
  WsiMessageInfo message;
  const WsiRecord *record;

  wsi_recorder_message (scene.recorder, conversation, WSP_DIRECTION_SENT, 1, payload, 2000);
  record = wsi_store_get_record (scene.store, 1);
  g_assert_true ((record->flags & WSI_RECORD_NO_FRAME) != 0);
  g_assert_cmpuint (wsi_record_get_wire_length (record), ==, 0);
  g_assert_cmpuint (wsi_record_get_length (record), ==, 11);
  g_assert_true (wsi_store_get_message (scene.store, record->message, &message));
  g_assert_true (message.is_complete);
  assert_view (&scene, 1, WSI_VIEW_INFLATED, "from a file", 11);
}

/* A frame may break several rules; all of them are kept. */
static void
test_faults (void)
{
  g_auto (Scene) scene = { 0 };
  guint faults[8];

  open_with_events (&scene, WSI_HANDSHAKE_MISSING);
  push (&scene, WSP_DIRECTION_RECEIVED, "\x79\x80\x01\x02\x03\x04", 6);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 1, faults, 8), >=, 2);
  g_assert_cmpuint (faults[0], ==, wsi_store_get_record (scene.store, 1)->fault);
  g_assert_cmpstr (wsp_fault_describe (faults[0]), !=, wsp_fault_describe (faults[1]));
}

static const struct
{
  const char *name, *target, *uri;
} targets[] = {
  { "a-path-is-at-the-host", "/a?b=c", "ws://server.example.com/a?b=c" },
  { "of-http-in-absolute-form", "http://other.example.com:81/a", "ws://other.example.com:81/a" },
  { "of-https-in-absolute-form", "HTTPS://other.example.com/a", "wss://other.example.com/a" },
  { "of-wss-in-absolute-form", "wss://other.example.com/a", "wss://other.example.com/a" },
  { "a-host-alone-is-none", "other.example.com:443", NULL },
  { "an-asterisk-is-none", "*", NULL },
};

static void
test_target (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation = open_with_events (&scene, WSI_HANDSHAKE_READ);
  g_autofree char *line = g_strdup_printf ("GET %s HTTP/1.1\r\n", targets[row].target);
  g_autofree char *request = g_strconcat (line, strchr (REQUEST, '\n') + 1, NULL);

  push (&scene, WSP_DIRECTION_SENT, request, strlen (request));
  g_assert_cmpstr (wsi_conversation_get_uri (conversation), ==, targets[row].uri);
}

typedef struct
{
  guint   n_signals;
  guint64 end;                  /* end of the rows that were announced */
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

/* A signal for each of many packets costs more than the packet. */
static void
test_held_rows (void)
{
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation = open_with_events (&scene, WSI_HANDSHAKE_READ);
  Announced announced = { 0 };

  g_signal_connect_swapped (scene.store, "appended", G_CALLBACK (note_rows), &announced);
  wsi_recorder_hold_rows (scene.recorder);
  push (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST));
  g_assert_cmpuint (announced.end, ==, wsi_store_get_end (scene.store));
  push (&scene, WSP_DIRECTION_RECEIVED, ANSWER, strlen (ANSWER));
  wsi_recorder_announce (scene.recorder);
  announced.n_signals = 0;
  for (guint i = 0; i < 1000; i++)
    push (&scene, WSP_DIRECTION_RECEIVED, HELLO, strlen (HELLO));

  g_assert_cmpuint (announced.n_signals, ==, 3);
  wsi_recorder_announce (scene.recorder);
  g_assert_cmpuint (announced.end, ==, wsi_store_get_end (scene.store));
  push (&scene, WSP_DIRECTION_RECEIVED, HELLO, strlen (HELLO));
  wsi_recorder_close (scene.recorder, conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "It ended"), 3000);
  g_assert_cmpuint (announced.end, ==, wsi_store_get_end (scene.store));
}

static const struct
{
  const char          *name;
  WsiHandshakePresence handshake;
  const char          *request, *response;
  guint64              n_missing;       /* bytes missing in the response after its head; 0 = none */
  const char          *frames, *own;    /* frames of the server and of the client */
  WsiStreamEnd         how;
  WsiSentenceId        sentence;
  WsiEnding            ending;
} ends[] = {
  { "before-a-request", WSI_HANDSHAKE_READ, "", "", 0, "", "", WSI_STREAM_ENDED, WSI_SENTENCE_NO_REQUEST, WSI_ENDING_ABNORMAL },
  { "before-a-response", WSI_HANDSHAKE_READ, REQUEST, "", 0, "", "", WSI_STREAM_ENDED, WSI_SENTENCE_ENDED_BEFORE_RESPONSE,
    WSI_ENDING_ABNORMAL },
  { "response-alone", WSI_HANDSHAKE_READ, "", REFUSAL, 0, "", "", WSI_STREAM_ENDED, WSI_SENTENCE_REFUSED, WSI_ENDING_ABNORMAL },
  { "refused", WSI_HANDSHAKE_READ, REQUEST, REFUSAL, 0, "", "", WSI_STREAM_ENDED, WSI_SENTENCE_REFUSED, WSI_ENDING_ABNORMAL },
  { "request-is-too-slow", WSI_HANDSHAKE_READ, "GET / HTTP/1.1\r\nHos", "HTTP/1.1 408 Request Timeout\r\n\r\n", 0, "", "",
    WSI_STREAM_ENDED, WSI_SENTENCE_REQUEST_TOO_SLOW, WSI_ENDING_ABNORMAL },
  { "request-is-tls", WSI_HANDSHAKE_READ, "\x16\x03\x01\r\n\r\n", REFUSAL, 0, "", "", WSI_STREAM_ENDED, WSI_SENTENCE_REQUEST_IS_TLS,
    WSI_ENDING_ABNORMAL },
  { "request-of-a-byte-of-tls", WSI_HANDSHAKE_READ, "\x16", REFUSAL, 0, "", "", WSI_STREAM_ENDED, WSI_SENTENCE_REQUEST_IS_NO_HTTP,
    WSI_ENDING_ABNORMAL },
  { "request-begins-as-tls", WSI_HANDSHAKE_READ, "\x16\x04\x01\r\n\r\n", REFUSAL, 0, "", "", WSI_STREAM_ENDED,
    WSI_SENTENCE_REQUEST_IS_NO_HTTP, WSI_ENDING_ABNORMAL },
  { "request-has-a-version-of-tls", WSI_HANDSHAKE_READ, "\x15\x03\x01\r\n\r\n", REFUSAL, 0, "", "", WSI_STREAM_ENDED,
    WSI_SENTENCE_REQUEST_IS_NO_HTTP, WSI_ENDING_ABNORMAL },
  { "open", WSI_HANDSHAKE_READ, REQUEST, ANSWER, 0, "", "", WSI_STREAM_ENDED, WSI_SENTENCE_ENDED_WITHOUT_CLOSE, WSI_ENDING_ABNORMAL },
  { "closed", WSI_HANDSHAKE_READ, REQUEST, ANSWER, 0, CLOSE, "", WSI_STREAM_ENDED, WSI_SENTENCE_ENDED_AFTER_CLOSE, WSI_ENDING_CLEAN },
  { "without-a-handshake", WSI_HANDSHAKE_MISSING, "", "", 0, "", "", WSI_STREAM_ENDED, WSI_SENTENCE_ENDED_WITHOUT_CLOSE,
    WSI_ENDING_ABNORMAL },
  { "response-is-missing", WSI_HANDSHAKE_READ, REQUEST, "", 10, "", "", WSI_STREAM_ENDED, WSI_SENTENCE_ENDED_BEFORE_RESPONSE,
    WSI_ENDING_ABNORMAL },
  { "response-is-missing-before-frames", WSI_HANDSHAKE_READ, REQUEST, "", 10, HELLO HELLO HELLO HELLO, "", WSI_STREAM_ENDED,
    WSI_SENTENCE_ENDED_WITHOUT_CLOSE, WSI_ENDING_ABNORMAL },
  { "response-is-missing-before-own-frames", WSI_HANDSHAKE_READ, REQUEST, "", 10, "", MASKED_HELLO MASKED_HELLO MASKED_HELLO,
    WSI_STREAM_ENDED, WSI_SENTENCE_ENDED_WITHOUT_CLOSE, WSI_ENDING_ABNORMAL },
  { "frames-before-the-response", WSI_HANDSHAKE_READ, REQUEST, "", 0, "", MASKED_HELLO MASKED_HELLO MASKED_HELLO, WSI_STREAM_ENDED,
    WSI_SENTENCE_ENDED_BEFORE_RESPONSE, WSI_ENDING_ABNORMAL },
  { "refused-with-a-gap-in-the-body", WSI_HANDSHAKE_READ, REQUEST, REFUSAL, 10, "", MASKED_HELLO MASKED_HELLO MASKED_HELLO,
    WSI_STREAM_ENDED, WSI_SENTENCE_REFUSED, WSI_ENDING_ABNORMAL },
  { "reset-after-a-close", WSI_HANDSHAKE_READ, REQUEST, ANSWER, 0, CLOSE, "", WSI_STREAM_RESET, WSI_SENTENCE_RESET_AFTER_CLOSE,
    WSI_ENDING_ABNORMAL },
  { "not-read-after-a-close", WSI_HANDSHAKE_READ, REQUEST, ANSWER, 0, CLOSE, "", WSI_STREAM_UNREAD, WSI_SENTENCE_FILE_NOT_READ,
    WSI_ENDING_CUT },
  { "cut-after-a-close", WSI_HANDSHAKE_READ, REQUEST, ANSWER, 0, CLOSE, "", WSI_STREAM_CUT, WSI_SENTENCE_CAPTURE_ENDS, WSI_ENDING_CUT },
};

static void
test_end (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation = open_with_events (&scene, ends[i].handshake);

  push (&scene, WSP_DIRECTION_SENT, ends[i].request, strlen (ends[i].request));
  push (&scene, WSP_DIRECTION_RECEIVED, ends[i].response, strlen (ends[i].response));
  if (ends[i].n_missing > 0)
    wsi_recorder_skip (scene.recorder, conversation, WSP_DIRECTION_RECEIVED, ends[i].n_missing,
                       2000);
  push (&scene, WSP_DIRECTION_RECEIVED, ends[i].frames, strlen (ends[i].frames));
  push (&scene, WSP_DIRECTION_SENT, ends[i].own, strlen (ends[i].own));
  wsi_recorder_close_stream (scene.recorder, conversation, ends[i].how, 3000);
  g_assert_cmpstr (wsi_sentence_id_get_name (wsi_conversation_get_sentence (conversation)->id), ==,
                   wsi_sentence_id_get_name (ends[i].sentence));
  g_assert_cmpint (wsi_conversation_get_ending (conversation), ==, ends[i].ending);
}

/* However they were cut, bytes in a row are one row, up to a limit. */
static void
test_many_loose_bytes (void)
{
  g_auto (Scene) scene = { 0 };
  const guint n = 3 * 64 * 1024, piece = 1024;
  g_autofree char *body = g_strnfill (n, 'a');
  const WsiRecord *record;
  guint n_loose = 0;

  open_with_events (&scene, WSI_HANDSHAKE_READ);
  push (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST));
  push (&scene, WSP_DIRECTION_RECEIVED, REFUSAL, strlen (REFUSAL));
  for (guint at = 0; at < n; at += piece)
    push (&scene, WSP_DIRECTION_RECEIVED, body + at, piece);
  wsi_recorder_end_direction (scene.recorder, scene.conversation, WSP_DIRECTION_RECEIVED, 3000);
  for (guint64 i = 0; (record = wsi_store_get_record (scene.store, i)) != NULL; i++)
    n_loose += (record->flags & WSI_RECORD_BYTES) != 0;
  g_assert_cmpuint (n_loose, ==, 3);
}

static void
test_empty_deflated (void)
{
  g_auto (Scene) scene = { 0 };

  open_with_events (&scene, WSI_HANDSHAKE_READ);
  push (&scene, WSP_DIRECTION_SENT, DEFLATE_REQUEST, strlen (DEFLATE_REQUEST));
  push (&scene, WSP_DIRECTION_RECEIVED, DEFLATE_ANSWER "\x41\x00" "\x80\x01\x00",
        strlen (DEFLATE_ANSWER) + 5);
  assert_view (&scene, wsi_store_get_end (scene.store) - 2, WSI_VIEW_WIRE, "", 0);
}

/* A status that refuses is a decision of the server itself, or of the proxy itself. */
static const struct
{
  const char *name;
  WspRole     role;
  const char *source, *response;
  guint       n_failed;
} verdicts[] = {
  { "of-a-server-that-accepts", WSP_ROLE_SERVER, NULL, ANSWER, 0 },
  { "of-a-server-that-refuses", WSP_ROLE_SERVER, NULL, REFUSAL, 0 },
  { "of-a-server-that-is-wrong", WSP_ROLE_SERVER, NULL, WRONG_ANSWER, 1 },
  { "of-a-client-that-is-refused", WSP_ROLE_CLIENT, NULL, REFUSAL, 1 },
  { "of-the-proxy", WSP_ROLE_CLIENT, WSI_SOURCE_PROXY, REFUSAL_BY ("wsinspect"), 0 },
  { "of-a-server-behind-the-proxy", WSP_ROLE_CLIENT, WSI_SOURCE_PROXY, REFUSAL_BY ("other"), 1 },
  { "of-a-server-with-its-name", WSP_ROLE_CLIENT, "other", REFUSAL_BY ("wsinspect"), 1 },
};

static void
test_verdict (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const WsiOpening opening = { .role = verdicts[i].role, .source = verdicts[i].source };
  WspDirection of_client = opening.role == WSP_ROLE_CLIENT ? WSP_DIRECTION_SENT
                                                           : WSP_DIRECTION_RECEIVED;
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, opening.role);
  wsi_recorder_open (scene.recorder, &opening, 1000);
  push (&scene, of_client, REQUEST, strlen (REQUEST));
  push (&scene, !of_client, verdicts[i].response, strlen (verdicts[i].response));
  report = wsi_conversation_make_report (scene.conversation);
  g_assert_cmpuint (report->n_failed, ==, verdicts[i].n_failed);
}

/* A request that was not seen misses no response. */
static void
test_no_request (void)
{
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation = open_with_events (&scene, WSI_HANDSHAKE_READ);
  const char *const frames = MASKED_HELLO MASKED_HELLO MASKED_HELLO MASKED_HELLO;

  wsi_recorder_skip (scene.recorder, conversation, WSP_DIRECTION_SENT, 10, 2000);
  push (&scene, WSP_DIRECTION_SENT, frames, strlen (frames));
  push (&scene, WSP_DIRECTION_RECEIVED, REFUSAL, strlen (REFUSAL));
  wsi_recorder_close_stream (scene.recorder, conversation, WSI_STREAM_ENDED, 3000);
  g_assert_cmpstr (wsi_sentence_id_get_name (wsi_conversation_get_sentence (conversation)->id), ==,
                   wsi_sentence_id_get_name (WSI_SENTENCE_REFUSED));
}

/* The rest of a payload waits for no more bytes. */
static void
test_rest (void)
{
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation = open_with_events (&scene, WSI_HANDSHAKE_MISSING);

  push (&scene, WSP_DIRECTION_RECEIVED, "\x82\x08" "abc", 5);
  wsi_recorder_skip (scene.recorder, conversation, WSP_DIRECTION_RECEIVED, 3, 2000);
  push (&scene, WSP_DIRECTION_RECEIVED, "gh", 2);
  assert_view (&scene, 3, WSI_VIEW_WIRE, "gh", 2);
}

static guint32
count_conversations (Scene *scene)
{
  guint32 n_kept;

  return wsi_store_count_conversations (scene->store, &n_kept);
}

/* A source may say more after the end; and only a handshake that fails, or a request for ordinary
 * HTTP, has a connection that says nothing. */
static void
test_states (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client ("ws://h/", NULL, NULL, NULL);
  g_autoptr (WspHandshake) later = wsp_handshake_new_client ("ws://h/", NULL, NULL, NULL);
  g_autoptr (WspHttpRequest) request = g_object_new (WSP_TYPE_HTTP_REQUEST, NULL);
  g_autoptr (WspConnection) connection = g_object_new (WSP_TYPE_CONNECTION, NULL);

  scene_init (&scene, WSP_ROLE_SERVER);

  WspTap *tap = WSP_TAP (scene.recorder);
  WspTapInterface *functions = WSP_TAP_GET_IFACE (tap);

  functions->state_changed (tap, scene.source);
  g_assert_cmpuint (count_conversations (&scene), ==, 0);
  functions->state_changed (tap, G_OBJECT (handshake));
  g_assert_cmpuint (count_conversations (&scene), ==, 1);
  functions->state_changed (tap, G_OBJECT (request));
  g_assert_cmpuint (count_conversations (&scene), ==, 2);
  wsi_recorder_end (scene.recorder);
  functions->state_changed (tap, G_OBJECT (later));
  functions->state_changed (tap, G_OBJECT (connection));
  g_assert_cmpuint (count_conversations (&scene), ==, 2);
}

static gboolean
respond (WspServer      *server,
         WspHttpRequest *request)
{
  wsp_http_request_respond (request, 204, NULL, NULL);
  return TRUE;
}

/* An ordinary HTTP request has the address of its client, as a handshake that failed. */
static void
test_http_request (void)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_auto (Scene) scene = { 0 };
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) place = NULL, client = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene, WSP_ROLE_SERVER);
  wsp_server_add_tap (server, WSP_TAP (scene.recorder));
  g_signal_connect (server, "http-request", G_CALLBACK (respond), NULL);
  place = g_inet_socket_address_new_from_string ("127.0.0.1",
                                                 listen_on_free_port (server, NULL));
  g_assert_true (g_socket_connect (socket, place, NULL, &error));
  g_assert_cmpint (g_socket_send (socket, request, strlen (request), NULL, &error), ==,
                   strlen (request));
  while (scene.conversation == NULL || count_conversations (&scene) == 0)
    g_main_context_iteration (NULL, TRUE);

  client = g_socket_get_local_address (socket, NULL);
  expected = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (client));
  g_assert_cmpstr (wsi_conversation_get_client (scene.conversation), ==, expected);
  g_assert_null (wsi_conversation_get_server (scene.conversation));
}

static void
test_find_connection (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WspConnection) connection = g_object_new (WSP_TYPE_CONNECTION, NULL);
  WsiConversation *of_connection, *of_other;

  scene_init (&scene, WSP_ROLE_CLIENT);
  of_connection = wsi_recorder_get_for (scene.recorder, G_OBJECT (connection));
  of_other = wsi_recorder_get_for (scene.recorder, scene.source);
  g_assert_true (wsi_recorder_find_connection (scene.recorder, of_connection) == connection);
  g_assert_null (wsi_recorder_find_connection (scene.recorder, of_other));
}

static void
test_no_key (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiHandshakeReport) report = NULL;

  scene_init (&scene, WSP_ROLE_CLIENT);
  pass (&scene, WSP_DIRECTION_SENT, "GET / HTTP/1.1\r\n\r\n", 18, 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, REFUSAL, strlen (REFUSAL), 500);
  report = wsi_conversation_make_report (scene.conversation);
  g_assert_null (report->expected);
  g_assert_false (wsi_handshake_report_is_equal (report));
}

static void
test_uris (void)
{
  static const struct
  {
    const char *target;
    gboolean    has_tls;
    const char *uri;
  } rows[] = {
    { "/a", FALSE, "ws://host/a" },
    { "/a", TRUE, "wss://host/a" },
    { "http://other/a", TRUE, "ws://other/a" },
    { "https://other/a", FALSE, "wss://other/a" },
    { "a", TRUE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *uri = wsi_head_make_uri (rows[i].target, "host", rows[i].has_tls);

      g_assert_cmpstr (uri, ==, rows[i].uri);
    }
}

static void
test_odd_heads (void)
{
  static const char *const heads[] = { "", "\r\n", "HTTP/1.1\r\n", "HTTP/1.1 99 x\r\n" };

  g_assert_null (wsi_head_make_uri ("/a", NULL, FALSE));
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (GBytes) head = g_bytes_new_static (heads[i], strlen (heads[i]));

      g_assert_cmpuint (wsi_head_read_status (head), ==, 0);
    }
}

/* A number belongs to the row that was given it, also if its comment comes before it. */
static void
test_numbers (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .handshake = WSI_HANDSHAKE_MISSING };
  g_auto (Scene) scene = { 0 };
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  guint n_comments = 0;

  scene_init (&scene, WSP_ROLE_CLIENT);
  g_signal_connect_swapped (scene.store, "noted", G_CALLBACK (g_atomic_int_inc), &n_comments);
  wsi_recorder_open (scene.recorder, &opening, 1000);
  wsi_recorder_comment (scene.recorder, scene.conversation, 0, "of no row");
  push (&scene, WSP_DIRECTION_RECEIVED, HELLO HELLO HELLO, strlen (HELLO HELLO HELLO));
  wsi_recorder_comment (scene.recorder, scene.conversation, 1, "too early");
  wsi_recorder_comment (scene.recorder, scene.conversation, 5, "too early");
  g_assert_cmpuint (n_comments, ==, 0);
  wsi_recorder_number_row (scene.recorder, 4);
  push (&scene, WSP_DIRECTION_RECEIVED, HELLO, strlen (HELLO));
  wsi_recorder_comment (scene.recorder, scene.conversation, 4, "a comment");
  first = wsi_store_dup_comment (scene.store, 0);
  second = wsi_store_dup_comment (scene.store, 1);
  third = wsi_store_dup_comment (scene.store, 3);
  g_assert_null (first);
  g_assert_null (second);
  g_assert_cmpstr (third, ==, "a comment");
  g_assert_cmpuint (n_comments, ==, 1);
}

/* Bytes that wait for more have their row, too, and the connection does not seem to go on. */
static void
test_lost_source (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiConversation) conversation = NULL;
  g_autofree char *end = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const WsiRecord *record;
  guint64 number;

  open_with_events (&scene, WSI_HANDSHAKE_READ);
  scene.source = g_object_new (G_TYPE_OBJECT, NULL);
  pass (&scene, WSP_DIRECTION_SENT, REQUEST, strlen (REQUEST), 500);
  pass (&scene, WSP_DIRECTION_RECEIVED, ANSWER "\x88\x80xxxxabc", strlen (ANSWER) + 9, 500);
  conversation = g_object_ref (wsi_recorder_get_for (scene.recorder, scene.source));
  number = wsi_store_get_end (scene.store);
  g_clear_object (&scene.source);

  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, number + 2);
  record = wsi_store_get_record (scene.store, number);
  g_assert_true ((record->flags & WSI_RECORD_BYTES) != 0);
  bytes = wsi_store_dup_payload (scene.store, number, WSI_VIEW_WIRE, G_MAXSIZE);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "abc", 3);
  g_assert_cmpuint (wsi_store_get_record (scene.store, number + 1)->event, ==, WSI_EVENT_ENDED);
  g_assert_cmpint (wsi_conversation_get_ending (conversation), ==, WSI_ENDING_ABNORMAL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/recorder/close-without-a-frame", closes, test_close_message);
  ADD_ROWS ("/inspector/recorder/loose-bytes", loose, test_loose_bytes);
  ADD_ROWS ("/inspector/recorder/stream-end", ends, test_end);
  g_test_add_func ("/inspector/recorder/loose-bytes/are-one-row-up-to-a-limit",
                   test_many_loose_bytes);
  g_test_add_func ("/inspector/recorder/bytes/a-deflated-frame-may-be-empty", test_empty_deflated);
  g_test_add_func ("/inspector/recorder/comments/have-the-rows-of-their-numbers", test_numbers);
  g_test_add_func ("/inspector/handshake-report/heads/that-are-odd", test_odd_heads);
  g_test_add_func ("/inspector/handshake-report/uris", test_uris);
  g_test_add_func ("/inspector/handshake-report/derivation/needs-a-key", test_no_key);
  ADD_ROWS ("/inspector/handshake-report/status", verdicts, test_verdict);
  g_test_add_func ("/inspector/recorder/stream-end/request-is-missing", test_no_request);
  g_test_add_func ("/inspector/recorder/skip/a-rest-does-not-wait", test_rest);
  g_test_add_func ("/inspector/recorder/end/states-after-it-open-nothing", test_states);
  g_test_add_func ("/inspector/recorder/sources/a-connection-is-found", test_find_connection);
  g_test_add_func ("/inspector/recorder/sources/http-request-has-its-client", test_http_request);
  g_test_add_func ("/inspector/recorder/bytes/cut-anywhere-makes-the-same-records", test_cuts);
  g_test_add_func ("/inspector/recorder/bytes/two-connections-are-distinguished", test_two_sources);
  g_test_add_func ("/inspector/recorder/end/counts-once-and-for-all", test_after_the_end);
  g_test_add_func ("/inspector/recorder/conversations/the-first-of-2000-keeps-its-handshake",
                   test_many_conversations);
  g_test_add_func ("/inspector/recorder/bytes/an-endless-head-is-bounded", test_endless_head);
  g_test_add_func ("/inspector/recorder/events/are-in-the-order-of-the-frames", test_events);
  g_test_add_func ("/inspector/recorder/bytes/of-the-wire-are-kept", test_wire_bytes);
  g_test_add_func ("/inspector/recorder/skip/a-gap-has-its-rows", test_gap);
  g_test_add_func ("/inspector/recorder/message/may-have-no-frames", test_message);
  g_test_add_func ("/inspector/recorder/end/a-freed-connection-has-one", test_lost_source);
  g_test_add_func ("/inspector/recorder/rows/held-ones-are-announced-together", test_held_rows);
  g_test_add_func ("/inspector/recorder/bytes/all-faults-of-a-frame-are-kept", test_faults);
  g_test_add_func ("/inspector/recorder/dropped/short-memory-is-counted", test_no_memory);
  g_test_add_func ("/inspector/recorder/dropped/a-row-may-stand-without-its-payload",
                   test_no_memory_for_payload);
  g_test_add_func ("/inspector/recorder/dropped/what-is-too-large-is-counted", test_large_payload);
  g_test_add_func ("/inspector/handshake-report/heads/are-those-of-the-wire", test_heads);
  g_test_add_func ("/inspector/handshake-report/heads/an-interim-answer-is-none", test_interim);
  g_test_add_func ("/inspector/handshake-report/heads/an-answer-may-be-missing", test_no_answer);
  ADD_ROWS ("/inspector/recorder/uri", targets, test_target);
  ADD_ROWS ("/inspector/handshake-report/heads/shown-unchanged", broken, test_broken);
  g_test_add_func ("/inspector/handshake-report/derivation/is-that-of-the-rfc", test_derivation);
  g_test_add_func ("/inspector/handshake-report/derivation/a-wrong-accept-is-not-equal",
                   test_wrong_accept);

  return g_test_run ();
}
