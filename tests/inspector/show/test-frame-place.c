/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-frame-place.h"

#include <string.h>

#include "inspector/store-scene.h"
#include "lib/rows.h"

#define FAR_AWAY 100001
#define SEGMENT_LENGTH 16384    /* of the store: rows that it removes together */

/* Three fragments, with a ping between them, and a message after them. */
static const struct
{
  const char  *name;
  WspDirection direction;
  guint        opcode, fin;
  guint64      fragment, n_fragments;   /* number of the fragment, and of all fragments, when all
                                         * are there */
  WspRole      sender;
} frames[] = {
  { "first-fragment", WSP_DIRECTION_SENT, TEXT, 0, 1, 3, WSP_ROLE_CLIENT },
  { "ping-between", WSP_DIRECTION_SENT, PING, 1, 1, 1, WSP_ROLE_CLIENT },
  { "second-fragment", WSP_DIRECTION_SENT, CONTINUATION, 0, 2, 3, WSP_ROLE_CLIENT },
  { "message-of-the-server", WSP_DIRECTION_RECEIVED, TEXT, 1, 1, 1, WSP_ROLE_SERVER },
  { "last-fragment", WSP_DIRECTION_SENT, CONTINUATION, 1, 3, 3, WSP_ROLE_CLIENT },
};

static void
append_frames (StoreScene *scene)
{
  store_scene_init (scene, WSI_DEFAULT_MAX_RECORDS);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    store_scene_append (scene, frames[i].direction, frames[i].opcode, frames[i].fin, "Hi");
}

static void
test_fragment (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (StoreScene) scene = { 0 };
  WsiFramePlace place;

  append_frames (&scene);
  g_assert_true (wsi_frame_place_find (&place, scene.store, i));
  g_assert_cmpuint (place.n_fragments, ==, frames[i].n_fragments);
  g_assert_cmpuint (place.fragment, ==, frames[i].fragment);
  g_assert_cmpint (place.sender, ==, frames[i].sender);
  g_assert_cmpuint (place.message, ==, store_scene_get_message (&scene, i));
  g_assert_true (place.is_complete);
}

static void
test_bytes (void)
{
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "Hello");
  WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "Hello", .n_payload = 5 };
  WsiFramePlace place;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  frame.offset = 300;
  wsi_store_append (scene.store, scene.conversation, &kept);
  frame.flags = WSP_FRAME_FLAGS_CUT;
  frame.payload_length = G_MAXUINT64;
  wsi_store_append (scene.store, scene.conversation, &kept);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (wsi_frame_place_find (&place, scene.store, i));
      g_assert_cmpuint (place.first_byte, ==, 300);
      g_assert_cmpuint (place.n_bytes, ==, 7);
    }
}

/* Neither is counted for long. */
static void
test_far_away (void)
{
  g_auto (StoreScene) scene = { 0 };
  guint64 last;
  WsiFramePlace place;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "");
  store_scene_append_many (&scene, FAR_AWAY);
  last = store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "");
  g_assert_true (wsi_frame_place_find (&place, scene.store, last));
  g_assert_cmpuint (place.n_fragments, ==, 2);
  g_assert_cmpuint (place.fragment, ==, 0);
}

/* The first fragment was removed. */
static void
test_gone (void)
{
  g_auto (StoreScene) scene = { 0 };
  guint64 last;
  WsiFramePlace place;

  store_scene_init (&scene, SEGMENT_LENGTH);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "");
  store_scene_append_many (&scene, SEGMENT_LENGTH);
  last = store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "");
  g_assert_cmpuint (wsi_store_get_first (scene.store), ==, SEGMENT_LENGTH);
  g_assert_true (wsi_frame_place_find (&place, scene.store, last));
  g_assert_cmpuint (place.n_fragments, ==, 2);
  g_assert_cmpuint (place.fragment, ==, 0);
}

static void
test_no_frame (void)
{
  g_auto (StoreScene) scene = { 0 };
  const WsiRecord event = { .event = WSI_EVENT_NOTE, .direction = WSI_NO_DIRECTION };
  WsiFramePlace place;

  append_frames (&scene);
  wsi_store_append_event (scene.store, scene.conversation, &event, WSI_SENTENCE (TEXT, "a note"));
  g_assert_false (wsi_frame_place_find (&place, scene.store, G_N_ELEMENTS (frames)));
  g_assert_false (wsi_frame_place_find (&place, scene.store, 1000));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/frame-place/fragment", frames, test_fragment);
  g_test_add_func ("/inspector/frame-place/fragment/one-after-removed-ones-has-no-number",
                   test_gone);
  g_test_add_func ("/inspector/frame-place/fragment/one-too-far-away-has-no-number", test_far_away);
  g_test_add_func ("/inspector/frame-place/bytes/a-cut-frame-has-those-that-were-seen", test_bytes);
  g_test_add_func ("/inspector/frame-place/no-frame/has-no-place", test_no_frame);

  return g_test_run ();
}
