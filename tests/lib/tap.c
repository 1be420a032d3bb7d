/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/tap.h"

#include <stdarg.h>
#include <stdio.h>

static unsigned n_points, n_failed;

static void
print_point (bool is_ok, const char *format, va_list arguments)
{
  n_points++;
  printf ("%s %u - ", is_ok ? "ok" : "not ok", n_points);
  vprintf (format, arguments);
}

void
tap_point (bool is_ok, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  print_point (is_ok, format, arguments);
  va_end (arguments);
  putchar ('\n');

  /* A crash in the next point must not take this one with it. */
  fflush (stdout);
  n_failed += !is_ok;
}

void
tap_skip (const char *reason, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  print_point (true, format, arguments);
  va_end (arguments);
  printf (" # SKIP %s\n", reason);
}

void
tap_diag (const char *format, ...)
{
  va_list arguments;

  fputs ("# ", stdout);
  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  putchar ('\n');
}

int
tap_end (void)
{
  printf ("1..%u\n", n_points);
  return n_failed > 0;
}
