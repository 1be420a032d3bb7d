/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Connections over blocking pipes: as a program has them to a subprocess or to its parent.  Other
 * processes share their file descriptions. */
#include "connection/transports.h"
#include "connection/wire.h"
#include "lib/limit.h"
#include "lib/rows.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define LENGTH (1 << 20)
#define SECONDS 30              /* a blocking call would not return: the alarm ends the test */

typedef struct
{
  int there[2], back[2];        /* pipes, each for reading and writing */
} Pipes;

static void
pipes_open (Pipes *self)
{
  g_assert_true (g_unix_open_pipe (self->there, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (self->back, FD_CLOEXEC, NULL));
}

static GIOStream *
make_stream (int read_fd,
             int write_fd)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (read_fd, TRUE);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (write_fd, TRUE);

  return g_simple_io_stream_new (input, output);
}

static WspConnection *
open_end (GIOStream *stream,
          WspRole    role)
{
  return wsp_connection_new_for_stream (stream, role, NULL, NULL, NULL, NULL);
}

static gboolean
is_blocking (int fd)
{
  return (fcntl (fd, F_GETFL) & O_NONBLOCK) == 0;
}

typedef enum
{
  OVER_PIPES,
  TLS_OVER_PIPES,
} Over;

static void
add_layer (Over        over,
           GIOStream **client,
           GIOStream **server)
{
  if (over == TLS_OVER_PIPES)
    transport_add_tls (client, server);
}

/* The peer reads nothing until all was sent. */
static const struct
{
  const char *name;
  Over        over;
  gsize       length;
  guint       n_messages;
} sent[] = {
  { "one-long", OVER_PIPES, LENGTH, 1 },
  { "many-short", OVER_PIPES, 100, LENGTH / 100 },
  { "many-of-a-page", OVER_PIPES, 4090, LENGTH / 4090 },
  { "tls-one-long", TLS_OVER_PIPES, LENGTH, 1 },
  { "tls-many-short", TLS_OVER_PIPES, 100, LENGTH / 100 },
};

static void
test_unread (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Pipes pipes;
  g_autofree guint8 *bytes = g_malloc0 (sent[i].length);
  g_autoptr (WspMessage) message = wsp_message_new_binary (bytes, sent[i].length);

  limit_set (SECONDS, "a pipe without a reader");
  pipes_open (&pipes);

  g_autoptr (GIOStream) near = make_stream (pipes.back[0], pipes.there[1]);
  g_autoptr (GIOStream) far = make_stream (pipes.there[0], pipes.back[1]);

  add_layer (sent[i].over, &near, &far);

  g_autoptr (WspConnection) sending = open_end (near, WSP_ROLE_CLIENT);
  g_autoptr (WspConnection) receiving = open_end (far, WSP_ROLE_SERVER);
  g_autoptr (Watched) sender = watch (sending);
  g_autoptr (Watched) receiver = watch (receiving);

  for (guint n = 0; n < sent[i].n_messages; n++)
    g_assert_true (wsp_connection_queue_message (sending, message, WSP_SEND_FLAGS_DEFAULT, NULL));
  run_pending ();               /* the peer reads at most one message ahead */
  g_assert_cmpuint (receiver->n_messages, ==, 0);

  wsp_connection_start_receiving (receiving);
  run_until_count (&receiver->n_messages, sent[i].n_messages);
  g_assert_cmpuint (receiver->n_bytes, ==, sent[i].n_messages * sent[i].length);
  g_assert_true (is_blocking (pipes.there[0]) && is_blocking (pipes.there[1]));
  g_assert_true (is_blocking (pipes.back[0]) && is_blocking (pipes.back[1]));
  wsp_connection_abort (sending);
  wsp_connection_abort (receiving);
  run_until_closed (sender);
  run_until_closed (receiver);
  run_pending ();
  limit_clear ();
}

/* In a process of its own, where nothing has changed the signal: G_TYPE_SOCKET ignores it. */
static void
test_reader_gone (void)
{
  Pipes pipes;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, SECONDS * G_USEC_PER_SEC, 0);
      g_test_trap_assert_passed ();
      return;
    }

  signal (SIGPIPE, SIG_DFL);
  pipes_open (&pipes);

  g_autoptr (GIOStream) near = make_stream (pipes.back[0], pipes.there[1]);
  g_autoptr (WspConnection) connection = open_end (near, WSP_ROLE_SERVER);
  g_autoptr (Watched) sender = watch (connection);

  close (pipes.there[0]);
  wsp_connection_queue_text (connection, "lost", NULL);
  run_until_closed (sender);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (connection)),
                  G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  close (pipes.back[1]);
}

static void
note_signal (int number)
{
}

/* The program's own handler of the signal stays. */
static void
test_own_handler (void)
{
  Pipes pipes;
  struct sigaction action;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, SECONDS * G_USEC_PER_SEC, 0);
      g_test_trap_assert_passed ();
      return;
    }

  signal (SIGPIPE, note_signal);
  pipes_open (&pipes);

  g_autoptr (GIOStream) near = make_stream (pipes.back[0], pipes.there[1]);
  g_autoptr (WspConnection) connection = open_end (near, WSP_ROLE_SERVER);

  sigaction (SIGPIPE, NULL, &action);
  g_assert_true (action.sa_handler == note_signal);
  close (pipes.there[0]);
  close (pipes.back[1]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/connection/pipes/never-block", sent, test_unread);
  g_test_add_func ("/connection/pipes/no-reader/no-signal", test_reader_gone);
  g_test_add_func ("/connection/pipes/no-reader/own-handler-stays", test_own_handler);
  return g_test_run ();
}
