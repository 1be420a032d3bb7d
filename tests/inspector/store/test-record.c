/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The flags of a record, and the counts of a connection about its records. */

#include "inspector/store-scene.h"
#include "lib/rows.h"

#define MEBIBYTE (1024 * 1024)
#define EVENT WSI_RECORD_KIND_EVENT
#define TEXT_KIND WSP_FRAME_KIND_TEXT

/* The number of an event and the first byte of a frame have one place. */
static const struct
{
  const char *name;
  guint       kind, byte0, flags;
  gboolean    is_whole, is_frame, is_control, is_fin, is_loss;
} records[] = {
  { "text", TEXT_KIND, 0x81, WSI_RECORD_STORED, TRUE, TRUE, FALSE, TRUE, FALSE },
  { "text-that-was-not-kept", TEXT_KIND, 0x81, 0, FALSE, TRUE, FALSE, TRUE, FALSE },
  { "text-that-is-cut", TEXT_KIND, 0x81, WSI_RECORD_STORED | WSI_RECORD_CUT, FALSE, TRUE, FALSE, TRUE, FALSE },
  { "text-with-a-gap", TEXT_KIND, 0x81, WSI_RECORD_STORED | WSI_RECORD_GAP, FALSE, TRUE, FALSE, TRUE, FALSE },
  { "fragment", TEXT_KIND, 0x01, WSI_RECORD_STORED, TRUE, TRUE, FALSE, FALSE, FALSE },
  { "ping", WSP_FRAME_KIND_PING, 0x89, WSI_RECORD_STORED, TRUE, TRUE, TRUE, TRUE, FALSE },
  { "bytes-in-no-frame", WSP_FRAME_KIND_BYTES, 0x89, WSI_RECORD_STORED | WSI_RECORD_BYTES, TRUE, FALSE, FALSE, FALSE, FALSE },
  { "frame-with-the-number-of-a-gap", WSP_FRAME_KIND_RESERVED, WSI_EVENT_GAP, WSI_RECORD_STORED, TRUE, TRUE, FALSE, FALSE, FALSE },
  { "frame-with-the-number-of-dropped-rows", WSP_FRAME_KIND_RESERVED, WSI_EVENT_DROPPED, WSI_RECORD_STORED, TRUE, TRUE, FALSE, FALSE,
    FALSE },
  { "gap", EVENT, WSI_EVENT_GAP, 0, FALSE, FALSE, FALSE, FALSE, TRUE },
  { "dropped", EVENT, WSI_EVENT_DROPPED, 0, FALSE, FALSE, FALSE, FALSE, TRUE },
  { "evicted", EVENT, WSI_EVENT_EVICTED, 0, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "paused", EVENT, WSI_EVENT_PAUSED, 0, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "resumed", EVENT, WSI_EVENT_RESUMED, 0, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "event-with-the-first-bit", EVENT, 0x80, 0, FALSE, FALSE, FALSE, FALSE, FALSE },
};

static void
test_record (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  const WsiRecord record = {
    .kind = records[i].kind, .byte0 = records[i].byte0, .flags = records[i].flags,
  };

  g_assert_cmpint (wsi_record_is_whole (&record), ==, records[i].is_whole);
  g_assert_cmpint (wsi_record_is_frame (&record), ==, records[i].is_frame);
  g_assert_cmpint (wsi_record_is_control (&record), ==, records[i].is_control);
  g_assert_cmpint (wsi_record_is_fin (&record), ==, records[i].is_fin);
  g_assert_cmpint (wsi_record_is_loss (&record), ==, records[i].is_loss);
}

typedef struct
{
  guint        opcode;
  const char  *payload;
  gsize        n_payload;       /* number of the payload's bytes that are known */
  WspFrameFlags flags;
} Half;

/* A frame that we send, and one that comes back. */
static const struct
{
  const char *name;
  Half        ping, pong;
  gboolean    is_round_trip;
} round_trips[] = {
  { "same-payload", { PING, "ab", 2, 0 }, { PONG, "ab", 2, 0 }, TRUE },
  { "no-payload", { PING, "", 0, 0 }, { PONG, "", 0, 0 }, TRUE },
  { "beginning-of-the-payload", { PING, "ab", 2, 0 }, { PONG, "a", 1, 0 }, FALSE },
  { "more-than-the-payload", { PING, "a", 1, 0 }, { PONG, "ab", 2, 0 }, FALSE },
  { "text-is-no-ping", { TEXT, "ab", 2, 0 }, { PONG, "ab", 2, 0 }, FALSE },
  { "text-is-no-pong", { PING, "ab", 2, 0 }, { TEXT, "ab", 2, 0 }, FALSE },
  { "ping-is-not-known", { PING, "ab", 0, 0 }, { PONG, "", 0, 0 }, FALSE },
  { "pong-is-not-known", { PING, "", 0, 0 }, { PONG, "ab", 0, 0 }, FALSE },
  { "ping-has-a-gap", { PING, "ab", 2, WSP_FRAME_FLAGS_GAP }, { PONG, "ab", 2, 0 }, FALSE },
  { "pong-has-a-gap", { PING, "ab", 2, 0 }, { PONG, "ab", 2, WSP_FRAME_FLAGS_GAP }, FALSE },
};

static void
append (StoreScene  *scene,
        const Half  *half,
        WspDirection direction)
{
  WspFrameRecord frame = store_scene_make_frame (direction, half->opcode, 1, half->payload);
  const WsiFrame kept = {
    .frame = &frame, .payload = (const guint8 *) half->payload, .n_payload = half->n_payload,
  };

  frame.flags = half->flags;
  frame.time_us = direction == WSP_DIRECTION_SENT ? 1000 : 2000;
  wsi_store_append (scene->store, scene->conversation, &kept);
}

static void
test_round_trip (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_auto (StoreScene) scene = { 0 };

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  append (&scene, &round_trips[i].ping, WSP_DIRECTION_SENT);
  append (&scene, &round_trips[i].pong, WSP_DIRECTION_RECEIVED);
  g_assert_cmpuint (store_scene_get_round_trip (&scene, 1), ==,
                    round_trips[i].is_round_trip ? 1000 : 0);
}

/* A message is counted with its last fragment. */
static void
test_count (void)
{
  g_auto (StoreScene) scene = { 0 };
  WsiCounters counters;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "a");
  store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "b");
  wsi_conversation_get_counters (scene.conversation, WSP_DIRECTION_SENT, &counters);
  g_assert_cmpuint (counters.n_frames, ==, 2);
  g_assert_cmpuint (counters.n_messages, ==, 0);
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "c");
  wsi_conversation_get_counters (scene.conversation, WSP_DIRECTION_SENT, &counters);
  g_assert_cmpuint (counters.n_messages, ==, 1);
}

/* A continuation of nothing is a message of its own, also after one that was left out. */
static void
test_lone_continuation (void)
{
  g_auto (StoreScene) scene = { 0 };

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  for (guint i = 0; i < 2; i++)
    {
      guint64 number = store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 0, "a");
      g_autoptr (GBytes) whole =
        wsi_store_dup_message (scene.store, store_scene_get_message (&scene, number), G_MAXSIZE);

      g_assert_nonnull (whole);
      g_assert_cmpmem (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), "a", 1);
      store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "b");
    }
}

/* Time begins with the first record of a connection. */
static void
test_begin (void)
{
  const WsiRecord event = {
    .time_us = 5, .event = WSI_EVENT_NOTE, .direction = WSI_NO_DIRECTION,
  };
  g_auto (StoreScene) scene = { 0 };
  gint64 begin_us = -1;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  wsi_store_append_event (scene.store, NULL, &event, WSI_SENTENCE (TEXT, "of none"));
  g_assert_false (wsi_store_get_begin (scene.store, &begin_us));
  append (&scene, &round_trips[0].ping, WSP_DIRECTION_SENT);
  g_assert_true (wsi_store_get_begin (scene.store, &begin_us));
  g_assert_cmpint (begin_us, ==, 1000);
}

/* A text of no bytes is there also where the bytes of its time are gone. */
static void
test_empty_text (void)
{
  const WsiStoreLimits limits = {
    .max_records = WSI_DEFAULT_MAX_RECORDS, .max_memory = MEBIBYTE, .max_stored = MEBIBYTE,
    .event_rows = WSI_EVENT_ROWS_CONVERSATIONS,
  };
  const WsiRecord event = { .event = WSI_EVENT_NOTE, .direction = WSI_NO_DIRECTION };
  g_autofree char *payload = g_strnfill (MEBIBYTE / 2, 'x');
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *empty = NULL;

  store_scene_init_with_limits (&scene, &limits);
  wsi_store_append_event (scene.store, NULL, &event, WSI_SENTENCE (TEXT, "text"));
  wsi_store_append_event (scene.store, NULL, &event, WSI_SENTENCE (TEXT, ""));
  for (guint i = 0; i < 16; i++)
    store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, payload);
  empty = wsi_store_dup_event_text (scene.store, 1);
  g_assert_null (wsi_store_dup_event_text (scene.store, 0));
  g_assert_cmpstr (empty, ==, "");
}

/* A message that is not there is not the one that was read before. */
static void
test_no_message (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GBytes) first = NULL;
  guint32 message;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  message = store_scene_get_message (&scene, store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT,
                                                                 1, "first"));
  first = wsi_store_dup_message (scene.store, message, G_MAXSIZE);
  g_assert_nonnull (first);
  g_assert_null (wsi_store_dup_message (scene.store, message + 1, G_MAXSIZE));
}

/* Payloads whose bytes are those of the wire can be looked at as they are. */
static void
test_peek (void)
{
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_RECEIVED, TEXT, 1, "deflated");
  const WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "deflated", .n_payload = 8 };
  gsize length;
  const guint8 *at;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  frame.flags = WSP_FRAME_FLAGS_COMPRESSED;
  wsi_store_append (scene.store, scene.conversation, &kept);
  at = wsi_store_peek_payload (scene.store, wsi_store_get_record (scene.store, 0), WSI_VIEW_WIRE,
                               &length);
  g_assert_nonnull (at);
  g_assert_cmpmem (at, length, "deflated", 8);
  store_scene_assert_payload (&scene, 0, WSI_VIEW_UNMASKED, "deflated", 8);
  g_assert_null (wsi_store_dup_payload (scene.store, 0, WSI_VIEW_INFLATED, G_MAXSIZE));
}

/* The same faults of many frames are one set: there is room for others. */
static void
test_same_faults (void)
{
  guint faults[] = { 1, 2 };
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "");
  const WsiFrame kept = { .frame = &frame, .faults = faults, .n_faults = 2 };
  guint found[2];

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  frame.fault = 1;
  for (guint i = 0; i < 5000; i++)
    wsi_store_append (scene.store, scene.conversation, &kept);
  faults[1] = 3;
  wsi_store_append (scene.store, scene.conversation, &kept);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 4999, found, 2), ==, 2);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 5000, found, 2), ==, 2);
  g_assert_cmpuint (found[1], ==, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/record/kind", records, test_record);
  ADD_ROWS ("/inspector/record/round-trip", round_trips, test_round_trip);
  g_test_add_func ("/inspector/record/message/is-counted-at-its-end", test_count);
  g_test_add_func ("/inspector/record/message/continuation-of-nothing", test_lone_continuation);
  g_test_add_func ("/inspector/record/message/that-is-not-there", test_no_message);
  g_test_add_func ("/inspector/record/begin/of-the-first-connection", test_begin);
  g_test_add_func ("/inspector/record/text-of-no-bytes", test_empty_text);
  g_test_add_func ("/inspector/record/payload-of-the-wire", test_peek);
  g_test_add_func ("/inspector/record/faults-that-many-have", test_same_faults);

  return g_test_run ();
}
