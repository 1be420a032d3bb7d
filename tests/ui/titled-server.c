/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A server with a title of its own, as a program with a window has.  Prints its URI. */
#include "lib/listen.h"

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();

  g_set_application_name ("Tea Chat");
  g_print ("ws://127.0.0.1:%u/\n", listen_on_free_port (server, "127.0.0.1"));
  g_main_loop_run (loop);
  return 0;
}
