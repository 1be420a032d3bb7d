/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a text that is searched for is in a line that is shown, or in a payload. */
#pragma once

#include <gio/gio.h>

#include "inspect/show/lines/wsi-shown-line.h"

G_BEGIN_DECLS

#define WSI_MAX_TEXT_MATCHES 64

/* Finds a text in a line: an array of WsiSpan, from left to right, none over another,
 * WSI_MAX_TEXT_MATCHES at most.  Letters are found in any case, as a search does.  wanted is as the
 * user wrote it; the line shows its control characters escaped. */
GArray *wsi_text_matches_find (const char *line,
                               const char *wanted);

/* The first place in a payload, whose bytes may be no UTF-8.  FALSE: there is none, nothing is
 * wanted, or the search was cancelled. */
gboolean wsi_text_matches_find_first (GBytes       *payload,
                                      const char   *wanted,
                                      GCancellable *cancellable,
                                      gsize        *begin,
                                      gsize        *end);

G_END_DECLS
