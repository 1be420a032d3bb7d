/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The options of the sockets below connections, on each kind of transport and in both roles: the
 * kernel holds little output that it has not sent, so a peer that reads slowly is noticed. */
#include "endpoint/ways.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define MAX_DESCRIPTORS 256

static int
get_option (int fd,
            int option)
{
  int value = 0;
  socklen_t length = sizeof value;

  g_assert_cmpint (getsockopt (fd, IPPROTO_TCP, option, &value, &length), ==, 0);
  return value;
}

/* Returns the number of connected TCP sockets of this process. */
static guint
check_sockets (void)
{
  guint n = 0;

  for (int fd = 0; fd < MAX_DESCRIPTORS; fd++)
    {
      struct sockaddr_storage peer;
      socklen_t length = sizeof peer;

      if (getpeername (fd, (struct sockaddr *) &peer, &length) != 0 ||
          (peer.ss_family != AF_INET && peer.ss_family != AF_INET6))
        continue;

      g_assert_cmpint (get_option (fd, TCP_NODELAY), ==, 1);
      g_assert_cmpint (get_option (fd, TCP_NOTSENT_LOWAT), ==, MAX_UNSENT);
      n++;
    }

  return n;
}

static void
test_pair (gconstpointer data)
{
  Way way = GPOINTER_TO_UINT (data);
  WayPair pair;

  way_pair_init (&pair, way);
  way_pair_connect (&pair);

  guint n = check_sockets ();

  if (way == OVER_UNIX)
    g_assert_cmpuint (n, ==, 0);
  else
    g_assert_cmpuint (n, >=, 2);
  way_pair_clear (&pair);
}

int
main (int    argc,
      char **argv)
{
  return way_run (argc, argv, "/endpoint/socket-options", test_pair);
}
