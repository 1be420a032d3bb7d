/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-redactor-private.h"

#include <string.h>

#include "inspect/save/redaction/wsi-secret-name.h"
#include "inspect/store/memory/wsi-bytes.h"

#define SEPARATORS ", \t\r\n"
#define END_OF_LINE "\r\n"
#define BLANKS " \t\r\n"
#define BETWEEN_ITEMS ",;=\"'()<>{}[]" BLANKS
#define PART_OF_HEAD "part of a head"

/* How secret a line is.  It may continue the header before it: then it is as secret as that one. */
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
  gboolean is_after_first;      /* the first line was read */
  gboolean is_over;             /* the empty line was read */
  gboolean is_header;           /* the line begins a header: not the first line, and not folded */
  gboolean is_public;           /* the header's value may look random without being a secret */
  gboolean is_next_secret;      /* the next subprotocol is a secret */
  WsiScope scope;               /* scope of the header in the line before */
} Progress;

/* Whether a line begins with the name of a header.  A line without a name, or with a blank in its
 * name, is not a header.  The first line of a head is such a line; any other one may be anything,
 * and all of it is secret. */
static gboolean
is_header_name (const char *name)
{
  return name[0] != '\0' && strpbrk (name, " \t") == NULL;
}

static Line
classify_header (WsiRedactor *self,
                 const char  *name)
{
  if (g_ascii_strcasecmp (name, WSI_REDACTOR_SUBPROTOCOL) == 0)
    return LINE_SUBPROTOCOLS;

  return wsi_redactor_is_secret_name (self, name) ? LINE_SECRET : LINE_OPEN;
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

/* Finds a secret in a line of a head; found_name: the header's name; n_open: the bytes before the
 * secret.  A line feed without a carriage return may also begin a header. */
static Line
redactor_head_find_secret (WsiRedactor    *self,
                           const char     *line,
                           const Progress *progress,
                           char          **found_name,
                           gsize          *n_open)
{
  const char *at = line;

  do
    {
      gsize length = strcspn (at, END_OF_LINE);
      const char *colon = memchr (at, ':', length);
      g_autofree char *name = g_strstrip (g_strndup (at, colon != NULL ? colon - at : 0));
      Line found = classify_header (self, name);

      if (!is_header_name (name) && length > 0 && (at != line || progress->is_header))
        {
          *n_open = at - line;
          return LINE_SECRET;
        }
      if (is_header_name (name) && found != LINE_OPEN)
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

/* Whether a subprotocol is secret: it has a name in itself, such as "api-key.1234", or one before
 * it. */
static gboolean
is_secret_item (const char *item,
                gsize       length,
                gboolean   *is_next_secret)
{
  g_autofree char *name = g_strndup (item, length);
  gboolean is_named = wsi_is_secret_name (name);
  gboolean is_secret = *is_next_secret || wsi_redactor_looks_random (item, length) ||
                       (is_named && strpbrk (name, ".=") != NULL);

  *is_next_secret = is_named && !is_secret;
  return is_secret;
}

/* Hides subprotocols that are secret, in a list with commas. */
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
          wsi_redactor_remember (self, text, length);
          wsi_redactor_append_hidden (self, shown, WSI_REDACTOR_SUBPROTOCOL, text, length);
        }
      else
        g_string_append_len (shown, text, length);
      text += length;
    }
}

static gboolean
redactor_head_has_name (const char        *line,
                        const char *const *names,
                        guint              n_names)
{
  gsize length = strcspn (line, ": \t\r\n");

  for (guint i = 0; i < n_names; i++)
    if (length == strlen (names[i]) && g_ascii_strncasecmp (line, names[i], length) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
redactor_head_is_address (const char *line)
{
  static const char *const names[] = { "Referer", "Location", "Content-Location" };

  return redactor_head_has_name (line, names, G_N_ELEMENTS (names));
}

/* The values of these have words with digits and capitals that are no secrets. */
static gboolean
is_public (const char *line)
{
  static const char *const names[] = {
    "Host", "Origin", "User-Agent", "Server", "Via", "Date", "Alt-Svc", "Forwarded", "Accept",
    "X-Forwarded-Host", "X-Forwarded-Server", "X-Powered-By", "X-Requested-With",
    "Strict-Transport-Security", "WWW-Authenticate", "Proxy-Authenticate", "Sec-WebSocket-Key",
    "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions", WSI_REDACTOR_SUBPROTOCOL,
  };
  static const char *const prefixes[] = {
    "Accept-", "Access-Control-", "Content-", "Sec-CH-", "Sec-Fetch-",
  };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_ascii_strncasecmp (line, prefixes[i], strlen (prefixes[i])) == 0)
      return TRUE;

  return redactor_head_has_name (line, names, G_N_ELEMENTS (names));
}

/* Whether a word is a URI or a path: these are hidden by the rules for URIs. */
static gboolean
is_uri (const char *word,
        gsize       length)
{
  const char *slash = memchr (word, '/', length);

  return memchr (word, '?', length) != NULL || memmem (word, length, "://", 3) != NULL ||
         (slash != NULL && (slash == word || strchr ("\"<=:", slash[-1]) != NULL));
}

static void
hide_random_items (WsiRedactor *self,
                   const char  *word,
                   gsize        length,
                   GString     *shown)
{
  const char *end = word + length;

  while (word < end)
    {
      gsize n_item = MIN (strcspn (word, BETWEEN_ITEMS), (gsize) (end - word));

      if (wsi_redactor_looks_random (word, n_item))
        {
          wsi_redactor_remember (self, word, n_item);
          wsi_redactor_append_hidden (self, shown, PART_OF_HEAD, word, n_item);
        }
      else
        g_string_append_len (shown, word, n_item);
      word += n_item;
      if (word < end)
        g_string_append_c (shown, *word++);
    }
}

static void
hide_random_words (WsiRedactor *self,
                   const char  *at,
                   gsize        length,
                   GString     *shown)
{
  const char *end = at + length;

  while (at < end)
    {
      gsize n_between = strspn (at, BLANKS), n_word = strcspn (at + n_between, BLANKS);

      n_between = MIN (n_between, (gsize) (end - at));
      n_word = MIN (n_word, (gsize) (end - at) - n_between);
      g_string_append_len (shown, at, n_between);
      at += n_between;
      if (is_uri (at, n_word))
        g_string_append_len (shown, at, n_word);
      else
        hide_random_items (self, at, n_word, shown);
      at += n_word;
    }
}

/* Hides values that look random, in a line that has no secret by its name. */
static char *
hide_random (WsiRedactor *self,
             const char  *line,
             Progress    *progress)
{
  GString *shown = g_string_new (NULL);
  const char *at = line;

  while (*at != '\0')
    {
      gsize length = strcspn (at, END_OF_LINE), n_name = 0;
      gboolean is_header = at != line || progress->is_header;

      if (is_header)
        {
          n_name = MIN (strcspn (at, ":"), length);
          progress->is_public = is_public (at);
        }
      g_string_append_len (shown, at, n_name);
      if (progress->is_public)
        g_string_append_len (shown, at + n_name, length - n_name);
      else
        hide_random_words (self, at + n_name, length - n_name, shown);
      at += length;
      length = strspn (at, END_OF_LINE);
      g_string_append_len (shown, at, length);
      at += length;
    }
  return g_string_free (shown, FALSE);
}

/* The length of the first word of an address that is relative to another one: n_open bytes are
 * before it. */
static gsize
measure_word (const char *line,
              gsize      *n_open)
{
  const char *colon = strchr (line, ':');
  const char *value = colon != NULL ? colon + 1 + strspn (colon + 1, " \t") : line;
  gsize length = strcspn (value, "/?#: \t\r\n");

  *n_open = value - line;
  return value[length] != ':' && wsi_redactor_looks_random (value, length) ? length : 0;
}

/* The line of a header whose value is the address of a page. */
static void
hide_address (WsiRedactor *self,
              const char  *line,
              GString     *shown)
{
  gsize n_open, length = measure_word (line, &n_open);
  g_autofree char *rest = NULL;

  if (length > 0)
    {
      g_string_append_len (shown, line, n_open);
      wsi_redactor_append_hidden (self, shown, PART_OF_HEAD, line + n_open, length);
      line += n_open + length;
    }
  rest = wsi_redactor_hide_in (self, line, WSI_SCOPE_ADDRESS);
  g_string_append (shown, rest);
}

/* Hides the secrets of a line, and updates the progress. */
static void
hide_line (WsiRedactor *self,
           const char  *line,
           Progress    *progress,
           GString     *shown)
{
  gsize n_open = strspn (line, " \t");
  g_autofree char *name = NULL;

  progress->is_header = n_open == 0 && !progress->is_over &&
                        (progress->is_after_first || line[strcspn (line, ": \t")] == ':');
  progress->is_after_first |= *line != '\0';
  if (n_open == 0)
    progress->scope = redactor_head_is_address (line) ? WSI_SCOPE_ADDRESS : WSI_SCOPE_HEAD;
  if (progress->scope == WSI_SCOPE_ADDRESS && strpbrk (line, END_OF_LINE) == NULL)
    {
      progress->previous = LINE_OPEN;
      hide_address (self, line, shown);
      return;
    }

  if (progress->previous == LINE_OPEN || n_open == 0)
    progress->previous = redactor_head_find_secret (self, line, progress, &name, &n_open);

  g_autofree char *open = g_strndup (line, n_open);
  g_autofree char *plain = hide_random (self, open, progress);
  g_autofree char *text = wsi_redactor_hide_in (self, plain, WSI_SCOPE_HEAD);

  g_string_append (shown, text);
  if (progress->previous == LINE_SUBPROTOCOLS && strpbrk (line, END_OF_LINE) == NULL)
    hide_items (self, line + n_open, &progress->is_next_secret, shown);
  else if (line[n_open] != '\0')
    wsi_redactor_append_hidden (self, shown, name != NULL ? name : PART_OF_HEAD, line + n_open,
                                strlen (line + n_open));
}

/* Hides the bytes after a zero byte in a line: a well-formed head has none. */
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
    wsi_redactor_append_hidden (self, shown, PART_OF_HEAD, line + n_text, length - n_text);
}

/* The end of a line: a whole head without a carriage return has lines that end in line feeds
 * alone. */
static const char *
find_line_end (const char *at,
               gsize       length)
{
  return length > 0 && memmem (at, length, "\n\n", 2) != NULL && memchr (at, '\r', length) == NULL
         ? "\n" : END_OF_LINE;
}

GBytes *
wsi_redactor_hide_head (WsiRedactor *self,
                        GBytes      *head)
{
  g_autoptr (GString) shown = NULL;
  Progress progress = { .is_public = TRUE, .scope = WSI_SCOPE_HEAD };
  gsize length;
  const char *at = wsi_bytes_get_data (head, &length);
  const char *line_end = find_line_end (at, length);

  if (self->level == WSI_REDACTION_NONE)
    return g_bytes_ref (head);

  shown = g_string_new (NULL);
  while (length > 0)
    {
      const char *end = memmem (at, length, line_end, strlen (line_end));
      gsize n_line = end != NULL ? (gsize) (end - at) : length;

      progress.is_over |= n_line == 0 && progress.is_after_first;
      hide_bytes_of_line (self, at, n_line, &progress, shown);
      if (end != NULL)
        g_string_append (shown, line_end);
      n_line += end != NULL ? strlen (line_end) : 0;
      at += n_line;
      length -= n_line;
    }

  return g_string_free_to_bytes (g_steal_pointer (&shown));
}

void
wsi_redactor_learn_head (WsiRedactor *self,
                         GBytes      *head)
{
  g_autoptr (WsiHiddenNames) hidden = g_steal_pointer (&self->hidden);
  guint64 n_hidden = self->n_hidden;
  g_autoptr (GBytes) shown = NULL;

  self->hidden = wsi_hidden_names_new ();
  shown = wsi_redactor_hide_head (self, head);
  wsi_hidden_names_free (self->hidden);
  self->hidden = g_steal_pointer (&hidden);
  self->n_hidden = n_hidden;
}

char **
wsi_redactor_split_head (WsiRedactor *self,
                         GBytes      *head)
{
  g_autoptr (GBytes) open = wsi_redactor_hide_head (self, head);
  gsize length;
  const char *at = wsi_bytes_get_data (open, &length);
  g_autofree char *text = g_strndup (at, length);
  const char *line_end = find_line_end (at, length);
  g_autofree char *empty_line = g_strconcat (line_end, line_end, NULL);
  char *end = strstr (text, empty_line);

  if (end != NULL)
    *end = '\0';
  else if (g_str_has_suffix (text, line_end))
    text[strlen (text) - strlen (line_end)] = '\0';
  return g_strsplit (text, line_end, -1);
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
