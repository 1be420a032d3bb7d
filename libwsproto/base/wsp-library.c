/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/base/wsp-library.h>

#include "core/handshake/accept-key.h"
#include "core/handshake/token-list.h"
#include "core/limits.h"

/**
 * wsp_get_major_version:
 *
 * Gets the first number of the library's version at run time. It may be higher than that of
 * the headers that the program was built with, [const@Wsp.MAJOR_VERSION].
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
 * Gets the second number of the library's version at run time.
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
 * Gets the third number of the library's version at run time.
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
 * wsp_accept_key_derive:
 * @key: (transfer none): the value of `Sec-WebSocket-Key`
 * @digest: (out) (optional) (transfer full): place for the SHA-1 that the result encodes
 *
 * Computes the `Sec-WebSocket-Accept` that a server sends for a key. It does not check whether
 * @key is a valid key.
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
