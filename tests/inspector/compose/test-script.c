/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One side of a recorded connection as a script, and how it is played. */
#include "inspect/compose/wsi-player.h"

#include <string.h>

#include "inspector/store-scene.h"
#include "lib/rows.h"

#define MANY 40000
#define FRACTION_US 20000       /* between two messages that are played with their times */

static WspFrameRecord
make_frame (WspDirection direction,
            guint        opcode,
            guint        fin,
            const char  *payload,
            gint64       time_us)
{
  WspFrameRecord frame = store_scene_make_frame (direction, opcode, fin, payload);

  frame.time_us = time_us;
  return frame;
}

static void
append (StoreScene  *scene,
        WspDirection direction,
        guint        opcode,
        guint        fin,
        const char  *payload,
        gint64       time_us)
{
  const WspFrameRecord frame = make_frame (direction, opcode, fin, payload, time_us);
  const WsiFrame kept = {
    .frame = &frame, .payload = (const guint8 *) payload, .n_payload = strlen (payload),
  };

  wsi_store_append (scene->store, scene->conversation, &kept);
}

static void
play_connection (StoreScene *scene)
{
  append (scene, WSP_DIRECTION_SENT, TEXT, 1, "one", 1000);
  append (scene, WSP_DIRECTION_RECEIVED, TEXT, 1, "answer", 1500);
  append (scene, WSP_DIRECTION_SENT, PING, 1, "ping", 1600);
  append (scene, WSP_DIRECTION_SENT, TEXT, 0, "tw", 2000);
  append (scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "o", 1000 + FRACTION_US);
  append (scene, WSP_DIRECTION_SENT, 2, 1, "three", 1000 + 2 * FRACTION_US);
}

static void
test_steps (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiScript) script = NULL;
  g_autoptr (WsiScript) of_server = NULL;

  store_scene_init (&scene, 100);
  play_connection (&scene);
  script = wsi_script_read (scene.store, 1, wsi_conversation_get_role (scene.conversation), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wsi_script_get_n_steps (script), ==, 3);
  g_assert_cmpint (wsi_script_get_step (script, 0)->time_us, ==, 0);
  g_assert_cmpint (wsi_script_get_step (script, 1)->time_us, ==, FRACTION_US);
  g_assert_cmpmem (g_bytes_get_data (wsi_script_get_step (script, 1)->payload, NULL), 3, "two", 3);
  g_assert_cmpint (wsi_script_get_step (script, 2)->message_type, ==, WSP_MESSAGE_TYPE_BINARY);

  of_server = wsi_script_read (scene.store, 1,
                               wsi_conversation_get_role (scene.conversation) == WSP_ROLE_CLIENT
                               ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wsi_script_get_n_steps (of_server), ==, 1);
}

/* The fragments of the second message are marked, as in a file with hidden values. */
static void
test_hidden (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiScript) script = NULL, of_rows = NULL, of_others = NULL;
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  const guint64 rows[] = { 1, 2, 0 };

  store_scene_init (&scene, 100);
  append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "one", 1);
  for (guint i = 0; i < 2; i++)
    {
      const WspFrameRecord frame =
        make_frame (WSP_DIRECTION_SENT, i == 0 ? TEXT : CONTINUATION, i, "xx", 2);
      const WsiFrame kept = {
        .frame = &frame, .payload = (const guint8 *) "xx", .n_payload = 2, .is_hidden = TRUE,
      };

      wsi_store_append (scene.store, scene.conversation, &kept);
    }
  script = wsi_script_read (scene.store, 1, wsi_conversation_get_role (scene.conversation), NULL);
  g_assert_cmpuint (wsi_script_get_n_steps (script), ==, 2);
  g_assert_cmpuint (wsi_script_get_n_hidden (script), ==, 1);
  g_array_append_vals (numbers, rows, 2);
  of_rows = wsi_script_read_rows (scene.store, numbers, NULL);
  g_assert_cmpuint (wsi_script_get_n_hidden (of_rows), ==, 1);
  g_array_index (numbers, guint64, 0) = g_array_index (numbers, guint64, 1) = rows[2];
  of_others = wsi_script_read_rows (scene.store, numbers, NULL);
  g_assert_cmpuint (wsi_script_get_n_hidden (of_others), ==, 0);
}

static void
test_refused (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GError) error = NULL;
  WspRole role;

  store_scene_init (&scene, 100);
  role = wsi_conversation_get_role (scene.conversation);
  append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "whole", 1);
  append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "not whole", 2);
  g_assert_null (wsi_script_read (scene.store, 1, role, &error));
  g_assert_cmpstr (error->message, ==, "message 2 of connection 1 is not whole");
  g_clear_error (&error);
  g_assert_null (wsi_script_read (scene.store, 7, role, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Each flag says that bytes of the second message are not known. */
static void
test_parts (void)
{
  static const WspFrameFlags parts[] = {
    WSP_FRAME_FLAGS_GAP, WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_NOT_INFLATED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_auto (StoreScene) scene = { 0 };
      WspFrameRecord frame = make_frame (WSP_DIRECTION_SENT, TEXT, 1, "part", 1);
      const WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "part", .n_payload = 4 };
      g_autoptr (GError) error = NULL;

      frame.flags = parts[i];
      store_scene_init (&scene, 100);
      append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "whole", 1);
      wsi_store_append (scene.store, scene.conversation, &kept);
      g_assert_null (wsi_script_read (scene.store, 1, WSP_ROLE_CLIENT, &error));
      g_assert_cmpstr (error->message, ==, "message 2 of connection 1 is not whole");
    }
}

/* Which rows of play_rows () are selected, and what comes out. */
static const struct
{
  const char *name;
  guint64     rows[5];
  guint       n_rows;
  const char *texts;            /* texts of the script's messages, joined by blanks; NULL:
                                 * refused */
  const char *error;
} selections[] = {
  { "one", { 0 }, 1, "one", NULL },
  { "in-the-order-of-time", { 5, 0 }, 2, "one two", NULL },
  { "frames-of-one-message-are-one", { 2, 4 }, 2, "frag", NULL },
  { "one-frame-of-a-message-is-all-of-it", { 4 }, 1, "frag", NULL },
  { "ping-is-left-out", { 0, 1, 3 }, 3, "one", NULL },
  { "all-of-a-side", { 0, 2, 3, 4, 5 }, 5, "one frag two", NULL },
  { "both-sides", { 0, 6 }, 2, NULL, "row 7 is of another side" },
  { "other-side-alone", { 6 }, 1, "back", NULL },
  { "only-a-ping", { 1 }, 1, NULL, "no selected row is of a message" },
  { "not-whole", { 0, 7 }, 2, NULL, "message 2 of connection 1 is not whole" },
  { "row-that-is-gone", { 0, 99 }, 2, NULL, "row 100 was removed" },
  { "nothing", { 0 }, 0, NULL, "no selected row is of a message" },
};

static void
play_rows (StoreScene *scene)
{
  append (scene, WSP_DIRECTION_SENT, TEXT, 1, "one", 1);
  append (scene, WSP_DIRECTION_SENT, PING, 1, "ping", 2);
  append (scene, WSP_DIRECTION_SENT, TEXT, 0, "fr", 3);
  append (scene, WSP_DIRECTION_SENT, PING, 1, "ping", 4);
  append (scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "ag", 5);
  append (scene, WSP_DIRECTION_SENT, TEXT, 1, "two", 6);
  append (scene, WSP_DIRECTION_RECEIVED, TEXT, 1, "back", 7);
  append (scene, WSP_DIRECTION_SENT, TEXT, 0, "not whole", 8);
}

static void
test_rows (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GString) texts = g_string_new (NULL);
  g_autoptr (WsiScript) script = NULL;
  g_autoptr (GError) error = NULL;

  store_scene_init (&scene, 100);
  play_rows (&scene);
  g_array_append_vals (numbers, selections[i].rows, selections[i].n_rows);
  script = wsi_script_read_rows (scene.store, numbers, &error);
  if (selections[i].texts == NULL)
    {
      g_assert_null (script);
      g_assert_nonnull (strstr (error->message, selections[i].error));
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (wsi_script_find_connection (scene.store, numbers), ==, 1);
  for (guint j = 0; j < wsi_script_get_n_steps (script); j++)
    {
      gsize length;
      const char *at = g_bytes_get_data (wsi_script_get_step (script, j)->payload, &length);

      g_string_append_printf (texts, "%s%.*s", j > 0 ? " " : "", (int) length, at);
    }
  g_assert_cmpstr (texts->str, ==, selections[i].texts);
}

/* A message is taken once it is whole, also if its frames are read as they come. */
static void
test_live (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiScript) script = NULL;
  g_autoptr (GError) error = NULL;

  store_scene_init (&scene, 100);
  script = wsi_script_new (scene.store, 1, WSP_ROLE_CLIENT);
  for (guint i = 0; i < 3; i++)
    {
      guint64 number = store_scene_append (&scene, WSP_DIRECTION_SENT, i == 0 ? TEXT : CONTINUATION,
                                           i == 2, "a");

      wsi_script_take (script, number, wsi_store_get_record (scene.store, number));
    }
  wsi_script_end (script, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wsi_script_get_n_steps (script), ==, 1);
}

static StoreScene *between_slices;

void __real_wsi_store_end_reading (WsiStore *store,
                                   guint     reading);
void __wrap_wsi_store_end_reading (WsiStore *store,
                                   guint     reading);

/* Appends rows after the first slice that is read. */
void
__wrap_wsi_store_end_reading (WsiStore *store,
                              guint     reading)
{
  StoreScene *scene = g_steal_pointer (&between_slices);

  __real_wsi_store_end_reading (store, reading);
  if (scene != NULL)
    store_scene_append_many (scene, 2 * MANY);
}

/* Rows that are written meanwhile have room, and one that is gone is not passed over. */
static void
test_slices (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiScript) script = NULL;
  g_autoptr (GError) error = NULL;

  store_scene_init (&scene, MANY);
  for (guint i = 0; i < MANY; i++)
    store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
  between_slices = &scene;
  script = wsi_script_read (scene.store, 1, wsi_conversation_get_role (scene.conversation),
                            &error);
  g_assert_null (between_slices);
  g_assert_cmpuint (wsi_store_get_losses (scene.store).n_incomplete, ==, 0);
  g_assert_null (script);
  g_assert_nonnull (strstr (error->message, "was removed from memory"));
}

typedef struct
{
  WsiPlayer *player;
  gint64     begun, times[3 * 10];
  guint      n;
} Played;

static void
on_send (WsiOutgoing *outgoing,
         gpointer     data)
{
  Played *played = data;

  wsi_outgoing_free (outgoing);
  played->times[played->n++] = g_get_monotonic_time ();
}

static void
play_again (Played *played,
            double  speed,
            guint   n_times,
            double  rate)
{
  g_auto (StoreScene) scene = { 0 };

  store_scene_init (&scene, 100);
  play_connection (&scene);
  *played = (Played) { .begun = g_get_monotonic_time () };
  played->player =
    wsi_player_new (wsi_script_read (scene.store, 1, wsi_conversation_get_role (scene.conversation),
                                     NULL), speed, on_send, played);
  wsi_player_repeat (played->player, n_times, rate);
  wsi_player_continue (played->player);
  while (!wsi_player_has_ended (played->player))
    {
      guint n = played->n;

      g_main_context_iteration (NULL, TRUE);
      if (played->n > n)
        wsi_player_continue (played->player);
    }
}

static void
play (Played *played,
      double  speed)
{
  play_again (played, speed, 1, 0);
}

/* rate: 0 = none.  shortest_us: that it takes at least. */
static const struct
{
  const char *name;
  double      speed, rate;
  guint       n_times, n_sent;
  gint64      shortest_us;
} repeats[] = {
  { "ten-times-without-pauses", WSI_PLAYER_NO_PAUSES, 0, 10, 30, 0 },
  { "twice-with-the-times", 1, 0, 2, 6, 4 * FRACTION_US - 1000 },
  { "at-a-rate", 1, 50, 2, 6, 5 * 20000 - 1000 },
  { "no-times-are-one", WSI_PLAYER_NO_PAUSES, 0, 0, 3, 0 },
  { "a-huge-rate-is-the-highest", 1, 1e300, 10, 30, 29 * 100 },
  { "a-negative-rate-is-none", WSI_PLAYER_NO_PAUSES, -5, 2, 6, 0 },
};

static void
test_repeat (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Played played;

  play_again (&played, repeats[i].speed, repeats[i].n_times, repeats[i].rate);
  g_assert_cmpuint (played.n, ==, repeats[i].n_sent);
  g_assert_cmpuint (wsi_player_get_n_steps (played.player), ==, repeats[i].n_sent);
  g_assert_cmpint (played.times[played.n - 1] - played.begun, >=, repeats[i].shortest_us);
  wsi_player_free (played.player);
}

static void
test_times (void)
{
  Played played;

  play (&played, 1.0);
  g_assert_cmpuint (played.n, ==, 3);
  g_assert_cmpint (played.times[2] - played.begun, >=, 2 * FRACTION_US - 1000);
  wsi_player_free (played.player);
}

static void
test_no_pauses (void)
{
  Played played;

  play (&played, WSI_PLAYER_NO_PAUSES);
  wsi_player_continue (played.player);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (played.n, ==, 3);
  wsi_player_free (played.player);
}

/* Nothing is asked for before the one before has left, nor after the end. */
static void
test_waits (void)
{
  g_auto (StoreScene) scene = { 0 };
  Played played = { 0 };

  store_scene_init (&scene, 100);
  play_connection (&scene);
  played.player =
    wsi_player_new (wsi_script_read (scene.store, 1, wsi_conversation_get_role (scene.conversation),
                                     NULL), WSI_PLAYER_NO_PAUSES, on_send, &played);
  wsi_player_continue (played.player);
  while (played.n == 0)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (played.n, ==, 1);
  wsi_player_continue (played.player);
  wsi_player_continue (played.player);
  wsi_player_free (played.player);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (played.n, ==, 1);
}

static void
test_origins (void)
{
  g_assert_true (wsi_uri_is_same_origin ("ws://h/a", "ws://H:80/b?c"));
  g_assert_true (wsi_uri_is_same_origin ("wss://h/a", "wss://h:443/"));
  g_assert_false (wsi_uri_is_same_origin ("ws://h/a", "wss://h/a"));
  g_assert_false (wsi_uri_is_same_origin ("ws://h/a", "ws://h:81/a"));
  g_assert_false (wsi_uri_is_same_origin ("ws://h/a", "ws://h@i/a"));
  g_assert_false (wsi_uri_is_same_origin ("ws://h:443/a", "wss://h/a"));
  g_assert_false (wsi_uri_is_same_origin (NULL, "ws://h/a"));
  g_assert_false (wsi_uri_is_same_origin ("ws://h/a", NULL));
  g_assert_false (wsi_uri_is_same_origin ("ws:a", "ws://h/a"));
  g_assert_false (wsi_uri_is_same_origin ("ws://h/a", "ws:a"));
  g_assert_false (wsi_uri_is_same_origin (NULL, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inspector/script/messages-of-one-side-with-their-times", test_steps);
  g_test_add_func ("/inspector/script/messages-with-hidden-values-are-counted", test_hidden);
  g_test_add_func ("/inspector/script/a-message-that-is-not-whole-is-refused", test_refused);
  g_test_add_func ("/inspector/script/a-message-without-all-bytes-is-refused", test_parts);
  g_test_add_func ("/inspector/script/a-message-is-taken-once-it-is-whole", test_live);
  g_test_add_func ("/inspector/script/rows-are-held-for-a-slice-only", test_slices);
  g_test_add_func ("/inspector/script/player/keeps-the-times", test_times);
  g_test_add_func ("/inspector/script/player/without-pauses", test_no_pauses);
  g_test_add_func ("/inspector/script/player/waits-until-a-message-has-left", test_waits);
  ADD_ROWS ("/inspector/script/player/repeats", repeats, test_repeat);
  g_test_add_func ("/inspector/script/SEC-128-another-server-is-known", test_origins);
  ADD_ROWS ("/inspector/script/rows", selections, test_rows);
  return g_test_run ();
}
