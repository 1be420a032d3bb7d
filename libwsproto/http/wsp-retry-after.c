/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "http/wsp-retry-after-private.h"

#include <stdio.h>
#include <string.h>

#include "http/wsp-decimal-private.h"

#define MAX_SECONDS (WSP_MAX_RETRY_AFTER / 1000)
#define MARK "retry-after="
#define MARK_END "; "           /* separates the mark from the program's text */

/* 0: not the name of a month. */
static int
find_month (const char *name)
{
  static const char names[][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (strcmp (names[i], name) == 0)
        return i + 1;
    }

  return 0;
}

typedef struct
{
  char month[4];
  int  day, year, hour, minute, second;
} Date;

/* TRUE: value is a date in the form that senders must use ("Sun, 06 Nov 1994 08:49:37 GMT"), or in
 * that of asctime () or of RFC 850, which has two digits of the year (RFC 9110 5.6.7). */
static gboolean
read_date (const char *value,
           Date       *date,
           gboolean   *is_short)
{
  Date *to = date;
  int end = 0;                  /* stays 0 unless the whole form was read */

  (void) sscanf (value, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &to->day, to->month,
                 &to->year, &to->hour, &to->minute, &to->second, &end);
  if (end == 0)
    (void) sscanf (value, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", to->month, &to->day,
                   &to->hour, &to->minute, &to->second, &to->year, &end);
  *is_short = end == 0;
  if (end == 0)
    (void) sscanf (value, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &to->day, to->month,
                   &to->year, &to->hour, &to->minute, &to->second, &end);

  return end > 0 && value[end] == '\0';
}

/* A year of two digits is at most 50 years away (RFC 9110 5.6.7). */
static int
find_year (int    last_digits,
           gint64 now)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (now);
  int this_year = g_date_time_get_year (date);
  int year = this_year - this_year % 100 + last_digits;

  if (year > this_year + 50)
    return year - 100;

  return year <= this_year - 50 ? year + 100 : year;
}

static GDateTime *
parse_date (const char *value,
            gint64      now)
{
  Date date;
  gboolean is_short;

  if (!read_date (value, &date, &is_short))
    return NULL;

  return g_date_time_new_utc (is_short ? find_year (date.year, now) : date.year,
                              find_month (date.month), date.day, date.hour, date.minute,
                              MIN (date.second, 59));
}

guint
wsp_retry_after_parse (const char *value,
                       gint64      now)
{
  g_autoptr (GDateTime) date = NULL;
  guint64 seconds = 0;

  if (!wsp_decimal_parse (value, MAX_SECONDS, &seconds) && (date = parse_date (value, now)) != NULL)
    seconds = CLAMP (g_date_time_to_unix (date) - now, 0, (gint64) MAX_SECONDS);

  return seconds * 1000;
}

gboolean
wsp_close_mark_parse (const char *reason,
                      gsize       length,
                      guint      *delay)
{
  g_autofree char *digits = NULL;
  guint64 seconds;

  if (reason == NULL || strlen (reason) != length || !g_str_has_prefix (reason, MARK))
    return FALSE;

  const char *number = reason + strlen (MARK);
  const char *end = strstr (number, MARK_END);

  digits = end != NULL ? g_strndup (number, end - number) : g_strdup (number);
  if (!wsp_decimal_parse_at_most (digits, MAX_SECONDS, &seconds))
    return FALSE;

  *delay = seconds * 1000;
  return TRUE;
}

char *
wsp_close_mark_write (guint       seconds,
                      const char *text)
{
  g_assert (seconds <= MAX_SECONDS);

  return g_strdup_printf (MARK "%u%s%s", seconds, text != NULL ? MARK_END : "",
                          text != NULL ? text : "");
}
