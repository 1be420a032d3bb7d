/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/sha1.h"

#include <assert.h>
#include <nettle/sha1.h>

static_assert (SHA1_DIGEST_SIZE == WSC_SHA1_LENGTH, "the digest of both is the same");

void
wsc_sha1_begin (void)
{
}

void
wsc_sha1_end (void)
{
}

void
wsc_sha1_hash (WscBytes first, WscBytes second, uint8_t digest[WSC_SHA1_LENGTH])
{
  struct sha1_ctx sha1;

  sha1_init (&sha1);
  sha1_update (&sha1, first.length, first.at);
  sha1_update (&sha1, second.length, second.at);
  sha1_digest (&sha1, WSC_SHA1_LENGTH, digest);
}
