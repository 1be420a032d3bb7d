/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md). */
#pragma once

#include "inspect/decode/binary/wsi-item-format.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_msgpack_decoder;

WsiItemResult wsi_msgpack_read (const guint8 *at,
                                gsize         length,
                                WsiItem      *item);
/* Sets a node to the item at the beginning of its range. */
void          wsi_msgpack_set_node (WsiDecodeNode *node);

G_END_DECLS
