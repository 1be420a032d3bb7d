/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-output.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

#include "inspect/decode/wsi-text.h"

#define BULK (64 * 1024)

/* Opens /dev/null for each of stdin, stdout and stderr that is closed: otherwise the first file to
 * be opened would take the place of the stream, and get its lines.  Reading from such a stdin, or
 * writing to the others, fails as before. */
static void
fill_closed_streams (void)
{
  static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

  for (int i = 0; i < (int) G_N_ELEMENTS (modes); i++)
    if (fcntl (i, F_GETFD) < 0 && open ("/dev/null", modes[i]) != i)
      _exit (WSI_EXIT_OUTPUT_FAILED);
}

static struct
{
  WsiOutputFunc function;       /* function that is called when the output is broken; NULL: none */
  gpointer      user_data;
} on_broken;

void
wsi_output_on_broken (WsiOutputFunc function,
                      gpointer      user_data)
{
  on_broken.function = function;
  on_broken.user_data = user_data;
}

/* Ends the program at once, so that the status is right wherever in the program writing has
 * failed. */
static void
check_written (int result)
{
  int code = errno;

  if (result >= 0)
    return;

  if (on_broken.function != NULL)
    on_broken.function (on_broken.user_data);
  if (code == EPIPE)
    _exit (WSI_EXIT_CLEAN);

  fprintf (stderr, "wsinspect: cannot write the output: %s\n", g_strerror (code));
  _exit (WSI_EXIT_OUTPUT_FAILED);
}

/* The charset is the user's.  Texts are English in every language, as those of the library are, and
 * numbers have the decimal point that JSON requires. */
void
wsi_output_init (void)
{
  fill_closed_streams ();
  setlocale (LC_ALL, "");
  setlocale (LC_MESSAGES, "C");
  setlocale (LC_NUMERIC, "C");
  setvbuf (stdout, NULL, _IOLBF, BUFSIZ);
  __fsetlocking (stdout, FSETLOCKING_BYCALLER);         /* only one thread prints */
  signal (SIGPIPE, SIG_IGN);
  /* writing beyond a file size limit fails, and does not end the program */
  signal (SIGXFSZ, SIG_IGN);
}

/* The buffer is static: setvbuf () of the GNU C library uses a size only with memory of the caller,
 * which the stream keeps. */
void
wsi_output_begin_bulk (void)
{
  static char bulk[BULK];

  if (isatty (STDOUT_FILENO) != 1)
    setvbuf (stdout, bulk, _IOFBF, sizeof bulk);
}

WsiExit
wsi_output_end (WsiExit status)
{
  check_written (fflush (stdout));
  return status;
}

WsiCharset
wsi_output_get_charset (void)
{
  return g_get_charset (NULL) ? WSI_CHARSET_UTF8 : WSI_CHARSET_ASCII;
}

/* With a width the text is a column: the nouns of one and of several are equally wide. */
char *
wsi_output_count (guint64     n,
                  const char *noun,
                  guint       width)
{
  return g_strdup_printf ("%*" G_GUINT64_FORMAT " %s%s", (int) width, n, noun,
                          n != 1 ? "s" : width > 0 ? " " : "");
}

/* Text from a peer must be escaped by the caller. */
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
wsi_output_bytes (gconstpointer bytes,
                  gsize         length)
{
  /* ferror () is checked too: all bytes may count as written although flushing a line of them has
   * failed. */
  if (fwrite (bytes, 1, length, stdout) < length || ferror (stdout))
    check_written (-1);
}

/* Sentences of the library name properties; these are the options for them.  A phrase comes before
 * a name that it contains. */
static const WsiReplacement hints[] = {
  { "trust WspServer:tls-certificate", "trust the certificate of --cert" },
  { "see WspServer:allowed-hosts", "use localhost or a loopback address" },
  { "see WspClient:max-redirects", "connect to the URI of the Location header" },
  { "allowed-origins is not set", "--allow-origin is not given" },
  { "is not in allowed-origins", "is not one of --allow-origin" },
  { "WspServer:allowed-origins", "--allow-origin" },
  { "WspServer:tls-certificate", "--cert" },
  { "WspServer:tls-database", "--client-ca" },
  { "WspServer:tls-authentication-mode", "--client-ca" },
  { "WspClient:tls-certificate", "--cert" },
  { "WspClient:tls-database", "--ca" },
  { "WspClient::accept-certificate", "--insecure-accept-certificate" },
  { "WspClient:origin", "--origin" },
  { "WspClient:user-agent", "--header" },
  { "WspClient:proxy-resolver", "--proxy" },
  { "WspClient:subprotocol-required", "--protocol" },
  { "set Authorization in WspClient::authenticate", "see --header" },
  { "set Proxy-Authorization in WspClient::authenticate", "see --proxy" },
  { ", or decide in WspServer::request", "" },
  { "limit max-message-size", "limit --max-message" },
};

static char *
fit_sentence (WsiRedactor *redactor,
              const char  *sentence)
{
  g_autofree char *hidden = wsi_redactor_hide_text (redactor, sentence);
  g_autofree char *open = wsi_text_replace (hidden, hints, G_N_ELEMENTS (hints));

  return wsi_text_escape_sentence (open, wsi_output_get_charset ());
}

void
wsi_output_sentence (WsiRedactor *redactor,
                     const char  *sentence)
{
  g_autofree char *shown = fit_sentence (redactor, sentence);

  wsi_output_line ("%s", shown);
}

void
wsi_output_progress (double percent)
{
  fprintf (stderr, "\r%3.0f %%", percent);
}

void
wsi_output_end_progress (void)
{
  fputs ("\r     \r", stderr);
}

void
wsi_output_error (const char *text)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *shown = fit_sentence (redactor, text);

  fprintf (stderr, "wsinspect: %s\n", shown);
}

void
wsi_output_error_titled (const char *title,
                         const char *text)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *shown = fit_sentence (redactor, text);

  fprintf (stderr, "wsinspect: %s: %s\n", title, shown);
}

void
wsi_output_hint (const char *text)
{
  fprintf (stderr, "wsinspect: hint: %s\n", text);
}

void
wsi_output_error_bytes (const char *title,
                        GBytes     *bytes,
                        gsize       max_length)
{
  g_autofree char *escaped = wsi_text_escape (bytes, max_length, wsi_output_get_charset ());

  fprintf (stderr, "wsinspect: %s: %s\n", title, escaped);
}
