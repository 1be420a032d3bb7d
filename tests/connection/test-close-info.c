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

/* A reason that looks like the rest of the sentence. */
static void
test_quotation_mark (void)
{
  g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_CLEAN, 1000, NULL, 1000, "a\", bc \"");

  info->was_started_by_peer = TRUE;
  check_sentence (info, "Closed cleanly by the peer with 1000 \"a\\x22, bc \\x22\", "
                  "answered with 1000");
}

static void
test_error (void)
{
  g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_ABNORMAL, 1006, NULL, 1006, NULL);

  info->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Too late");
  info->ping_age = 20 * G_USEC_PER_SEC;
  check_sentence (info, "Ended abnormally: Too late; we sent no Close, "
                  "none was read from the peer; no data for 1.5 s, ping sent 20.0 s ago");
  g_assert_false (wsp_close_info_is_clean (info));
  g_assert_error (wsp_close_info_get_error (info), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_failed (void)
{
  g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_ABNORMAL, 1009, NULL, 1001, "off");

  info->error = g_error_new_literal (WSP_ERROR, WSP_ERROR_TOO_BIG, "Too \n big");
  check_sentence (info, "Failed by us with 1009: Too \\x0a big; "
                  "closed by the peer with 1001 \"off\"; no data for 1.5 s");
}

/* A program had closed before: the error has no part in our Close. */
static void
test_failed_later (void)
{
  g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_ABNORMAL, 1000, NULL, 1006, NULL);

  info->error = g_error_new_literal (WSP_ERROR, WSP_ERROR_TOO_BIG, "Too big");
  check_sentence (info, "Ended abnormally: Too big; closed by us with 1000, none was read from the "
                  "peer; no data for 1.5 s");
}

/* A part of the guide as a pattern: numbers, reasons and errors may be others. */
static GRegex *
make_pattern (const char *part)
{
  if (g_str_has_prefix (part, ": "))
    return g_regex_new ("^: [^;]+", 0, 0, NULL);
  if (part[0] == '"')
    return g_regex_new ("^ \"[^\"]*\"", 0, 0, NULL);

  g_autoptr (GRegex) number = g_regex_new ("[0-9]+", 0, 0, NULL);
  g_autofree char *escaped = g_regex_escape_string (part, -1);
  g_autofree char *any = g_regex_replace_literal (number, escaped, -1, 0, "[0-9]+", 0, NULL);
  g_autofree char *pattern = g_strconcat ("^ ?", any, NULL);

  return g_regex_new (pattern, 0, 0, NULL);
}

/* The first column of the table below the heading. */
static GPtrArray *
read_parts (void)
{
  g_autoptr (GPtrArray) patterns = g_ptr_array_new_with_free_func ((GDestroyNotify) g_regex_unref);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "docs", "guides", "closing.md",
                                                 NULL);
  g_autofree char *page = NULL;

  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  g_auto (GStrv) sections = g_strsplit (page, "### Each part of the sentence", 2);
  g_auto (GStrv) lines = g_strsplit (sections[1], "\n", -1);
  gboolean is_in_table = FALSE;

  for (guint i = 0; lines[i] != NULL && (!is_in_table || lines[i][0] == '|'); i++)
    {
      is_in_table = lines[i][0] == '|';
      if (g_str_has_prefix (lines[i], "| `"))
        {
          g_auto (GStrv) cells = g_strsplit (lines[i], "`", 3);

          g_ptr_array_add (patterns, make_pattern (cells[1]));
        }
    }
  return g_steal_pointer (&patterns);
}

/* The length of the part that the sentence begins with; 0 if the guide has no such part. */
static int
find_part (GPtrArray  *patterns,
           gboolean   *is_used,
           const char *sentence)
{
  for (guint i = 0; i < patterns->len; i++)
    {
      g_autoptr (GMatchInfo) match = NULL;
      int end = 0;

      if (g_regex_match (patterns->pdata[i], sentence, 0, &match) &&
          g_match_info_fetch_pos (match, 0, NULL, &end))
        {
          is_used[i] = TRUE;
          return end;
        }
    }
  return 0;
}

/* Every field of a close info that the sentence depends on, in each of its states. */
static WspCloseInfo *
make_shape (guint shape)
{
  const guint codes[] = { 1000, WSP_CLOSE_CODE_NO_STATUS, WSP_CLOSE_CODE_ABNORMAL };
  const char *reasons[] = { NULL, "done" };
  WspCloseInfo *info = make_info (shape % 2 == 0 ? WSP_CLOSE_CLEAN : WSP_CLOSE_ABNORMAL,
                                  codes[shape / 2 % 3], reasons[shape / 6 % 2],
                                  codes[shape / 12 % 3], reasons[shape / 36 % 2]);

  info->was_started_by_peer = shape / 72 % 2 == 1;
  if (shape / 144 % 2 == 1)
    info->ping_age = 20 * G_USEC_PER_SEC;
  if (shape / 288 % 2 == 1)
    info->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "Connection reset by peer");
  if (shape / 576 == 1)
    {
      g_clear_error (&info->error);
      info->local_code = WSP_CLOSE_CODE_TOO_BIG;
      info->error = g_error_new_literal (WSP_ERROR, WSP_ERROR_TOO_BIG, "Too big");
    }
  return info;
}

#define N_SHAPES 1152

static void
test_guide (void)
{
  g_autoptr (GPtrArray) patterns = read_parts ();
  g_autofree gboolean *is_used = g_new0 (gboolean, patterns->len);

  for (guint i = 0; i < N_SHAPES; i++)
    {
      g_autoptr (WspCloseInfo) info = make_shape (i);
      g_autofree char *sentence = wsp_close_info_to_string (info);
      int length = 0;

      for (const char *rest = sentence; rest[0] != '\0'; rest += length)
        {
          length = find_part (patterns, is_used, rest);
          if (length == 0)
            g_error ("docs/guides/closing.md does not explain \"%s\" of \"%s\"", rest, sentence);
        }
    }
  for (guint i = 0; i < patterns->len; i++)
    if (!is_used[i])
      g_error ("no sentence has this part: %s", g_regex_get_pattern (patterns->pdata[i]));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/close-info/to-string/WS-257-reason-is-escaped", test_peer_closed);
  g_test_add_func ("/connection/close-info/to-string/quotation-mark-of-the-peer",
                   test_quotation_mark);
  g_test_add_func ("/connection/close-info/to-string/we-closed", test_we_closed);
  g_test_add_func ("/connection/close-info/to-string/names-the-error", test_error);
  g_test_add_func ("/connection/close-info/to-string/both-codes-of-a-failure", test_failed);
  g_test_add_func ("/connection/close-info/to-string/an-error-after-our-close-is-no-failure",
                   test_failed_later);
  g_test_add_func ("/connection/close-info/to-string/guide-explains-each-part", test_guide);

  return g_test_run ();
}
