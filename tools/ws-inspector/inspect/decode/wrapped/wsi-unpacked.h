/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes that are unpacked of a wrapping, with a limit: a bomb costs its limit, and the error says
 * its ratio. */
#pragma once

#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

#define WSI_UNPACKED_ERROR (wsi_unpacked_error_quark ())

typedef enum
{
  WSI_UNPACKED_ERROR_CUT,       /* the bytes end before the wrapping does */
  WSI_UNPACKED_ERROR_INVALID,
  WSI_UNPACKED_ERROR_LIMIT,
  WSI_UNPACKED_ERROR_AFTER,     /* bytes after the end of the wrapping */
} WsiUnpackedError;

GQuark wsi_unpacked_error_quark (void);

typedef struct
{
  GByteArray *bytes;
  gsize       max_length;
  WsiWords    words;            /* translated words of errors */
} WsiUnpacked;

void     wsi_unpacked_init   (WsiUnpacked *self,
                              gsize        max_length,
                              WsiWords     words);
/* Appends unpacked bytes.  FALSE: they are more than the limit, up to which they are taken. */
gboolean wsi_unpacked_append (WsiUnpacked  *self,
                              const guint8 *at,
                              gsize         length);
/* Sets the error for what is more than the limit, of so many bytes that are read. */
void     wsi_unpacked_set_limit_error (const WsiUnpacked *self,
                                       gsize              n_read,
                                       GError           **error);
/* The unpacked bytes and their form; NULL: there are none, but an error. */
GBytes  *wsi_unpacked_finish (WsiUnpacked    *self,
                              WsiMessageForm *form,
                              GError        **error);

G_END_DECLS
