/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Unpacks one frame of zstd.  Memory is bounded: a frame that needs a larger window than zstd
 * unpacks by default (128 MiB) is an error. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GConverter *wsi_zstd_new (void);

G_END_DECLS
