/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/wsproto.h>

#include "connection/wsp-close-info-private.h"

static void
test_sentence (void)
{
  g_autoptr (WspCloseInfo) info = wsp_close_info_new (WSP_CLOSE_CLEAN);

  info->was_started_by_peer = TRUE;
  info->peer_code = 1001;
  info->local_code = 1001;
  info->peer_reason = g_strdup ("bye\x1b[2J");

  g_autofree char *text = wsp_close_info_to_string (info);

  g_assert_cmpstr (text, ==,
                   "Closed cleanly by the peer; local code 1001, peer code 1001, "
                   "reason \"bye\\033[2J\"");
}

static void
test_error (void)
{
  g_autoptr (WspCloseInfo) info = wsp_close_info_new (WSP_CLOSE_ABNORMAL);

  info->local_code = 1006;
  info->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Too late");

  g_autofree char *text = wsp_close_info_to_string (info);

  g_assert_cmpstr (text, ==, "Ended abnormally; local code 1006: Too late");
  g_assert_false (wsp_close_info_is_clean (info));
  g_assert_error (wsp_close_info_get_error (info), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/close-info/to-string/RFC-257-reason-is-escaped", test_sentence);
  g_test_add_func ("/connection/close-info/to-string/tells-the-error", test_error);

  return g_test_run ();
}
