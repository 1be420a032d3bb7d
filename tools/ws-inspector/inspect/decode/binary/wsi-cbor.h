/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* CBOR (RFC 8949).
 *
 * libcbor's streaming decoder (0.8) refuses simple values and tags that are well-formed, such as f0
 * and c6, and gives nothing of text that is cut.
 *
 * docs/rationales/decoders.md has the reasons. */
#pragma once

#include "inspect/decode/binary/wsi-item-format.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_cbor_decoder;

WsiItemResult wsi_cbor_read (const guint8 *at,
                             gsize         length,
                             WsiItem      *item);
/* Sets a node to the item at the beginning of its range. */
void          wsi_cbor_set_node (WsiDecodeNode *node);

G_END_DECLS
