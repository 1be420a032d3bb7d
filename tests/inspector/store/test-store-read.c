/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/opened.h"
#include "inspector/store-scene.h"

#include <string.h>

#define SEGMENT_LENGTH 16384
#define KEY 0x37fa213du         /* of RFC 6455 5.7 */

/* As on the wire, without the mask, and inflated. */
static void
test_views (void)
{
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "Hello");
  WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "Hello", .n_payload = 5 };
  gsize length;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  frame.masked = 1;
  frame.masking_key = KEY;
  frame.header_length = 6;
  wsi_store_append (scene.store, scene.conversation, &kept);
  frame.flags = WSP_FRAME_FLAGS_COMPRESSED;
  frame.inflated_length = 11;
  kept.inflated = (const guint8 *) "Hello world";
  kept.n_inflated = 11;
  wsi_store_append (scene.store, scene.conversation, &kept);

  for (guint i = 0; i < 2; i++)
    {
      store_scene_assert_payload (&scene, i, WSI_VIEW_WIRE, "\x7f\x9f\x4d\x51\x58", 5);
      store_scene_assert_payload (&scene, i, WSI_VIEW_UNMASKED, "Hello", 5);
    }
  store_scene_assert_payload (&scene, 0, WSI_VIEW_INFLATED, "Hello", 5);
  store_scene_assert_payload (&scene, 1, WSI_VIEW_INFLATED, "Hello world", 11);
  g_assert_cmpuint (wsi_record_get_length (wsi_store_get_record (scene.store, 0)), ==, 5);
  g_assert_cmpuint (wsi_record_get_length (wsi_store_get_record (scene.store, 1)), ==, 11);

  const WsiRecord *record = wsi_store_get_record (scene.store, 1);

  g_assert_null (wsi_store_peek_payload (scene.store, record, WSI_VIEW_WIRE, &length));
  g_assert_cmpmem (wsi_store_peek_payload (scene.store, record, WSI_VIEW_INFLATED, &length), 11,
                   "Hello world", length);
}

/* The same header comes out that went in. */
static void
test_header (void)
{
  const struct
  {
    guint64 length;
    guint   header_length, masked;
  } headers[] = {
    { 0, 2, 0 }, { 125, 6, 1 }, { 5, 4, 0 }, { 5, 8, 1 }, { 126, 4, 0 }, { 65536, 14, 1 }, { 7, 10, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      const WspFrameRecord frame = {
        .time_us = 7,
        .offset = G_MAXUINT64,
        .payload_length = headers[i].length,
        .inflated_length = headers[i].length,
        .masking_key = headers[i].masked ? KEY : 0,
        .fault = 3,
        .direction = WSP_DIRECTION_RECEIVED,
        .fin = i % 2,
        .rsv = i % 8,
        .opcode = i,
        .masked = headers[i].masked,
        .header_length = headers[i].header_length,
      };
      WsiRecord record;
      WspFrameRecord same;

      wsi_record_init_frame (&record, &frame);
      wsi_record_to_frame (&record, &same);
      g_assert_cmpmem (&frame, sizeof frame, &same, sizeof same);
    }
}

static void
test_truncated (void)
{
  g_auto (StoreScene) scene = { 0 };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  const WsiStoreLimits limits = { .max_records = 1, .max_memory = 1, .max_stored = 3 };

  scene.store = wsi_store_new_with_limits (&limits);
  scene.conversation = opened_conversation (scene.store, &opening, 1);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "abcdef");
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");

  const WsiRecord *record = wsi_store_get_record (scene.store, 0);

  g_assert_true ((record->flags & WSI_RECORD_TRUNCATED) != 0);
  g_assert_cmpuint (record->payload_length, ==, 6);
  store_scene_assert_payload (&scene, 0, WSI_VIEW_INFLATED, "abc", 3);
  store_scene_assert_payload (&scene, 1, WSI_VIEW_WIRE, "", 0);
}

/* Control frames and the other direction come between its fragments. */
static void
test_message (void)
{
  g_auto (StoreScene) scene = { 0 };
  WsiMessageInfo message;
  g_autoptr (GBytes) bytes = NULL;
  guint64 first;
  guint32 number;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "single");
  first = store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "one ");
  g_assert_true (wsi_store_get_message (scene.store, store_scene_get_message (&scene, first),
                                        &message));
  g_assert_cmpuint (message.n_frames, ==, 1);
  g_assert_false (message.is_complete);

  store_scene_append (&scene, WSP_DIRECTION_RECEIVED, TEXT, 1, "other");
  store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "ping");
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 0, "message ");
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "of three");
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "alone");

  g_assert_true (wsi_store_get_message (scene.store, store_scene_get_message (&scene, 5),
                                        &message));
  g_assert_cmpuint (message.first, ==, 1);
  g_assert_cmpuint (message.last, ==, 5);
  g_assert_cmpuint (message.n_frames, ==, 3);
  g_assert_cmpuint (message.length, ==, strlen ("one message of three"));
  g_assert_cmpuint (message.wire_length, ==, strlen ("one message of three") + 3 * 2);
  g_assert_cmpuint (message.kind, ==, WSP_FRAME_KIND_TEXT);
  g_assert_true (message.is_complete);
  g_assert_cmpuint (wsi_store_get_payload_length (scene.store, &message), ==, message.length);
  bytes = wsi_store_dup_message (scene.store, message.message, G_MAXSIZE);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "one message of three",
                   message.length);

  g_assert_true (wsi_store_get_message (scene.store, store_scene_get_message (&scene, 6),
                                        &message));
  g_assert_cmpuint (message.first, ==, 6);
  g_assert_cmpuint (message.n_frames, ==, 1);
  g_assert_false (wsi_store_get_message (scene.store, 0, &message));
  g_assert_false (wsi_store_get_message (scene.store, 1000, &message));
  g_assert_null (wsi_store_dup_message (scene.store, 0, G_MAXSIZE));
  g_assert_null (wsi_store_dup_message (scene.store, 1000, G_MAXSIZE));

  /* The number that the last fragment would have if it were the first one. */
  number = store_scene_get_message (&scene, 6) - 1;
  g_assert_false (wsi_store_get_message (scene.store, number, &message));
}

/* Bytes that were not asked for may be gone. */
static void
test_start_of_message (void)
{
  g_auto (StoreScene) scene = { 0 };
  const WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, CONTINUATION, 1, "two");
  const WsiFrame kept = { .frame = &frame };
  g_autoptr (GBytes) bytes = NULL;
  guint32 number;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "one ");
  wsi_store_append (scene.store, scene.conversation, &kept);
  number = store_scene_get_message (&scene, 0);
  bytes = wsi_store_dup_message (scene.store, number, 4);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "one ", 4);
  g_assert_null (wsi_store_dup_message (scene.store, number, 5));
}

/* A frame whose wire's bytes were not kept, and one that has none. */
static void
test_inflated_alone (void)
{
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "wire");
  const WsiFrame kept = {
    .frame = &frame,
    .inflated = (const guint8 *) "inflated",
    .n_inflated = 8,
  };

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  frame.flags = WSP_FRAME_FLAGS_COMPRESSED;
  frame.inflated_length = 8;
  wsi_store_append (scene.store, scene.conversation, &kept);
  frame.payload_length = 0;
  wsi_store_append (scene.store, scene.conversation, &kept);

  for (guint64 i = 0; i < 2; i++)
    store_scene_assert_payload (&scene, i, WSI_VIEW_INFLATED, "inflated", 8);
  g_assert_null (wsi_store_dup_payload (scene.store, 0, WSI_VIEW_UNMASKED, G_MAXSIZE));
  store_scene_assert_payload (&scene, 1, WSI_VIEW_UNMASKED, "", 0);
}

/* A pause cuts the message in progress where it leaves out a frame that is no control frame. */
static void
test_left_out (gconstpointer data)
{
  const guint opcode = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  WsiMessageInfo message;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "one ");
  wsi_store_pause (scene.store, 1);
  store_scene_append (&scene, WSP_DIRECTION_SENT, opcode, opcode == PING, "left out");
  wsi_store_resume (scene.store, 2);
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "two");

  g_assert_true (wsi_store_get_message (scene.store, store_scene_get_message (&scene, 0),
                                        &message));
  g_assert_cmpuint (message.n_frames, ==, 2);
  g_assert_cmpint (message.is_cut, ==, opcode != PING);
}

/* Its first records are gone while it goes on. */
static void
test_evicted_message (void)
{
  g_auto (StoreScene) scene = { 0 };
  WsiMessageInfo message;
  guint32 number;

  store_scene_init (&scene, SEGMENT_LENGTH);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "a");
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 0, "b");
  number = store_scene_get_message (&scene, 0);
  for (guint i = 0; i < 2 * SEGMENT_LENGTH; i++)
    store_scene_append (&scene, WSP_DIRECTION_RECEIVED, TEXT, 1, "");
  g_assert_cmpuint (wsi_store_get_first (scene.store), >, 1);
  g_assert_false (wsi_store_get_message (scene.store, number, &message));

  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "c");
  g_assert_true (wsi_store_get_message (scene.store, number, &message));
  g_assert_cmpuint (message.first, ==, 0);
  g_assert_cmpuint (message.n_frames, ==, 3);
  g_assert_cmpuint (message.length, ==, 3);
  g_assert_null (wsi_store_dup_message (scene.store, number, G_MAXSIZE));

  for (guint i = 0; i < 2 * SEGMENT_LENGTH; i++)
    store_scene_append (&scene, WSP_DIRECTION_RECEIVED, TEXT, 1, "");
  g_assert_false (wsi_store_get_message (scene.store, number, &message));
}

static void
test_round_trip (void)
{
  g_auto (StoreScene) scene = { 0 };
  guint64 number;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "1");
  store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "2");
  store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "");
  store_scene_append (&scene, WSP_DIRECTION_RECEIVED, PONG, 1, "2");
  store_scene_append (&scene, WSP_DIRECTION_RECEIVED, PONG, 1, "1");
  store_scene_append (&scene, WSP_DIRECTION_SENT, PONG, 1, "");
  store_scene_append (&scene, WSP_DIRECTION_RECEIVED, PONG, 1, "");

  g_assert_cmpuint (store_scene_get_round_trip (&scene, 3), ==, 2000);
  g_assert_cmpuint (store_scene_get_round_trip (&scene, 4), ==, 0);
  g_assert_cmpuint (store_scene_get_round_trip (&scene, 5), ==, 0);
  g_assert_cmpuint (store_scene_get_round_trip (&scene, 6), ==, 4000);
  g_assert_cmpuint (wsi_record_get_length (wsi_store_get_record (scene.store, 6)), ==, 0);

  /* Pings that nothing answers are forgotten, the oldest first. */
  store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "old");
  for (guint i = 0; i < 100; i++)
    store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "new");
  number = store_scene_append (&scene, WSP_DIRECTION_RECEIVED, PONG, 1, "old");
  g_assert_cmpuint (store_scene_get_round_trip (&scene, number), ==, 0);
}

/* Its length is not that of an empty one, nor is what is missing a time. */
static void
test_cut_pong (void)
{
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_RECEIVED, PONG, 1, "12345");
  const WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "" };
  guint64 number;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "");
  number = wsi_store_get_end (scene.store);
  frame.flags = WSP_FRAME_FLAGS_CUT;
  frame.n_missing = 5;
  frame.time_us = 9000;
  wsi_store_append (scene.store, scene.conversation, &kept);

  g_assert_cmpuint (store_scene_get_round_trip (&scene, number), ==, 0);
  g_assert_cmpuint (wsi_record_get_wire_length (wsi_store_get_record (scene.store, number)), ==,
                    frame.header_length);
}

static void
test_faults (void)
{
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "");
  guint faults[] = { 5, 7, 9 }, found[3] = { 0 };
  WsiFrame kept = { .frame = &frame, .faults = faults, .n_faults = 3 };

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
  frame.fault = 5;
  for (guint i = 0; i < 3; i++)
    {
      kept.n_faults = 3 - i;
      wsi_store_append (scene.store, scene.conversation, &kept);
    }

  g_assert_cmpuint (wsi_store_get_faults (scene.store, 0, found, 3), ==, 0);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 1, found, 3), ==, 3);
  g_assert_cmpmem (found, sizeof found, faults, sizeof faults);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 2, found, 1), ==, 2);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 3, found, 3), ==, 1);
  g_assert_cmpuint (found[0], ==, 5);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 99, found, 3), ==, 0);

  /* NULL asks only how many they are. */
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 1, NULL, 0), ==, 3);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 3, NULL, 0), ==, 1);
}

static void
test_notes (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *comment = NULL;
  guint64 number;

  store_scene_init (&scene, SEGMENT_LENGTH);
  for (guint i = 0; i < 10; i++)
    store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
  wsi_store_set_comment (scene.store, 3, "first");
  wsi_store_set_comment (scene.store, 3, "why \xff");
  wsi_store_set_mark (scene.store, 3, 2);
  wsi_store_set_reply (scene.store, 3, 7);

  comment = wsi_store_dup_comment (scene.store, 3);
  g_assert_cmpstr (comment, ==, "why \xef\xbf\xbd");
  g_assert_cmpuint (wsi_store_get_mark (scene.store, 3), ==, 2);
  g_assert_true (wsi_store_get_reply (scene.store, 3, &number) && number == 7);
  g_assert_true (wsi_store_get_request (scene.store, 7, &number) && number == 3);
  g_assert_false (wsi_store_get_reply (scene.store, 7, &number));
  g_assert_null (wsi_store_dup_comment (scene.store, 4));

  /* They go with their record, and do not come back. */
  for (guint i = 0; i < 2 * SEGMENT_LENGTH; i++)
    store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
  wsi_store_set_mark (scene.store, 3, 4);
  g_assert_null (wsi_store_dup_comment (scene.store, 3));
  g_assert_cmpuint (wsi_store_get_mark (scene.store, 3), ==, 0);
}

static void
test_event (void)
{
  g_auto (StoreScene) scene = { 0 };
  const WsiRecord gap = {
    .time_us = 5,
    .event = WSI_EVENT_GAP,
    .direction = WSP_DIRECTION_RECEIVED,
    .payload_length = 400,
  };
  g_autofree char *text = NULL;
  const WsiRecord *record;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
  wsi_store_append_event (scene.store, scene.conversation, &gap,
                          WSI_SENTENCE (TEXT, "400 bytes are missing"));
  record = wsi_store_get_record (scene.store, 1);
  text = wsi_store_dup_event_text (scene.store, 1);

  g_assert_cmpuint (record->kind, ==, WSI_RECORD_KIND_EVENT);
  g_assert_cmpuint (record->event, ==, WSI_EVENT_GAP);
  g_assert_cmpuint (record->conversation, ==, 1);
  g_assert_cmpuint (wsi_record_get_wire_length (record), ==, 0);
  g_assert_cmpstr (text, ==, "400 bytes are missing");
  g_assert_null (wsi_store_dup_event_text (scene.store, 0));
  g_assert_null (wsi_store_dup_payload (scene.store, 1, WSI_VIEW_WIRE, G_MAXSIZE));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/store/views/wire-unmasked-inflated", test_views);
  g_test_add_func ("/inspector/store/views/a-header-is-as-it-was", test_header);
  g_test_add_func ("/inspector/store/views/over-the-cap-its-beginning-is-kept", test_truncated);
  g_test_add_func ("/inspector/store/messages/fragments-are-folded", test_message);
  g_test_add_func ("/inspector/store/messages/an-open-one-outlives-its-first-records",
                   test_evicted_message);
  g_test_add_func ("/inspector/store/messages/its-start-needs-no-more", test_start_of_message);
  g_test_add_data_func ("/inspector/store/messages/a-fragment-that-is-left-out-cuts-it",
                        GUINT_TO_POINTER (CONTINUATION), test_left_out);
  g_test_add_data_func ("/inspector/store/messages/a-ping-that-is-left-out-does-not",
                        GUINT_TO_POINTER (PING), test_left_out);
  g_test_add_func ("/inspector/store/views/inflated-bytes-may-be-alone", test_inflated_alone);
  g_test_add_func ("/inspector/store/pings/a-pong-has-a-round-trip", test_round_trip);
  g_test_add_func ("/inspector/store/pings/a-pong-that-is-cut-has-none", test_cut_pong);
  g_test_add_func ("/inspector/store/faults/all-of-a-frame", test_faults);
  g_test_add_func ("/inspector/store/notes/go-with-their-record", test_notes);
  g_test_add_func ("/inspector/store/events/are-records-with-a-text", test_event);

  return g_test_run ();
}
