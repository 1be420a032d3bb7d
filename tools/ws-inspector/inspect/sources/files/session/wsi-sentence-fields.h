/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A sentence in a session file or a HAR: its English text in one member, and in another one a list
 * of the name of its id and its arguments, which files of before do not have. */
#pragma once

#include "inspect/decode/json/wsi-json-fields.h"
#include "inspect/store/wsi-sentence.h"

G_BEGIN_DECLS

/* The sentence of the list if it has this text, else the text alone.  The strings stay those of the
 * fields, whose escapes are removed where they are: a list is taken once.  FALSE: there is no
 * text. */
gboolean wsi_sentence_fields_take (const WsiJsonField *text,
                                   const WsiJsonField *list,
                                   WsiSentence        *sentence);

G_END_DECLS
