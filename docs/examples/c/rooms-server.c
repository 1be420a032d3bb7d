/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A chat whose clients share four threads; each path is a room: rooms-server [PORT] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static GMutex lock;             /* of the table, which all threads use */
static GHashTable *rooms;       /* path -> WspGroup, as long as it has members */

static WspGroup *
enter (WspServer     *server,
       WspConnection *connection,
       const char    *path)
{
  g_mutex_lock (&lock);

  WspGroup *room = g_hash_table_lookup (rooms, path);

  if (room == NULL)
    {
      room = wsp_group_new (server);
      g_hash_table_insert (rooms, g_strdup (path), room);
    }
  g_object_ref (room);
  wsp_group_add (room, connection, NULL);
  g_mutex_unlock (&lock);
  return room;
}

/* The connection has left its room before. */
static void
on_closed (WspConnection *connection)
{
  const char *path = wsp_handshake_get_path (wsp_connection_get_handshake (connection));

  g_mutex_lock (&lock);

  WspGroup *room = g_hash_table_lookup (rooms, path);

  if (room != NULL && wsp_group_get_n_members (room) == 0)
    g_hash_table_remove (rooms, path);
  g_mutex_unlock (&lock);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       room)
{
  wsp_group_broadcast (room, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  const char *path = wsp_handshake_get_path (wsp_connection_get_handshake (connection));

  wsp_connection_set_message_func (connection, on_message, enter (server, connection, path),
                                   g_object_unref);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_start_workers (server, 4, &error)
    ? wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                              WSP_LISTEN_FLAGS_DEFAULT, &error) : NULL;

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
}
