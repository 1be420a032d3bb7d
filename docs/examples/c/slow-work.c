/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Replies to each number with its prime factors, which threads find: slow-work [PORT] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

/* In a thread of GLib's pool. */
static void
find_factors (GTask        *task,
              gpointer      source,
              gpointer      number,
              GCancellable *cancellable)
{
  GString *text = g_string_new (NULL);
  guint64 rest = 0;

  /* No larger number: a peer could occupy the thread for long. */
  g_ascii_string_to_unsigned (number, 10, 1, G_GUINT64_CONSTANT (10000000000000), &rest, NULL);
  for (guint64 i = 2; i <= rest / i; i++)
    for (; rest % i == 0 && rest > i; rest /= i)
      g_string_append_printf (text, "%" G_GUINT64_FORMAT " ", i);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT, rest);
  g_task_return_pointer (task, g_string_free (text, rest == 0), g_free);    /* NULL for no number */
}

/* In the connection's thread again.  It may have closed: then the response is dropped. */
static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (WspConnection) connection = data;
  g_autofree char *factors = g_task_propagate_pointer (G_TASK (result), NULL);

  wsp_connection_queue_text (connection, factors ? factors : "Expected 1 to 10000000000000", NULL);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       data)
{
  /* Not its source object: that may be released in the other thread. */
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_found, g_object_ref (connection));

  /* The text of a binary message is NULL, and its number is empty. */
  g_task_set_task_data (task, g_strconcat ("", wsp_message_get_text (message), NULL), g_free);
  g_task_run_in_thread (task, find_factors);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       data)
{
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                                                  WSP_LISTEN_FLAGS_NONE, &error);

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
}
