/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An echo server whose clients share four processes: prefork-server [PORT] */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libwsproto/wsproto.h>

#define N_CHILDREN 4

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

/* The parent has no thread, and never runs a main loop: so the kernel gives each client to a
 * child. */
static void
serve_in_child (void)
{
  const pid_t parent = getpid ();

  if (fork () != 0)
    return;

  prctl (PR_SET_PDEATHSIG, SIGTERM);    /* ends with the parent */
  if (getppid () == parent)
    g_main_loop_run (g_main_loop_new (NULL, FALSE));
  _exit (EXIT_SUCCESS);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                                                  WSP_LISTEN_FLAGS_DEFAULT, &error);

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  for (guint i = 0; i < N_CHILDREN; i++)
    serve_in_child ();

  g_print ("port %u\n", wsp_listener_get_port (listener));
  fflush (stdout);
  while (wait (NULL) > 0)       /* for ever, or until all children have ended */
    continue;
}
