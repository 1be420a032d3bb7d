/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "session/wsp-windows-private.h"

#include "session/wsp-session-private.h"

int
wsp_session_get_subprotocol_index (WspSession *self)
{
  return self->details != NULL ? self->details->subprotocol_index : -1;
}

gboolean
wsp_session_end_server_handshake (WspSession *self,
                                  GError    **error)
{
  return wsp_session_open (self, error);
}
