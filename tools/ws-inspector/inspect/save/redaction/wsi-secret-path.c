/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-secret-path.h"

#include <string.h>

#define END_OF_NAME ";="        /* signs that end the name of a segment with parameters */

/* Whole segments, since parts of words would hide too much: "author", "keyboard". */
static const char *const words[] = {
  "access-token", "access_token", "accesstoken", "api-key", "api-keys", "api_key", "api_keys", "apikey", "apikeys",
  "auth-token", "auth_token", "bearer", "capability", "code", "cookie", "credential", "credentials", "csrf", "hook",
  "hooks", "invitation", "invitations", "invite", "invites", "jwt", "key", "keys", "magic", "nonce", "otp", "passphrase",
  "passwd", "password", "pwd", "secret", "secrets", "session", "sessions", "sid", "sig", "signature", "ticket",
  "tickets", "token", "tokens", "webhook", "webhooks", NULL
};

gboolean
wsi_path_announces_secret (const char *segment,
                           gsize       length)
{
  g_autofree char *copy = g_strndup (segment, length);
  g_autofree char *name = g_strndup (copy, strcspn (copy, END_OF_NAME));
  g_autofree char *plain = g_uri_unescape_string (name, NULL);
  g_autofree char *lower = g_ascii_strdown (plain != NULL ? plain : name, -1);

  return g_strv_contains (words, lower);
}
