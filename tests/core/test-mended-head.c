/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/http-head.h"
#include "core/handshake/mended-head.h"
#include "core/handshake/token-list.h"
#include "lib/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE "GET / HTTP/1.1\n"

/* The part of a head that is read: its first line and fields, joined with "|"; NULL: nothing. */
static const struct
{
  const char *name;
  WscHeadKind kind;
  const char *head, *shown;
} mended_cases[] = {
  { "bare-line-feeds", WSC_HEAD_REQUEST, "GET /a HTTP/1.1\nA: b\nC:d\n\n", "GET /a HTTP/1.1|A=b|C=d" },
  { "more-carriage-returns", WSC_HEAD_REQUEST, LINE "A: b\r\r\n\r\r\n", "GET / HTTP/1.1|A=b" },
  { "ends-at-the-empty-line", WSC_HEAD_REQUEST, LINE "A: b\n\nC: d\n", "GET / HTTP/1.1|A=b" },
  { "without-an-empty-line", WSC_HEAD_REQUEST, LINE "A: b\nSec-W", "GET / HTTP/1.1|A=b" },
  { "empty-lines-before-it", WSC_HEAD_REQUEST, "\r\n\n" LINE "A: b\n\n", "GET / HTTP/1.1|A=b" },
  { "blank-before-the-colon", WSC_HEAD_REQUEST, LINE "A \t: b\n\n", "GET / HTTP/1.1|A=b" },
  { "first-colon-ends-a-name", WSC_HEAD_REQUEST, LINE "A:b:c\n\n", "GET / HTTP/1.1|A=b:c" },
  { "folds", WSC_HEAD_REQUEST, LINE "A: b\n  c\n\td\nE: f\n\n", "GET / HTTP/1.1|A=b c d|E=f" },
  { "fold-of-nothing", WSC_HEAD_REQUEST, LINE " c\nA: b\nno colon\n d\n\n", "GET / HTTP/1.1|A=b" },
  { "fold-behind-an-empty-value", WSC_HEAD_REQUEST, LINE "A:\n b\n\n", "GET / HTTP/1.1|A=b" },
  { "line-without-a-colon", WSC_HEAD_REQUEST, LINE "garbage\nA: b\n\n", "GET / HTTP/1.1|A=b" },
  { "names-that-are-no-tokens", WSC_HEAD_REQUEST, LINE ": x\nA[b]: c\nA b: c\nD: e\n\n", "GET / HTTP/1.1|D=e" },
  { "controls-are-blanks", WSC_HEAD_REQUEST, LINE "A: b\x01" "c\x7f\rd\n\n", "GET / HTTP/1.1|A=b c  d" },
  { "blank-in-the-target", WSC_HEAD_REQUEST, "GET  /a b\x01 HTTP/1.0 \n\n", "GET /a%20b%01 HTTP/1.0" },
  { "version-in-small-letters", WSC_HEAD_REQUEST, "GET\t/\thttp/1.1\n\n", "GET / HTTP/1.1" },
  { "no-target", WSC_HEAD_REQUEST, "GET HTTP/1.1\n\n", NULL },
  { "no-version", WSC_HEAD_REQUEST, "GET /\n\n", NULL },
  { "no-method", WSC_HEAD_REQUEST, "G(T / HTTP/1.1\n\n", NULL },
  { "no-line", WSC_HEAD_REQUEST, "", NULL },
  { "empty-lines-alone", WSC_HEAD_REQUEST, "\r\n\r\n", NULL },
  { "status-line", WSC_HEAD_RESPONSE, "http/1.0  101\tO\x01K\nA: b\n\n", "101 O K|A=b" },
  { "status-without-a-reason", WSC_HEAD_RESPONSE, "HTTP/1.1 101\n\n", "101 " },
  { "status-of-two-digits", WSC_HEAD_RESPONSE, "HTTP/1.1 99 OK\n\n", NULL },
  { "no-status-line", WSC_HEAD_RESPONSE, "SIP/2.0 200 OK\n\n", NULL },
  { "fields-behind-a-first-line", WSC_HEAD_FIELDS, "GET http://a/ HTTP/1.1\nA: b\n\n", "|A=b" },
};

static size_t
show (char       *to,
      size_t      size,
      const char *before,
      WscBytes    text)
{
  return (size_t) snprintf (to, size, "%s%.*s", before, (int) text.length, (const char *) text.at);
}

static void
show_head (const WscHttpHead *head,
           WscHeadKind        kind,
           char              *to,
           size_t             size)
{
  size_t n = 0, n_fields;
  const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

  to[0] = '\0';
  if (kind == WSC_HEAD_REQUEST)
    {
      n += show (to + n, size - n, "", wsc_http_head_get_method (head));
      n += show (to + n, size - n, " ", wsc_http_head_get_target (head));
      n += show (to + n, size - n, " ", wsc_http_head_get_version (head));
    }
  else if (kind == WSC_HEAD_RESPONSE)
    {
      n += (size_t) snprintf (to + n, size - n, "%u ", wsc_http_head_get_status (head));
      n += show (to + n, size - n, "", wsc_http_head_get_reason (head));
    }
  for (size_t i = 0; i < n_fields; i++)
    {
      n += show (to + n, size - n, "|", fields[i].name);
      n += show (to + n, size - n, "=", fields[i].value);
    }
}

static void
test_mended (void)
{
  for (size_t i = 0; i < sizeof mended_cases / sizeof mended_cases[0]; i++)
    {
      WscFault fault;
      WscHttpHead *head = wsc_mended_head_read (mended_cases[i].kind,
                                                wsc_text (mended_cases[i].head), &fault);
      const char *expected = mended_cases[i].shown;
      char shown[200] = "nothing";
      bool is_right;

      if (head != NULL)
        show_head (head, mended_cases[i].kind, shown, sizeof shown);
      is_right = strcmp (shown, expected != NULL ? expected : "nothing") == 0;
      tap_point (is_right && (head == NULL) == (fault != WSC_FAULT_NONE),
                 "/core/mended-head/read/%s", mended_cases[i].name);
      if (!is_right)
        tap_diag ("received %s", shown);
      wsc_http_head_free (head);
    }
}

/* The end of a head does not depend on the pieces in which it comes. */
static void
test_end (void)
{
  static const char bytes[] = "\r\n\nGET / HTTP/1.1\r\nA: b\n\r\r\nrest";
  const size_t expected = sizeof bytes - 1 - strlen ("rest");
  bool is_same = true;

  for (size_t piece = 1; piece < sizeof bytes; piece++)
    {
      WscHeadEnd end = { 0 };
      size_t n = 0, n_in_all = 0;

      while (!end.has_ended && n_in_all < sizeof bytes - 1)
        {
          size_t left = sizeof bytes - 1 - n_in_all;

          n = wsc_head_end_take (&end, (WscBytes) { (const uint8_t *) bytes + n_in_all,
                                                    left < piece ? left : piece });
          n_in_all += n;
        }
      is_same = is_same && end.has_ended && n_in_all == expected;
    }
  tap_point (is_same, "/core/mended-head/end/is-the-same-in-pieces");
}

/* A head is mended however much larger it becomes; only its fields have a limit. */
static void
test_size (void)
{
  static const char *const lines[] = { "a:\n", ":\n", "\t\n", "a:\x01\n", "garbage\n" };

  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
    {
      size_t length = strlen (LINE), n_line = strlen (lines[i]);
      char *head = malloc (WSC_MAX_OBSERVED_HEAD);
      WscHttpHead *read;
      WscFault fault;
      bool has_fields = lines[i][0] == 'a';

      memcpy (head, LINE, length);
      for (; length + n_line <= WSC_MAX_OBSERVED_HEAD; length += n_line)
        memcpy (head + length, lines[i], n_line);
      read = wsc_mended_head_read (WSC_HEAD_REQUEST,
                                   (WscBytes) { (const uint8_t *) head, length }, &fault);
      tap_point (fault == (has_fields ? WSC_FAULT_TOO_MANY_FIELDS : WSC_FAULT_NONE) &&
                 (read == NULL) == has_fields, "/core/mended-head/size/lines-%zu", i);
      wsc_http_head_free (read);
      free (head);
    }
}

/* A value of a thousand lines is one value. */
static void
test_folds (void)
{
  enum { N_FOLDS = 1000 };
  char head[5000] = LINE "A: b\n";
  size_t n_fields = 0;
  WscFault fault;
  WscHttpHead *read;
  const WscHeader *fields = NULL;

  for (size_t i = 0; i < N_FOLDS; i++)
    strcat (head, "\tc\n");
  strcat (head, "\n");
  read = wsc_mended_head_read (WSC_HEAD_REQUEST, wsc_text (head), &fault);
  if (read != NULL)
    fields = wsc_http_head_get_fields (read, &n_fields);
  tap_point (n_fields == 1 && fields[0].value.length == 1 + 2 * N_FOLDS,
             "/core/mended-head/folds/a-thousand-are-one-value");
  wsc_http_head_free (read);
}

int
main (void)
{
  test_mended ();
  test_end ();
  test_size ();
  test_folds ();
  return tap_end ();
}
