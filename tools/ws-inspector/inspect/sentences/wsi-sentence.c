/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sentences/wsi-sentence.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/sentences/wsi-sentence-texts.h"

#define MAX_CAUSES 3            /* sentences within each other: a peer may send any number */
#define MAX_CUTS 4              /* places where a fact may begin */
#define BEFORE_FACT ": "
#define BEFORE_CLAUSE "; "
#define SECTION " (RFC "
#define ENDED "Ended abnormally"
#define IDLE "; no data for "

/* How the clauses begin that say what each side has sent; see append_abnormal () in
 * wsp-close-info.c. */
static const char *const closes[] = { "; closed by us with", "; we sent no Close" };

static char *find (const char *english,
                   guint       n_causes);

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
  const char *part = strstr (pattern, WSI_SENTENCE_PART);

  return part != NULL && strncmp (text, pattern, part - pattern) == 0;
}

/* The parts are pieces of text; a part ends where what follows it in the pattern first begins. */
static gboolean
match (const char *pattern,
       const char *text,
       char       *parts[WSI_SENTENCE_MAX_PARTS + 1])
{
  g_auto (GStrv) literals = NULL;
  const char *at = text;
  guint n;

  if (!has_beginning (pattern, text))
    return FALSE;

  literals = g_strsplit (pattern, WSI_SENTENCE_PART, -1);
  n = g_strv_length (literals) - 1;
  g_assert (n <= WSI_SENTENCE_MAX_PARTS);
  at += strlen (literals[0]);
  for (guint i = 1; i <= n; i++)
    {
      const char *end = i < n ? strstr (at, literals[i]) : find_ending (at, literals[i]);

      if (end == NULL)
        return FALSE;

      parts[i - 1] = g_strndup (at, end - at);
      at = end + strlen (literals[i]);
    }
  return TRUE;
}

/* A translation is no format for printf (): its parts were text. */
static char *
fill (const char  *translation,
      char *const *parts)
{
  g_auto (GStrv) literals = g_strsplit (translation, WSI_SENTENCE_PART, -1);
  GString *text = g_string_new (literals[0]);

  for (guint i = 1; literals[i] != NULL; i++)
    {
      if (i <= WSI_SENTENCE_MAX_PARTS && parts[i - 1] != NULL)
        g_string_append (text, parts[i - 1]);
      g_string_append (text, literals[i]);
    }
  return g_string_free (text, FALSE);
}

static void
clear_parts (char *parts[WSI_SENTENCE_MAX_PARTS + 1])
{
  for (guint i = 0; i < WSI_SENTENCE_MAX_PARTS; i++)
    g_clear_pointer (&parts[i], g_free);
}

/* FALSE: the text does not fit. */
static gboolean
translate_cause (WsiCause cause,
                 char   **parts,
                 guint    n_causes)
{
  guint n = g_strv_length (parts);
  char *translation = cause != WSI_CAUSE_NONE ? find (parts[n - 1], n_causes + 1) : NULL;

  if (translation == NULL)
    return cause != WSI_CAUSE_KNOWN;

  g_free (parts[n - 1]);
  parts[n - 1] = translation;
  return TRUE;
}

static char *
find_pattern (const WsiSentenceText *rows,
              const char            *english,
              guint                  n_causes)
{
  char *text = NULL;

  for (const WsiSentenceText *row = rows; row->text != NULL && text == NULL; row++)
    {
      char *parts[WSI_SENTENCE_MAX_PARTS + 1] = { NULL };

      if (match (row->text, english, parts) && _(row->text) != row->text &&
          translate_cause (row->cause, parts, n_causes))
        text = fill (_(row->text), parts);
      clear_parts (parts);
    }
  return text;
}

/* The empty text is the key of the head of a catalog. */
static char *
find_whole (const char *english)
{
  const char *translation = *english != '\0' ? _(english) : english;

  return translation != english ? g_strdup (translation) : NULL;
}

static char *
find_fact (const char *english,
           guint       n_causes)
{
  char *text = find_whole (english);

  return text != NULL ? text : find_pattern (wsi_sentence_facts, english, n_causes);
}

/* A rule, and how it was broken.  The rule may have the separator too. */
static char *
find_rule_and_fact (const char *english,
                    const char *separator,
                    const char *joined,
                    guint       n_causes)
{
  const char *end = strstr (english, separator);
  char *text = NULL;

  for (guint i = 0; i < MAX_CUTS && end != NULL && text == NULL; i++)
    {
      g_autofree char *rule = g_strndup (english, end - english);
      g_autofree char *shown_rule = find_whole (rule);
      g_autofree char *shown_fact =
        shown_rule != NULL ? find_fact (end + strlen (separator), n_causes) : NULL;
      char *parts[] = { shown_rule, shown_fact, NULL };

      if (shown_fact != NULL)
        text = fill (joined, parts);
      end = strstr (end + 1, separator);
    }
  return text;
}

/* The text of a WspHandshakeCheck. */
static char *
find_check (const char *english,
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

/* wsp_fault_describe () */
static char *
find_fault (const char *english)
{
  const char *section = g_strrstr (english, SECTION);
  g_autofree char *rule = section != NULL ? g_strndup (english, section - english) : NULL;
  g_autofree char *text = rule != NULL ? find_whole (rule) : NULL;

  return text != NULL ? g_strconcat (text, section, NULL) : NULL;
}

static char *
translate_clause (const char *english,
                  gsize       length,
                  guint       n_causes)
{
  g_autofree char *clause = g_strndup (english, length);
  char *text = find_whole (clause);

  if (text == NULL)
    text = find_pattern (wsi_sentence_texts, clause, n_causes);
  return text != NULL ? text : g_steal_pointer (&clause);
}

static const char *
find_closes (const char *english)
{
  const char *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (closes) && found == NULL; i++)
    found = strstr (english, closes[i]);
  return found;
}

/* An abnormal ending has three clauses.  The error in the first one may have clauses of its own. */
static char *
find_abnormal (const char *english,
               guint       n_causes)
{
  const char *sides = g_str_has_prefix (english, ENDED) ? find_closes (english) : NULL;
  const char *idle = sides != NULL ? g_strrstr (sides, IDLE) : NULL;
  const gsize skipped = strlen (BEFORE_CLAUSE);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  if (idle == NULL)
    return NULL;

  first = translate_clause (english, sides - english, n_causes);
  second = translate_clause (sides + skipped, idle - sides - skipped, n_causes);
  third = translate_clause (idle + skipped, strlen (idle) - skipped, n_causes);
  return fill (_("%s; %s; %s"), (char *[]) { first, second, third, NULL });
}

/* NULL: it is not known. */
static char *
find (const char *english,
      guint       n_causes)
{
  char *text = find_whole (english);

  if (n_causes > MAX_CAUSES)
    return text;

  if (text == NULL)
    text = find_abnormal (english, n_causes);
  if (text == NULL)
    text = find_pattern (wsi_sentence_texts, english, n_causes);
  if (text == NULL)
    text = find_rule_and_fact (english, BEFORE_FACT, _("%s: %s"), n_causes);
  if (text == NULL)
    text = find_check (english, n_causes);
  return text != NULL ? text : find_fault (english);
}

char *
wsi_sentence_translate (const char *english)
{
  char *text = english != NULL ? find (english, 0) : NULL;

  return text != NULL ? text : g_strdup (english);
}
