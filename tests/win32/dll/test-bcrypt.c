/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* test-bcrypt [random|sha1]: BCrypt fails, and the process ends with its sentence.  The program
 * starts itself for that.  The functions of BCrypt here are linked before those of bcrypt.dll. */

#include <windows.h>

#include <bcrypt.h>
#include <stdio.h>
#include <string.h>

#include "core/handshake/sha1.h"
#include "lib/tap.h"
#include "random/random-pool.h"

#define FAILURE ((NTSTATUS) 0xc0000001)

NTSTATUS WINAPI
BCryptGenRandom (BCRYPT_ALG_HANDLE algorithm,
                 PUCHAR            to,
                 ULONG             n,
                 ULONG             flags)
{
  return FAILURE;
}

NTSTATUS WINAPI
BCryptOpenAlgorithmProvider (BCRYPT_ALG_HANDLE *algorithm,
                             LPCWSTR            name,
                             LPCWSTR            implementation,
                             ULONG              flags)
{
  return FAILURE;
}

static int
fail (const char *what)
{
  uint8_t bytes[WSC_SHA1_LENGTH];

  if (strcmp (what, "random") == 0)
    wsc_random_fill (NULL, bytes, sizeof bytes);
  else
    wsc_sha1_hash ((WscBytes) { NULL, 0 }, (WscBytes) { NULL, 0 }, bytes);
  puts ("still there");
  return 0;
}

static void
test_failure (const char *program,
              const char *what,
              const char *sentence)
{
  char command[4096], said[4096] = "";
  size_t length = 0;
  FILE *child;
  int status;

  snprintf (command, sizeof command, "\"%s\" %s 2>&1", program, what);
  fflush (stdout);
  child = popen (command, "r");
  if (child != NULL)
    length = fread (said, 1, sizeof said - 1, child);
  said[length] = '\0';
  status = child != NULL ? pclose (child) : 0;
  tap_point (status != 0 && strstr (said, sentence) != NULL && strstr (said, "still") == NULL,
             "/win32/bcrypt/%s-fails-and-the-process-ends", what);
  tap_diag ("ended with %d", status);
}

int
main (int    argc,
      char **argv)
{
  if (argc > 1)
    return fail (argv[1]);

  test_failure (argv[0], "random", "libwsproto: no random numbers: BCryptGenRandom () failed: "
                "0xc0000001");
  test_failure (argv[0], "sha1", "libwsproto: no SHA-1: BCryptOpenAlgorithmProvider () failed: "
                "0xc0000001");
  return tap_end ();
}
