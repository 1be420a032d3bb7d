/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Captures of live connections have the addresses of their sockets: over each kind of transport,
 * recorded by the client and by the server. */
#include "endpoint/ways.h"
#include "inspector/scene.h"

#include <string.h>

static gboolean
has_text (GBytes     *bytes,
          const char *text)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text,
                 strlen (text)) != NULL;
}

static void
record (Scene  *scene,
        WspRole role)
{
  *scene = (Scene) { .store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD) };
  scene->recorder = wsi_recorder_new (scene->store, role);
}

/* A Unix socket has no address that packets can have: the capture says that they are made up. */
static void
assert_addresses (Scene      *scene,
                  const char *client,
                  const char *server)
{
  g_autoptr (WsiConversation) live = wsi_store_dup_conversation (scene->store, 1);
  g_autoptr (GBytes) capture = scene_save (scene, WSI_FORMAT_PCAPNG, WSI_REDACTION_NONE);
  g_autoptr (WsiConversation) read = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Scene) other = { 0 };

  g_assert_cmpstr (wsi_conversation_get_client (live), ==, client);
  g_assert_cmpstr (wsi_conversation_get_server (live), ==, server);
  scene_init (&other);
  g_assert_true (scene_load (&other, capture, &error));
  g_assert_no_error (error);
  read = wsi_store_dup_conversation (other.store, 1);
  if (client != NULL)
    g_assert_cmpstr (wsi_conversation_get_client (read), ==, client);
  if (server != NULL)
    g_assert_cmpstr (wsi_conversation_get_server (read), ==, server);
  g_assert_cmpint (has_text (capture, "The client's address is not known: it is made up"), ==,
                   client == NULL);
  g_assert_cmpint (has_text (capture, "The server's address is not known: it is made up"), ==,
                   server == NULL);
}

static void
test_way (gconstpointer data)
{
  Way way = GPOINTER_TO_UINT (data);
  WayPair pair;
  g_auto (Scene) client = { 0 };
  g_auto (Scene) server = { 0 };
  g_autoptr (GError) error = NULL;

  record (&client, WSP_ROLE_CLIENT);
  record (&server, WSP_ROLE_SERVER);
  way_pair_init (&pair, way);
  wsp_client_add_tap (pair.client, WSP_TAP (client.recorder));
  wsp_server_add_tap (pair.server, WSP_TAP (server.recorder));
  way_pair_connect (&pair);
  g_assert_true (wsp_connection_queue_text (pair.connections[0], "hello", &error));
  while (wsi_store_get_end (client.store) == 0 || wsi_store_get_end (server.store) == 0)
    g_main_context_iteration (NULL, TRUE);

  g_autofree char *from =
    way_describe_address (wsp_connection_get_remote_address (pair.connections[1]));
  gboolean is_unix = way == OVER_UNIX;

  g_assert_true (is_unix || g_str_has_prefix (from, WAY_CLIENT_HOST ":"));
  assert_addresses (&client, is_unix ? NULL : from, is_unix ? NULL : pair.expected);
  assert_addresses (&server, is_unix ? NULL : from, is_unix ? NULL : pair.expected);
  way_pair_clear (&pair);
}

int
main (int    argc,
      char **argv)
{
  return way_run (argc, argv, "/inspector/live-addresses", test_way);
}
