/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/session/wsp-deflate-options.h>

typedef guint (*GetNumber) (const WspDeflateOptions *self);
typedef void (*SetNumber) (WspDeflateOptions *self,
                           guint              number);

static const struct
{
  const char *name;
  GetNumber   get;
  SetNumber   set;
  guint       least, most, client, server;
} numbers[] = {
  { "level", wsp_deflate_options_get_level, wsp_deflate_options_set_level, 1, 9, 6, 6 },
  { "memory-level", wsp_deflate_options_get_memory_level, wsp_deflate_options_set_memory_level, 1, 9, 8, 5 },
  { "client-window-bits", wsp_deflate_options_get_client_window_bits,
    wsp_deflate_options_set_client_window_bits, 9, 15, 15, 12 },
  { "server-window-bits", wsp_deflate_options_get_server_window_bits,
    wsp_deflate_options_set_server_window_bits, 9, 15, 15, 12 },
  { "threshold", wsp_deflate_options_get_threshold, wsp_deflate_options_set_threshold,
    0, G_MAXUINT, 64, 64 },
};

static void
test_numbers (void)
{
  g_autoptr (WspDeflateOptions) client = wsp_deflate_options_new_for_client ();
  g_autoptr (WspDeflateOptions) server = wsp_deflate_options_new_for_server ();

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_test_message ("%s", numbers[i].name);
      g_assert_cmpuint (numbers[i].get (client), ==, numbers[i].client);
      g_assert_cmpuint (numbers[i].get (server), ==, numbers[i].server);
      numbers[i].set (client, 0);
      g_assert_cmpuint (numbers[i].get (client), ==, numbers[i].least);
      numbers[i].set (client, G_MAXUINT);
      g_assert_cmpuint (numbers[i].get (client), ==, numbers[i].most);
      numbers[i].set (client, 9);
      g_assert_cmpuint (numbers[i].get (client), ==, 9);
    }
}

static void
test_takeover (void)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new_for_client ();

  g_assert_true (wsp_deflate_options_get_client_context_takeover (options));
  g_assert_true (wsp_deflate_options_get_server_context_takeover (options));
  wsp_deflate_options_set_client_context_takeover (options, FALSE);
  g_assert_false (wsp_deflate_options_get_client_context_takeover (options));
  g_assert_true (wsp_deflate_options_get_server_context_takeover (options));
  wsp_deflate_options_set_client_context_takeover (options, TRUE);
  wsp_deflate_options_set_server_context_takeover (options, FALSE);
  g_assert_true (wsp_deflate_options_get_client_context_takeover (options));
  g_assert_false (wsp_deflate_options_get_server_context_takeover (options));
}

static void
test_copy (void)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new_for_server ();
  g_autoptr (WspDeflateOptions) copy = g_boxed_copy (WSP_TYPE_DEFLATE_OPTIONS, options);

  wsp_deflate_options_set_level (options, 1);
  g_assert_cmpuint (wsp_deflate_options_get_level (copy), ==, 6);
  g_assert_cmpuint (wsp_deflate_options_get_memory_level (copy), ==, 5);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/deflate-options/numbers-stay-in-their-range", test_numbers);
  g_test_add_func ("/session/deflate-options/takeover-of-each-direction", test_takeover);
  g_test_add_func ("/session/deflate-options/copy-is-independent", test_copy);
  return g_test_run ();
}
