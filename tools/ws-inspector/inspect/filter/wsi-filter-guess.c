/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/wsi-filter-guess.h"

#include <string.h>

#include "inspect/filter/grammar/wsi-field.h"
#include "inspect/filter/grammar/wsi-lexer.h"
#include "inspect/filter/wsi-filter.h"

/* Whether a condition begins after this token. */
static gboolean
begins_condition (const WsiToken *before)
{
  return before == NULL || before->kind == WSI_TOKEN_AND || before->kind == WSI_TOKEN_OR ||
         before->kind == WSI_TOKEN_NOT || before->kind == WSI_TOKEN_OPEN;
}

/* Whether a condition ends before this token. */
static gboolean
ends_condition (const WsiToken *after)
{
  return after->kind == WSI_TOKEN_END || after->kind == WSI_TOKEN_AND ||
         after->kind == WSI_TOKEN_OR || after->kind == WSI_TOKEN_CLOSE;
}

/* The word that is a condition alone.  NULL: the token is none. */
static char *
dup_condition (const char *text,
               GArray     *tokens,
               guint       i)
{
  const WsiToken *token = &g_array_index (tokens, WsiToken, i);

  return token->kind == WSI_TOKEN_WORD && begins_condition (i > 0 ? token - 1 : NULL) &&
         ends_condition (token + 1)
         ? g_strndup (text + token->at, token->length) : NULL;
}

/* The field of a word, which may have a path behind it. */
static const WsiField *
filter_guess_find_field (WsiFields  *fields,
                         const char *word)
{
  g_autofree char *name = g_strndup (word, strcspn (word, "."));
  const WsiField *field = wsi_fields_find (fields, word);

  return field != NULL || strlen (name) == strlen (word) ? field : wsi_fields_find (fields, name);
}

static gboolean
filter_guess_begins_name (WsiFields  *fields,
                          const char *word)
{
  for (guint i = 0; i < wsi_fields_get_n (fields); i++)
    if (g_str_has_prefix (wsi_fields_get (fields, i)->name, word))
      return TRUE;
  for (guint i = 0; i < wsi_fields_get_n_aliases (fields); i++)
    if (g_str_has_prefix (wsi_fields_get_alias (fields, i), word))
      return TRUE;
  for (guint i = 0; i < wsi_fields_get_n_flags (fields); i++)
    if (g_str_has_prefix (wsi_fields_get_flag (fields, i)->name, word))
      return TRUE;
  return FALSE;
}

gboolean
wsi_filter_ends_half (const char *text)
{
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  g_autoptr (GArray) tokens = wsi_lexer_cut (text, NULL);
  g_autofree char *word = tokens != NULL && tokens->len > 1
                          ? dup_condition (text, tokens, tokens->len - 2) : NULL;

  return word != NULL && wsi_fields_find_flag (fields, word) == NULL &&
         (filter_guess_find_field (fields, word) != NULL ||
          filter_guess_begins_name (fields, word));
}

char *
wsi_filter_dup_guess (const char *text,
                      char      **name)
{
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  g_autoptr (GArray) tokens = wsi_lexer_cut (text, NULL);

  for (guint i = 0; tokens != NULL && i < tokens->len; i++)
    {
      const WsiToken *token = &g_array_index (tokens, WsiToken, i);
      g_autofree char *word = dup_condition (text, tokens, i);
      const char *guess = word != NULL && filter_guess_find_field (fields, word) == NULL &&
                          wsi_fields_find_flag (fields, word) == NULL
                          ? wsi_fields_guess (fields, word) : NULL;
      g_autofree char *guessed = guess != NULL
                                 ? g_strdup_printf ("%.*s%s%s", (int) token->at, text, guess,
                                                    text + token->at + token->length) : NULL;
      g_autoptr (WsiFilter) filter = guessed != NULL ? wsi_filter_new (guessed, NULL) : NULL;

      if (filter == NULL)
        continue;

      *name = g_strdup (guess);
      return g_steal_pointer (&guessed);
    }
  return NULL;
}
