/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-secret-name.h"

#include "inspect/decode/wsi-text.h"

#include <string.h>

#define BETWEEN_WORDS "-_.[] "

/* Anywhere in a name. */
static const char *const parts[] = {
  "token", "secret", "passw", "passphrase", "apikey", "signature", "credential", "session", "sessid",
  "cookie", "ticket", "jwt", "pwd", "bearer", "assertion", "csrf", "xsrf",
};

/* A word of a name, or all of it. */
static const char *const words[] = { "pass", "sig", "sid", "otp", "hmac", NULL };

/* They contain such words, but the values are public. */
static const char *const open_names[] = {
  "sec-websocket-key", "access-control-allow-credentials", "www-authenticate",
  "proxy-authenticate", NULL
};

/* "authorization" and "x-auth", but no "author" and "authority". */
static gboolean
has_auth (const char *name)
{
  for (const char *at = strstr (name, "auth"); at != NULL; at = strstr (at + 1, "auth"))
    if (!wsi_text_begins_with (at, "author") || wsi_text_begins_with (at, "authoriz") ||
        wsi_text_begins_with (at, "authoris"))
      return TRUE;

  return FALSE;
}

static gboolean
has_secret_word (const char *name)
{
  g_auto (GStrv) all = g_strsplit_set (name, BETWEEN_WORDS, -1);

  for (guint i = 0; all[i] != NULL; i++)
    if (g_strv_contains (words, all[i]))
      return TRUE;

  return FALSE;
}

gboolean
wsi_is_secret_name (const char *name)
{
  g_autofree char *lower = g_strstrip (g_ascii_strdown (name, -1));

  if (g_strv_contains (open_names, lower))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (lower, parts[i]) != NULL)
      return TRUE;

  return has_auth (lower) || g_str_has_suffix (lower, "key") || strcmp (lower, "code") == 0 ||
         has_secret_word (lower);
}
