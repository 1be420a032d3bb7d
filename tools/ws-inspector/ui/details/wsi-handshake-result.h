/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The result of an opening handshake in one sentence. */
#pragma once

#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/save/redaction/wsi-redactor.h"

G_BEGIN_DECLS

char *wsi_handshake_result_describe (WsiConversation          *conversation,
                                     const WsiHandshakeReport *report,
                                     WsiRedactor              *redactor);

G_END_DECLS
