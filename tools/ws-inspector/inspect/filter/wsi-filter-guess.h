/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Fields that a user may mean by a filter that is being typed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the text ends in a field without a comparison, or in a part of a name, which is searched
 * as text meanwhile.  A flag is whole. */
gboolean wsi_filter_ends_half (const char *text);
/* The filter with the name that a word is most like, which is searched as text.  name: that name;
 * free both.  NULL: there is none. */
char    *wsi_filter_dup_guess (const char *text,
                               char      **name);

G_END_DECLS
