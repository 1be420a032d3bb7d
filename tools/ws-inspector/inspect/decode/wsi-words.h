/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The words that a decoder adds to what a peer wrote.  Files, exports and filters have them in
 * English, whatever the language of the window. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_WORDS_ENGLISH,
  WSI_WORDS_SHOWN,              /* words in the language of the window */
} WsiWords;

/* Chooses the words.  english: marked with N_ () */
const char *wsi_words_choose (WsiWords    words,
                              const char *english) G_GNUC_FORMAT (2);

G_END_DECLS
