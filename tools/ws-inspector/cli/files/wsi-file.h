/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Files, and standard input, which is NULL or "-". */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A stream of wsi_peek_stream_new (). */
GInputStream *wsi_file_open     (const char *path,
                                 GError    **error);
/* All of it. */
GBytes       *wsi_file_read_all (GInputStream *stream,
                                 gsize         max_length,
                                 GError      **error);
GBytes       *wsi_file_read     (const char *path,
                                 gsize       max_length,
                                 GError    **error);

G_END_DECLS
