/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Targets in words, without secrets. */
#include "inspect/targets/wsi-target-words.h"
#include "lib/rows.h"

static const struct
{
  const char *name, *line, *words;
} cases[] = {
  { "client", "connect wss://h/feed", "Connect to wss://h/feed" },
  { "secret", "connect 'ws://h/?token=secret'", "Connect to ws://h/?token=redacted-6-bytes-0000" },
  { "server", "serve 9000", "Listen on port 9000" },
  { "server-at-an-address", "serve 127.0.0.1:9000", "Listen on 127.0.0.1:9000" },
  { "server-at-any-port", "serve 0", "Listen on any free port" },
  { "proxy", "proxy 9001 ws://h:1", "Relay to ws://h:1" },
  { "capture", "capture", "Capture any: tcp" },
  { "capture-with-a-filter", "capture lo 'tcp port 80'", "Capture lo: tcp port 80" },
  { "program-that-is-started", "capture lo -- chat --fast", "Start chat --fast, and capture lo: tcp" },
  { "program", "attach chat", "Attach to chat" },
  { "example", "demo", "Play the example" },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = wsi_target_parse (cases[i].line, &error);
  g_autofree char *words = NULL;

  g_assert_no_error (error);
  words = wsi_target_dup_words (target);
  g_assert_cmpstr (words, ==, cases[i].words);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/target-words", cases, test_case);
  return g_test_run ();
}
