/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences as the window shows them: they may quote a URI with secrets. */
#pragma once

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/store/wsi-sentence.h"

G_BEGIN_DECLS

/* Translates a sentence, without its secrets unless the level is WSI_REDACTION_NONE; NULL stays
 * NULL. */
char *wsi_shown_sentence_dup (const WsiSentence *sentence,
                              WsiRedaction       level);

G_END_DECLS
