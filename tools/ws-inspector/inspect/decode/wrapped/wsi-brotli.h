/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages whose payload is brotli (RFC 7932). */
#pragma once

#include "inspect/decode/wrapped/wsi-unpacked.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_brotli_decoder;

G_END_DECLS
