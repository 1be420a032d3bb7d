/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A stream whose first bytes can be looked at.  It never waits for more than one read: the bytes of
 * a pipe are handed on as they come, which GBufferedInputStream does not do. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_TYPE_PEEK_STREAM (wsi_peek_stream_get_type ())

G_DECLARE_FINAL_TYPE (WsiPeekStream, wsi_peek_stream, WSI, PEEK_STREAM, GFilterInputStream)

GInputStream *wsi_peek_stream_new (GInputStream * base);
/* Looks at the first bytes, which stay in the stream; fewer only if there are no more.  NULL: an
 * error, or no byte. */
const guint8 *wsi_peek_stream_peek (WsiPeekStream *self,
                                    gsize          min_length,
                                    gsize         *length,
                                    GCancellable  *cancellable,
                                    GError       **error);
/* Bytes of the base stream that were read so far, those that were only looked at included. */
guint64       wsi_peek_stream_get_n_read (WsiPeekStream *self);

G_END_DECLS
