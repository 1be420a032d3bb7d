/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-action-rows.h"
#include "inspector/store-scene.h"

#define SEND WSP_ACTION_TYPE_SEND_TO_NETWORK
#define RECEIVE WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK
#define SENT WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE
#define RECEIVED WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE
#define MAX_ACTIONS 3

/* The rows of the scene, which a client has recorded. */
enum
{
  OUR_TEXT,
  FIRST,                        /* of two fragments */
  THEIR_PONG,
  LAST,
  THEIR_PING,
  OUR_PONG,
  OUR_BYTES,                    /* of no frame */
};

static void
fill (StoreScene *scene)
{
  const WspFrameRecord bytes = {
    .direction = WSP_DIRECTION_SENT, .flags = WSP_FRAME_FLAGS_BYTES, .payload_length = 1,
  };
  const WsiFrame kept = { .frame = &bytes, .payload = (const guint8 *) "a", .n_payload = 1 };

  store_scene_init (scene, 100);
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 1, "text");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, TEXT, 0, "one ");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, PONG, 1, "");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, CONTINUATION, 1, "two");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, PING, 1, "");
  store_scene_append (scene, WSP_DIRECTION_SENT, PONG, 1, "");
  wsi_store_append (scene->store, scene->conversation, &kept);
}

static const struct
{
  const char *name;
  WspRole     role;
  WsiAction   actions[MAX_ACTIONS];
  guint64     row;              /* of the last one */
} cases[] = {
  { "send-has-the-last-frame-that-was-sent", WSP_ROLE_CLIENT, { { .type = SEND, .n_bytes = 9 } }, OUR_PONG },
  { "receive-has-the-last-frame-of-the-peer", WSP_ROLE_CLIENT, { { .type = RECEIVE, .n_bytes = 9 } }, THEIR_PING },
  { "engine-of-the-other-side", WSP_ROLE_SERVER, { { .type = SEND, .n_bytes = 9 } }, THEIR_PING },
  { "send-of-nothing", WSP_ROLE_CLIENT, { { .type = SEND } }, WSI_NO_ROW },
  { "no-action", WSP_ROLE_CLIENT, { { .type = WSP_ACTION_TYPE_NONE, .n_bytes = 9 } }, WSI_NO_ROW },
  { "text-was-sent", WSP_ROLE_CLIENT, { { .type = SENT, .buffer_type = WSP_BUFFER_TYPE_UTF8_MESSAGE } }, OUR_TEXT },
  { "fragment-was-received", WSP_ROLE_CLIENT, { { .type = RECEIVED, .buffer_type = WSP_BUFFER_TYPE_UTF8_FRAGMENT } }, FIRST },
  { "end-of-a-message-was-received", WSP_ROLE_CLIENT, { { .type = RECEIVED, .buffer_type = WSP_BUFFER_TYPE_UTF8_MESSAGE } }, LAST },
  { "pong-was-received", WSP_ROLE_CLIENT, { { .type = RECEIVED, .buffer_type = WSP_BUFFER_TYPE_PING_PONG } }, THEIR_PONG },
  { "ping-was-received-after-it", WSP_ROLE_CLIENT,
    { { .type = RECEIVED, .buffer_type = WSP_BUFFER_TYPE_PING_PONG }, { .type = RECEIVED, .buffer_type = WSP_BUFFER_TYPE_PING_PONG } },
    THEIR_PING },
  { "close-has-not-come", WSP_ROLE_CLIENT, { { .type = RECEIVED, .buffer_type = WSP_BUFFER_TYPE_CLOSE } }, WSI_NO_ROW },
};

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  WsiActionRows rows = { 0 };
  guint64 row = WSI_NO_ROW;

  fill (&scene);
  for (guint j = 0; j < MAX_ACTIONS; j++)
    {
      WsiAction action = cases[i].actions[j];

      action.role = cases[i].role;
      if (j == 0 || action.type != WSP_ACTION_TYPE_NONE)
        row = wsi_action_rows_find (&rows, scene.store, scene.conversation, &action);
    }
  g_assert_cmpuint (row, ==, cases[i].row);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/action-rows/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  return g_test_run ();
}
