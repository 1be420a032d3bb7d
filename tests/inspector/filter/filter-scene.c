/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/filter/filter-scene.h"

#include "inspect/capture/wsi-recorder.h"

#include <string.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
#define CHAT (99 * SECOND)              /* when it began */
#define ARCHIVE (200 * SECOND)

#define REQUEST "GET /chat?room=1 HTTP/1.1\r\nHost: server.example.com\r\n" \
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Origin: http://example.com\r\nX-Twice: one\r\nX-Twice: two\r\n" \
  "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Protocol: chat\r\nServer: test\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

/* A key of zeros leaves the payload as it is. */
static const struct
{
  WspDirection direction;
  gint64       time_us;
  const char  *bytes;
  gsize        length;
} steps[] = {
#define STEP(direction, time, bytes) \
  { WSP_DIRECTION_ ## direction, time, bytes, sizeof bytes - 1 }
  STEP (SENT, 1 * SECOND, REQUEST),
  STEP (RECEIVED, 1200000, RESPONSE),
  STEP (SENT, 2 * SECOND, "\x81\x8e\0\0\0\0" "Hello price 42"),
  STEP (RECEIVED, 2500000, "\x81\x0b" "hello world"),
  STEP (RECEIVED, 3 * SECOND, "\x89\x03" "abc"),
  STEP (SENT, 3010000, "\x8a\x83\1\2\3\4" "```"),
  STEP (RECEIVED, 4 * SECOND, "\x01\x08" "first ha"),
  STEP (RECEIVED, 4100000, "\x89\x00"),
  STEP (RECEIVED, 4200000, "\x80\x07" "lf last"),
  STEP (RECEIVED, 5 * SECOND, "\x82\x03\x0a\xff\x00"),
  STEP (RECEIVED, 6 * SECOND, "\x93\x01" "z"),
  STEP (SENT, 7 * SECOND, "\x88\x85\0\0\0\0\x03\xe8" "bye"),
  STEP (RECEIVED, 7500000, "\x88\x05\x03\xe8" "bye"),
#undef STEP
};

WsiStore *
filter_scene_new (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiOpening chat = { .role = WSP_ROLE_CLIENT, .source = "demo", .client = "127.0.0.1:50000",
                            .server = "127.0.0.1:8080",
                            .uri = "ws://server.example.com/chat?room=1" };
  const WsiOpening archive = { .role = WSP_ROLE_SERVER, .source = "archive",
                               .handshake = WSI_HANDSHAKE_MISSING };
  const WsiOpening compressed = { .handshake = WSI_HANDSHAKE_MISSING,
                                  .server = "[::1]:8443",
                                  .extensions = "permessage-deflate",
                                  .tls = "TLS 1.3, TLS_AES_128_GCM_SHA256" };
  WsiStore *store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  WsiConversation *first = wsi_recorder_open (recorder, &chat, CHAT + 1 * SECOND);
  WsiConversation *second, *third;
  g_autoptr (GBytes) payload = g_bytes_new_static ("from an archive", 15);
  g_autoptr (GBytes) hello = g_bytes_new_static ("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (steps[i].bytes, steps[i].length);

      wsi_recorder_push (recorder, first, steps[i].direction, bytes,
                         CHAT + steps[i].time_us);
    }
  wsi_recorder_close (recorder, first, WSI_ENDING_CLEAN, WSI_SENTENCE (TEXT, "Closed by both"),
                      CHAT + 8 * SECOND);
  second = wsi_recorder_open (recorder, &archive, ARCHIVE);
  wsi_recorder_message (recorder, second, WSP_DIRECTION_RECEIVED, 1, payload, ARCHIVE + SECOND);
  third = wsi_recorder_open (recorder, &compressed, 0);
  wsi_recorder_push (recorder, third, WSP_DIRECTION_RECEIVED, hello, SECOND);
  wsi_store_set_comment (store, 3, "look at this");
  wsi_store_set_comment (store, 5, "#todo: see no#x, #not-now # alone");
  wsi_store_set_mark (store, 4, 2);
  wsi_store_set_reply (store, 3, 4);
  return store;
}

void
filter_scene_dump (WsiStore *store)
{
  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);
      g_autofree char *text = wsi_store_dup_event_text (store, i);

      g_print ("# %" G_GUINT64_FORMAT " conn %u kind %u event %u dir %u time %" G_GINT64_FORMAT
               " len %" G_GUINT64_FORMAT " flags %x fault %u %s\n", i + 1, record->conversation,
               record->kind, record->event, record->direction, record->time_us,
               record->payload_length, record->flags, record->fault, text != NULL ? text : "");
    }
}

gboolean
filter_scene_match (WsiFilter *filter,
                    WsiStore  *store,
                    guint64    number)
{
  g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);

  return wsi_matcher_match (matcher, number);
}

guint64
filter_scene_count (WsiStore   *store,
                    const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFilter) filter = wsi_filter_new (text, &error);
  g_autoptr (WsiMatcher) matcher = NULL;
  guint64 n = 0;

  g_assert_no_error (error);
  matcher = wsi_matcher_new (filter, store);
  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    n += wsi_matcher_match (matcher, i);
  return n;
}
