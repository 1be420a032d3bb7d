/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Files, and standard input, which is NULL or "-". */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The stream can be peeked. */
GInputStream *wsi_file_open     (const char *path,
                                 GError    **error);
/* The first bytes of a stream of wsi_file_open (), which stay in it; fewer only if there are no
 * more.  NULL: an error, or no byte. */
const guint8 *wsi_file_peek     (GInputStream *stream,
                                 gsize         min_length,
                                 gsize        *length,
                                 GError      **error);
/* All of it. */
GBytes       *wsi_file_read_all (GInputStream *stream,
                                 gsize         max_length,
                                 GError      **error);
GBytes       *wsi_file_read     (const char *path,
                                 gsize       max_length,
                                 GError    **error);

G_END_DECLS
