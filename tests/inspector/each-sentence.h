/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each sentence of wsi-sentence-rows.h, with as many arguments as it needs. */
#pragma once

#include "inspect/store/wsi-sentence.h"

void each_sentence_init (WsiSentence  *sentence,
                         WsiSentenceId id);
