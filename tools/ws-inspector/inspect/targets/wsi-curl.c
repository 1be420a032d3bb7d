/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-curl.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/sources/wsi-server-address.h"
#include "inspect/targets/wsi-shell-words.h"
#include "inspect/targets/wsi-target-head.h"

#define MAX_NAMED 80            /* characters of a word that a note names */
#define MAX_NOTES 8

typedef enum
{
  TAKE_NOTHING,                 /* nothing: the option has no value, and no meaning here */
  TAKE_ANY_CERTIFICATE,
  TAKE_AND_DROP,                /* its value, which has no meaning here */
  TAKE_URL,
  TAKE_HEADER,
  TAKE_COOKIE,
  TAKE_AGENT,
  TAKE_REFERER,
  TAKE_USER,
  TAKE_AUTHORITIES,
  TAKE_CERTIFICATE,
  TAKE_KEY,
} Take;

static const struct
{
  const char *name;
  char        letter;           /* short form of the option; 0: none */
  Take        take;
} options[] = {
  { "--url", 0, TAKE_URL },
  { "--header", 'H', TAKE_HEADER },
  { "--cookie", 'b', TAKE_COOKIE },
  { "--user-agent", 'A', TAKE_AGENT },
  { "--referer", 'e', TAKE_REFERER },
  { "--user", 'u', TAKE_USER },
  { "--insecure", 'k', TAKE_ANY_CERTIFICATE },
  { "--cacert", 0, TAKE_AUTHORITIES },
  { "--cert", 'E', TAKE_CERTIFICATE },
  { "--key", 0, TAKE_KEY },
  { "--compressed", 0, TAKE_NOTHING },
  { "--http1.1", 0, TAKE_NOTHING },
  { "--http2", 0, TAKE_NOTHING },
  { "--include", 'i', TAKE_NOTHING },
  { "--no-buffer", 'N', TAKE_NOTHING },
  { "--globoff", 'g', TAKE_NOTHING },
  { "--silent", 's', TAKE_NOTHING },
  { "--show-error", 'S', TAKE_NOTHING },
  { "--verbose", 'v', TAKE_NOTHING },
  { "--location", 'L', TAKE_NOTHING },
  { "--fail", 'f', TAKE_NOTHING },
  { "--request", 'X', TAKE_AND_DROP },
  { "--data", 'd', TAKE_AND_DROP },
  { "--data-raw", 0, TAKE_AND_DROP },
  { "--data-binary", 0, TAKE_AND_DROP },
  { "--data-urlencode", 0, TAKE_AND_DROP },
  { "--output", 'o', TAKE_AND_DROP },
  { "--max-time", 'm', TAKE_AND_DROP },
  { "--connect-timeout", 0, TAKE_AND_DROP },
  { "--proxy", 'x', TAKE_AND_DROP },
  { "--resolve", 0, TAKE_AND_DROP },
};

typedef struct
{
  WsiTarget *target;
  GPtrArray *notes;
} Reader;

/* The word, its "curl", is followed by a blank; a path before it is as good. */
gboolean
wsi_curl_is_command (const char *text)
{
  const char *word = text + strspn (text, " \t\r\n$");
  gsize length = strcspn (word, " \t\r\n\\");

  return (length == strlen ("curl") && strncmp (word, "curl", length) == 0) ||
         (length == strlen ("curl.exe") && strncmp (word, "curl.exe", length) == 0);
}

static void
add_note (Reader     *reader,
          const char *format,
          const char *word)
{
  g_autofree char *valid = g_utf8_make_valid (word, -1);
  g_autofree char *shown = g_utf8_substring (valid, 0, MIN (MAX_NAMED, g_utf8_strlen (valid, -1)));

  if (reader->notes->len < MAX_NOTES)
    g_ptr_array_add (reader->notes, g_strdup_printf (_("%s: %s"), format, shown));
}

/* "NAME: VALUE", "NAME;" for an empty value, "NAME:" for none, "@FILE", or a field of HTTP/2. */
static void
curl_take_header (Reader     *reader,
                  const char *line)
{
  gsize length = strcspn (line, ":;");
  g_autofree char *name = g_strstrip (g_strndup (line, length));
  g_autofree char *value = line[length] != '\0' ? g_strstrip (g_strdup (line + length + 1)) : NULL;

  if (*line == '@' || value == NULL || *name == '\0')
    add_note (reader, _("Header left out"), line);
  else if (line[length] == ';')
    wsi_target_take_header (reader->target, name, "");
  else if (*value != '\0')
    wsi_target_take_header (reader->target, name, value);
}

/* Takes cookies; curl reads a file, if the text is not a list of cookies. */
static void
take_cookie (Reader     *reader,
             const char *value)
{
  if (strchr (value, '=') != NULL)
    wsi_target_take_header (reader->target, "Cookie", value);
  else
    add_note (reader, _("File of cookies left out"), value);
}

static void
take_url (Reader     *reader,
          const char *url)
{
  g_autofree char *address =
    wsi_server_address_make_uri (url, WSI_SERVER_ADDRESS_WITH_PATH, NULL);

  if (*wsi_target_get_text (reader->target, WSI_TARGET_ADDRESS) != '\0')
    {
      add_note (reader, _("Left out"), url);
      return;
    }

  wsi_target_set_text (reader->target, WSI_TARGET_ADDRESS, address);
}

static void
take_user (Reader     *reader,
           const char *user)
{
  g_autofree char *encoded = g_base64_encode ((const guint8 *) user, strlen (user));
  g_autofree char *value = g_strconcat ("Basic ", encoded, NULL);

  wsi_target_take_header (reader->target, "Authorization", value);
}

static void
curl_take_value (Reader     *reader,
                 Take        take,
                 const char *value)
{
  switch (take)
    {
    case TAKE_NOTHING:
    case TAKE_ANY_CERTIFICATE:
    case TAKE_AND_DROP:
      break;
    case TAKE_URL:
      take_url (reader, value);
      break;
    case TAKE_HEADER:
      curl_take_header (reader, value);
      break;
    case TAKE_COOKIE:
      take_cookie (reader, value);
      break;
    case TAKE_AGENT:
      wsi_target_take_header (reader->target, "User-Agent", value);
      break;
    case TAKE_REFERER:
      wsi_target_take_header (reader->target, "Referer", value);
      break;
    case TAKE_USER:
      take_user (reader, value);
      break;
    case TAKE_AUTHORITIES:
      wsi_target_set_text (reader->target, WSI_TARGET_AUTHORITIES, value);
      break;
    case TAKE_CERTIFICATE:
      wsi_target_set_text (reader->target, WSI_TARGET_CERTIFICATE, value);
      break;
    case TAKE_KEY:
      wsi_target_set_text (reader->target, WSI_TARGET_KEY, value);
      break;
    }
}

/* The word has a character after its dash.
 * glued: the value of a letter that follows in the same word; NULL = none. */
static int
curl_find_option (const char  *word,
                  const char **glued)
{
  *glued = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      if (strcmp (word, options[i].name) == 0)
        return i;

      if (word[1] == options[i].letter)
        {
          *glued = word[2] != '\0' ? word + 2 : NULL;
          return i;
        }
    }

  return -1;
}

/* Returns the number of words that were taken.  The value of an unknown option is one more URL,
 * which is left out, too. */
static guint
curl_take_option (Reader  *reader,
                  char   **words,
                  GError **error)
{
  const char *glued;
  int found = curl_find_option (words[0], &glued);
  Take take = found >= 0 ? options[found].take : TAKE_NOTHING;

  if (found < 0)
    add_note (reader, _("Option left out"), words[0]);
  else if (take == TAKE_AND_DROP)
    add_note (reader, _("Option left out"), options[found].name);
  else if (take == TAKE_ANY_CERTIFICATE)
    wsi_target_set_options (reader->target, wsi_target_get_options (reader->target) |
                            WSI_TARGET_ACCEPTS_ANY);

  if (take == TAKE_NOTHING || take == TAKE_ANY_CERTIFICATE)
    return 1;

  if (glued == NULL && words[1] == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("incomplete command: expected a value after %s"), options[found].name);
      return 0;
    }

  curl_take_value (reader, take, glued != NULL ? glued : words[1]);
  return glued != NULL ? 1 : 2;
}

static gboolean
read_words (Reader  *reader,
            char   **words,
            GError **error)
{
  while (*words != NULL)
    {
      guint n_taken = 1;

      if (words[0][0] == '-' && words[0][1] != '\0')
        n_taken = curl_take_option (reader, words, error);
      else
        take_url (reader, words[0]);

      if (n_taken == 0)
        return FALSE;

      words += n_taken;
    }

  return TRUE;
}

static gboolean
check_words (char   **words,
             GError **error)
{
  const char *sentence = NULL;

  if (words[0] == NULL || !wsi_curl_is_command (words[0]))
    sentence = _("not a curl command: expected one that begins with curl");
  else if (words[1] == NULL)
    sentence = _("incomplete command: expected curl and a URL");

  if (sentence != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, sentence);
  return sentence == NULL;
}

WsiTarget *
wsi_curl_parse (const char *text,
                char     ***notes,
                GError    **error)
{
  g_auto (GStrv) words = wsi_shell_words_split (text + strspn (text, " \t\r\n$"), error);
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_CLIENT);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  Reader reader = { target, lines };

  if (words == NULL || !check_words (words, error) || !read_words (&reader, words + 1, error))
    return NULL;

  g_ptr_array_add (lines, NULL);
  *notes = (char **) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
  return g_steal_pointer (&target);
}
