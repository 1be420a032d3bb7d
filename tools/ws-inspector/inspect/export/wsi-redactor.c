/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/export/wsi-redactor.h"

#include <string.h>

#define END_OF_AUTHORITY "/?#\" \t\r\n"
#define END_OF_VALUE "&#\" \t\r\n"
#define BEGIN_OF_PAIR "?&#;"
#define SEPARATORS ", \t\r\n"
#define END_OF_LINE "\r\n"
#define MAX_TOKENS 64           /* that are remembered */
#define MIN_TOKEN 8             /* bytes of one that is looked for in other texts */
#define MIN_RANDOM 16           /* bytes of a word that looks random */
#define SALT_LENGTH 4
#define SHOWN_DIGITS 4
#define BEGIN_OF_HIDDEN "redacted-"
#define MIDDLE_OF_HIDDEN "-bytes-"

struct _WsiRedactor
{
  WsiRedaction level;
  guint32      salt[SALT_LENGTH];
  guint64      n_hidden;
  GPtrArray   *tokens;          /* of char *: secret subprotocols, which other texts may quote */
};

/* A line may continue the header before it: then it is as secret as that one. */
typedef enum
{
  LINE_OPEN,
  LINE_SECRET,
  LINE_SUBPROTOCOLS,
} Line;

WsiRedactor *
wsi_redactor_new (WsiRedaction level)
{
  WsiRedactor *self = g_new0 (WsiRedactor, 1);

  self->level = level;
  self->tokens = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < SALT_LENGTH; i++)
    self->salt[i] = g_random_int ();
  return self;
}

void
wsi_redactor_free (WsiRedactor *self)
{
  g_ptr_array_unref (self->tokens);
  g_free (self);
}

WsiRedaction
wsi_redactor_get_level (const WsiRedactor *self)
{
  return self->level;
}

guint64
wsi_redactor_get_n_hidden (const WsiRedactor *self)
{
  return self->n_hidden;
}

static gboolean
is_hidden (const char *value,
           gsize       length)
{
  const char *at = value + strlen (BEGIN_OF_HIDDEN);

  if (length < strlen (BEGIN_OF_HIDDEN MIDDLE_OF_HIDDEN) + 1 + SHOWN_DIGITS ||
      !g_str_has_prefix (value, BEGIN_OF_HIDDEN))
    return FALSE;

  at += strspn (at, "0123456789");
  if (at == value + strlen (BEGIN_OF_HIDDEN) || !g_str_has_prefix (at, MIDDLE_OF_HIDDEN))
    return FALSE;

  at += strlen (MIDDLE_OF_HIDDEN);
  return at + SHOWN_DIGITS == value + length &&
         strspn (at, "0123456789abcdef") >= SHOWN_DIGITS;
}

gboolean
wsi_redactor_has_hidden (const char *text)
{
  for (const char *at = strstr (text, BEGIN_OF_HIDDEN); at != NULL;
       at = strstr (at + 1, BEGIN_OF_HIDDEN))
    {
      gsize n_digits = strspn (at + strlen (BEGIN_OF_HIDDEN), "0123456789");
      gsize length = strlen (BEGIN_OF_HIDDEN MIDDLE_OF_HIDDEN) + n_digits + SHOWN_DIGITS;

      if (is_hidden (at, length))
        return TRUE;
    }

  return FALSE;
}

/* A value that is hidden already stays as it is, so that a text may pass twice. */
static void
append_hidden (WsiRedactor *self,
               GString     *text,
               const char  *value,
               gsize        length)
{
  g_autofree char *hash = NULL;

  if (is_hidden (value, length))
    {
      g_string_append_len (text, value, length);
      return;
    }

  hash = g_compute_hmac_for_data (G_CHECKSUM_SHA256, (const guchar *) self->salt,
                                  sizeof self->salt, (const guchar *) value, length);
  g_string_append_printf (text, BEGIN_OF_HIDDEN "%zu" MIDDLE_OF_HIDDEN "%.*s", length,
                          SHOWN_DIGITS, hash);
  self->n_hidden++;
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

static void
hide_uris (WsiRedactor *self,
           const char  *text,
           GString     *shown)
{
  while (*text != '\0')
    {
      gsize n_plain = strcspn (text, ":" BEGIN_OF_PAIR), n_before = 0, n_secret = 0;
      const char *next = text + n_plain;

      if (g_str_has_prefix (next, "://"))
        {
          n_before = strlen ("://");
          n_secret = measure_user (next + n_before);
        }
      else if (*next == ':')
        {
          n_before = 1;
        }
      else if (*next != '\0')
        {
          gsize n_name = measure_pair (next + 1, &n_secret);

          n_before = 1 + n_name;
        }

      g_string_append_len (shown, text, n_plain + n_before);
      if (n_secret > 0)
        append_hidden (self, shown, next + n_before, n_secret);
      text = next + n_before + n_secret;
    }
}

/* Replaces what is known as a secret already. */
static char *
hide_tokens (WsiRedactor *self,
             char        *text)
{
  for (guint i = 0; i < self->tokens->len; i++)
    {
      const char *token = self->tokens->pdata[i];
      g_auto (GStrv) parts = NULL;
      g_autoptr (GString) hidden = g_string_new (NULL);

      if (strstr (text, token) == NULL)
        continue;

      append_hidden (self, hidden, token, strlen (token));
      parts = g_strsplit (text, token, -1);
      g_free (text);
      text = g_strjoinv (hidden->str, parts);
    }

  return text;
}

char *
wsi_redactor_hide_text (WsiRedactor *self,
                        const char  *text)
{
  GString *shown;

  if (self->level == WSI_REDACTION_NONE)
    return g_strdup (text);

  shown = g_string_new (NULL);
  hide_uris (self, text, shown);
  return hide_tokens (self, g_string_free (shown, FALSE));
}

static gboolean
is_name (const char *line,
         gsize       length,
         const char *name)
{
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;
  while (length > 0 && g_ascii_isspace (*line))
    line++, length--;

  return length == strlen (name) && g_ascii_strncasecmp (line, name, length) == 0;
}

static Line
classify_header (const char *line,
                 gsize       name_length)
{
  static const char *const names[] = {
    "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "X-Csrf-Token",
    "X-Amz-Security-Token",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (is_name (line, name_length, names[i]))
      return LINE_SECRET;

  return is_name (line, name_length, "Sec-WebSocket-Protocol") ? LINE_SUBPROTOCOLS : LINE_OPEN;
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

/* n_open: the bytes before the value.  A line feed without a carriage return may also begin a
 * header. */
static Line
find_secret (const char *line,
             gsize      *n_open)
{
  const char *at = line;

  do
    {
      gsize length = strcspn (at, END_OF_LINE);
      const char *colon = memchr (at, ':', length);
      Line found = colon != NULL ? classify_header (at, colon - at) : LINE_OPEN;

      if (found != LINE_OPEN)
        {
          const char *value = colon + 1 + strspn (colon + 1, " \t");

          *n_open = value + measure_scheme (value) - line;
          return found;
        }
      at += length + strspn (at + length, END_OF_LINE);
    }
  while (*at != '\0');

  *n_open = at - line;
  return LINE_OPEN;
}

/* Names of subprotocols are short words in small letters. */
static gboolean
looks_random (const char *name,
              gsize       length)
{
  gsize n_word = 0;
  gboolean has_digit = FALSE, has_upper = FALSE, has_lower = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      n_word = name[i] == '.' ? 0 : n_word + 1;
      has_digit = n_word > 0 && (has_digit || g_ascii_isdigit (name[i]));
      has_upper = n_word > 0 && (has_upper || g_ascii_isupper (name[i]));
      has_lower = n_word > 0 && (has_lower || g_ascii_islower (name[i]));
      if (n_word >= MIN_RANDOM && has_digit + has_upper + has_lower >= 2)
        return TRUE;
    }

  return FALSE;
}

/* A token is named in itself, such as "api-key.1234", or in the name before it. */
static gboolean
is_secret_item (const char *item,
                gsize       length,
                gboolean   *is_next_secret)
{
  g_autofree char *name = g_strndup (item, length);
  gboolean is_named = is_secret_name (name) || strcasestr (name, "bearer") != NULL;
  gboolean is_secret = *is_next_secret || looks_random (item, length) ||
                       (is_named && strpbrk (name, ".=") != NULL);

  *is_next_secret = is_named && !is_secret;
  return is_secret;
}

static void
remember (WsiRedactor *self,
          const char  *token,
          gsize        length)
{
  if (length >= MIN_TOKEN && self->tokens->len < MAX_TOKENS && !is_hidden (token, length))
    g_ptr_array_add (self->tokens, g_strndup (token, length));
}

/* The names of subprotocols, with a comma between them. */
static void
hide_items (WsiRedactor *self,
            const char  *text,
            GString     *shown)
{
  gboolean is_next_secret = FALSE;

  while (*text != '\0')
    {
      gsize n_between = strspn (text, SEPARATORS), length;

      g_string_append_len (shown, text, n_between);
      text += n_between;
      length = strcspn (text, SEPARATORS);
      if (length > 0 && is_secret_item (text, length, &is_next_secret))
        {
          remember (self, text, length);
          append_hidden (self, shown, text, length);
        }
      else
        g_string_append_len (shown, text, length);
      text += length;
    }
}

/* A line of a head.  previous is updated. */
static void
hide_line (WsiRedactor *self,
           const char  *line,
           Line        *previous,
           GString     *shown)
{
  gsize n_open = strspn (line, " \t");

  if (*previous == LINE_OPEN || n_open == 0)
    *previous = find_secret (line, &n_open);

  g_autofree char *open = g_strndup (line, n_open);
  g_autofree char *text = wsi_redactor_hide_text (self, open);

  g_string_append (shown, text);
  if (*previous == LINE_SUBPROTOCOLS && strpbrk (line, END_OF_LINE) == NULL)
    hide_items (self, line + n_open, shown);
  else if (line[n_open] != '\0')
    append_hidden (self, shown, line + n_open, strlen (line + n_open));
}

/* A zero byte is in no head that is well-formed: what follows it in its line is hidden. */
static void
hide_bytes_of_line (WsiRedactor *self,
                    const char  *line,
                    gsize        length,
                    Line        *previous,
                    GString     *shown)
{
  g_autofree char *text = g_strndup (line, length);
  gsize n_text = strlen (text);

  hide_line (self, text, previous, shown);
  if (n_text < length)
    append_hidden (self, shown, line + n_text, length - n_text);
}

GBytes *
wsi_redactor_hide_head (WsiRedactor *self,
                        GBytes      *head)
{
  g_autoptr (GString) shown = NULL;
  Line previous = LINE_OPEN;
  gsize length;
  const char *at = g_bytes_get_data (head, &length);

  if (self->level == WSI_REDACTION_NONE || length == 0)
    return g_bytes_ref (head);

  shown = g_string_new (NULL);
  while (length > 0)
    {
      const char *end = memmem (at, length, END_OF_LINE, strlen (END_OF_LINE));
      gsize n_line = end != NULL ? (gsize) (end - at) : length;

      hide_bytes_of_line (self, at, n_line, &previous, shown);
      if (end != NULL)
        g_string_append (shown, END_OF_LINE);
      n_line += end != NULL ? strlen (END_OF_LINE) : 0;
      at += n_line;
      length -= n_line;
    }

  return g_string_free_to_bytes (g_steal_pointer (&shown));
}

char **
wsi_redactor_split_head (WsiRedactor *self,
                         GBytes      *head)
{
  g_autoptr (GBytes) open = wsi_redactor_hide_head (self, head);
  gsize length;
  const char *at = g_bytes_get_data (open, &length);
  g_autofree char *text = length > 0 ? g_strndup (at, length) : g_strdup ("");
  char *end = strstr (text, END_OF_LINE END_OF_LINE);

  if (end != NULL)
    *end = '\0';
  else if (g_str_has_suffix (text, END_OF_LINE))
    text[strlen (text) - strlen (END_OF_LINE)] = '\0';
  return g_strsplit (text, END_OF_LINE, -1);
}

char **
wsi_redactor_show_head (WsiRedactor *self,
                        GBytes      *head,
                        WsiCharset   charset)
{
  char **lines = wsi_redactor_split_head (self, head);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *shown = wsi_text_escape_line (lines[i], charset);

      g_free (lines[i]);
      lines[i] = shown;
    }

  return lines;
}

GBytes *
wsi_redactor_hide_payload (WsiRedactor *self,
                           WspFrameKind kind,
                           GBytes      *payload)
{
  gsize length = payload != NULL ? g_bytes_get_size (payload) : 0;

  if (payload == NULL)
    return NULL;

  if (self->level != WSI_REDACTION_STRICT || kind == WSP_FRAME_KIND_CLOSE || length == 0)
    return g_bytes_ref (payload);

  self->n_hidden++;
  return g_bytes_new_take (g_strnfill (length, 'x'), length);
}
