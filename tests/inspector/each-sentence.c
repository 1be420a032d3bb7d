/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "each-sentence.h"

static const char *const arguments[] = { "1001", "1002" };
static const char *const of_clauses[] = {
  "ended-by-error", "x", "our-code-peer-code", "1001", "1002 \"Zeit\"", "no data for 1.5 s",
};
static const char *const of_acceptance[] = { "unknown-authority", "wss://h:1" };

static gboolean
is_whole (const WsiSentence *sentence)
{
  g_autofree char *text = wsi_sentence_to_string (sentence);

  return text != NULL;
}

void
each_sentence_init (WsiSentence  *sentence,
                    WsiSentenceId id)
{
  *sentence = (WsiSentence) { .id = id };
  if (id == WSI_SENTENCE_ABNORMAL)
    for (guint i = 0; i < G_N_ELEMENTS (of_clauses); i++)
      sentence->arguments[i] = of_clauses[i];
  if (id == WSI_SENTENCE_ACCEPTED_ALL_THE_SAME)
    for (guint i = 0; i < G_N_ELEMENTS (of_acceptance); i++)
      sentence->arguments[i] = of_acceptance[i];
  for (guint i = 0; i < G_N_ELEMENTS (arguments) && !is_whole (sentence); i++)
    sentence->arguments[i] = arguments[i];
  g_assert_true (is_whole (sentence));
}
