/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bytes of a file, unpacked if it is packed with gzip or zstd: its first bytes tell, not its
 * name.  They are looked at when it is first read.  Everything that may be packed is read through
 * it, and piece by piece: memory does not grow with what the file unpacks to. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_TYPE_UNPACK_STREAM (wsi_unpack_stream_get_type ())

G_DECLARE_FINAL_TYPE (WsiUnpackStream, wsi_unpack_stream, WSI, UNPACK_STREAM, GFilterInputStream)

WsiUnpackStream *wsi_unpack_stream_new (GInputStream * file);
/* Opens the same file from its beginning, while this one is read: its place in the file is to be
 * kept and set again.  NULL: the file cannot go back. */
WsiUnpackStream *wsi_unpack_stream_new_again (WsiUnpackStream *self);
GInputStream    *wsi_unpack_stream_get_file  (WsiUnpackStream *self);
/* The number of bytes of the file that were read so far. */
guint64          wsi_unpack_stream_get_n_read (WsiUnpackStream *self);

G_END_DECLS
