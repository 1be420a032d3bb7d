/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/rows.h"
#include "log/wsp-certificate-private.h"
#include "log/wsp-excerpt-private.h"

#include <string.h>

static const struct
{
  const char *name, *text;
  gsize       length, max;      /* length of text, and of its excerpt at most; length 0: up to the
                                 * NUL */
  const char *quoted;
} cases[] = {
  { "plain", "hello", 0, 10, "\"hello\"" },
  { "empty", "", 0, 10, "\"\"" },
  { "at-the-limit", "hello", 0, 5, "\"hello\"" },
  { "beyond-the-limit", "hello", 0, 4, "\"hell...\"" },
  { "quotation-marks", "a\"b\\c", 0, 10, "\"a\\x22b\\x5cc\"" },
  { "control-characters", "\r\n\t\x1b[2J\x7f", 0, 10, "\"\\x0d\\x0a\\x09\\x1b[2J\\x7f\"" },
  { "NUL", "a\0b", 3, 10, "\"a\\x00b\"" },
  { "letters", "\xc3\xa4\xe2\x82\xac", 0, 10, "\"\xc3\xa4\xe2\x82\xac\"" },
  { "letter-at-the-limit-is-whole", "a\xc3\xa4", 0, 2, "\"a\xc3\xa4\"" },
  { "direction-marks", "a\xe2\x80\xae", 0, 10, "\"a\\xe2\\x80\\xae\"" },
  { "not-UTF-8", "\xff\xc3(\xed\xa0\x80", 0, 10, "\"\\xff\\xc3(\\xed\\xa0\\x80\"" },
  { "cut-character", "a\xe2\x82", 0, 10, "\"a\\xe2\\x82\"" },
};

static void
test_quote (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gsize length = cases[i].length > 0 ? cases[i].length : strlen (cases[i].text);
  g_autofree char *memory = g_memdup2 (cases[i].text, length);  /* nothing is read beyond it */
  g_autofree char *quoted = wsp_excerpt_quote (memory, length, cases[i].max);

  g_assert_cmpstr (quoted, ==, cases[i].quoted);
}

static const struct
{
  GTlsCertificateFlags errors;
  const char          *text;
} certificate_cases[] = {
  { G_TLS_CERTIFICATE_UNKNOWN_CA, "unknown certificate authority" },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, "issued for another name" },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, "not yet valid" },
  { G_TLS_CERTIFICATE_EXPIRED, "expired" },
  { G_TLS_CERTIFICATE_REVOKED, "revoked" },
  { G_TLS_CERTIFICATE_INSECURE, "insecure algorithm" },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, "invalid" },
  { G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_REVOKED, "unknown certificate authority, revoked" },
};

static void
test_certificate (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (certificate_cases); i++)
    {
      g_autofree char *text = wsp_certificate_describe_errors (NULL, certificate_cases[i].errors);

      g_assert_cmpstr (text, ==, certificate_cases[i].text);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/log/excerpt/quote", cases, test_quote);
  g_test_add_func ("/log/excerpt/each-error-of-a-certificate-has-a-text", test_certificate);

  return g_test_run ();
}
