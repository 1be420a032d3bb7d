/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Prints the numbers of ticker-server, and connects again when it was restarted: ticker [URI] */
#include <libwsproto/wsproto.h>

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  g_print ("%s\n", wsp_message_get_text (message));
}

static void
on_connected (WspReconnector *reconnector,
              WspConnection  *connection)
{
  g_print ("connected\n");
  wsp_connection_set_message_filter (connection, WSP_MESSAGE_FILTER_TEXT_ONLY);
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

static void
on_attempt_failed (WspReconnector *reconnector,
                   WspHandshake   *handshake,
                   GError         *error)
{
  g_printerr ("%s\n", error->message);
}

static void
on_disconnected (WspReconnector *reconnector,
                 WspCloseInfo   *info)
{
  g_autofree char *sentence = wsp_close_info_to_string (info);

  g_print ("%s\n", sentence);
}

static void
on_next_attempt (WspReconnector *reconnector)
{
  gint64 time = wsp_reconnector_get_next_attempt_us (reconnector);

  if (time != 0)                                /* 0: no attempt is scheduled */
    g_printerr ("next attempt in %.1f s\n", (time - g_get_monotonic_time ()) / 1e6);
}

static void
on_active_changed (WspReconnector *reconnector,
                   GParamSpec     *pspec,
                   GMainLoop      *loop)
{
  if (!wsp_reconnector_get_active (reconnector))
    g_main_loop_quit (loop);                    /* it has given up: a wrong path, for example */
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspReconnector) reconnector =
    wsp_reconnector_new (argc > 1 ? argv[1] : "ws://localhost:8080/", NULL);

  g_signal_connect (reconnector, "connected", G_CALLBACK (on_connected), NULL);
  g_signal_connect (reconnector, "attempt-failed", G_CALLBACK (on_attempt_failed), NULL);
  g_signal_connect (reconnector, "disconnected", G_CALLBACK (on_disconnected), NULL);
  g_signal_connect (reconnector, "notify::next-attempt-us", G_CALLBACK (on_next_attempt), NULL);
  g_signal_connect (reconnector, "notify::active", G_CALLBACK (on_active_changed), loop);
  wsp_reconnector_start (reconnector);
  g_main_loop_run (loop);
}
