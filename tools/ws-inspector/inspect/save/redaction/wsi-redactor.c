/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-redactor-private.h"

#include "inspect/decode/wsi-text.h"
#include "inspect/save/redaction/wsi-secret-name.h"
#include "inspect/save/redaction/wsi-secret-path.h"
#include "inspect/store/memory/wsi-bytes.h"

#include <string.h>

#define END_OF_AUTHORITY "/?#\" \t\r\n"
#define END_OF_PATH "?#\"<> \t\r\n"
#define END_OF_VALUE "&#\" \t\r\n"
#define BEGIN_OF_PAIR "?&#;"
#define BEGIN_OF_WORD "?&#"     /* signs before a word that may be a value without a name */
#define END_OF_URI "<>\" \t\r\n"
#define END_OF_WORD ".:%"
#define MIN_RANDOM 16           /* bytes of a word that looks random */
/* Values without a name in the traffic have these in the report of hidden values. */
#define PART_OF_URI "part of a URI"
#define FRAGMENT "fragment of a URI"
#define CLOSE_CODE_DIGITS 4
#define SHOWN_DIGITS 4
#define BEGIN_OF_HIDDEN "redacted-"
#define MIDDLE_OF_HIDDEN "-bytes-"

/* Names of the user of the program, for redactors that are made from now on. */
static GMutex default_names_lock;
static char **default_names;

static char **
clean_names (const char *const *names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *name = g_strstrip (g_ascii_strdown (names[i], -1));

      if (name[0] != '\0')
        g_strv_builder_add (builder, name);
    }
  return g_strv_builder_end (builder);
}

WsiRedactor *
wsi_redactor_new (WsiRedaction level)
{
  WsiRedactor *self = g_new0 (WsiRedactor, 1);

  self->level = level;
  self->hidden = wsi_hidden_names_new ();
  self->tokens = wsi_secret_words_new ();
  for (guint i = 0; i < WSI_REDACTOR_SALT_LENGTH; i++)
    self->salt[i] = g_random_int ();
  g_mutex_lock (&default_names_lock);
  self->names = clean_names ((const char *const *) default_names);
  g_mutex_unlock (&default_names_lock);
  return self;
}

void
wsi_redactor_free (WsiRedactor *self)
{
  wsi_hidden_names_free (self->hidden);
  wsi_secret_words_free (self->tokens);
  g_clear_pointer (&self->finder, wsi_word_finder_free);
  g_strfreev (self->names);
  g_free (self);
}

void
wsi_redactor_set_names (WsiRedactor       *self,
                        const char *const *names)
{
  g_strfreev (self->names);
  g_clear_pointer (&self->finder, wsi_word_finder_free);
  self->names = clean_names (names);
}

void
wsi_redactor_set_default_names (const char *const *names)
{
  g_mutex_lock (&default_names_lock);
  g_strfreev (default_names);
  default_names = g_strdupv ((char **) names);
  g_mutex_unlock (&default_names_lock);
}

WsiSecrecy
wsi_redactor_get_secrecy (WsiRedactor *self,
                          const char  *name)
{
  g_autofree char *lower = g_strstrip (g_ascii_strdown (name, -1));

  return self->names != NULL && g_strv_contains ((const char *const *) self->names, lower)
         ? WSI_SECRECY_ALWAYS : wsi_get_secrecy (name);
}

gboolean
wsi_redactor_is_secret_name (WsiRedactor *self,
                             const char  *name)
{
  return wsi_redactor_get_secrecy (self, name) != WSI_SECRECY_NONE;
}

guint64
wsi_redactor_get_n_hidden (const WsiRedactor *self)
{
  return self->n_hidden;
}

GPtrArray *
wsi_redactor_list_hidden (WsiRedactor *self)
{
  return wsi_hidden_names_list (self->hidden);
}

static gboolean
redactor_is_hidden (const char *value,
                    gsize       length)
{
  const char *at = value + strlen (BEGIN_OF_HIDDEN);

  if (!wsi_text_begins_with (value, BEGIN_OF_HIDDEN))
    return FALSE;

  at += strspn (at, "0123456789");
  if (at == value + strlen (BEGIN_OF_HIDDEN) || !wsi_text_begins_with (at, MIDDLE_OF_HIDDEN))
    return FALSE;

  at += strlen (MIDDLE_OF_HIDDEN);
  return value + length - at == SHOWN_DIGITS &&
         strspn (at, "0123456789abcdef") >= SHOWN_DIGITS;
}

/* The place of a word in the text; NULL: there is none. */
static const char *
find_hidden (const char *text,
             gsize      *length)
{
  for (const char *at = strstr (text, BEGIN_OF_HIDDEN); at != NULL;
       at = strstr (at + 1, BEGIN_OF_HIDDEN))
    {
      gsize n_digits = strspn (at + strlen (BEGIN_OF_HIDDEN), "0123456789");

      *length = strlen (BEGIN_OF_HIDDEN MIDDLE_OF_HIDDEN) + n_digits + SHOWN_DIGITS;
      if (redactor_is_hidden (at, *length))
        return at;
    }

  return NULL;
}

gboolean
wsi_redactor_has_hidden (const char *text)
{
  gsize length;

  return find_hidden (text, &length) != NULL;
}

char *
wsi_redactor_unmark (const char *text)
{
  char *shown = g_strdup (text);
  gsize length;

  for (char *at = shown, *found; (found = (char *) find_hidden (at, &length)) != NULL;
       at = found + length)
    memset (found + length - SHOWN_DIGITS, '0', SHOWN_DIGITS);

  return shown;
}

void
wsi_redactor_append_hidden (WsiRedactor *self,
                            GString     *text,
                            const char  *name,
                            const char  *value,
                            gsize        length)
{
  g_autofree char *hash = NULL;

  if (redactor_is_hidden (value, length))
    {
      g_string_append_len (text, value, length);
      return;
    }

  hash = g_compute_hmac_for_data (G_CHECKSUM_SHA256, (const guchar *) self->salt,
                                  sizeof self->salt, (const guchar *) value, length);
  g_string_append_printf (text, BEGIN_OF_HIDDEN "%zu" MIDDLE_OF_HIDDEN "%.*s", length,
                          SHOWN_DIGITS, hash);
  self->n_hidden++;
  wsi_hidden_names_add (self->hidden, name);
}

gboolean
wsi_redactor_looks_random (const char *name,
                           gsize       length)
{
  gsize n_word = 0;
  gboolean has_digit = FALSE, has_upper = FALSE, has_lower = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      n_word = strchr (END_OF_WORD, name[i]) != NULL ? 0 : n_word + 1;
      has_digit = n_word > 0 && (has_digit || g_ascii_isdigit (name[i]));
      has_upper = n_word > 0 && (has_upper || g_ascii_isupper (name[i]));
      has_lower = n_word > 0 && (has_lower || g_ascii_islower (name[i]));
      if (n_word >= MIN_RANDOM && has_digit + has_upper + has_lower >= 2)
        return TRUE;
    }

  return FALSE;
}

/* The bytes of a secret value, its name, and the bytes before it.  A value without a name may be
 * one. */
static gsize
measure_pair (WsiRedactor *self,
              const char  *opener,
              char       **found_name,
              gsize       *value_length)
{
  const char *pair = opener + 1;
  gsize name_length = strcspn (pair, "=" BEGIN_OF_PAIR END_OF_VALUE);
  const char *value = pair + name_length + 1;
  g_autofree char *raw = g_strndup (pair, name_length);
  g_autofree char *name = g_uri_unescape_string (raw, NULL);

  *value_length = 0;
  if (pair[name_length] != '=')
    {
      if (strchr (BEGIN_OF_WORD, *opener) != NULL && wsi_redactor_looks_random (pair, name_length))
        *value_length = name_length;
      return 0;
    }

  *value_length = strcspn (value, END_OF_VALUE);
  if (!wsi_redactor_is_secret_name (self, name != NULL ? name : raw) &&
      !wsi_redactor_looks_random (value, *value_length))
    *value_length = 0;
  if (!wsi_redactor_looks_random (raw, name_length))
    *found_name = g_strdup (raw);
  return *value_length > 0 ? name_length + 1 : 0;
}

/* The length of the user information in the authority; 0 = none. */
static gsize
measure_user (const char *authority)
{
  gsize length = strcspn (authority, END_OF_AUTHORITY);
  const char *at = memrchr (authority, '@', length);

  return at != NULL ? (gsize) (at - authority) : 0;
}

/* Hides the value of a pair.  opener: the byte before the pair; returns its end. */
static const char *
hide_pair (WsiRedactor *self,
           const char  *opener,
           GString     *shown)
{
  g_autofree char *name = NULL;
  gsize n_secret = 0, n_before = 1 + measure_pair (self, opener, &name, &n_secret);

  g_string_append_len (shown, opener, n_before);
  if (n_secret > 0)
    wsi_redactor_append_hidden (self, shown, name != NULL ? name : PART_OF_URI, opener + n_before,
                                n_secret);
  return opener + n_before + n_secret;
}

static void
hide_pairs (WsiRedactor *self,
            const char  *text,
            GString     *shown)
{
  while (*text != '\0')
    {
      const char *next = text + strcspn (text, BEGIN_OF_PAIR);

      g_string_append_len (shown, text, next - text);
      text = *next != '\0' ? hide_pair (self, next, shown) : next;
    }
}

static void
hide_pairs_of (WsiRedactor *self,
               const char  *text,
               gsize        length,
               GString     *shown)
{
  g_autofree char *part = g_strndup (text, length);

  hide_pairs (self, part, shown);
}

void
wsi_redactor_remember (WsiRedactor *self,
                       const char  *token,
                       gsize        length)
{
  if (!redactor_is_hidden (token, length))
    wsi_secret_words_add (self->tokens, token, length);
}

/* Hides a segment of a path, which other texts may have without being the secret. */
static void
hide_segment (WsiRedactor *self,
              const char  *segment,
              gsize        length,
              GString     *shown)
{
  if (wsi_redactor_looks_random (segment, length))
    wsi_redactor_remember (self, segment, length);
  if (length > 0)
    wsi_redactor_append_hidden (self, shown, PART_OF_URI, segment, length);
}

/* path: from its first slash on; returns its end.  A secret value may have slashes. */
static const char *
hide_path (WsiRedactor *self,
           const char  *path,
           WsiScope     scope,
           GString     *shown)
{
  const char *end = path + strcspn (path, END_OF_PATH);
  gboolean is_secret = self->level == WSI_REDACTION_STRICT;

  while (path < end)
    {
      const char *segment = path + 1;
      gsize length = strcspn (segment, "/" END_OF_PATH);
      gboolean is_token =
        scope == WSI_SCOPE_ADDRESS && wsi_redactor_looks_random (segment, length);
      guint64 n_hidden = self->n_hidden;

      g_string_append_c (shown, '/');
      if (is_secret || is_token)
        hide_segment (self, segment, length, shown);
      else
        hide_pairs_of (self, segment, length, shown);
      is_secret |= wsi_path_announces_secret (segment, length) ||
                   (!is_token && self->n_hidden > n_hidden);
      path = segment + length;
    }

  return end;
}

/* Hides secrets of a path.  uri: from its scheme's colon on; returns the end of its path. */
static const char *
hide_uri (WsiRedactor *self,
          const char  *uri,
          WsiScope     scope,
          GString     *shown)
{
  const char *authority = uri + strlen ("://");
  gsize n_user = measure_user (authority);
  gsize n_host = strcspn (authority + n_user, END_OF_AUTHORITY);

  g_string_append (shown, "://");
  if (n_user > 0)
    wsi_redactor_append_hidden (self, shown, PART_OF_URI, authority, n_user);
  hide_pairs_of (self, authority + n_user, n_host, shown);
  return authority[n_user + n_host] == '/'
         ? hide_path (self, authority + n_user + n_host, scope, shown)
         : authority + n_user + n_host;
}

/* hash: the one before the fragment; returns its end.  A fragment is for the page alone, and is
 * where tokens are handed over. */
static const char *
redactor_hide_fragment (WsiRedactor *self,
                        const char  *hash,
                        GString     *shown)
{
  gsize length = strcspn (hash + 1, END_OF_URI);

  g_string_append_c (shown, '#');
  if (length > 0)
    wsi_redactor_append_hidden (self, shown, FRAGMENT, hash + 1, length);
  return hash + 1 + length;
}

/* Texts quote a path; in a head it is a word or the value of a header. */
static gboolean
begins_path (const char *text,
             const char *slash,
             WsiScope    scope)
{
  return slash == text || strchr (scope != WSI_SCOPE_TEXT ? " \t\"<=:" : "\"", slash[-1]) != NULL;
}

/* Hides secrets of the URIs in a text.  A "#" begins a fragment in a URI only: a sentence has
 * numbers such as #3. */
static void
hide_uris (WsiRedactor *self,
           const char  *text,
           WsiScope     scope,
           GString     *shown)
{
  gboolean is_in_uri = scope == WSI_SCOPE_ADDRESS;
  const char *at = text;

  while (*at != '\0')
    {
      const char *next = at + strcspn (at, ":/" BEGIN_OF_PAIR END_OF_URI);

      g_string_append_len (shown, at, next - at);
      at = next;
      if (wsi_text_begins_with (next, "://"))
        at = hide_uri (self, next, scope, shown);
      else if (*next == '/' && begins_path (text, next, scope))
        at = hide_path (self, next, scope, shown);
      else if (*next == '#' && is_in_uri)
        at = redactor_hide_fragment (self, next, shown);
      else if (*next != '\0' && strchr (":/" END_OF_URI, *next) != NULL)
        g_string_append_c (shown, *at++);
      else if (*next != '\0')
        at = hide_pair (self, next, shown);
      is_in_uri = scope == WSI_SCOPE_ADDRESS || *next == '/' ||
                  wsi_text_begins_with (next, "://") ||
                  (is_in_uri && strchr (END_OF_URI, *next) == NULL);
    }
}

/* Whether a close code is before the quotation mark. */
static gboolean
follows_code (const char *text,
              const char *quote)
{
  const char *code = quote - CLOSE_CODE_DIGITS - 1;

  return code >= text && quote[-1] == ' ' && strspn (code, "0123456789") == CLOSE_CODE_DIGITS;
}

/* Hides close reasons, which a sentence about the end of a connection quotes, and in which there is
 * no quotation mark.  A quotation mark behind another one follows no code. */
static char *
hide_reasons (WsiRedactor *self,
              const char  *text)
{
  GString *shown = g_string_new (NULL);
  const char *at = text;

  for (const char *quote; (quote = strchr (at, '"')) != NULL;)
    {
      gsize length = follows_code (text, quote) ? strcspn (quote + 1, "\"") : 0;

      g_string_append_len (shown, at, quote + 1 - at);
      if (length > 0)
        wsi_redactor_append_hidden (self, shown, WSI_REDACTOR_CLOSE_REASON, quote + 1, length);
      at = quote + 1 + length;
      if (*at == '"')
        g_string_append_c (shown, *at++);
    }

  g_string_append (shown, at);
  return g_string_free (shown, FALSE);
}

/* Hides words that are known as secrets already. */
static char *
hide_tokens (WsiRedactor *self,
             const char  *text)
{
  GString *shown = g_string_new (NULL);
  gsize n_shown = 0, at = 0, length;

  for (; wsi_secret_words_find (self->tokens, text, &at, &length); at = n_shown)
    {
      g_string_append_len (shown, text + n_shown, at - n_shown);
      wsi_redactor_append_hidden (self, shown, WSI_REDACTOR_SUBPROTOCOL, text + at, length);
      n_shown = at + length;
    }

  g_string_append (shown, text + n_shown);
  return g_string_free (shown, FALSE);
}

char *
wsi_redactor_hide_in (WsiRedactor *self,
                      const char  *text,
                      WsiScope     scope)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  hide_uris (self, text, scope, shown);
  return hide_tokens (self, shown->str);
}

char *
wsi_redactor_hide_text (WsiRedactor *self,
                        const char  *text)
{
  g_autofree char *open = NULL;

  if (self->level == WSI_REDACTION_NONE)
    return g_strdup (text);

  if (self->level == WSI_REDACTION_STRICT)
    open = hide_reasons (self, text);
  return wsi_redactor_hide_in (self, open != NULL ? open : text, WSI_SCOPE_TEXT);
}

char *
wsi_redactor_hide_title (const char *text)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *shown = wsi_redactor_hide_text (redactor, text);

  return wsi_redactor_unmark (shown);
}

char *
wsi_redactor_hide_reason (WsiRedactor *self,
                          const char  *reason)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  if (self->level != WSI_REDACTION_STRICT || reason[0] == '\0')
    return wsi_redactor_hide_text (self, reason);

  wsi_redactor_append_hidden (self, shown, WSI_REDACTOR_CLOSE_REASON, reason, strlen (reason));
  return g_string_free (g_steal_pointer (&shown), FALSE);
}
