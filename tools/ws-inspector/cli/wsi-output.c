/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/wsi-output.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* If the reader of the output has closed it, the program ends without an error. */
static void
check_written (int result)
{
  if (result < 0 && errno == EPIPE)
    _exit (WSI_EXIT_CLEAN);
}

void
wsi_output_init (void)
{
  setlocale (LC_ALL, "");
  setvbuf (stdout, NULL, _IOLBF, BUFSIZ);
  signal (SIGPIPE, SIG_IGN);
}

WsiCharset
wsi_output_get_charset (void)
{
  return g_get_charset (NULL) ? WSI_CHARSET_UTF8 : WSI_CHARSET_ASCII;
}

/* The caller has escaped text from a peer. */
void
wsi_output_line (const char *format,
                 ...)
{
  va_list arguments;

  va_start (arguments, format);
  check_written (vprintf (format, arguments));
  va_end (arguments);
  check_written (putchar ('\n'));
}

void
wsi_output_escaped (const char *text)
{
  g_autofree char *escaped = wsi_text_escape_line (text, wsi_output_get_charset ());

  wsi_output_line ("%s", escaped);
}

void
wsi_output_error (const char *text)
{
  g_autofree char *escaped = wsi_text_escape_line (text, wsi_output_get_charset ());

  fprintf (stderr, "wsinspect: %s\n", escaped);
}

void
wsi_output_error_bytes (const char *title,
                        GBytes     *bytes,
                        gsize       max_length)
{
  g_autofree char *escaped = wsi_text_escape (bytes, max_length, wsi_output_get_charset ());

  fprintf (stderr, "wsinspect: %s: %s\n", title, escaped);
}
