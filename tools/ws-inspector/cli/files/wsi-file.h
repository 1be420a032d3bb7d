/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reading files, and standard input, whose path is NULL or "-". */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A stream of wsi_recording_open_stream (), which unpacks packed files. */
GInputStream *wsi_file_open     (const char *path,
                                 GError    **error);
/* Reads the stream to its end. */
GBytes       *wsi_file_read_all (GInputStream *stream,
                                 gsize         max_length,
                                 GError      **error);
/* Reads a file to its end, without unpacking. */
GBytes       *wsi_file_read     (const char *path,
                                 gsize       max_length,
                                 GError    **error);

G_END_DECLS
