/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Preloaded into a server of others that has no word for being ready: writes an octet to the
 * descriptor that TELL_LISTEN names for each socket that listens from now on.
 */

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef int (*Listen) (int fd,
                       int backlog);

int
listen (int fd,
        int backlog)
{
  /* ISO C has no other way from what dlsym gives to a function. */
  union { void *symbol; Listen call; } next = { dlsym (RTLD_NEXT, "listen") };
  const char *number = getenv ("TELL_LISTEN");
  int result = next.call (fd, backlog);

  if (result == 0 && number != NULL && write (atoi (number), "l", 1) != 1)
    abort ();
  return result;
}
