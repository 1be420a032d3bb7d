/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The body of a response that refuses the opening handshake: the bytes after its head, which are in
 * no frame. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_MAX_SHOWN_BODY (16 * 1024)

/* The body of a refusal.  NULL: the handshake was not refused, or no body is kept.  truncated: more
 * was received. */
GBytes *wsi_refusal_dup_body    (WsiStore        *store,
                                 WsiConversation *conversation,
                                 gsize            max_length,
                                 gboolean        *truncated);
/* The body as lines of text with their escapes, or as a hexadecimal dump. */
char   *wsi_refusal_format_body (GBytes *body);

G_END_DECLS
