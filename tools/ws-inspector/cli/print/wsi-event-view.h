/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rows that are no frames, and comments, as they are printed between the frames. */
#pragma once

#include "cli/print/wsi-listing.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

void wsi_event_view_print (WsiListing *listing,
                           WsiStore   *store,
                           guint64     number);
/* The comment of a row that was printed before. */
void wsi_event_view_print_comment (WsiListing *listing,
                                   WsiStore   *store,
                                   guint64     number);
/* Whether comments are a column, and whether rows wait for what is noted about them. */
gboolean wsi_event_view_has_comments (const WsiListing *listing);
gboolean wsi_event_view_needs_notes (const WsiListing *listing);

G_END_DECLS
