/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A connection as a client that connects once more: the target is compared in its one-line form. */

#include "inspect/targets/wsi-target-head.h"
#include "lib/rows.h"

#include <string.h>

#define BEGIN "GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"

static const struct
{
  const char *name, *uri, *request;
  const char *target;           /* target as one line; NULL: refused */
  const char *error;            /* error of the request, or of the start of the target; NULL:
                                 * none */
} connections[] = {
  { "plain", "ws://h/chat", BEGIN "\r\n", "connect ws://h/chat", NULL },
  { "headers-keep-their-order", "ws://h/chat", BEGIN "Cookie: a=1; b=2\r\nX: y\r\n\r\n",
    "connect ws://h/chat '--header=Cookie: a=1; b=2' '--header=X: y'", NULL },
  { "origin-subprotocols-compression", "wss://h/chat", BEGIN "Origin: https://o\r\nSec-WebSocket-Protocol: x, y\r\n"
    "Sec-WebSocket-Protocol: z\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n",
    "connect wss://h/chat --protocol=x --protocol=y --protocol=z --origin=https://o --deflate", NULL },
  { "no-request-was-seen", "ws://h/chat", NULL, "connect ws://h/chat", NULL },
  { "head-that-ends-in-the-middle", "ws://h/chat", BEGIN "X: y\r\nNo", "connect ws://h/chat '--header=X: y'", NULL },
  { "nothing-after-the-head-counts", "ws://h/chat", BEGIN "\r\nX: y", "connect ws://h/chat", NULL },
  { "hidden-header-is-asked-for", "ws://h/chat", BEGIN "Authorization: Bearer redacted-43-bytes-7f3a\r\n\r\n",
    "connect ws://h/chat '--header=Authorization: Bearer redacted-43-bytes-7f3a'", "a secret was not kept" },
  { "hidden-part-of-the-uri-is-asked-for", "ws://h/?token=redacted-43-bytes-7f3a", BEGIN "\r\n",
    "connect 'ws://h/?token=redacted-43-bytes-7f3a'", "a secret was not kept" },
  { "hidden-subprotocol-is-asked-for", "ws://h/", BEGIN "Sec-WebSocket-Protocol: redacted-43-bytes-7f3a\r\n\r\n",
    "connect ws://h/ --protocol=redacted-43-bytes-7f3a", "a secret was not kept" },
  { "uri-is-not-known", NULL, BEGIN "\r\n", NULL, "URI of connection 0 is not known" },
  { "header-is-no-text", "ws://h/", BEGIN "X: \xff\r\n\r\n", NULL, "expected headers of UTF-8" },
};

static void
test_connection (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = connections[i].uri };
  g_autoptr (WsiConversation) conversation = wsi_conversation_new (&opening, 1);
  g_autoptr (WsiTarget) target = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  WsiTargetField wrong;

  if (connections[i].request != NULL)
    {
      g_autoptr (GBytes) head = g_bytes_new (connections[i].request,
                                             strlen (connections[i].request));

      wsi_conversation_set_request (conversation, head);
    }
  target = wsi_target_new_of_conversation (conversation, NULL, &error);
  line = target != NULL ? wsi_target_print (target) : NULL;
  g_assert_cmpstr (line, ==, connections[i].target);
  if (target != NULL)
    wsi_target_check (target, &wrong, &error);
  if (connections[i].error != NULL)
    g_assert_nonnull (strstr (error->message, connections[i].error));
  else
    g_assert_no_error (error);
}

/* The fields that the connection of a target takes from it. */
static const struct
{
  const char *name, *origin;
  const char *target;           /* target as one line */
} origins[] = {
  { "any-certificate", "connect wss://o --insecure-accept-certificate", "connect wss://h/a --insecure-accept-certificate" },
  { "authorities-and-certificate", "connect wss://o --ca=/a.pem --cert=/c.pem --key=/k.pem",
    "connect wss://h/a --ca=/a.pem --cert=/c.pem --key=/k.pem" },
  { "headers-are-those-of-the-connection", "connect ws://o '--header=X: y' --origin=https://o --protocol=p",
    "connect wss://h/a" },
  { "proxy-without-a-scheme", "proxy 8080 o:3000", "connect ws://o:3000/a" },
  { "proxy-with-a-slash", "proxy 8080 wss://o/", "connect wss://o/a" },
  { "proxy-for-its-server", "proxy 8080 wss://o --ca=/a.pem --cert=/c.pem --insecure-accept-certificate",
    "connect wss://o/a --ca=/a.pem --insecure-accept-certificate" },
  { "server-has-none", "serve 8080 --cert=/c.pem", "connect wss://h/a" },
};

static void
test_origin (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "wss://h/a" };
  g_autoptr (WsiConversation) conversation = wsi_conversation_new (&opening, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) origin = wsi_target_parse (origins[i].origin, &error);
  g_autoptr (WsiTarget) target = NULL;
  g_autofree char *line = NULL;

  g_assert_no_error (error);
  target = wsi_target_new_of_conversation (conversation, origin, &error);
  g_assert_no_error (error);
  line = wsi_target_print (target);
  g_assert_cmpstr (line, ==, origins[i].target);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/target-head", connections, test_connection);
  ADD_ROWS ("/inspector/target-head/origin", origins, test_origin);
  return g_test_run ();
}
