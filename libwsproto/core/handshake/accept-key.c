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
#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <string.h>

static_assert (BASE64_ENCODE_RAW_LENGTH (WSC_NONCE_LENGTH) == WSC_KEY_LENGTH, "(1)");
static_assert (BASE64_ENCODE_RAW_LENGTH (WSC_DIGEST_LENGTH) == WSC_ACCEPT_LENGTH, "(1)");
static_assert (SHA1_DIGEST_SIZE == WSC_DIGEST_LENGTH, "(1)");

void
wsc_accept_key_make (const WscHost *host, uint8_t key[WSC_KEY_LENGTH])
{
  uint8_t nonce[WSC_NONCE_LENGTH];

  host->fill_random (host->data, nonce, sizeof nonce);
  base64_encode_raw ((char *) key, sizeof nonce, nonce);
}

static bool
accept_key_is_base64 (uint8_t byte)
{
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || byte == '+' || byte == '/';
}

/* nettle does not decode the key, because nettle refuses pad bits that are set; an example of RFC
 * 6455 sets them (erratum 3150). */
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
  struct sha1_ctx sha1;

  sha1_init (&sha1);
  sha1_update (&sha1, key.length, key.at);
  sha1_update (&sha1, strlen (WSC_GUID), (const uint8_t *) WSC_GUID);
  sha1_digest (&sha1, WSC_DIGEST_LENGTH, digest);
  base64_encode_raw ((char *) accept, WSC_DIGEST_LENGTH, digest);
}
