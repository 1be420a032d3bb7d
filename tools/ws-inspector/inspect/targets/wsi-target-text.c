/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-target.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/sources/dumpcap/wsi-dumpcap.h"

#define MAX_LINE_LENGTH (64 * 1024)
#define PLAIN_CHARACTERS \
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,:/@%+=[]"

static const char *const verbs[] = {
  [WSI_TARGET_CLIENT] = "connect",
  [WSI_TARGET_SERVER] = "serve",
  [WSI_TARGET_PROXY] = "proxy",
  [WSI_TARGET_BROWSER] = "browser",
  [WSI_TARGET_CAPTURE] = "capture",
  [WSI_TARGET_PROGRAM] = "attach",
  [WSI_TARGET_FILE] = "read",
  [WSI_TARGET_EXAMPLE] = "demo",
};

/* The fields of the arguments without a name, in their order. */
static const WsiTargetField places[] = {
  WSI_TARGET_LISTEN, WSI_TARGET_ADDRESS, WSI_TARGET_INTERFACE, WSI_TARGET_PACKET_FILTER
};

/* The options of fields; one is given once for each item of a list. */
static const char *const field_options[WSI_TARGET_N_FIELDS] = {
  [WSI_TARGET_SUBPROTOCOLS] = "--protocol",
  [WSI_TARGET_HEADERS] = "--header",
  [WSI_TARGET_ORIGIN] = "--origin",
  [WSI_TARGET_ALLOWED_ORIGINS] = "--allow-origin",
  [WSI_TARGET_AUTHORITIES] = "--ca",
  [WSI_TARGET_CERTIFICATE] = "--cert",
  [WSI_TARGET_KEY] = "--key",
  [WSI_TARGET_CLIENT_AUTHORITIES] = "--client-ca",
  [WSI_TARGET_MAX_MESSAGE] = "--max-message",
  [WSI_TARGET_HTTP_PROXY] = "--proxy",
  [WSI_TARGET_PAGE] = "--page",
  [WSI_TARGET_PROFILE] = "--profile",
  [WSI_TARGET_PACKETS] = "--packets",
  [WSI_TARGET_KEY_LOG] = "--keylog",
  [WSI_TARGET_READ_AS] = "--as",
  [WSI_TARGET_CONNECTIONS] = "--connection",
};

static const struct
{
  WsiTargetOptions option;
  const char      *name;
} flags[] = {
  { WSI_TARGET_COMPRESSES, "--deflate" },
  { WSI_TARGET_ACCEPTS_ANY, "--insecure-accept-certificate" },
  { WSI_TARGET_REWRITES_HOST, "--rewrite-host" },
  { WSI_TARGET_ECHOES, "--echo" },
  { WSI_TARGET_IS_LOSSLESS, "--lossless" },
  { WSI_TARGET_STARTS, "--start" },
};

const char *
wsi_target_get_field_name (WsiTargetField field)
{
  return field_options[field];
}

const char *
wsi_target_get_option_name (WsiTargetOptions option)
{
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (flags[i].option == option)
      return flags[i].name;

  g_return_val_if_reached (NULL);
}

/* Quotes a word if it needs quotes. */
static char *
quote_word (const char *word)
{
  gboolean is_plain = *word != '\0' && word[strspn (word, PLAIN_CHARACTERS)] == '\0';

  return is_plain ? g_strdup (word) : g_shell_quote (word);
}

static void
target_text_add_word (GString    *line,
                      const char *prefix,
                      const char *value)
{
  g_autofree char *word = g_strconcat (prefix, value, NULL);
  g_autofree char *quoted = quote_word (word);

  g_string_append_c (line, ' ');
  g_string_append (line, quoted);
}

static gboolean
is_list (WsiTargetField field)
{
  return field == WSI_TARGET_SUBPROTOCOLS || field == WSI_TARGET_HEADERS ||
         field == WSI_TARGET_ALLOWED_ORIGINS || field == WSI_TARGET_READ_AS ||
         field == WSI_TARGET_CONNECTIONS;
}

/* Adds the arguments without a name.  A file named "-" would be standard input.  Each of several
 * files is a word. */
static void
add_place (GString         *line,
           const WsiTarget *self,
           WsiTargetField   field)
{
  const char *text = wsi_target_get_text (self, field);
  g_auto (GStrv) words = wsi_target_get_kind (self) == WSI_TARGET_FILE
                         ? g_strsplit (text, "\n", -1) : NULL;

  /* an empty word would be hard to read: "0" is any free port, too; a browser may be started
   * without a page; a filter without an interface is one of all */
  if (*text == '\0' && field == WSI_TARGET_LISTEN)
    text = "0";
  else if (*text == '\0' && field == WSI_TARGET_INTERFACE &&
           *wsi_target_get_text (self, WSI_TARGET_PACKET_FILTER) != '\0')
    text = WSI_DUMPCAP_ANY;
  else if (*text == '\0' && (wsi_target_get_kind (self) == WSI_TARGET_BROWSER ||
                             wsi_target_get_kind (self) == WSI_TARGET_CAPTURE))
    return;

  if (words == NULL || words[0] == NULL)
    target_text_add_word (line, *text == '-' ? "./" : "", text);
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    target_text_add_word (line, *words[i] == '-' ? "./" : "", words[i]);
}

static void
target_text_add_field (GString         *line,
                       const WsiTarget *self,
                       WsiTargetField   field)
{
  const char *text = wsi_target_get_text (self, field);
  g_autofree char *prefix = g_strconcat (field_options[field], "=", NULL);
  g_auto (GStrv) items = NULL;

  if (*text == '\0')
    return;

  if (!is_list (field))
    {
      target_text_add_word (line, prefix, text);
      return;
    }

  items = wsi_target_dup_list (self, field);
  for (guint i = 0; items[i] != NULL; i++)
    target_text_add_word (line, prefix, items[i]);
}

/* Adds the arguments of another program, which may be anything. */
static void
target_text_add_arguments (GString         *line,
                           const WsiTarget *self)
{
  g_auto (GStrv) words = wsi_target_dup_list (self, WSI_TARGET_ARGUMENTS);

  if (words[0] != NULL)
    target_text_add_word (line, "--", "");
  for (guint i = 0; words[i] != NULL; i++)
    target_text_add_word (line, words[i], "");
}

char *
wsi_target_print (const WsiTarget *self)
{
  WsiTargetKind kind = wsi_target_get_kind (self);
  GString *line = g_string_new (verbs[kind]);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (wsi_target_has_field (kind, places[i]))
      add_place (line, self, places[i]);

  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    if (field_options[i] != NULL && wsi_target_has_field (kind, i))
      target_text_add_field (line, self, i);

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (wsi_target_has_option (kind, wsi_target_get_options (self) & flags[i].option))
      target_text_add_word (line, flags[i].name, "");

  if (wsi_target_has_field (kind, WSI_TARGET_ARGUMENTS))
    target_text_add_arguments (line, self);
  return g_string_free (line, FALSE);
}

static const char *
get_separator (WsiTargetField field)
{
  return field == WSI_TARGET_HEADERS ? "\n" : ", ";
}

void
wsi_target_set_words (WsiTarget         *self,
                      const char *const *words)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    target_text_add_word (text, words[i], "");
  wsi_target_set_text (self, WSI_TARGET_ARGUMENTS, text->str);
}

void
wsi_target_add_item (WsiTarget     *self,
                     WsiTargetField field,
                     const char    *item)
{
  const char *text = wsi_target_get_text (self, field);
  g_autofree char *joined = *text != '\0' && is_list (field)
                            ? g_strjoin (get_separator (field), text, item, NULL)
                            : g_strdup (item);

  wsi_target_set_text (self, field, joined);
}

static gboolean
target_text_take_option (WsiTarget  *self,
                         const char *word)
{
  WsiTargetKind kind = wsi_target_get_kind (self);
  gsize length = strcspn (word, "=");

  for (guint i = 0; word[length] == '=' && i < WSI_TARGET_N_FIELDS; i++)
    if (wsi_target_has_field (kind, i) && field_options[i] != NULL &&
        strlen (field_options[i]) == length && strncmp (word, field_options[i], length) == 0)
      {
        wsi_target_add_item (self, i, word + length + 1);
        return TRUE;
      }

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (wsi_target_has_option (kind, flags[i].option) && strcmp (word, flags[i].name) == 0)
      {
        wsi_target_set_options (self, wsi_target_get_options (self) | flags[i].option);
        return TRUE;
      }

  return FALSE;
}

/* Takes another file that is read together with those before it. */
static gboolean
take_file (WsiTarget  *self,
           const char *word)
{
  const char *before = wsi_target_get_text (self, WSI_TARGET_ADDRESS);
  g_autofree char *joined = g_strjoin ("\n", before, word, NULL);

  if (wsi_target_get_kind (self) != WSI_TARGET_FILE)
    return FALSE;

  wsi_target_set_text (self, WSI_TARGET_ADDRESS, joined);
  return TRUE;
}

/* Takes an argument without a name.  place: that of the next one; it is advanced. */
static gboolean
target_text_take_place (WsiTarget  *self,
                        const char *word,
                        guint      *place)
{
  while (*place < G_N_ELEMENTS (places) &&
         !wsi_target_has_field (wsi_target_get_kind (self), places[*place]))
    ++*place;

  if (*place == G_N_ELEMENTS (places))
    return take_file (self, word);

  wsi_target_set_text (self, places[(*place)++], word);
  return TRUE;
}

static WsiTarget *
parse_verb (const char *verb,
            GError    **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verb, verbs[i]) == 0)
      return wsi_target_new (i);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("unknown command: expected connect, serve, proxy, browser, capture, attach, "
                 "read or demo, received \"%s\""),
               verb);
  return NULL;
}

/* Takes the arguments from "--" on.  FALSE: the kind has none. */
static gboolean
take_arguments (WsiTarget *self,
                char     **words)
{
  if (!wsi_target_has_field (wsi_target_get_kind (self), WSI_TARGET_ARGUMENTS))
    return FALSE;

  wsi_target_set_words (self, (const char *const *) words + 1);
  return TRUE;
}

/* Appending to a list copies it, so that the length of the line is what bounds the time. */
WsiTarget *
wsi_target_parse (const char *line,
                  GError    **error)
{
  g_autoptr (WsiTarget) self = NULL;
  g_auto (GStrv) words = NULL;
  guint place = 0;

  if (strlen (line) > MAX_LINE_LENGTH)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("too long: expected at most %d bytes"), MAX_LINE_LENGTH);
      return NULL;
    }

  if (!g_shell_parse_argv (line, NULL, &words, error))
    return NULL;

  self = parse_verb (words[0], error);
  for (guint i = 1; self != NULL && words[i] != NULL; i++)
    if (strcmp (words[i], "--") == 0 && take_arguments (self, words + i))
      break;
    else if (*words[i] == '-' ? !target_text_take_option (self, words[i])
                              : !target_text_take_place (self, words[i], &place))
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     _("unknown argument of %s: received \"%s\""), words[0], words[i]);
        return NULL;
      }

  return g_steal_pointer (&self);
}

/* Hides secrets of a header: a head with one header, in which the redactor knows secrets by
 * name. */
static char *
hide_header (WsiRedactor *redactor,
             const char  *line)
{
  g_autofree char *head = g_strconcat ("GET / HTTP/1.1\r\n", line, "\r\n\r\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (head, strlen (head));
  g_auto (GStrv) lines = wsi_redactor_split_head (redactor, bytes);

  return g_strdup (lines[1]);
}

static void
hide_headers (WsiTarget   *self,
              WsiRedactor *redactor)
{
  g_auto (GStrv) lines = wsi_target_dup_list (self, WSI_TARGET_HEADERS);

  wsi_target_set_text (self, WSI_TARGET_HEADERS, "");
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *shown = hide_header (redactor, lines[i]);

      wsi_target_add_item (self, WSI_TARGET_HEADERS, shown);
    }
}

static void
hide_subprotocols (WsiTarget   *self,
                   WsiRedactor *redactor)
{
  const char *text = wsi_target_get_text (self, WSI_TARGET_SUBPROTOCOLS);
  g_autofree char *line = g_strconcat ("Sec-WebSocket-Protocol: ", text, NULL);
  g_autofree char *shown = hide_header (redactor, line);

  wsi_target_set_text (self, WSI_TARGET_SUBPROTOCOLS, strchr (shown, ':') + 1);
}

/* Hides secrets of arguments: an address of a proxy may have a password. */
static void
hide_arguments (WsiTarget   *self,
                WsiRedactor *redactor)
{
  g_auto (GStrv) words = wsi_target_dup_list (self, WSI_TARGET_ARGUMENTS);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *word = words[i];

      words[i] = wsi_redactor_hide_text (redactor, word);
    }
  wsi_target_set_words (self, (const char *const *) words);
}

/* Replaces the marks of hidden values, so that the same target is the same text each time. */
static void
target_text_unmark (WsiTarget *self)
{
  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    {
      g_autofree char *text = wsi_redactor_unmark (wsi_target_get_text (self, i));

      wsi_target_set_text (self, i, text);
    }
}

WsiTarget *
wsi_target_dup_without_secrets (const WsiTarget *self)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  WsiTarget *copy = wsi_target_copy (self);
  /* without a scheme, a secret in the URI would not be found */
  g_autofree char *uri = wsi_target_make_uri (self, NULL);
  g_autofree char *address = wsi_redactor_hide_text (redactor, uri);
  g_autofree char *page =
    wsi_redactor_hide_text (redactor, wsi_target_get_text (self, WSI_TARGET_PAGE));

  wsi_target_set_text (copy, WSI_TARGET_KEY_LOG, "");
  if (wsi_target_get_kind (self) == WSI_TARGET_FILE)
    return copy;

  wsi_target_set_text (copy, WSI_TARGET_ADDRESS, address);
  wsi_target_set_text (copy, WSI_TARGET_PAGE, page);
  hide_arguments (copy, redactor);
  hide_headers (copy, redactor);
  hide_subprotocols (copy, redactor);
  target_text_unmark (copy);
  wsi_target_set_options (copy, wsi_target_get_options (self) & ~WSI_TARGET_ACCEPTS_ANY);
  return copy;
}
