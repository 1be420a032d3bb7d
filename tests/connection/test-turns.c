/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Turns that are short because nothing seems to be left to do. */
#include "connection/wire.h"

#include <unistd.h>

#define ONE_OCTET "82 81 00 00 00 00 61"

typedef struct
{
  int   fd;
  guint n_messages;
} Listener;

/* While the handler runs a loop of its own, nothing is read: the loop would not rest otherwise. */
static void
run_loop_inside (WspConnection *connection,
                 WspMessage    *message,
                 gpointer       user_data)
{
  Listener *self = user_data;

  if (++self->n_messages != 2)
    return;

  wire_write (self->fd, ONE_OCTET);
  run_pending ();
  g_assert_cmpuint (self->n_messages, ==, 2);
}

static void
test_loop_inside (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);
  Listener listener = { fd, 0 };

  g_signal_connect (connection, "message", G_CALLBACK (run_loop_inside), &listener);
  wsp_connection_start (connection);
  for (guint i = 0; i < 2; i++)
    {
      wire_write (fd, ONE_OCTET);
      run_pending ();
    }
  g_assert_cmpuint (listener.n_messages, ==, 3);

  wire_write (fd, ONE_OCTET);
  run_until_count (&listener.n_messages, 4);
  wsp_connection_abort (connection);
  run_until_closed (server);
  close (fd);
}

static void
drop_all (WspConnection *connection,
          WspMessage    *message,
          gpointer       user_data)
{
  WspConnection **place = user_data;

  wsp_connection_abort (connection);
  g_clear_object (place);
  run_pending ();
}

/* The turn has the only reference that is left, and it is the connection's own. */
static void
test_dropped_inside (void)
{
  int fd;
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &fd);
  gpointer watched = connection;

  g_object_add_weak_pointer (G_OBJECT (connection), &watched);
  g_signal_connect (connection, "message", G_CALLBACK (drop_all), &connection);
  wsp_connection_start (connection);
  run_pending ();
  wire_write (fd, ONE_OCTET " " ONE_OCTET);
  run_pending ();
  g_assert_null (connection);
  g_assert_null (watched);
  close (fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/turns/loop-inside-a-handler/heard-again", test_loop_inside);
  g_test_add_func ("/connection/turns/loop-inside-a-handler/dropped", test_dropped_inside);
  return g_test_run ();
}
