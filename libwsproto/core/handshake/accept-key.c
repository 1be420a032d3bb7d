/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Accept key: random bytes in, a key out; a key in, its accept value out (RFC 6455 4.1, 4.2.2).
 *
 * The key is hashed as text, without decoding it.  The callers compare the result with the peer's.
 *
 * The lengths of limits.h are those of base64.
 */

#include "core/handshake/accept-key.h"

#include <assert.h>
#include <string.h>

#include "core/handshake/base64.h"
#include "core/handshake/sha1.h"

static_assert (WSC_BASE64_LENGTH (WSC_NONCE_LENGTH) == WSC_KEY_LENGTH, "(1)");
static_assert (WSC_BASE64_LENGTH (WSC_DIGEST_LENGTH) == WSC_ACCEPT_LENGTH, "(1)");
static_assert (WSC_SHA1_LENGTH == WSC_DIGEST_LENGTH, "(1)");

void
wsc_accept_key_make (const WscHost *host, uint8_t key[WSC_KEY_LENGTH])
{
  uint8_t nonce[WSC_NONCE_LENGTH];

  host->fill_random (host->data, nonce, sizeof nonce);
  wsc_base64_write ((WscBytes) { nonce, sizeof nonce }, key);
}

static bool
accept_key_is_base64 (uint8_t byte)
{
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || byte == '+' || byte == '/';
}

/* The key is not decoded: pad bits may be set, as in an example of RFC 6455 (erratum 3150). */
bool
wsc_accept_key_is_valid (WscBytes key)
{
  if (key.length != WSC_KEY_LENGTH)
    return false;

  for (size_t i = 0; i < WSC_KEY_LENGTH - 2; i++)
    if (!accept_key_is_base64 (key.at[i]))
      return false;

  return key.at[WSC_KEY_LENGTH - 2] == '=' && key.at[WSC_KEY_LENGTH - 1] == '=';
}

void
wsc_accept_key_derive (WscBytes key,
                       uint8_t  digest[WSC_DIGEST_LENGTH],
                       uint8_t  accept[WSC_ACCEPT_LENGTH])
{
  const WscBytes guid = { (const uint8_t *) WSC_GUID, strlen (WSC_GUID) };

  wsc_sha1_hash (key, guid, digest);
  wsc_base64_write ((WscBytes) { digest, WSC_DIGEST_LENGTH }, accept);
}
