/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-redaction.h"

#include <string.h>

#define END_OF_AUTHORITY "/?#\" \t\r\n"
#define END_OF_VALUE "&#\" \t\r\n"
#define BEGIN_OF_PAIR "?&#;"

static void
append_redacted (GString *text,
                 gsize    length)
{
  g_string_append_printf (text, "[redacted %zu bytes]", length);
}

/* Names of parameters: whole ones, and words that make any name secret. */
static gboolean
is_secret_name (const char *name)
{
  static const char *const names[] = {
    "key", "sig", "pwd", "pass", "auth", "code", "jwt", "sid", NULL
  };
  static const char *const words[] = {
    "token", "secret", "passw", "apikey", "api_key", "api-key", "signature", "credential", "session",
  };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (lower, words[i]) != NULL)
      return TRUE;

  return g_strv_contains (names, lower);
}

/* The bytes of a secret value and of what is before it; 0: the pair is not secret. */
static gsize
measure_pair (const char *pair,
              gsize      *value_length)
{
  gsize name_length = strcspn (pair, "=" BEGIN_OF_PAIR END_OF_VALUE);
  g_autofree char *raw = g_strndup (pair, name_length);
  g_autofree char *name = g_uri_unescape_string (raw, NULL);

  if (pair[name_length] != '=' || !is_secret_name (name != NULL ? name : raw))
    return 0;

  *value_length = strcspn (pair + name_length + 1, END_OF_VALUE);
  return *value_length > 0 ? name_length + 1 : 0;
}

/* The user information of the authority, 0 = none. */
static gsize
measure_user (const char *authority)
{
  gsize length = strcspn (authority, END_OF_AUTHORITY);
  const char *at = memrchr (authority, '@', length);

  return at != NULL ? (gsize) (at - authority) : 0;
}

char *
wsi_redact_text (const char *text)
{
  GString *shown = g_string_new (NULL);

  while (*text != '\0')
    {
      gsize n_plain = strcspn (text, ":" BEGIN_OF_PAIR), n_before = 0, n_secret = 0;
      const char *next = text + n_plain;

      if (g_str_has_prefix (next, "://"))
        {
          n_before = strlen ("://");
          n_secret = measure_user (next + n_before);
        }
      else if (*next != '\0')
        {
          gsize n_name = measure_pair (next + 1, &n_secret);

          n_before = 1 + n_name;
        }

      g_string_append_len (shown, text, n_plain + n_before);
      if (n_secret > 0)
        append_redacted (shown, n_secret);
      text = next + n_before + n_secret;
    }

  return g_string_free (shown, FALSE);
}

static gboolean
is_secret_header (const char *line,
                  gsize       name_length)
{
  static const char *const names[] = {
    "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "X-Csrf-Token",
    "X-Amz-Security-Token",
  };
  g_autofree char *name = g_strstrip (g_strndup (line, name_length));

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;

  return FALSE;
}

/* The scheme of credentials, and the space after it; 0: none that is known. */
static gsize
measure_scheme (const char *value)
{
  static const char *const schemes[] = { "Basic", "Bearer", "Digest", "Negotiate", "NTLM" };
  gsize length = strcspn (value, " ");

  for (guint i = 0; value[length] == ' ' && i < G_N_ELEMENTS (schemes); i++)
    if (length == strlen (schemes[i]) && g_ascii_strncasecmp (value, schemes[i], length) == 0)
      return length + 1;

  return 0;
}

/* n_open: the bytes that may be shown.  A line feed without a carriage return may also begin a
 * header. */
static WsiLine
find_secret (const char *line,
             gsize      *n_open)
{
  const char *at = line;

  do
    {
      gsize length = strcspn (at, "\r\n");
      const char *colon = memchr (at, ':', length);

      if (colon != NULL && is_secret_header (at, colon - at))
        {
          const char *value = colon + 1 + strspn (colon + 1, " \t");

          *n_open = value + measure_scheme (value) - line;
          return WSI_LINE_SECRET;
        }
      at += length + strspn (at + length, "\r\n");
    }
  while (*at != '\0');

  *n_open = at - line;
  return WSI_LINE_OPEN;
}

char *
wsi_redact_line (const char *line,
                 WsiLine    *previous)
{
  gsize n_open = strspn (line, " \t");

  if (*previous == WSI_LINE_OPEN || n_open == 0)
    *previous = find_secret (line, &n_open);

  g_autofree char *open = g_strndup (line, n_open);
  g_autofree char *text = wsi_redact_text (open);
  GString *shown = g_string_new (text);

  if (line[n_open] != '\0')
    append_redacted (shown, strlen (line + n_open));
  return g_string_free (shown, FALSE);
}
