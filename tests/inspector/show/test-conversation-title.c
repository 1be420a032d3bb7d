/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Names of connections: with the server, once there are several. */
#include "inspect/show/models/wsi-conversation-title.h"

#include "inspector/opened.h"
#include "lib/rows.h"

static const struct
{
  const char *name, *first, *second;    /* URIs of the first and the second connection */
  const char *title;            /* title of the second connection */
} cases[] = {
  { "one-server", "ws://h:1/a", "ws://h:1/chat", "#2 · /chat" },
  { "another-port", "ws://h:1/a", "ws://h:2/chat?x=1", "#2 · h:2 /chat?x=1" },
  { "another-host", "ws://h/a", "wss://localhost:9444/chat", "#2 · localhost:9444 /chat" },
  { "same-host-in-capitals", "ws://H:1/", "ws://h:1/chat", "#2 · /chat" },
  { "user-is-no-server", "ws://me:pw@h:1/", "ws://h:1/chat", "#2 · /chat" },
  { "without-a-path", "ws://h:1/", "ws://i:1", "#2 · i:1 /" },
  { "ipv6", "ws://h:1/", "ws://[::1]:80/b", "#2 · [::1]:80 /b" },
  { "uri-that-is-not-known", "ws://h:1/", NULL, "#2 · /" },
  { "text-that-is-no-uri", "ws://h:1/", "chat", "#2 · chat" },
};

static WsiConversation *
open_uri (WsiStore   *store,
          const char *uri)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = uri };

  return opened_conversation (store, &opening, 1);
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiStore) store = wsi_store_new (100, 1024);
  g_autoptr (WsiConversation) first = open_uri (store, cases[i].first);
  g_autoptr (WsiConversation) second = open_uri (store, cases[i].second);
  g_autofree char *title = wsi_conversation_title_dup (second);

  g_assert_cmpstr (title, ==, cases[i].title);
}

/* The URI may come with the request, and the first connection has its server then, too. */
static void
test_later (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (100, 1024);
  g_autoptr (WsiConversation) first = open_uri (store, "ws://h:1/a");
  g_autoptr (WsiConversation) second = open_uri (store, NULL);
  g_autofree char *before = wsi_conversation_title_dup_name (first), *after = NULL;

  wsi_conversation_set_uri (second, "ws://h:2/b");
  after = wsi_conversation_title_dup_name (first);
  g_assert_cmpstr (before, ==, "/a");
  g_assert_cmpstr (after, ==, "h:1 /a");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/conversation-title", cases, test_case);
  g_test_add_func ("/inspector/conversation-title/server-comes-later", test_later);
  return g_test_run ();
}
