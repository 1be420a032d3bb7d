/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake as text: one line if every rule was kept, otherwise everything about it. */
#pragma once

#include "cli/print/wsi-json-printer.h"
#include "cli/table/wsi-options.h"
#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/save/redaction/wsi-redactor.h"

G_BEGIN_DECLS

gboolean wsi_handshake_text_has_failed   (const WsiHandshakeReport *report);
/* title: printed before the line. */
void     wsi_handshake_text_print_line   (const WsiHandshakeReport *report,
                                          WsiConversation          *conversation,
                                          const char               *title,
                                          WsiRedactor              *redactor);
void     wsi_handshake_text_print_full   (const WsiHandshakeReport *report,
                                          WsiRedactor              *redactor);
/* Prints the rules that failed. */
void     wsi_handshake_text_print_failed (const WsiHandshakeReport *report,
                                          const char               *title,
                                          WsiRedactor              *redactor);
/* Prints the heads, and how the accept value is derived from the key if the received value does not
 * match. */
void     wsi_handshake_text_print_heads  (const WsiHandshakeReport *report,
                                          WsiRedactor              *redactor);
/* Prints every rule with its result. */
void     wsi_handshake_text_print_checks (const WsiHandshakeReport *report,
                                          WsiRedactor              *redactor);
void     wsi_handshake_text_print_derivation (const WsiHandshakeReport *report);
/* Writes members of an open object: heads, counts, and the checks that failed or all checks. */
void     wsi_handshake_text_write        (const WsiHandshakeReport *report,
                                          WsiRedactor              *redactor,
                                          WsiDetail                 detail,
                                          WsiJsonPrinter           *json);

G_END_DECLS
