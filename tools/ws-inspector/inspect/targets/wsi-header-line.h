/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* "NAME: VALUE", as users write headers. */
#pragma once

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

gboolean wsi_header_line_append (const char *line,
                                 WspHeaders *headers,
                                 GError    **error);

G_END_DECLS
