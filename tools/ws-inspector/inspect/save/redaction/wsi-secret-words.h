/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Words that were secret in one place, and are looked for in others.  Blanks, commas and quotation
 * marks are between words, and punctuation at the ends belongs to none.  Above the limit, words are
 * forgotten, the oldest ones first. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_SECRET_MAX_BYTES (256 * 1024)
#define WSI_SECRET_MIN_WORD 8   /* bytes: shorter ones are not remembered */

typedef struct _WsiSecretWords WsiSecretWords;

WsiSecretWords *wsi_secret_words_new  (void);
void            wsi_secret_words_free (WsiSecretWords *self);
/* Adds each word of the text. */
void            wsi_secret_words_add  (WsiSecretWords *self,
                                       const char     *text,
                                       gsize           length);
/* Finds the next of the words in the text; FALSE: there is none. */
gboolean        wsi_secret_words_find (WsiSecretWords *self,
                                       const char     *text,
                                       gsize          *at,
                                       gsize          *length);

G_END_DECLS
