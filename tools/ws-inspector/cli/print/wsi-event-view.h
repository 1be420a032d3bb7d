/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rows of events, and comments, which are printed between the frames. */
#pragma once

#include "cli/print/wsi-listing.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* Adds where and when a handshake, or an end, was, and which side has ended TCP. */
void wsi_event_view_add_handshake (WsiJsonPrinter  *event,
                                   WsiListing      *listing,
                                   WsiStore        *store,
                                   WsiConversation *conversation);
void wsi_event_view_add_end (WsiJsonPrinter  *event,
                             WsiListing      *listing,
                             WsiStore        *store,
                             WsiConversation *conversation);
void wsi_event_view_print (WsiListing *listing,
                           WsiStore   *store,
                           guint64     number);
/* Prints the comment of a row that was printed before. */
void wsi_event_view_print_comment (WsiListing *listing,
                                   WsiStore   *store,
                                   guint64     number);
/* Whether comments are a column; and whether a row must wait until its comment and tags are
 * read. */
gboolean wsi_event_view_has_comments (const WsiListing *listing);
gboolean wsi_event_view_needs_notes (const WsiListing *listing);

G_END_DECLS
