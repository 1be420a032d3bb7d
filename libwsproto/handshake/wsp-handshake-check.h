/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_HANDSHAKE_CHECK (wsp_handshake_check_get_type ())

/**
 * WspHandshakeCheck:
 *
 * The result of one rule for an opening handshake. See RFC 6455, sections 4.1 and 4.2. It does not
 * change, and may be used in any thread.
 *
 * Since: 0.1
 */
typedef struct _WspHandshakeCheck WspHandshakeCheck;

WSP_AVAILABLE_IN_ALL
GType wsp_handshake_check_get_type (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
GPtrArray *wsp_handshake_check (GBytes *request_head,
                                GBytes *response_head);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_check_get_id (const WspHandshakeCheck *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_check_get_section (const WspHandshakeCheck *self);
WSP_AVAILABLE_IN_ALL
WspHandshakeVerdict wsp_handshake_check_get_verdict (const WspHandshakeCheck *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_check_get_text (const WspHandshakeCheck *self);
WSP_AVAILABLE_IN_ALL
WspHandshakeCheck *wsp_handshake_check_copy (const WspHandshakeCheck *self);
WSP_AVAILABLE_IN_ALL
void wsp_handshake_check_free (WspHandshakeCheck *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspHandshakeCheck, wsp_handshake_check_free)

G_END_DECLS
