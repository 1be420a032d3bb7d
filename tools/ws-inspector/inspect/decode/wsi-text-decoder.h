/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The decoders of messages that no other decoder reads. */
#pragma once

#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_text_decoder;
extern const WsiDecoder wsi_bytes_decoder;

G_END_DECLS
