/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/reconnecting/wsp-back-off-private.h"

#include "core/close-code.h"
#include "http/wsp-decimal-private.h"

#include <stdio.h>
#include <string.h>

#define MAX_DOUBLINGS 31

guint64
wsp_back_off_choose_delay (const WspBackOff      *self,
                           const WspBackOffCause *cause,
                           guint32                random)
{
  guint64 delay = (guint64) self->min_delay << CLAMP (cause->n_attempts, 1, MAX_DOUBLINGS);
  guint64 to = MIN (delay, MAX (self->min_delay, self->max_delay));
  guint64 from = MAX (to / 2, MIN (self->min_delay, to));

  if (wsc_close_code_is_loss_for_all (cause->close_code) && cause->n_attempts <= 1)
    {
      from = 0;
      to = self->spread;
    }
  else if (wsc_close_code_is_loss_for_all (cause->close_code) || cause->retry_after > 0)
    {
      from = MAX (from, cause->retry_after);
      to = MAX (to, from + self->spread);
    }

  return from + (to - from) * random / G_MAXUINT32;
}

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

/* Only the form that senders must use: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7). */
static GDateTime *
parse_date (const char *value)
{
  char month[4];
  int day, year, hour, minute, second;
  int end = 0;                  /* stays 0 unless the whole form was read */

  (void) sscanf (value, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, month, &year,
                 &hour, &minute, &second, &end);
  if (end == 0)
    return NULL;

  return g_date_time_new_utc (year, find_month (month), day, hour, minute, MIN (second, 59));
}

guint
wsp_retry_after_parse (const char *value,
                       gint64      now)
{
  g_autoptr (GDateTime) date = NULL;
  guint64 seconds = 0;
  const guint longest = WSP_MAX_RETRY_AFTER / 1000;

  if (!wsp_decimal_parse (value, longest, &seconds) && (date = parse_date (value)) != NULL)
    seconds = CLAMP (g_date_time_to_unix (date) - now, 0, (gint64) longest);

  return seconds * 1000;
}
