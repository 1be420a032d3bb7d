/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All decoders, and the choice between them. */
#pragma once

#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

#define WSI_DECODE_MAX_WRAPPINGS 4      /* wrappings around each other */

/* All decoders, in the order of choice where two are equally sure. */
const WsiDecoder *const *wsi_decoder_list_get_all (gsize *n_decoders);
/* The decoder of this name; NULL: there is none. */
const WsiDecoder        *wsi_decoder_list_find    (const char *name);
/* The decoder that is most likely: by subprotocol, then by path, then by the bytes.  settled: the
 * one of earlier messages, which is used in doubt, or NULL.  score: above WSI_SCORE_MAX if it was
 * chosen by name. */
const WsiDecoder        *wsi_decoder_list_guess   (const WsiDecodeInput *input,
                                                   const WsiDecoder     *settled,
                                                   guint                *score);

/* The functions of a decoder, also for one that unwraps. */
void                     wsi_decoder_list_describe (const WsiDecoder     *decoder,
                                                    const WsiDecodeInput *input,
                                                    WsiDescription       *description);
WsiDecodeNode           *wsi_decoder_list_decode   (const WsiDecoder     *decoder,
                                                    const WsiDecodeInput *input,
                                                    GBytes               *bytes);
/* Adds the values at a path to found, under the name of the format.  A message that was described
 * may have JSON, MessagePack or CBOR in it and be of another format as a whole. */
void                     wsi_decoder_list_find_path (const WsiDecoder     *decoder,
                                                     const WsiDecodeInput *input,
                                                     const WsiDescription *description,
                                                     const char           *format,
                                                     const WsiDecodeStep  *path,
                                                     guint                 n_steps,
                                                     WsiDescription       *found);

G_END_DECLS
