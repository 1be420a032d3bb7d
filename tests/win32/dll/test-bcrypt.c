/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* test-bcrypt [FUNCTION]: the function of BCrypt fails, and the process ends with a sentence.  The
 * program starts itself for that.  The functions here are linked before those of bcrypt.dll. */

#include <windows.h>

#include <bcrypt.h>
#include <stdio.h>
#include <string.h>

#include "core/handshake/sha1.h"
#include "lib/tap.h"
#include "random/random-pool.h"

#define FAILURE ((NTSTATUS) 0xc0000001)

static const char *failing = "";

static NTSTATUS
status_of (const char *function)
{
  return strcmp (function, failing) == 0 ? FAILURE : 0;
}

NTSTATUS WINAPI
BCryptGenRandom (BCRYPT_ALG_HANDLE algorithm,
                 PUCHAR            to,
                 ULONG             n,
                 ULONG             flags)
{
  return status_of (__func__);
}

NTSTATUS WINAPI
BCryptOpenAlgorithmProvider (BCRYPT_ALG_HANDLE *algorithm,
                             LPCWSTR            name,
                             LPCWSTR            implementation,
                             ULONG              flags)
{
  *algorithm = &failing;
  return status_of (__func__);
}

NTSTATUS WINAPI
BCryptCreateHash (BCRYPT_ALG_HANDLE   algorithm,
                  BCRYPT_HASH_HANDLE *hash,
                  PUCHAR              memory,
                  ULONG               memory_size,
                  PUCHAR              secret,
                  ULONG               secret_size,
                  ULONG               flags)
{
  *hash = &failing;
  return status_of (__func__);
}

NTSTATUS WINAPI
BCryptHashData (BCRYPT_HASH_HANDLE hash,
                PUCHAR             bytes,
                ULONG              n,
                ULONG              flags)
{
  return status_of (__func__);
}

NTSTATUS WINAPI
BCryptFinishHash (BCRYPT_HASH_HANDLE hash,
                  PUCHAR             to,
                  ULONG              n,
                  ULONG              flags)
{
  return status_of (__func__);
}

static const struct
{
  const char *function, *what;
} cases[] = {
  { "BCryptGenRandom", "random numbers" },
  { "BCryptOpenAlgorithmProvider", "SHA-1" },
  { "BCryptCreateHash", "SHA-1" },
  { "BCryptHashData", "SHA-1" },
  { "BCryptFinishHash", "SHA-1" },
};

static int
fail (const char *function)
{
  uint8_t bytes[WSC_SHA1_LENGTH];

  failing = function;
  wsc_random_fill (NULL, bytes, sizeof bytes);
  wsc_sha1_hash ((WscBytes) { NULL, 0 }, (WscBytes) { NULL, 0 }, bytes);
  puts ("still there");
  return 0;
}

static void
test_failure (const char *program,
              size_t      i)
{
  char command[4096], sentence[128], said[4096] = "";
  size_t length = 0;
  FILE *child;
  int status;

  snprintf (sentence, sizeof sentence, "libwsproto: no %s: %s () failed: 0xc0000001",
            cases[i].what, cases[i].function);
  snprintf (command, sizeof command, "\"%s\" %s 2>&1", program, cases[i].function);
  fflush (stdout);
  child = popen (command, "r");
  if (child != NULL)
    length = fread (said, 1, sizeof said - 1, child);
  said[length] = '\0';
  status = child != NULL ? pclose (child) : 0;
  tap_point (status != 0 && strstr (said, sentence) != NULL && strstr (said, "still") == NULL,
             "/win32/bcrypt/%s-fails-and-the-process-ends", cases[i].function);
  tap_diag ("ended with %d", status);
}

int
main (int    argc,
      char **argv)
{
  if (argc > 1)
    return fail (argv[1]);

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    test_failure (argv[0], i);
  return tap_end ();
}
