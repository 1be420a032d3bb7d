/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/sentences/wsi-translate.h"

#include <glib/gi18n.h>
#include <libwsproto/observe/wsp-fault.h>
#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/show/sentences/wsi-library-texts.h"

#define MAX_CAUSES 3            /* sentences within each other: a peer may send any number */
#define MAX_CUTS 4              /* places where a fact may begin */
#define BEFORE_FACT ": "
#define BEFORE_CLAUSE "; "
#define OF_LIBRARY "Wsp"       /* beginning of the names of classes */

static char *translate_find (const char *english,
                             guint       n_causes);

static char *
find_whole (const char *english)
{
  const char *translation = wsi_library_text_is_whole (english) ? _(english) : english;

  return translation != english ? g_strdup (translation) : NULL;
}

/* One row, and what its parts are in a text. */
typedef struct
{
  WsiCause cause;
  guint    n_causes;
  GStrv    literals;            /* texts of the row before, between and after its parts */
  guint    n_parts;
  char    *parts[WSI_LIBRARY_MAX_PARTS + 1];
} Match;

static void
clear_match (Match *self)
{
  for (guint i = 0; i < WSI_LIBRARY_MAX_PARTS; i++)
    g_clear_pointer (&self->parts[i], g_free);
  g_clear_pointer (&self->literals, g_strfreev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Match, clear_match)

static const char *
find_ending (const char *text,
             const char *ending)
{
  return g_str_has_suffix (text, ending) ? text + strlen (text) - strlen (ending) : NULL;
}

static gboolean
has_beginning (const char *pattern,
               const char *text)
{
  return strncmp (text, pattern, strstr (pattern, WSI_LIBRARY_PART) - pattern) == 0;
}

static void
translate_replace (char **text,
                   char  *other)
{
  g_free (*text);
  *text = other;
}

/* Translates a flaw; a date in brackets stays. */
static char *
translate_flaw (const char *flaw)
{
  const char *date = strstr (flaw, " (");
  gsize length = date != NULL ? (gsize) (date - flaw) : strlen (flaw);

  for (guint i = 0; wsi_library_flaws[i] != NULL; i++)
    if (strlen (wsi_library_flaws[i]) == length &&
        strncmp (flaw, wsi_library_flaws[i], length) == 0)
      return g_strconcat (_(wsi_library_flaws[i]), flaw + length, NULL);
  return g_strdup (flaw);
}

static char *
translate_flaws (const char *list)
{
  g_auto (GStrv) flaws = g_strsplit (list, ", ", -1);

  for (guint i = 0; flaws[i] != NULL; i++)
    translate_replace (&flaws[i], translate_flaw (flaws[i]));
  return g_strjoinv (", ", flaws);
}

/* Translates a cause.  FALSE: the text does not fit. */
static gboolean
translate_cause (Match *self)
{
  char **part = &self->parts[self->n_parts - 1];
  char *translation = NULL;

  if (self->cause == WSI_CAUSE_KNOWN)
    translation = find_whole (*part);
  else if (self->cause == WSI_CAUSE_ANY || self->cause == WSI_CAUSE_AFTER_FLAWS)
    translation = translate_find (*part, self->n_causes + 1);
  if (translation == NULL)
    return self->cause != WSI_CAUSE_KNOWN;

  translate_replace (part, translation);
  return TRUE;
}

/* Matches a part, which ends where the next words of the row first begin, and later if the rest
 * does not fit then: the text of a peer may look like these words. */
static gboolean
match_part (Match      *self,
            guint       i,
            const char *at)
{
  const char *literal = self->literals[i + 1];
  gboolean is_last = i + 1 == self->n_parts;
  const char *end = is_last ? find_ending (at, literal) : strstr (at, literal);

  for (guint n = 0; n < MAX_CUTS && end != NULL; n++)
    {
      g_free (self->parts[i]);
      self->parts[i] = g_strndup (at, end - at);
      if (!is_last && match_part (self, i + 1, end + strlen (literal)))
        return TRUE;
      if (is_last)
        {
          if (self->cause == WSI_CAUSE_AFTER_FLAWS)
            translate_replace (&self->parts[1], translate_flaws (self->parts[1]));
          return translate_cause (self);
        }
      end = strstr (end + 1, literal);
    }
  return FALSE;
}

static gboolean
translate_match (Match                *self,
                 const WsiLibraryText *row,
                 const char           *text)
{
  if (!has_beginning (row->text, text))
    return FALSE;

  self->cause = row->cause;
  self->literals = g_strsplit (row->text, WSI_LIBRARY_PART, -1);
  self->n_parts = g_strv_length (self->literals) - 1;
  g_assert (self->n_parts <= WSI_LIBRARY_MAX_PARTS);
  return match_part (self, 0, text + strlen (self->literals[0]));
}

/* Fills the parts into a translation, which is not a format for printf (): its parts were text, and
 * those that it has too many stay empty. */
static char *
translate_fill (const char  *translation,
                char *const *parts)
{
  g_auto (GStrv) literals = g_strsplit (translation, WSI_LIBRARY_PART, -1);
  GString *text = g_string_new (literals[0]);
  guint n_parts = g_strv_length ((char **) parts);

  for (guint i = 1; literals[i] != NULL; i++)
    {
      if (i <= n_parts)
        g_string_append (text, parts[i - 1]);
      g_string_append (text, literals[i]);
    }
  return g_string_free (text, FALSE);
}

static char *
find_pattern (const WsiLibraryText *rows,
              const char           *english,
              guint                 n_causes)
{
  for (const WsiLibraryText *row = rows; row->text != NULL; row++)
    {
      g_auto (Match) found = { .n_causes = n_causes };

      if (_(row->text) != row->text && translate_match (&found, row, english))
        return translate_fill (_(row->text), found.parts);
    }
  return NULL;
}

static char *
find_fact (const char *english,
           guint       n_causes)
{
  char *text = find_whole (english);

  return text != NULL ? text : find_pattern (wsi_library_facts, english, n_causes);
}

/* Finds a rule, and how it was broken.  The rule may have the separator, too. */
static char *
find_rule_and_fact (const char *english,
                    const char *separator,
                    const char *joined,
                    guint       n_causes)
{
  const char *end = strstr (english, separator);

  for (guint i = 0; i < MAX_CUTS && end != NULL; i++)
    {
      g_autofree char *rule = g_strndup (english, end - english);
      g_autofree char *shown_rule = find_whole (rule);
      g_autofree char *shown_fact =
        shown_rule != NULL ? find_fact (end + strlen (separator), n_causes) : NULL;
      char *parts[] = { shown_rule, shown_fact, NULL };

      if (shown_fact != NULL)
        return translate_fill (joined, parts);
      end = strstr (end + 1, separator);
    }
  return NULL;
}

/* Finds the text of a WspHandshakeCheck. */
static char *
translate_find_check (const char *english,
                      guint       n_causes)
{
  g_autofree char *sentence = NULL;
  g_autofree char *text = NULL;

  if (!g_str_has_suffix (english, "."))
    return NULL;

  sentence = g_strndup (english, strlen (english) - 1);
  text = find_rule_and_fact (sentence, BEFORE_CLAUSE, _("%s; %s"), n_causes);
  return text != NULL ? g_strconcat (text, ".", NULL) : NULL;
}

/* Finds the translation of a text.  NULL: it is not known. */
static char *
translate_find (const char *english,
                guint       n_causes)
{
  char *text = find_whole (english);

  if (n_causes > MAX_CAUSES)
    return text;

  if (text == NULL)
    text = find_pattern (wsi_library_texts, english, n_causes);
  if (text == NULL)
    text = find_rule_and_fact (english, BEFORE_FACT, _("%s: %s"), n_causes);
  return text != NULL ? text : translate_find_check (english, n_causes);
}

/* Replaces names of the library by those of the window's fields, which its user knows. */
static char *
name_fields (const char *text)
{
  const WsiReplacement fields[] = {
    { "WspClient::accept-certificate", _("the option for any certificate") },
    { "WspClient::authenticate", _("the headers of the request") },
    { "WspClient:max-redirects", _("the header Location of the response") },
    { "WspClient:origin", _("the field Origin") },
    { "WspClient:proxy-resolver", _("the proxy of the system") },
    { "WspClient:subprotocol-required", _("the field Subprotocols") },
    { "WspClient:tls-certificate", _("the field Certificate") },
    { "WspClient:user-agent", _("the headers of the request") },
    { "WspClient:tls-database", _("the field Trusted authorities") },
    { "WspServer:allowed-hosts", _("the address of the server") },
    { "WspServer:allowed-origins", _("the field Allowed origins") },
    { "WspServer:tls-authentication-mode", _("the authorities of clients") },
    { "WspServer:tls-certificate", _("the field Certificate") },
    { "WspServer:tls-database", _("the authorities of clients") },
    { "WspServer::request", _("the program") },
  };

  return wsi_text_replace (text, fields, G_N_ELEMENTS (fields));
}

char *
wsi_translate_text (const char *english)
{
  g_autofree char *text = english != NULL ? translate_find (english, 0) : NULL;
  const char *shown = text != NULL ? text : english;

  return shown != NULL && strstr (shown, OF_LIBRARY) != NULL ? name_fields (shown)
                                                             : g_strdup (shown);
}

char *
wsi_translate_fault (guint fault)
{
  const char *section = wsp_fault_get_section (fault);
  g_autofree char *text = wsi_library_dup_fault_text (fault);

  return section != NULL ? g_strdup_printf ("%s (%s)", _(text), section) : g_strdup (_(text));
}

static const char *
translate_translate (const char *words)
{
  return _(words);
}

char *
wsi_translate_sentence (const WsiSentence *sentence)
{
  static const WsiSentenceWords words = { translate_translate, wsi_translate_text };

  return wsi_sentence_format (sentence, &words);
}
