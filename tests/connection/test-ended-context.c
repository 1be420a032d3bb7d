/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Connections whose main context ends.  A main context is freed while something of a connection
 * waits in it: the program's callbacks are not called any more, and the connection and its socket
 * go with its last reference. */
#include "connection/transports.h"
#include "connection/wire.h"

#include "lib/ended-context.h"

#include <unistd.h>

#define PATH "/connection/ended-context/"

typedef void (*ActFunc) (WspConnection *connection,
                         int            peer);

static void
call_never (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_assert_not_reached ();
}

static void
reach_never (void)
{
  g_assert_not_reached ();
}

static void
do_nothing (WspConnection *connection,
            int            peer)
{
}

static void
queue (WspConnection *connection,
       int            peer)
{
  g_assert_true (wsp_connection_queue_text (connection, "hello", NULL));
}

static void
send_message (WspConnection *connection,
              int            peer)
{
  wire_send_text (connection, "hello", NULL, call_never, NULL);
}

static void
send_much (WspConnection *connection,
           int            peer)
{
  static guint8 bytes[8000000];

  wire_send_binary (connection, bytes, sizeof bytes, NULL, call_never, NULL);
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (g_main_context_get_thread_default (), FALSE);
}

static void
close_silently (WspConnection *connection,
                int            peer)
{
  wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
}

static void
close_connection (WspConnection *connection,
                  int            peer)
{
  wsp_connection_close_async (connection, 1000, NULL, NULL, call_never, NULL);
}

static void
abort_connection (WspConnection *connection,
                  int            peer)
{
  g_signal_connect (connection, "closed", G_CALLBACK (reach_never), NULL);
  g_signal_connect (connection, "notify::state", G_CALLBACK (reach_never), NULL);
  wsp_connection_abort (connection);
}

static void
receive_message (WspConnection *connection,
                 int            peer)
{
  wire_write (peer, "81 82 00000000 6869");
  wsp_connection_receive_async (connection, NULL, call_never, NULL);
}

static void
handle_messages (WspConnection *connection,
                 int            peer)
{
  g_signal_connect (connection, "message", G_CALLBACK (reach_never), NULL);
  wire_write (peer, "81 82 00000000 6869");
}

/* The dropped stream aborts its message, which fails the connection. */
static void
drop_stream (WspConnection *connection,
             int            peer)
{
  g_autoptr (GOutputStream) stream =
    wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT, NULL);

  g_assert_nonnull (stream);
  g_assert_cmpint (g_output_stream_write (stream, "hello", 5, NULL, NULL), ==, 5);
}

static void
ping (WspConnection *connection,
      int            peer)
{
  wsp_connection_ping_async (connection, NULL, NULL, call_never, NULL);
}

static void
flush (WspConnection *connection,
       int            peer)
{
  g_assert_true (wsp_connection_queue_text (connection, "hello", NULL));
  wsp_connection_flush_async (connection, NULL, call_never, NULL);
}

static void
receive_stream (WspConnection *connection,
                int            peer)
{
  wsp_connection_receive_stream_async (connection, NULL, call_never, NULL);
}

static void
dispose (WspConnection *connection,
         int            peer)
{
  g_signal_connect (connection, "closed", G_CALLBACK (reach_never), NULL);
  g_object_run_dispose (G_OBJECT (connection));
}

/* A started connection keeps itself alive until it is closed. */
static void
start (WspConnection *connection,
       int            peer)
{
  wsp_connection_start_receiving (connection);
  while (g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
    continue;
}

static const struct
{
  const char *name;
  ActFunc     act;
} acts[] = {
  { "nothing-waits", do_nothing },
  { "message-waits", queue },
  { "send-waits", send_message },
  { "send-is-partly-written", send_much },
  { "close-waits", close_silently },
  { "result-of-a-close-waits", close_connection },
  { "closed-waits", abort_connection },
  { "receive-waits", receive_message },
  { "input-waits", handle_messages },
  { "stream-was-dropped", drop_stream },
  { "ping-waits", ping },
  { "flush-waits", flush },
  { "receive-stream-waits", receive_stream },
  { "connection-has-started", start },
  { "connection-was-disposed", dispose },
};

static void
test_end (gconstpointer data)
{
  const guint row = GPOINTER_TO_UINT (data) / N_ORDERS;
  const Order order = GPOINTER_TO_UINT (data) % N_ORDERS;
  GMainContext *context = g_main_context_new ();
  gboolean is_gone = FALSE;
  WspConnection *connection;
  int peer;

  g_main_context_push_thread_default (context);
  connection = wire_raw (WSP_ROLE_SERVER, &peer);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_object_weak_ref (G_OBJECT (connection), on_gone, &is_gone);
  acts[row].act (connection, peer);
  g_main_context_pop_thread_default (context);
  if (order == REFERENCE_FIRST)
    g_object_unref (connection);
  g_main_context_unref (context);
  if (order == CONTEXT_FIRST)
    g_object_unref (connection);

  g_assert_true (is_gone);
  g_assert_true (has_ended (peer));
  close (peer);
}

static gboolean
never (gpointer data)
{
  g_assert_not_reached ();
}

static void
start_and_close (GMainContext *context)
{
  g_autoptr (WspConnection) connection = NULL;
  int peer;

  connection = wire_raw (WSP_ROLE_SERVER, &peer);
  wsp_connection_start_receiving (connection);
  wsp_connection_abort (connection);
  while (g_main_context_iteration (context, FALSE))
    continue;
  close (peer);
}

/* The last reference is that of a source of the program, which the end destroys before or after the
 * reactor's. */
static void
test_source (gconstpointer is_first)
{
  GMainContext *context = g_main_context_new ();
  g_autoptr (GSource) source = g_timeout_source_new_seconds (1000);
  gboolean is_gone = FALSE;
  WspConnection *connection;
  int peer;

  if (is_first != NULL)
    g_source_attach (source, context);
  g_main_context_push_thread_default (context);
  start_and_close (context);
  connection = wire_raw (WSP_ROLE_SERVER, &peer);
  if (is_first == NULL)
    g_source_attach (source, context);
  g_source_set_callback (source, never, connection, g_object_unref);
  g_main_context_pop_thread_default (context);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_object_weak_ref (G_OBJECT (connection), on_gone, &is_gone);
  g_main_context_unref (context);
  g_assert_true (is_gone);
  g_assert_true (has_ended (peer));
  close (peer);
}

/* No loop waits for the close of a stream of GIO. */
static void
test_pipes (void)
{
  GMainContext *context = g_main_context_new ();
  g_autoptr (GIOStream) stream = NULL, peer = NULL;
  gboolean is_gone = FALSE;
  WspConnection *connection;
  guint8 byte;

  transport_pair (TRANSPORT_PIPES, &stream, &peer);
  g_main_context_push_thread_default (context);
  connection = wsp_connection_new_for_stream (stream, WSP_ROLE_CLIENT, NULL, NULL, NULL, NULL);
  g_main_context_pop_thread_default (context);
  g_object_weak_ref (G_OBJECT (connection), on_gone, &is_gone);
  g_main_context_unref (context);
  g_object_unref (connection);
  g_assert_true (is_gone);
  g_assert_true (g_io_stream_is_closed (stream));
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (peer), &byte, 1, NULL, NULL),
                   ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    add_in_each_order (PATH, acts[i].name, i, test_end);
  g_test_add_data_func (PATH "source-holds-connection/first", GUINT_TO_POINTER (1), test_source);
  g_test_add_data_func (PATH "source-holds-connection/last", NULL, test_source);
  g_test_add_func (PATH "pipes-are-closed", test_pipes);

  return g_test_run ();
}
