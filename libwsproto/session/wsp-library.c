/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/session/wsp-library.h>

#include "core/handshake/accept-key.h"
#include "core/handshake/token-list.h"
#include "core/limits.h"

static const guint32 supported_versions[] = { WSC_VERSION };

/**
 * wsp_get_major_version:
 *
 * Tells which release of the library runs: its first number. It may be newer than the
 * headers that the program was built with, [const@Wsp.MAJOR_VERSION].
 *
 * Returns: the first number
 *
 * Since: 0.1
 */
guint
wsp_get_major_version (void)
{
  return WSP_MAJOR_VERSION;
}

/**
 * wsp_get_minor_version:
 *
 * Tells which release of the library runs: its second number.
 *
 * Returns: the second number
 *
 * Since: 0.1
 */
guint
wsp_get_minor_version (void)
{
  return WSP_MINOR_VERSION;
}

/**
 * wsp_get_micro_version:
 *
 * Tells which release of the library runs: its third number.
 *
 * Returns: the third number
 *
 * Since: 0.1
 */
guint
wsp_get_micro_version (void)
{
  return WSP_MICRO_VERSION;
}

/**
 * wsp_get_keepalive_interval:
 *
 * Gives the interval between two pings that holds where nothing else was set, the
 * default of [property@Wsp.Limits:keepalive-interval].
 *
 * Stands for `WebSocketGetGlobalProperty()` with the keepalive property.
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
 * wsp_get_supported_versions:
 * @n_versions: (out): place for their number
 *
 * Lists the protocol versions that can be spoken, as they stand in
 * `Sec-WebSocket-Version`. There is one, 13.
 *
 * Stands for `WebSocketGetGlobalProperty()` with the property of supported versions.
 * See RFC 6455, section 4.1.
 *
 * Returns: (transfer none) (array length=n_versions): the versions, the library's own
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
 * wsp_accept_key_derive:
 * @key: the value of `Sec-WebSocket-Key`
 * @digest: (out) (optional) (transfer full): place for the SHA-1 that the result is made of
 *
 * Computes what a server answers to a key. Any text has an answer; whether it is a key is not
 * judged.
 *
 * See RFC 6455, section 4.2.2.
 *
 * Returns: (transfer full): the value of `Sec-WebSocket-Accept`
 *
 * Since: 0.1
 */
char *
wsp_accept_key_derive (const char *key,
                       GBytes    **digest)
{
  guint8 sum[WSC_DIGEST_LENGTH], accept[WSC_ACCEPT_LENGTH];

  g_return_val_if_fail (key != NULL, NULL);

  wsc_accept_key_derive (wsc_text (key), sum, accept);
  if (digest != NULL)
    *digest = g_bytes_new (sum, sizeof sum);

  return g_strndup ((const char *) accept, sizeof accept);
}
