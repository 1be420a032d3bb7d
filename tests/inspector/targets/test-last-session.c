/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The parts of a session that are kept for the next one, and the order in which its targets come
 * back. */
#include "inspect/targets/wsi-last-session.h"
#include "lib/rows.h"

#define A "connect ws://127.0.0.1:9/a"
#define B "connect ws://127.0.0.1:9/b"
#define SERVE "serve 0"

/* Lines with ";" between them.  Letters of what is done, each with a line:
 *   s: the user starts a target      c: a waiting target is started
 *   p: a waiting target is refused   e: the session ends, with a filter
 *   f: the session ends in a file    w: all that is kept waits
 *   x: nothing waits any more        d: another window was changed: these lines are kept */
static const struct
{
  const char *name;
  const char *steps[8];
  const char *lines, *filter;   /* lines and filter that are kept at the end */
  const char *waiting;
} cases[] = {
  { "targets-in-their-order", { "s" SERVE, "s" A, "e" }, SERVE ";" A, "", "" },
  { "a-filter", { "s" A, "erecv" }, A, "recv", "" },
  { "no-filter-replaces-one", { "s" A, "erecv", "s" A, "e" }, A, "", "" },
  { "not-a-filter-that-may-have-a-secret", { "s" A, "ereq[cookie] contains \"a\"" }, A, "", "" },
  { "not-a-session-in-a-file", { "s" A, "f" }, "", "", "" },
  { "not-the-example", { "sdemo" }, "", "", "" },
  { "the-session-before-an-example", { "s" A, "erecv", "sdemo", "e" }, A, "recv", "" },
  { "not-a-secret", { "sconnect ws://h/?token=topsecret" }, "connect 'ws://h/?token=redacted-9-bytes-0000'", "", "" },
  { "wait", { "s" SERVE, "s" A, "e", "w" }, SERVE ";" A, "", SERVE ";" A },
  { "wait-once", { "s" A, "e", "w", "w" }, A, "", A },
  { "stop-waiting", { "s" A, "e", "w", "x" }, A, "", "" },
  { "what-waits-is-kept-behind", { "d" A ";" SERVE, "w", "c" A }, A ";" SERVE, "", SERVE },
  { "a-refused-target-is-the-first-again", { "d" A ";" SERVE, "w", "p" A }, A ";" SERVE, "", A ";" SERVE },
  { "a-correction-replaces-the-first", { "d" A ";" SERVE, "w", "s" B }, B ";" SERVE, "", SERVE },
  { "another-kind-corrects-nothing", { "d" A, "w", "s" SERVE }, SERVE ";" A, "", A },
  { "a-damaged-line-is-left-out", { "dnothing at all;" A, "w", "c" A }, A, "", "" },
  { "a-correction-of-a-damaged-line", { "dnothing at all;" SERVE, "w", "s" A }, A ";" SERVE, "", SERVE },
};

typedef struct
{
  GSettings      *settings;
  WsiLastSession *last;
} Place;

static WsiTarget *
parse (const char *line)
{
  g_autoptr (GError) error = NULL;
  WsiTarget *target = wsi_target_parse (line, &error);

  g_assert_no_error (error);
  return target;
}

static void
start (Place      *place,
       const char *line)
{
  g_autoptr (WsiTarget) target = g_str_equal (line, "demo") ? wsi_target_new (WSI_TARGET_EXAMPLE)
                                                            : parse (line);

  wsi_last_session_correct (place->last, target);
  wsi_last_session_keep (place->last, target);
}

static WsiTarget *
take (Place      *place,
      const char *expected)
{
  WsiTarget *target = wsi_last_session_take (place->last);
  g_autofree char *line = NULL;

  g_assert_nonnull (target);
  line = wsi_target_print (target);
  g_assert_cmpstr (line, ==, expected);
  return target;
}

static void
take_and_keep (Place      *place,
               const char *line)
{
  g_autoptr (WsiTarget) target = take (place, line);

  wsi_last_session_keep (place->last, target);
}

static void
take_and_put_back (Place      *place,
                   const char *line)
{
  g_autoptr (WsiTarget) target = take (place, line);

  wsi_last_session_put_back (place->last, target);
}

static void
set_lines (Place      *place,
           const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, ";", -1);

  g_settings_set_strv (place->settings, "last-sources", (const char *const *) lines);
}

static void
do_step (Place      *place,
         const char *step)
{
  switch (step[0])
    {
    case 's':
      start (place, step + 1);
      break;
    case 'c':
      take_and_keep (place, step + 1);
      break;
    case 'p':
      take_and_put_back (place, step + 1);
      break;
    case 'e':
      wsi_last_session_end (place->last, step[1] != '\0' ? step + 1 : NULL);
      break;
    case 'f':
      wsi_last_session_forget (place->last);
      break;
    case 'w':
      wsi_last_session_wait (place->last);
      break;
    case 'x':
      wsi_last_session_stop (place->last);
      break;
    case 'd':
      set_lines (place, step + 1);
      break;
    default:
      g_assert_not_reached ();
    }
}

static char *
take_all (WsiLastSession *last)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;

  while (wsi_last_session_is_waiting (last))
    {
      g_autoptr (WsiTarget) target = wsi_last_session_take (last);
      g_autofree char *line = wsi_target_print (target);

      g_strv_builder_add (builder, line);
    }
  lines = g_strv_builder_end (builder);
  return g_strjoinv (";", lines);
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  g_autoptr (WsiLastSession) last = wsi_last_session_new (settings);
  Place place = { settings, last };
  g_auto (GStrv) lines = NULL;
  g_autofree char *joined = NULL, *filter = NULL, *waiting = NULL;

  for (guint j = 0; cases[i].steps[j] != NULL; j++)
    do_step (&place, cases[i].steps[j]);
  lines = wsi_last_session_dup_lines (last);
  joined = g_strjoinv (";", lines);
  g_assert_cmpstr (joined, ==, cases[i].lines);
  filter = wsi_last_session_dup_filter (last);
  g_assert_cmpstr (filter != NULL ? filter : "", ==, cases[i].filter);
  waiting = take_all (last);
  g_assert_cmpstr (waiting, ==, cases[i].waiting);
  g_settings_reset (settings, "last-sources");
  g_settings_reset (settings, "last-filter");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/last-session", cases, test_case);
  return g_test_run ();
}
