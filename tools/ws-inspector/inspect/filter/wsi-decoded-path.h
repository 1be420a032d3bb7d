/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A field of a decoder by its name, or values of a message by a path such as json.a.b[0]. */
#pragma once

#include "inspect/decode/choosing/wsi-decoder-list.h"

G_BEGIN_DECLS

typedef struct _WsiDecodedPath WsiDecodedPath;

/* NULL: no decoder has such a field. */
WsiDecodedPath       *wsi_decoded_path_new  (const char *text);
/* The path to a part of a decoded message, from names and indexes such as "[0]", as filters and
 * columns take it.  NULL: the decoder finds no parts by paths. */
char                 *wsi_decoded_path_format (const WsiDecoder  *decoder,
                                               const char *const *names,
                                               guint              n_names);
/* The step of a path for one of these names. */
WsiDecodeStep         wsi_decoded_path_make_step (const char *name);
void                  wsi_decoded_path_free (WsiDecodedPath *self);
/* The values: fields of one name; NULL: there is none.  They stay until the next call. */
const WsiDescription *wsi_decoded_path_find (WsiDecodedPath       *self,
                                             const WsiDecoder     *decoder,
                                             const WsiDecodeInput *input,
                                             const WsiDescription *description,
                                             const char          **name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiDecodedPath, wsi_decoded_path_free)

G_END_DECLS
