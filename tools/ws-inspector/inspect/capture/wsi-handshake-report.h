/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake as it is shown: heads, the verdict of each rule, and how the accept value
 * comes from the key.  All of it is the library's; here it is only put side by side. */
#pragma once

#include "inspect/store/wsi-conversation.h"

G_BEGIN_DECLS

typedef struct
{
  GBytes     *request, *response;       /* heads as they were on the wire; response may be NULL */
  GPtrArray  *checks;                   /* of WspHandshakeCheck */
  guint       n_passed, n_warnings, n_failed, n_not_checked;
  char       *key;                      /* NULL: the request holds none, or several */
  GBytes     *digest;
  char       *expected, *received;      /* accept values; received may be NULL */
} WsiHandshakeReport;

WsiHandshakeReport *wsi_handshake_report_new      (GBytes *request,
                                                   GBytes *response);
void                wsi_handshake_report_free     (WsiHandshakeReport *self);
WsiHandshakeReport *wsi_conversation_make_report  (WsiConversation *conversation);
gboolean            wsi_handshake_report_is_equal (const WsiHandshakeReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiHandshakeReport, wsi_handshake_report_free)

G_END_DECLS
