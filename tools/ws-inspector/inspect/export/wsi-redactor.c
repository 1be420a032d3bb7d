/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/export/wsi-redactor.h"

#include "inspect/export/parts/wsi-secret-name.h"
#include "inspect/export/parts/wsi-secret-words.h"
#include "inspect/memory/wsi-bytes.h"

#include <string.h>

#define END_OF_AUTHORITY "/?#\" \t\r\n"
#define END_OF_VALUE "&#\" \t\r\n"
#define BEGIN_OF_PAIR "?&#;"
#define SEPARATORS ", \t\r\n"
#define END_OF_LINE "\r\n"
#define BEGIN_OF_QUERY "?&"
#define END_OF_WORD ".:%"
#define MIN_RANDOM 16           /* bytes of a word that looks random */
/* Names of values that have none. */
#define PART_OF_URI "part of a URI"
#define PART_OF_HEAD "part of a head"
#define PAYLOAD "payload"
#define SUBPROTOCOL "Sec-WebSocket-Protocol"
#define SALT_LENGTH 4
#define SHOWN_DIGITS 4
#define BEGIN_OF_HIDDEN "redacted-"
#define MIDDLE_OF_HIDDEN "-bytes-"

struct _WsiRedactor
{
  WsiRedaction    level;
  guint32         salt[SALT_LENGTH];
  guint64         n_hidden;
  WsiHiddenNames *hidden;       /* their names */
  WsiSecretWords *tokens;       /* secret subprotocols, which other texts may quote */
  GStrv           names;        /* of secrets, in addition to the usual ones, in small letters */
};

/* A line may continue the header before it: then it is as secret as that one. */
typedef enum
{
  LINE_OPEN,
  LINE_SECRET,
  LINE_SUBPROTOCOLS,
} Line;

/* State between the lines of a head.  A list of subprotocols may be in several of them. */
typedef struct
{
  Line     previous;
  gboolean is_next_secret;      /* the next subprotocol */
} Progress;

WsiRedactor *
wsi_redactor_new (WsiRedaction level)
{
  WsiRedactor *self = g_new0 (WsiRedactor, 1);

  self->level = level;
  self->hidden = wsi_hidden_names_new ();
  self->tokens = wsi_secret_words_new ();
  for (guint i = 0; i < SALT_LENGTH; i++)
    self->salt[i] = g_random_int ();
  return self;
}

void
wsi_redactor_free (WsiRedactor *self)
{
  wsi_hidden_names_free (self->hidden);
  wsi_secret_words_free (self->tokens);
  g_strfreev (self->names);
  g_free (self);
}

void
wsi_redactor_set_names (WsiRedactor       *self,
                        const char *const *names)
{
  GStrvBuilder *builder = g_strv_builder_new ();

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *name = g_strstrip (g_ascii_strdown (names[i], -1));

      if (name[0] != '\0')
        g_strv_builder_add (builder, name);
    }
  g_strfreev (self->names);
  self->names = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
}

static gboolean
is_secret_name (WsiRedactor *self,
                const char  *name)
{
  g_autofree char *lower = g_strstrip (g_ascii_strdown (name, -1));

  return wsi_is_secret_name (name) ||
         (self->names != NULL && g_strv_contains ((const char *const *) self->names, lower));
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

GPtrArray *
wsi_redactor_list_hidden (WsiRedactor *self)
{
  return wsi_hidden_names_list (self->hidden);
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

/* NULL: there is none. */
static const char *
find_hidden (const char *text,
             gsize      *length)
{
  for (const char *at = strstr (text, BEGIN_OF_HIDDEN); at != NULL;
       at = strstr (at + 1, BEGIN_OF_HIDDEN))
    {
      gsize n_digits = strspn (at + strlen (BEGIN_OF_HIDDEN), "0123456789");

      *length = strlen (BEGIN_OF_HIDDEN MIDDLE_OF_HIDDEN) + n_digits + SHOWN_DIGITS;
      if (is_hidden (at, *length))
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

/* A value that is hidden already stays as it is, so that a text may pass twice. */
static void
append_hidden (WsiRedactor *self,
               GString     *text,
               const char  *name,
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
  wsi_hidden_names_add (self->hidden, name);
}

/* Names of subprotocols, and most values of parameters, are short words in small letters. */
static gboolean
looks_random (const char *name,
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
      if (strchr (BEGIN_OF_QUERY, *opener) != NULL && looks_random (pair, name_length))
        *value_length = name_length;
      return 0;
    }

  *value_length = strcspn (value, END_OF_VALUE);
  if (!is_secret_name (self, name != NULL ? name : raw) && !looks_random (value, *value_length))
    *value_length = 0;
  if (!looks_random (raw, name_length))
    *found_name = g_strdup (raw);
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
      g_autofree char *name = NULL;
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
          n_before = 1 + measure_pair (self, next, &name, &n_secret);
        }

      g_string_append_len (shown, text, n_plain + n_before);
      if (n_secret > 0)
        append_hidden (self, shown, name != NULL ? name : PART_OF_URI, next + n_before, n_secret);
      text = next + n_before + n_secret;
    }
}

/* Replaces what is known as a secret already. */
static char *
hide_tokens (WsiRedactor *self,
             const char  *text)
{
  GString *shown = g_string_new (NULL);
  gsize n_shown = 0, at = 0, length;

  for (; wsi_secret_words_find (self->tokens, text, &at, &length); at = n_shown)
    {
      g_string_append_len (shown, text + n_shown, at - n_shown);
      append_hidden (self, shown, SUBPROTOCOL, text + at, length);
      n_shown = at + length;
    }

  g_string_append (shown, text + n_shown);
  return g_string_free (shown, FALSE);
}

char *
wsi_redactor_hide_text (WsiRedactor *self,
                        const char  *text)
{
  g_autoptr (GString) shown = NULL;

  if (self->level == WSI_REDACTION_NONE)
    return g_strdup (text);

  shown = g_string_new (NULL);
  hide_uris (self, text, shown);
  return hide_tokens (self, shown->str);
}

/* A line with a blank in its name is no header; the first one of a head is such a line. */
static Line
classify_header (WsiRedactor *self,
                 const char  *name)
{
  if (strpbrk (name, " \t") != NULL)
    return LINE_OPEN;
  if (g_ascii_strcasecmp (name, SUBPROTOCOL) == 0)
    return LINE_SUBPROTOCOLS;

  return is_secret_name (self, name) ? LINE_SECRET : LINE_OPEN;
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

/* found_name: of the header; n_open: the bytes before the value.  A line feed without a carriage
 * return may also begin a header. */
static Line
find_secret (WsiRedactor *self,
             const char  *line,
             char       **found_name,
             gsize       *n_open)
{
  const char *at = line;

  do
    {
      gsize length = strcspn (at, END_OF_LINE);
      const char *colon = memchr (at, ':', length);
      g_autofree char *name = g_strstrip (g_strndup (at, colon != NULL ? colon - at : 0));
      Line found = colon != NULL ? classify_header (self, name) : LINE_OPEN;

      if (found != LINE_OPEN)
        {
          const char *value = colon + 1 + strspn (colon + 1, " \t");

          *n_open = value + measure_scheme (value) - line;
          *found_name = g_steal_pointer (&name);
          return found;
        }
      at += length + strspn (at + length, END_OF_LINE);
    }
  while (*at != '\0');

  *n_open = at - line;
  return LINE_OPEN;
}

/* A token is named in itself, such as "api-key.1234", or in the name before it. */
static gboolean
is_secret_item (const char *item,
                gsize       length,
                gboolean   *is_next_secret)
{
  g_autofree char *name = g_strndup (item, length);
  gboolean is_named = wsi_is_secret_name (name);
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
  if (!is_hidden (token, length))
    wsi_secret_words_add (self->tokens, token, length);
}

/* The names of subprotocols, with a comma between them. */
static void
hide_items (WsiRedactor *self,
            const char  *text,
            gboolean    *is_next_secret,
            GString     *shown)
{
  while (*text != '\0')
    {
      gsize n_between = strspn (text, SEPARATORS), length;

      g_string_append_len (shown, text, n_between);
      text += n_between;
      length = strcspn (text, SEPARATORS);
      if (length > 0 && is_secret_item (text, length, is_next_secret))
        {
          remember (self, text, length);
          append_hidden (self, shown, SUBPROTOCOL, text, length);
        }
      else
        g_string_append_len (shown, text, length);
      text += length;
    }
}

/* A line of a head.  The progress is updated. */
static void
hide_line (WsiRedactor *self,
           const char  *line,
           Progress    *progress,
           GString     *shown)
{
  gsize n_open = strspn (line, " \t");
  g_autofree char *name = NULL;

  if (progress->previous == LINE_OPEN || n_open == 0)
    progress->previous = find_secret (self, line, &name, &n_open);

  g_autofree char *open = g_strndup (line, n_open);
  g_autofree char *text = wsi_redactor_hide_text (self, open);

  g_string_append (shown, text);
  if (progress->previous == LINE_SUBPROTOCOLS && strpbrk (line, END_OF_LINE) == NULL)
    hide_items (self, line + n_open, &progress->is_next_secret, shown);
  else if (line[n_open] != '\0')
    append_hidden (self, shown, name != NULL ? name : PART_OF_HEAD, line + n_open,
                   strlen (line + n_open));
}

/* A zero byte is in no head that is well-formed: what follows it in its line is hidden. */
static void
hide_bytes_of_line (WsiRedactor *self,
                    const char  *line,
                    gsize        length,
                    Progress    *progress,
                    GString     *shown)
{
  g_autofree char *text = g_strndup (line, length);
  gsize n_text = strlen (text);

  hide_line (self, text, progress, shown);
  if (n_text < length)
    append_hidden (self, shown, PART_OF_HEAD, line + n_text, length - n_text);
}

GBytes *
wsi_redactor_hide_head (WsiRedactor *self,
                        GBytes      *head)
{
  g_autoptr (GString) shown = NULL;
  Progress progress = { LINE_OPEN, FALSE };
  gsize length;
  const char *at = wsi_bytes_get_data (head, &length);

  if (self->level == WSI_REDACTION_NONE || length == 0)
    return g_bytes_ref (head);

  shown = g_string_new (NULL);
  while (length > 0)
    {
      const char *end = memmem (at, length, END_OF_LINE, strlen (END_OF_LINE));
      gsize n_line = end != NULL ? (gsize) (end - at) : length;

      hide_bytes_of_line (self, at, n_line, &progress, shown);
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
  const char *at = wsi_bytes_get_data (open, &length);
  g_autofree char *text = g_strndup (at, length);
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

gboolean
wsi_redactor_hides_payload (const WsiRedactor *self,
                            const WsiRecord   *record)
{
  switch (self->level)
    {
    case WSI_REDACTION_DEFAULT:
      return (record->flags & WSI_RECORD_OF_HEAD) != 0;
    case WSI_REDACTION_STRICT:
      return record->kind != WSP_FRAME_KIND_CLOSE;
    case WSI_REDACTION_NONE:
      break;
    }

  return FALSE;
}

GBytes *
wsi_redactor_hide_payload (WsiRedactor     *self,
                           const WsiRecord *record,
                           GBytes          *payload)
{
  gsize length = payload != NULL ? g_bytes_get_size (payload) : 0;

  if (payload == NULL)
    return NULL;

  if (length == 0 || !wsi_redactor_hides_payload (self, record))
    return g_bytes_ref (payload);

  self->n_hidden++;
  wsi_hidden_names_add (self->hidden, PAYLOAD);
  return g_bytes_new_take (g_strnfill (length, 'x'), length);
}
