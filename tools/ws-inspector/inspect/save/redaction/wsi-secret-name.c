/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-secret-name.h"

#include "inspect/decode/wsi-text.h"

#include <string.h>

#define BETWEEN_WORDS "-_.[] "

#define AUTH "auth"
#define KEY "key"
#define CODE "code"

/* letters of secret names, anywhere in a name */
static const char *const parts[] = {
  "token", "secret", "passw", "passphrase", "passcode", "apikey", "signature", "credential", "session", "sessid",
  "cookie", "ticket", "jwt", "pwd", "bearer", "assertion", "csrf", "xsrf",
};

/* words of secret names, or whole names */
static const char *const words[] = { "pass", "sig", "sid", "otp", "hmac", NULL };

/* names with such words whose values are public */
static const char *const open_names[] = {
  "sec-websocket-key", "access-control-allow-credentials", "www-authenticate",
  "proxy-authenticate", NULL
};

/* "authorization" and "x-auth", but no "author" and "authority". */
static gboolean
has_auth (const char *name)
{
  for (const char *at = strstr (name, AUTH); at != NULL; at = strstr (at + 1, AUTH))
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

WsiSecrecy
wsi_get_secrecy (const char *name)
{
  g_autofree char *lower = g_strstrip (g_ascii_strdown (name, -1));

  if (g_strv_contains (open_names, lower))
    return WSI_SECRECY_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (lower, parts[i]) != NULL)
      return WSI_SECRECY_ALWAYS;

  if (has_auth (lower) || has_secret_word (lower))
    return WSI_SECRECY_ALWAYS;

  return g_str_has_suffix (lower, KEY) || strcmp (lower, CODE) == 0 ? WSI_SECRECY_IF_RANDOM
                                                                    : WSI_SECRECY_NONE;
}

gboolean
wsi_is_secret_name (const char *name)
{
  return wsi_get_secrecy (name) != WSI_SECRECY_NONE;
}

const char *const *
wsi_secret_name_get_words (void)
{
  static const char *all[G_N_ELEMENTS (parts) + G_N_ELEMENTS (words) + 3];
  static gsize is_made;

  if (g_once_init_enter (&is_made))
    {
      guint n = 0;

      for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        all[n++] = parts[i];
      for (guint i = 0; words[i] != NULL; i++)
        all[n++] = words[i];
      all[n++] = AUTH;
      all[n++] = KEY;
      all[n++] = CODE;
      g_once_init_leave (&is_made, 1);
    }
  return all;
}
