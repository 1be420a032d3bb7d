/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/sentences/wsi-shown-sentence.h"

#include "inspect/show/sentences/wsi-translate.h"

char *
wsi_shown_sentence_dup (const WsiSentence *sentence,
                        WsiRedaction       level)
{
  g_autofree char *text = wsi_translate_sentence (sentence);

  return text != NULL && level != WSI_REDACTION_NONE ? wsi_redactor_hide_title (text)
                                                     : g_steal_pointer (&text);
}
