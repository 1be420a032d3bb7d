/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes as hexadecimal digits: in one line, or as a dump with offsets and characters. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *wsi_hex_line (GBytes *bytes,
                    gsize   max_length);
char *wsi_hex_dump (GBytes *bytes,
                    gsize   max_length);

G_END_DECLS
