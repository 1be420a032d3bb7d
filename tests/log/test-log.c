/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/rows.h"
#include "log/wsp-log-private.h"

#include <string.h>

/* The last line that the writer received: the fields as KEY=VALUE, separated by blanks. */
static GString *written;
static GLogLevelFlags written_level;

static GLogWriterOutput
keep_line (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  written_level = level;
  g_string_truncate (written, 0);
  for (gsize i = 0; i < n_fields; i++)
    g_string_append_printf (written, "%s%s=%s", i > 0 ? " " : "", fields[i].key,
                            (const char *) fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static void
listen (void)
{
  if (written != NULL)
    return;

  written = g_string_new (NULL);
  g_log_set_writer_func (keep_line, NULL, NULL);
}

static const struct
{
  const char *name, *text, *escaped;
} escape_cases[] = {
  { "plain", "bye", "bye" },
  { "letters-of-all-countries", "Grüße, Ω", "Grüße, Ω" },
  { "terminal-control", "\x1b[2J", "\\x1b[2J" },
  { "line-ends", "a\r\nb", "a\\x0d\\x0ab" },
  { "c1-control", "\xc2\x9b" "31m", "\\xc2\\x9b31m" },
  { "right-to-left-override", "\xe2\x80\xae", "\\xe2\\x80\\xae" },
  { "not-utf8", "\xff" "a\xc3", "\\xffa\\xc3" },
};

static void
test_escape (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *escaped = wsp_log_escape (escape_cases[i].text);

  g_assert_cmpstr (escaped, ==, escape_cases[i].escaped);
}

static void
test_short (void)
{
  g_autofree char *exact = g_strnfill (400, 'x');
  g_autofree char *more = g_strnfill (401, 'x');
  g_autofree char *hostile = g_strnfill (4096, '\x07');
  g_autofree char *kept = wsp_log_escape (exact);
  g_autofree char *cut = wsp_log_escape (more);
  g_autofree char *escaped = wsp_log_escape (hostile);

  g_assert_cmpstr (kept, ==, exact);
  g_assert_cmpuint (strlen (cut), ==, 400);
  g_assert_true (g_str_has_suffix (cut, "xxx…"));
  g_assert_cmpuint (strlen (escaped), <=, 400);
  g_assert_true (g_str_has_suffix (escaped, "\\x07…"));
}

static void
test_fields (void)
{
  const WspLogFields fields = { 7, 1009, "192.0.2.1:80", "max-frame-size" };

  listen ();
  wsp_log (WSP_LOG_LIMITS, WSP_LOG_LEVEL_INFO, &fields, "Frame of %u bytes\n", 12u);
  g_assert_cmpstr (written->str, ==,
                   "MESSAGE=#7 192.0.2.1:80: Frame of 12 bytes\\x0a PRIORITY=6 GLIB_DOMAIN=Wsp "
                   "WSP_TOPIC=limits WSP_CONNECTION=7 WSP_PEER=192.0.2.1:80 WSP_CLOSE_CODE=1009 "
                   "WSP_LIMIT=max-frame-size");
  g_assert_cmpint (written_level, ==, G_LOG_LEVEL_INFO);
}

static const struct
{
  const char    *name;
  WspLogLevel    level;
  GLogLevelFlags written;
  const char    *priority;
} level_cases[] = {
  { "info", WSP_LOG_LEVEL_INFO, G_LOG_LEVEL_INFO, " PRIORITY=6 " },
  { "message", WSP_LOG_LEVEL_MESSAGE, G_LOG_LEVEL_MESSAGE, " PRIORITY=5 " },
};

static void
test_level (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  listen ();
  wsp_log (WSP_LOG_IO, level_cases[i].level, &(WspLogFields) { 0 }, "Anything");
  g_assert_cmpint (written_level, ==, level_cases[i].written);
  g_assert_nonnull (strstr (written->str, level_cases[i].priority));
}

static void
test_unknown_left_out (void)
{
  listen ();
  wsp_log (WSP_LOG_IO, WSP_LOG_LEVEL_INFO, &(WspLogFields) { 0 }, "Nothing known");
  g_assert_cmpstr (written->str, ==,
                   "MESSAGE=Nothing known PRIORITY=6 GLIB_DOMAIN=Wsp WSP_TOPIC=io");
}

static void
test_like_seconds (void)
{
  const struct { guint milliseconds; gboolean is_like_seconds; } times[] = {
    { 0, FALSE }, { 1, TRUE }, { 99, TRUE }, { 100, FALSE }, { G_MAXUINT, FALSE },
  };

  listen ();
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_string_truncate (written, 0);
      wsp_log_if_like_seconds ("some-time", times[i].milliseconds);
      g_assert_cmpint (written->len > 0, ==, times[i].is_like_seconds);
    }
  wsp_log_if_like_seconds ("some-time", 30);
  g_assert_true (g_str_has_prefix (written->str, "MESSAGE=some-time is in milliseconds: set to 30 "
                                   "(for 30 seconds set it to 30000) PRIORITY=5 "));
}

static void
test_numbers (void)
{
  guint first = wsp_log_next_number ();

  g_assert_cmpuint (first, >, 0);
  g_assert_cmpuint (wsp_log_next_number (), ==, first + 1);
}

/* In a process of its own, as the variable is read once. */
static void
be_child (void)
{
  const char *asked = g_getenv ("TEST_WSP_DEBUG");
  const WspLogTopic all[] = { WSP_LOG_HANDSHAKE, WSP_LOG_FRAMES, WSP_LOG_IO, WSP_LOG_LIMITS,
                              WSP_LOG_CLOSE, WSP_LOG_TIMERS };

  g_setenv ("WSP_DEBUG", asked, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    wsp_log (all[i], WSP_LOG_LEVEL_DEBUG, &(WspLogFields) { 0 }, "topic %u", 1u << i);

  /* Too late: it was read. */
  g_setenv ("WSP_DEBUG", "all", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    wsp_log (all[i], WSP_LOG_LEVEL_DEBUG, &(WspLogFields) { 0 }, "late %u", 1u << i);
}

static const struct
{
  const char *asked;
  guint       topics;
} topic_cases[] = {
  { "", 0 },
  { "frames", WSP_LOG_FRAMES },
  { "io,timers", WSP_LOG_IO | WSP_LOG_TIMERS },
  { "handshake:limits", WSP_LOG_HANDSHAKE | WSP_LOG_LIMITS },
  { "all", 0x3f },
  { "nonsense", 0 },
};

static void
test_topics (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *lines = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *arguments[] = { program, "--child", NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "TEST_WSP_DEBUG",
                                                 topic_cases[i].asked, TRUE);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_spawn_sync (NULL, (char **) arguments, environment, G_SPAWN_DEFAULT, NULL, NULL,
                               NULL, &lines, NULL, &error));
  g_assert_no_error (error);
  for (guint topic = 1; topic <= WSP_LOG_TIMERS; topic <<= 1)
    {
      g_autofree char *line = g_strdup_printf (" topic %u\n", topic);
      g_autofree char *late = g_strdup_printf (" late %u\n", topic);
      gboolean is_asked = (topic_cases[i].topics & topic) != 0;

      g_assert_cmpint (strstr (lines, line) != NULL, ==, is_asked);
      g_assert_cmpint (strstr (lines, late) != NULL, ==, is_asked);
    }
}

/* Returns what the child has written: its log is in both, by level. */
static char *
run_child (const char *asked,
           const char *of_glib)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *arguments[] = { program, "--child", NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "TEST_WSP_DEBUG", asked, TRUE);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;

  environment = of_glib != NULL
                ? g_environ_setenv (environment, "G_MESSAGES_DEBUG", of_glib, TRUE)
                : g_environ_unsetenv (environment, "G_MESSAGES_DEBUG");
  g_assert_true (g_spawn_sync (NULL, (char **) arguments, environment, G_SPAWN_DEFAULT, NULL, NULL,
                               &output, &errors, NULL, NULL));
  return g_strconcat (output, errors, NULL);
}

/* Without a topic, GLib's own variable shows the lines, too. */
static void
test_shown_by_glib (void)
{
  g_autofree char *all = run_child ("", "Wsp");
  g_autofree char *others = run_child ("", "Other");

  g_assert_nonnull (strstr (all, " topic 1\n"));
  g_assert_null (strstr (others, " topic 1\n"));
}

static gboolean
is_debug_enabled (void)
{
  return wsp_log_is_enabled (WSP_LOG_CLOSE, WSP_LOG_LEVEL_DEBUG);
}

/* The variable of GLib is read once, but the program may decide at any time. */
static void
test_switched (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_log_set_debug_enabled (TRUE);
      g_assert_true (is_debug_enabled ());
      g_log_set_debug_enabled (FALSE);
      g_assert_false (is_debug_enabled ());
    }
  g_setenv ("G_MESSAGES_DEBUG", "Wsp", TRUE);
  g_assert_false (is_debug_enabled ());
  g_unsetenv ("G_MESSAGES_DEBUG");
}

static void
test_help (void)
{
  g_autofree char *lines = run_child ("help", NULL);

  g_assert_nonnull (strstr (lines, " handshake frames io limits close timers all help"));
}

static void
add_cases (void)
{
  ADD_ROWS_AS ("/log/log/escape/WS-257-%s", escape_cases, test_escape);
  for (guint i = 0; i < G_N_ELEMENTS (topic_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/log/log/topics/%s",
                                               *topic_cases[i].asked == '\0'
                                               ? "none" : topic_cases[i].asked);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_topics);
    }
  ADD_ROWS_AS ("/log/log/write/level-%s", level_cases, test_level);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "--child"))
    {
      be_child ();
      return 0;
    }

  g_test_init (&argc, &argv, NULL);

  add_cases ();
  g_test_add_func ("/log/log/like-seconds/a-time-of-1-to-99-milliseconds", test_like_seconds);
  g_test_add_func ("/log/log/escape/SEC-101-never-more-than-400-bytes", test_short);
  g_test_add_func ("/log/log/write/fields-of-a-line", test_fields);
  g_test_add_func ("/log/log/write/what-is-not-known-is-left-out", test_unknown_left_out);
  g_test_add_func ("/log/log/next-number/counts", test_numbers);
  g_test_add_func ("/log/log/topics/help-lists-them", test_help);
  g_test_add_func ("/log/log/topics/debug-is-switched-on-and-off-by-the-program", test_switched);
  g_test_add_func ("/log/log/topics/shown-by-the-variable-of-GLib-as-well", test_shown_by_glib);

  return g_test_run ();
}
