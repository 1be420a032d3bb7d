/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* SHA-1 of BCrypt.  Windows 7 has no provider that is always open, and no hash in one call.  When a
 * library is loaded (DllMain) it must not open one, because bcrypt.dll may load others.
 *
 * (1) The provider is open while it has users. */

#include "core/handshake/sha1.h"

#include <windows.h>

#include <assert.h>
#include <bcrypt.h>
#include <stdio.h>
#include <stdlib.h>

static SRWLOCK lock = SRWLOCK_INIT;
static size_t n_users;
static BCRYPT_ALG_HANDLE provider;

static void
sha1_require (NTSTATUS    status,
              const char *call)
{
  if (BCRYPT_SUCCESS (status))
    return;

  fprintf (stderr, "libwsproto: no SHA-1: %s failed: 0x%08lx\n", call, (unsigned long) status);
  abort ();
}

void
wsc_sha1_begin (void)
{
  AcquireSRWLockExclusive (&lock);
  if (n_users++ == 0)
    sha1_require (BCryptOpenAlgorithmProvider (&provider, BCRYPT_SHA1_ALGORITHM, NULL, 0),
                  "BCryptOpenAlgorithmProvider ()");
  ReleaseSRWLockExclusive (&lock);
}

void
wsc_sha1_end (void)
{
  AcquireSRWLockExclusive (&lock);
  if (--n_users == 0)
    {
      BCryptCloseAlgorithmProvider (provider, 0);
      provider = NULL;
    }
  ReleaseSRWLockExclusive (&lock);
}

static void
sha1_add (BCRYPT_HASH_HANDLE hash,
          WscBytes           bytes)
{
  sha1_require (BCryptHashData (hash, (PUCHAR) bytes.at, (ULONG) bytes.length, 0),
                "BCryptHashData ()");
}

/* The lock is not held: this thread is a user of the provider, which every thread may call. */
void
wsc_sha1_hash (WscBytes first, WscBytes second, uint8_t digest[WSC_SHA1_LENGTH])
{
  BCRYPT_HASH_HANDLE hash;

  wsc_sha1_begin ();
  assert (provider != NULL);    /* (1) */
  sha1_require (BCryptCreateHash (provider, &hash, NULL, 0, NULL, 0, 0), "BCryptCreateHash ()");
  sha1_add (hash, first);
  sha1_add (hash, second);
  sha1_require (BCryptFinishHash (hash, digest, WSC_SHA1_LENGTH, 0), "BCryptFinishHash ()");
  BCryptDestroyHash (hash);
  wsc_sha1_end ();
}
