/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake as text: one line if every rule was kept, or all of it. */
#pragma once

#include "cli/print/wsi-json.h"
#include "cli/table/wsi-options.h"
#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/export/wsi-redactor.h"

G_BEGIN_DECLS

gboolean wsi_handshake_text_has_failed   (const WsiHandshakeReport *report);
/* title: before it. */
void     wsi_handshake_text_print_line   (const WsiHandshakeReport *report,
                                          WsiConversation          *conversation,
                                          const char               *title,
                                          WsiRedactor              *redactor);
void     wsi_handshake_text_print_full   (const WsiHandshakeReport *report,
                                          WsiRedactor              *redactor);
/* The rules that failed. */
void     wsi_handshake_text_print_failed (const WsiHandshakeReport *report,
                                          const char               *title,
                                          WsiRedactor              *redactor);
/* The heads, and the derivation of an accept value that does not match. */
void     wsi_handshake_text_print_heads  (const WsiHandshakeReport *report,
                                          WsiRedactor              *redactor);
/* Every rule. */
void     wsi_handshake_text_print_checks (const WsiHandshakeReport *report,
                                          WsiRedactor              *redactor);
void     wsi_handshake_text_print_derivation (const WsiHandshakeReport *report);
/* Members of an object that is open: heads, counts, and the checks that failed or all of them. */
void     wsi_handshake_text_write        (const WsiHandshakeReport *report,
                                          WsiRedactor              *redactor,
                                          WsiDetail                 detail,
                                          WsiJson                  *json);
/* The next step after a response with this status; NULL = none is known. */
const char *wsi_handshake_text_find_hint (guint status);

G_END_DECLS
