/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a text that is searched for is in a line that is shown. */
#pragma once

#include "inspect/show/lines/wsi-shown-line.h"

G_BEGIN_DECLS

#define WSI_MAX_TEXT_MATCHES 64

/* Finds a text in a line: an array of WsiSpan, from left to right, none over another,
 * WSI_MAX_TEXT_MATCHES at most.  Letters are found in any case, as a search does.  wanted is as the
 * user wrote it; the line shows its control characters escaped. */
GArray *wsi_text_matches_find (const char *line,
                               const char *wanted);

G_END_DECLS
