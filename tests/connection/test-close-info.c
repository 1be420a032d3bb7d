/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/wsproto.h>

#include "connection/report/wsp-close-info-private.h"

static WspCloseInfo *
make_info (WspCloseKind kind,
           guint        local_code,
           const char  *local_reason,
           guint        peer_code,
           const char  *peer_reason)
{
  WspCloseInfo *info = wsp_close_info_new (kind);

  info->local_code = local_code;
  info->local_reason = g_strdup (local_reason);
  info->peer_code = peer_code;
  info->peer_reason = g_strdup (peer_reason);
  info->idle_time = 1500000;
  return info;
}

static void
check_sentence (WspCloseInfo *info,
                const char   *expected)
{
  g_autofree char *text = wsp_close_info_to_string (info);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_peer_closed (void)
{
  g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_CLEAN, 1001, NULL, 1001, "bye\x1b[2J");

  info->was_started_by_peer = TRUE;
  check_sentence (info, "Closed cleanly by the peer with 1001 \"bye\\x1b[2J\", answered with 1001");
}

static void
test_we_closed (void)
{
  g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_CLEAN, 1000, "done", 1005, "");

  check_sentence (info, "Closed cleanly by us with 1000 \"done\", answered without a code");
}

static void
test_error (void)
{
  g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_ABNORMAL, 1006, NULL, 1006, NULL);

  info->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Too late");
  info->ping_age = 20 * G_USEC_PER_SEC;
  check_sentence (info, "Ended abnormally: Too late; we sent no Close, the peer sent none; "
                  "no data for 1.5 s, ping sent 20.0 s ago");
  g_assert_false (wsp_close_info_is_clean (info));
  g_assert_error (wsp_close_info_get_error (info), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_failed (void)
{
  g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_ABNORMAL, 1009, NULL, 1001, "off");

  info->error = g_error_new_literal (WSP_SESSION_ERROR, WSP_SESSION_ERROR_TOO_BIG, "Too \n big");
  check_sentence (info, "Ended abnormally: Too \\x0a big; closed by us with 1009, "
                  "by the peer with 1001 \"off\"; no data for 1.5 s");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/close-info/to-string/RFC-257-reason-is-escaped", test_peer_closed);
  g_test_add_func ("/connection/close-info/to-string/we-closed", test_we_closed);
  g_test_add_func ("/connection/close-info/to-string/PAIN-10-names-the-error", test_error);
  g_test_add_func ("/connection/close-info/to-string/both-codes-of-a-failure", test_failed);

  return g_test_run ();
}
