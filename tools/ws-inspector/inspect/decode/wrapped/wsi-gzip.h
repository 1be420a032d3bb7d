/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages whose payload is gzip (RFC 1952) or zlib (RFC 1950). */
#pragma once

#include "inspect/decode/wrapped/wsi-unpacked.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_gzip_decoder;
extern const WsiDecoder wsi_zlib_decoder;

G_END_DECLS
