/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Functions that only correspond to the API of Windows, for <libwsproto/wsproto-windows.h>. */
#pragma once

#include <libwsproto/session/wsp-session.h>

G_BEGIN_DECLS

WSP_AVAILABLE_IN_ALL
guint          wsp_get_keepalive_interval        (void);
WSP_AVAILABLE_IN_ALL
const guint32 *wsp_get_supported_versions        (gsize *n_versions);
WSP_AVAILABLE_IN_ALL
guint          wsp_error_to_hresult      (const GError *error);
WSP_AVAILABLE_IN_ALL
int            wsp_session_get_subprotocol_index (WspSession *self);
WSP_AVAILABLE_IN_ALL
gboolean       wsp_session_end_server_handshake  (WspSession *self,
                                                  GError    **error);

G_END_DECLS
