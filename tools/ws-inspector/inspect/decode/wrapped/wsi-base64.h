/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Text messages that are bytes in base64 (RFC 4648), also with the URL alphabet. */
#pragma once

#include "inspect/decode/wrapped/wsi-unpacked.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_base64_decoder;

/* Text of a user: blanks and line ends may be anywhere.  An error is a WSI_TEXT_ERROR. */
GBytes *wsi_base64_parse (const char *text,
                          GError    **error);

G_END_DECLS
