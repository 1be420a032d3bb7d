/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Preloaded into a client: counts the files and folders that it opens, and opens the file that
 * BENCH_TRUST names where the program wants the system's list of authorities, so that a server of
 * the bench can be trusted by the system.
 *
 * Files that the C library opens itself, such as /etc/services, are not seen. */

/* With them open () would be open64 (), and both are defined here. */
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t client_files_n_opened;   /* public: client_n_opened () looks it up */

#define NEXT(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))

/* The lists of CAs of Debian and Alpine, Fedora, SUSE, FreeBSD. */
static const char *const lists[] = {
  "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/var/lib/ca-certificates/ca-bundle.pem",
  "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem", NULL,
};

/* Returns the path to be opened. */
static const char *
note (const char *path)
{
  const char *trust = getenv ("BENCH_TRUST");

  __atomic_add_fetch (&client_files_n_opened, 1, __ATOMIC_RELAXED);
  for (size_t i = 0; trust != NULL && lists[i] != NULL; i++)
    if (strcmp (path, lists[i]) == 0)
      return trust;
  return path;
}

/* Callers pass a mode only if a file may be created. */
static mode_t
take_mode (va_list arguments,
           int     flags)
{
  const int creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;

  return creates ? va_arg (arguments, mode_t) : 0;
}

int
open (const char *path,
      int         flags,
      ...)
{
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = take_mode (arguments, flags);
  va_end (arguments);
  return NEXT (open) (note (path), flags, mode);
}

int
open64 (const char *path,
        int         flags,
        ...)
{
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = take_mode (arguments, flags);
  va_end (arguments);
  return NEXT (open64) (note (path), flags, mode);
}

int
openat (int         folder,
        const char *path,
        int         flags,
        ...)
{
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = take_mode (arguments, flags);
  va_end (arguments);
  return NEXT (openat) (folder, note (path), flags, mode);
}

int
openat64 (int         folder,
          const char *path,
          int         flags,
          ...)
{
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = take_mode (arguments, flags);
  va_end (arguments);
  return NEXT (openat64) (folder, note (path), flags, mode);
}

FILE *
fopen (const char *path,
       const char *mode)
{
  return NEXT (fopen) (note (path), mode);
}

FILE *
fopen64 (const char *path,
         const char *mode)
{
  return NEXT (fopen64) (note (path), mode);
}

DIR *
opendir (const char *path)
{
  return NEXT (opendir) (note (path));
}
