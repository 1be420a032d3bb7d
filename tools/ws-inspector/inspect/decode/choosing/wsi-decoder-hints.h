/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Hints for the choice of a decoder: in doubt a subprotocol or a path says which format the
 * messages of a connection have. */
#pragma once

#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_HINT_NONE,
  WSI_HINT_PATH,
  WSI_HINT_SUBPROTOCOL,         /* the peers have negotiated the subprotocol */
} WsiHint;

/* subprotocol and path may be NULL. */
WsiHint wsi_decoder_hints_find (const WsiDecoder *decoder,
                                const char       *subprotocol,
                                const char       *path);

/* The path of an URI, with its query; NULL: it has none. */
char   *wsi_decoder_hints_dup_path (const char *uri);

G_END_DECLS
