/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whether bytes have any of some words, whatever the case of their ASCII letters: one step for each
 * byte, however many words there are (Aho and Corasick, 1975). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WsiWordFinder WsiWordFinder;

/* Lists of words that end in NULL; names may be NULL.  Empty words are left out. */
WsiWordFinder *wsi_word_finder_new  (const char *const *words,
                                     const char *const *names);
void           wsi_word_finder_free (WsiWordFinder *self);
/* state: 0 at first; then where the bytes before have led to.  A word that was found is found
 * again. */
gboolean       wsi_word_finder_find (const WsiWordFinder *self,
                                     guint               *state,
                                     const guint8        *at,
                                     gsize                length);

G_END_DECLS
