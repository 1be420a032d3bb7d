/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake as text: one line if every rule was kept, or all of it. */
#pragma once

#include "inspect/capture/wsi-handshake-report.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_DETAIL_BRIEF,             /* all of a handshake that failed, one line of any other */
  WSI_DETAIL_FULL,
} WsiDetail;

#define WSI_DETAIL_HELP "Print a handshake that passed as one line, or all of it (default brief)"

/* word: of the option --handshake; NULL = the default. */
gboolean wsi_detail_parse (const char *word,
                           WsiDetail  *detail,
                           GError    **error);
gboolean wsi_handshake_text_has_failed   (const WsiHandshakeReport *report);
void     wsi_handshake_text_print_line   (const WsiHandshakeReport *report);
void     wsi_handshake_text_print_full   (const WsiHandshakeReport *report);
/* The rules that failed. */
void     wsi_handshake_text_print_failed (const WsiHandshakeReport *report);
/* The heads, and the derivation of an accept value that does not match. */
void     wsi_handshake_text_print_heads  (const WsiHandshakeReport *report);
/* The next step after a response with this status; NULL = none is known. */
const char *wsi_handshake_text_find_hint (guint status);

G_END_DECLS
