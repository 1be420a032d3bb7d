/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a peer can make of a connection: how much memory, how much time, for how long. */
#include "connection/wire.h"

#include "connection/wsp-connection-private.h"

#include <errno.h>
#include <malloc.h>
#include <unistd.h>

/* Of a server that echoes; its peer is a descriptor. */
static Watched *
open_echo (int *fd)
{
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, fd);
  Watched *server = watch (connection);

  server->echoes = TRUE;
  wsp_connection_start (connection);
  return server;
}

static void
write_all (int         fd,
           const void *data,
           gsize       length)
{
  const guint8 *at = data;

  while (length > 0)
    {
      gssize n = write (fd, at, length);

      g_main_context_iteration (NULL, FALSE);
      if (n > 0)
        {
          at += n;
          length -= n;
        }
      else
        g_assert_cmpint (errno, ==, EAGAIN);
    }
}

static void
read_all (int     fd,
          guint8 *data,
          gsize   length)
{
  while (length > 0)
    {
      gssize n = read (fd, data, length);

      g_main_context_iteration (NULL, FALSE);
      if (n > 0)
        {
          data += n;
          length -= n;
        }
    }
}

/* A message that uses up what one turn may read, again and again. */
static void
test_large_echoes (void)
{
  const gsize length = 1024 * 1024;
  int fd;
  g_autoptr (Watched) server = open_echo (&fd);
  g_autoptr (WspLimits) limits = g_object_new (WSP_TYPE_LIMITS, "max-bytes-per-turn", 65536, NULL);
  g_autofree guint8 *frame = g_malloc0 (14 + length);
  g_autofree guint8 *echo = g_malloc (10 + length);

  wsp_connection_set_limits (server->connection, limits);
  memcpy (frame, "\x82\xff\0\0\0\0\0\x10\0\0\0\0\0\0", 14);
  for (guint i = 0; i < 8; i++)
    {
      memset (frame + 14, i, length);
      write_all (fd, frame, 14 + length);
      read_all (fd, echo, 10 + length);
      g_assert_cmpmem (echo + 10, length, frame + 14, length);
    }
  close (fd);
  run_until_closed (server);
}

/* After a turn that ended because it had read enough, the socket is heard again. */
static void
test_heard_again (void)
{
  int fd;
  g_autoptr (Watched) server = open_echo (&fd);
  g_autoptr (WspLimits) limits = g_object_new (WSP_TYPE_LIMITS, "max-messages-per-turn", 1, NULL);

  wsp_connection_set_limits (server->connection, limits);
  for (guint i = 1; i <= 10; i++)
    {
      guint8 frames[10][18];

      for (guint n = 0; n < i; n++)
        memcpy (frames[n], "\x82\x8c\0\0\0\0twelve bytes", 18);
      g_assert_cmpint (write (fd, frames, i * 18), ==, i * 18);
      run_until_count (&server->n_messages, i * (i + 1) / 2);
      run_pending ();
    }
  close (fd);
  run_until_closed (server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/bounds/echo/large-ones-one-after-the-other", test_large_echoes);
  g_test_add_func ("/connection/bounds/turn/the-socket-is-heard-again", test_heard_again);

  return g_test_run ();
}
