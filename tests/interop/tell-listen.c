/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Preloaded into a server of another project, which does not report when it is ready: writes one
 * byte to the descriptor in TELL_LISTEN for each socket that listens.  In a proxy it is also the
 * only resolver that knows the name in KNOWN_INSIDE, which means this machine. */

#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef int (*Listen) (int fd,
                       int backlog);
typedef int (*GetAddrInfo) (const char            *node,
                            const char            *service,
                            const struct addrinfo *hints,
                            struct addrinfo      **result);

int
listen (int fd,
        int backlog)
{
  /* ISO C has no other conversion from the result of dlsym () to a function. */
  union { void *symbol; Listen call; } next = { dlsym (RTLD_NEXT, "listen") };
  const char *number = getenv ("TELL_LISTEN");
  int result = next.call (fd, backlog);

  if (result == 0 && number != NULL && write (atoi (number), "l", 1) != 1)
    abort ();
  return result;
}

int
getaddrinfo (const char            *node,
             const char            *service,
             const struct addrinfo *hints,
             struct addrinfo      **result)
{
  union { void *symbol; GetAddrInfo call; } next = { dlsym (RTLD_NEXT, "getaddrinfo") };
  const char *known = getenv ("KNOWN_INSIDE");

  if (node != NULL && known != NULL && strcmp (node, known) == 0)
    node = "127.0.0.1";
  return next.call (node, service, hints, result);
}
