/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The tags of a row are words of its comment with # before them: letters, digits, - and _.  A
 * comment may be NULL: there is none. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The tags of a comment, each once and without the #, in their order. */
GStrv    wsi_tags_list   (const char *comment);
/* Makes a comment that has these tags and no other ones; the text around them stays.  Words that
 * are not tags are made such: characters that do not belong in one are left out.  NULL: nothing is
 * left. */
char    *wsi_tags_change (const char        *comment,
                          const char *const *tags);

G_END_DECLS
