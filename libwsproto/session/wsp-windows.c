/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The functions of <libwsproto/wsproto-windows.h>. */
#include <libwsproto/session/wsp-windows.h>

#include "base/wsp-error-private.h"
#include "core/limits.h"
#include "session/wsp-session-private.h"

static const guint32 supported_versions[] = { WSC_VERSION };

/**
 * wsp_get_keepalive_interval: (skip)
 *
 * Gets the default interval between two pings: the default of
 * [property@Wsp.Limits:keepalive-interval].
 *
 * Corresponds to `WebSocketGetGlobalProperty()` with
 * `WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE`.
 *
 * It is declared in `<libwsproto/wsproto-windows.h>`.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
wsp_get_keepalive_interval (void)
{
  return WSC_DEFAULT_KEEPALIVE_INTERVAL;
}

/**
 * wsp_get_supported_versions: (skip)
 * @n_versions: (out): place for the number of versions
 *
 * Lists the supported protocol versions, as `Sec-WebSocket-Version` has them. The only version is
 * 13.
 *
 * Corresponds to `WebSocketGetGlobalProperty()` with
 * `WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE`. See RFC 6455, section 4.1.
 *
 * It is declared in `<libwsproto/wsproto-windows.h>`.
 *
 * Returns: (transfer none) (array length=n_versions): the versions; static
 *
 * Since: 0.1
 */
const guint32 *
wsp_get_supported_versions (gsize *n_versions)
{
  g_return_val_if_fail (n_versions != NULL, NULL);

  *n_versions = G_N_ELEMENTS (supported_versions);
  return supported_versions;
}

/**
 * wsp_error_to_hresult: (skip)
 * @error: (transfer none): an error of any domain
 *
 * Gets the result that `websocket.dll` returns in the same case. For an error that the library
 * created the result is exact, because the library stores the broken rule with the error. For an
 * error that a program or a binding created, the result follows from the error's code alone.
 *
 * It is declared in `<libwsproto/wsproto-windows.h>`.
 *
 * Returns: an HRESULT, or 0 if `websocket.dll` has no result for this error
 *
 * Since: 0.1
 */
guint
wsp_error_to_hresult (const GError *error)
{
  g_return_val_if_fail (error != NULL, 0);

  return wsp_error_get_hresult (error);
}

/**
 * wsp_session_get_subprotocol_index: (skip)
 * @self: a session that is a client
 *
 * Gets which of the offered subprotocols the server selected.
 *
 * It is declared in `<libwsproto/wsproto-windows.h>`.
 *
 * Returns: the index of the subprotocol in the list given to
 *   [method@Wsp.Session.begin_client_handshake], -1 for none
 *
 * Since: 0.1
 */
int
wsp_session_get_subprotocol_index (WspSession *self)
{
  g_return_val_if_fail (WSP_IS_SESSION (self), -1);

  return self->details != NULL ? self->details->subprotocol_index : -1;
}

/**
 * wsp_session_end_server_handshake: (skip)
 * @self: a session whose handshake has begun
 * @error: return location for an error
 *
 * Opens the session after the headers of the response were returned. The call is optional:
 * the first Send, Receive or action opens the session, too.
 *
 * Fails with [error@Wsp.Error.INVALID_OPERATION] on a client, before the handshake
 * began, and if the session is open.
 *
 * Corresponds to `WebSocketEndServerHandshake()`.
 *
 * It is declared in `<libwsproto/wsproto-windows.h>`. See RFC 6455, section 4.2.2.
 *
 * Returns: whether the session is open
 *
 * Since: 0.1
 */
gboolean
wsp_session_end_server_handshake (WspSession *self,
                                  GError    **error)
{
  g_return_val_if_fail (WSP_IS_SESSION (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (!wsp_session_check_driver (self, error))
    return FALSE;

  return wsp_session_open (self, error);
}
