/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "http/wsp-retry-after-private.h"
#include "lib/rows.h"

#define NOW 784111777           /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct
{
  const char *name, *value;
  guint       delay;
} retries[] = {
  { "seconds", "120", 120000 },
  { "nothing", "0", 0 },
  { "empty", "", 0 },
  { "longest", "86400", 86400000 },
  { "longer", "86401", 86400000 },
  { "beyond-64-bits", "99999999999999999999999", 86400000 },
  { "zeros-before", "0000000000000000000000120", 120000 },
  { "negative", "-1", 0 },
  { "blank-after", "120 ", 0 },
  { "digits-and-words", "120s", 0 },
  { "words", "soon", 0 },
  { "date", "Sun, 06 Nov 1994 08:49:40 GMT", 3000 },
  { "date-that-was", "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
  { "date-far-away", "Sun, 06 Nov 2094 08:49:37 GMT", 86400000 },
  { "date-with-leap-second", "Sun, 06 Nov 1994 08:49:60 GMT", 22000 },
  { "date-of-no-month", "Sun, 06 anF 1994 08:49:40 GMT", 0 },
  { "date-of-half-a-month", "Sun, 06 No 1994 08:49:40 GMT", 0 },
  { "date-of-the-first-month", "Sat, 01 Jan 2000 00:00:00 GMT", 86400000 },
  { "date-and-more", "Sun, 06 Nov 1994 08:49:40 GMT+1", 0 },
  { "date-of-RFC-850", "Sunday, 06-Nov-94 08:49:40 GMT", 3000 },
  { "date-of-RFC-850-that-was", "Sunday, 06-Nov-94 08:49:36 GMT", 0 },
  { "date-of-RFC-850-in-the-next-century", "Saturday, 06-Nov-44 08:49:37 GMT", 86400000 },
  { "date-of-RFC-850-more-than-50-years-away", "Saturday, 06-Nov-45 08:49:37 GMT", 0 },
  { "date-of-RFC-850-with-four-digits", "Sunday, 06-Nov-1994 08:49:40 GMT", 0 },
  { "date-of-RFC-850-and-more", "Sunday, 06-Nov-94 08:49:40 GMT ", 0 },
  { "date-of-RFC-850-of-another-zone", "Sunday, 06-Nov-94 08:49:40 CET", 0 },
  { "date-of-asctime", "Sun Nov  6 08:49:40 1994", 3000 },
  { "date-of-asctime-with-two-digits", "Sun Nov 16 08:49:40 1994", 86400000 },
  { "date-of-asctime-that-was", "Sun Nov  6 08:49:36 1994", 0 },
  { "date-of-asctime-and-more", "Sun Nov  6 08:49:40 1994 GMT", 0 },
  { "date-of-asctime-cut", "Sun Nov  6 08:49:40", 0 },
  { "date-cut", "Sun, 06 Nov 1994 08:49", 0 },
  { "date-of-another-zone", "Sun, 06 Nov 1994 08:49:40 CET", 0 },
  { "day-that-is-not", "Sun, 32 Nov 1994 08:49:40 GMT", 0 },
};

static void
test_retry (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  g_assert_cmpuint (wsp_retry_after_parse (retries[i].value, NOW), ==, retries[i].delay);
}

#define ABSENT G_MAXUINT
#define X25 "xxxxxxxxxxxxxxxxxxxxxxxxx"
#define ZEROS_25 "0000000000000000000000000"

static const struct
{
  const char *name, *reason;
  guint       delay;            /* delay in milliseconds; ABSENT: the reason has no mark */
} marks[] = {
  { "nothing", "retry-after=0", 0 },
  { "seconds", "retry-after=120", 120000 },
  { "longest", "retry-after=86400", 86400000 },
  { "with-text", "retry-after=0; moved to another server", 0 },
  { "with-text-of-no-bytes", "retry-after=5; ", 5000 },
  { "with-text-that-has-a-mark", "retry-after=5; retry-after=7; x", 5000 },
  { "zeros-before", "retry-after=0007", 7000 },
  { "no-reason", NULL, ABSENT },
  { "empty-reason", "", ABSENT },
  { "no-number", "retry-after=", ABSENT },
  { "no-number-but-text", "retry-after=; text", ABSENT },
  { "no-equals-sign", "retry-after", ABSENT },
  { "longer", "retry-after=86401", ABSENT },
  { "20-digits", "retry-after=18446744073709551616", ABSENT },
  { "20-digits-that-are-0-in-32-bits", "retry-after=18446744069414584320", ABSENT },
  { "minus", "retry-after=-1", ABSENT },
  { "plus", "retry-after=+1", ABSENT },
  { "blank-before", "retry-after= 1", ABSENT },
  { "blank-after", "retry-after=1 ", ABSENT },
  { "blank-before-the-mark", " retry-after=1", ABSENT },
  { "blank-before-the-equals-sign", "retry-after =1", ABSENT },
  { "no-blank-after-the-semicolon", "retry-after=1;text", ABSENT },
  { "semicolon-alone", "retry-after=1;", ABSENT },
  { "blank-before-the-semicolon", "retry-after=1 ; text", ABSENT },
  { "capitals", "Retry-After=1", ABSENT },
  { "after-text", "moved; retry-after=1", ABSENT },
  { "fraction", "retry-after=1.5", ABSENT },
  { "hexadecimal", "retry-after=0x10", ABSENT },
  { "digits-of-another-script", "retry-after=\xd9\xa1", ABSENT },
  { "123-bytes-of-digits", "retry-after=1" ZEROS_25 ZEROS_25 ZEROS_25 ZEROS_25 "0000000000", ABSENT },
  { "123-bytes-of-zeros", "retry-after=0" ZEROS_25 ZEROS_25 ZEROS_25 ZEROS_25 "0000000000", 0 },
  { "123-bytes-with-text", "retry-after=3; " X25 X25 X25 X25 "xxxxxxxx", 3000 },
};

static void
test_mark (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  guint delay = ABSENT;
  gsize length = marks[i].reason != NULL ? strlen (marks[i].reason) : 0;

  g_assert_cmpint (wsp_close_mark_parse (marks[i].reason, length, &delay), ==,
                   marks[i].delay != ABSENT);
  g_assert_cmpuint (delay, ==, marks[i].delay);
  if (marks[i].reason != NULL)
    g_assert_cmpuint (strlen (marks[i].reason), <=, 123);
}

static const struct
{
  const char *name, *text, *reason;
  guint       seconds;
} written[] = {
  { "no-text", NULL, "retry-after=0", 0 },
  { "text", "restart", "retry-after=0; restart", 0 },
  { "seconds", "restart", "retry-after=30; restart", 30 },
  { "empty-text", "", "retry-after=86400; ", 86400 },
  { "longest-text", X25 X25 X25 X25 "xxxxxxxx", "retry-after=0; " X25 X25 X25 X25 "xxxxxxxx", 0 },
};

/* A written time is read as it was. */
static void
test_written (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *reason = wsp_close_mark_write (written[i].seconds, written[i].text);
  guint delay = ABSENT;

  g_assert_cmpstr (reason, ==, written[i].reason);
  g_assert_true (wsp_close_mark_parse (reason, strlen (reason), &delay));
  g_assert_cmpuint (delay, ==, written[i].seconds * 1000);
  g_assert_cmpuint (strlen (reason), <=, 123);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/session/retry-after/header", retries, test_retry);
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/session/retry-after/%s/%s",
                         marks[i].delay != ABSENT ? "mark" : "no-mark", marks[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_mark);
    }
  ADD_ROWS ("/session/retry-after/written", written, test_written);

  return g_test_run ();
}
