/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A file that is read as a whole. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* path: NULL or "-" = standard input. */
GBytes *wsi_file_read (const char *path,
                       gsize       max_length,
                       GError    **error);

G_END_DECLS
