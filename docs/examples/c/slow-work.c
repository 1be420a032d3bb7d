/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Replies to each number with its prime factors, which threads find: slow-work [PORT] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

#define MAX_NUMBER G_GUINT64_CONSTANT (10000000000000)

/* In a thread of GLib's pool. */
static void
find_factors (GTask        *task,
              gpointer      source,
              gpointer      number,
              GCancellable *cancellable)
{
  GString *text = g_string_new (NULL);
  guint64 rest = *(guint64 *) number;

  for (guint64 i = 2; i <= rest / i; i++)
    for (; rest % i == 0 && rest > i; rest /= i)
      g_string_append_printf (text, "%" G_GUINT64_FORMAT " ", i);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT, rest);
  g_task_return_pointer (task, g_string_free (text, FALSE), g_free);
}

/* In the connection's thread again.  It may have closed: then the response is dropped. */
static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (WspConnection) connection = data;
  g_autofree char *factors = g_task_propagate_pointer (G_TASK (result), NULL);

  wsp_connection_queue_text (connection, factors, NULL);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       data)
{
  const char *text = wsp_message_get_text (message);    /* NULL: the message is binary */
  guint64 number;

  /* No larger number: a peer could occupy the thread for long. */
  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, MAX_NUMBER, &number, NULL))
    {
      wsp_connection_queue_text (connection, "Expected 1 to 10000000000000", NULL);
      return;
    }

  /* Not its source object: that may be released in the other thread. */
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_found, g_object_ref (connection));

  g_task_set_task_data (task, g_memdup2 (&number, sizeof number), g_free);
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
                                                  WSP_LISTEN_FLAGS_DEFAULT, &error);

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
}
