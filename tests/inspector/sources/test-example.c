/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The example shows each thing that its comments speak of. */

#include "inspect/sources/example/wsi-example.h"

#include <string.h>

#include "inspect/sources/wsi-session.h"
#include "inspector/opened.h"

#define SMALLEST_RATIO 3        /* of the compressed message */

/* Each frame in its order, and a word of the comment on it. */
static const struct
{
  guint        conversation;
  WspDirection direction;
  guint        byte0;           /* first byte of the header: FIN, RSV1 and opcode */
  gboolean     is_faulty;
  guint        close_code;
  const char  *word;
} frames[] = {
  { 1, WSP_DIRECTION_SENT, 0x81, FALSE, 0, "masks each frame" },
  { 1, WSP_DIRECTION_RECEIVED, 0x81, FALSE, 0, "never masks" },
  { 1, WSP_DIRECTION_SENT, 0x01, FALSE, 0, "first fragment" },
  { 1, WSP_DIRECTION_SENT, 0x89, FALSE, 0, "A ping" },
  { 1, WSP_DIRECTION_RECEIVED, 0x8a, FALSE, 0, "The pong" },
  { 1, WSP_DIRECTION_SENT, 0x00, FALSE, 0, "second fragment" },
  { 1, WSP_DIRECTION_SENT, 0x80, FALSE, 0, "last fragment" },
  { 1, WSP_DIRECTION_RECEIVED, 0x82, FALSE, 0, "binary message" },
  { 1, WSP_DIRECTION_RECEIVED, 0xc1, FALSE, 0, "is compressed" },
  { 1, WSP_DIRECTION_SENT, 0x88, FALSE, 1000, "code 1000" },
  { 1, WSP_DIRECTION_RECEIVED, 0x88, FALSE, 1000, "closed cleanly" },
  { 2, WSP_DIRECTION_SENT, 0x81, FALSE, 0, "second connection" },
  { 2, WSP_DIRECTION_RECEIVED, 0x81, TRUE, 0, "no UTF-8" },
  { 2, WSP_DIRECTION_SENT, 0x88, FALSE, 1007, "1007" },
  { 2, WSP_DIRECTION_RECEIVED, 0x88, FALSE, 1007, "confirms" },
};

static WsiSource *
start (WsiSession *session,
       WsiPlace    place,
       guint       pace)
{
  g_autoptr (WsiRecorder) recorder = wsi_session_make_recorder (session, WSP_ROLE_CLIENT, NULL);
  g_autoptr (WsiExample) example = wsi_example_new (recorder, place, pace);

  wsi_session_add (session, WSI_SOURCE (example));
  return WSI_SOURCE (example);
}

static void
run_to_end (WsiSource *source)
{
  while (wsi_source_get_state (source) != WSI_SOURCE_ENDED)
    {
      g_assert_cmpint (wsi_source_get_state (source), !=, WSI_SOURCE_FAILED);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
drop (WsiSession *session)
{
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
}

static void
assert_frame (WsiStore        *store,
              guint64          number,
              const WsiRecord *record,
              guint            i)
{
  g_autofree char *comment = wsi_store_dup_comment (store, number);

  g_assert_cmpuint (record->conversation, ==, frames[i].conversation);
  g_assert_cmpuint (record->direction, ==, frames[i].direction);
  g_assert_cmphex (record->byte0, ==, frames[i].byte0);
  g_assert_cmpint (record->masking_key != 0, ==, frames[i].direction == WSP_DIRECTION_SENT);
  g_assert_cmpint (record->fault != 0, ==, frames[i].is_faulty);
  g_assert_cmpuint (record->close_code, ==, frames[i].close_code);
  g_assert_nonnull (comment);
  g_assert_nonnull (strstr (comment, frames[i].word));
  if (record->byte0 == 0xc1)
    g_assert_cmpuint (record->inflated_length, >, SMALLEST_RATIO * record->payload_length);
  if (record->kind == WSP_FRAME_KIND_PONG)
    g_assert_true (record->flags & WSI_RECORD_ROUND_TRIP);
}

static void
test_rows (gconstpointer data)
{
  WsiSession *session = opened_session ();
  WsiStore *store = wsi_session_get_store (session);
  g_autoptr (WsiConversation) conversation = NULL;
  guint n_frames = 0;

  run_to_end (start (session, GPOINTER_TO_UINT (data), 0));
  for (guint64 number = 0; number < wsi_store_get_end (store); number++)
    {
      const WsiRecord *record = wsi_store_get_record (store, number);

      if (wsi_record_is_frame (record))
        {
          g_assert_cmpuint (n_frames, <, G_N_ELEMENTS (frames));
          assert_frame (store, number, record, n_frames++);
        }
    }
  g_assert_cmpuint (n_frames, ==, G_N_ELEMENTS (frames));

  conversation = wsi_store_dup_conversation (store, 1);
  g_assert_cmpuint (wsi_conversation_get_status (conversation), ==, 101);
  g_assert_cmpint (wsi_conversation_get_ending (conversation), ==, WSI_ENDING_CLEAN);
  g_assert_cmpstr (wsi_conversation_get_uri (conversation), ==, "ws://example/chat");
  drop (session);
}

/* In the middle of the first connection. */
static void
test_stop (void)
{
  WsiSession *session = opened_session ();
  WsiStore *store = wsi_session_get_store (session);
  WsiSource *source = start (session, WSI_PLACE_THREAD, 1);

  while (wsi_store_get_end (store) == 0)
    g_main_context_iteration (NULL, TRUE);
  wsi_source_stop_async (source, NULL, NULL);
  run_to_end (source);
  drop (session);
}

/* A window that is closed at once. */
static void
test_drop (void)
{
  WsiSession *session = opened_session ();

  start (session, WSI_PLACE_THREAD, 0);
  drop (session);
}

/* Nothing of it is lost with its window, and messages cannot be sent to it. */
static void
test_kind (void)
{
  WsiSession *session = opened_session ();
  WsiSource *source = start (session, WSI_PLACE_THREAD, 0);

  g_assert_cmpint (wsi_source_get_kind (source), ==, WSI_SOURCE_KIND_EXAMPLE);
  drop (session);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/inspector/example/thread/each-row-is-what-its-comment-says",
                        GUINT_TO_POINTER (WSI_PLACE_THREAD), test_rows);
  g_test_add_func ("/inspector/example/stop/ends-in-the-middle", test_stop);
  g_test_add_func ("/inspector/example/drop/may-be-closed-at-once", test_drop);
  g_test_add_func ("/inspector/example/kind/is-no-client", test_kind);
  return g_test_run ();
}
