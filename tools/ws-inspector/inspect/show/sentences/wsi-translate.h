/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences of the inspector and of the library in the language of the window. */
#pragma once

#include "inspect/store/wsi-sentence.h"

G_BEGIN_DECLS

/* Translates a sentence; NULL stays NULL. */
char *wsi_translate_sentence (const WsiSentence *sentence);
/* The text of a fault with its section, as wsp_fault_describe () has it. */
char *wsi_translate_fault    (guint fault);
/* Translates an error or a check of the library, of which only the text is known.  Another text is
 * unchanged, and so are quotations in a known one; but properties of the library are named as the
 * fields of the window.  NULL stays NULL. */
char *wsi_translate_text     (const char *english);

G_END_DECLS
