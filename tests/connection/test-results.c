/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Results of asynchronous calls, many of which come in one dispatch: what their callbacks send
 * leaves in one write, and a callback may do what it likes. */
#include "connection/wire.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define N_MESSAGES 16
#define SERVER_HEADER 2
#define CLIENT_HEADER 6

typedef enum
{
  ANSWERS_BY_QUEUE,
  ANSWERS_BY_CALL,              /* with a callback of its own */
  N_ANSWERS,
} Answer;

typedef enum
{
  DOES_NOTHING,
  DOES_RUN_LOOP,                /* until the result of the next call has come */
  DOES_CANCEL,                  /* the next call, and asks again */
  DOES_CLOSE,
  DOES_DROP,                    /* the test's reference */
  DOES_KEEP,                    /* the result, with data of the program */
  N_DEEDS,
} Deed;

static const char *const answer_names[N_ANSWERS] = { "queue", "send" };
static const char *const deed_names[N_DEEDS] = {
  "nothing", "run-a-main-loop", "cancel-the-next", "close", "drop-the-last-reference", "keep-the-result",
};

/* In place of GLib's, for the code of the library that is in this program: the time stands still,
 * so that no call has waited too long behind results. */
gint64
g_get_monotonic_time (void)
{
  static gint64 time;
  struct timespec now;

  if (time == 0 && clock_gettime (CLOCK_MONOTONIC, &now) == 0)
    time = (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
  return time;
}

typedef struct
{
  WspConnection *connection;
  int            fd;
  Answer         answer;
  Deed           deed;          /* deed of the callback in the middle; a loop is that of each */
  guint          n_received, n_sent;
  gboolean       has_failed;
  GAsyncResult  *kept;
} Scene;

static void on_received (GObject      *source,
                         GAsyncResult *result,
                         gpointer      data);

static void
receive_next (Scene        *scene,
              GCancellable *cancellable)
{
  wsp_connection_receive_async (scene->connection, cancellable, on_received, scene);
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Scene *scene = data;

  g_assert_true (wsp_connection_send_message_finish (WSP_CONNECTION (source), result, NULL));
  scene->n_sent++;
}

static void
answer (Scene      *scene,
        WspMessage *message)
{
  if (scene->answer == ANSWERS_BY_QUEUE)
    g_assert_true (wsp_connection_queue_message (scene->connection, message,
                                                 WSP_SEND_FLAGS_DEFAULT, NULL));
  else
    wsp_connection_send_message_async (scene->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                       on_sent, scene);
}

static void
on_cancelled (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_connection_receive_finish (WSP_CONNECTION (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
cancel_next (Scene *scene)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  wsp_connection_receive_async (scene->connection, cancellable, on_cancelled, NULL);
}

static void
run_loop (Scene *scene)
{
  const guint next = MIN (scene->n_received + 1, N_MESSAGES);

  while (scene->n_received < next)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_received (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Scene *scene = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WspMessage) message =
    wsp_connection_receive_finish (WSP_CONNECTION (source), result, &error);

  if (message == NULL)
    {
      scene->has_failed = TRUE;
      return;
    }

  if (scene->deed != DOES_CLOSE || scene->n_received < N_MESSAGES / 2)
    answer (scene, message);
  scene->n_received++;
  if (scene->n_received == N_MESSAGES / 2 && scene->deed == DOES_CANCEL)
    cancel_next (scene);
  receive_next (scene, NULL);
  if (scene->deed == DOES_RUN_LOOP)
    run_loop (scene);
  if (scene->n_received != N_MESSAGES / 2)
    return;

  if (scene->deed == DOES_CLOSE)
    wsp_connection_close_async (scene->connection, 1000, NULL, NULL, NULL, NULL);
  if (scene->deed == DOES_DROP)
    g_object_unref (scene->connection);
  if (scene->deed == DOES_KEEP)
    {
      scene->kept = g_object_ref (result);
      g_object_set_data (G_OBJECT (result), "of-the-program", scene);
    }
}

/* Each write of the connection is a packet that the peer receives by itself. */
static WspConnection *
make_packet_connection (int *fd)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, pair), ==, 0);
  g_assert_true (g_unix_set_fd_nonblocking (pair[0], TRUE, NULL));
  *fd = pair[0];
  socket = g_socket_new_from_fd (pair[1], NULL);
  stream = g_socket_connection_factory_create_connection (socket);
  return wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL, NULL, NULL,
                                        NULL);
}

/* All messages in one packet. */
static void
write_messages (int fd)
{
  guint8 bytes[N_MESSAGES * (CLIENT_HEADER + 1)] = { 0 };

  for (guint i = 0; i < N_MESSAGES; i++)
    {
      guint8 *frame = bytes + i * (CLIENT_HEADER + 1);

      frame[0] = 0x82;
      frame[1] = 0x81;
      frame[CLIENT_HEADER] = (guint8) i;
    }
  g_assert_cmpint (write (fd, bytes, sizeof bytes), ==, sizeof bytes);
}

/* The payloads that were received must be those that were sent, in their order. */
static guint
read_answers (const guint8 *bytes,
              gssize        length,
              guint         n_before)
{
  guint n = 0;

  for (gssize i = 0; i + SERVER_HEADER < length && bytes[i] == 0x82; i += SERVER_HEADER + 1)
    g_assert_cmpuint (bytes[i + SERVER_HEADER], ==, n_before + n++);
  return n;
}

static void
test_cell (gconstpointer data)
{
  Scene scene = {
    .answer = GPOINTER_TO_UINT (data) / N_DEEDS, .deed = GPOINTER_TO_UINT (data) % N_DEEDS,
  };
  guint8 bytes[1024];
  guint n_packets = 0, n_answers = 0;
  gssize length;

  scene.connection = make_packet_connection (&scene.fd);
  receive_next (&scene, NULL);
  run_pending ();
  write_messages (scene.fd);
  run_pending ();
  while ((length = read (scene.fd, bytes, sizeof bytes)) > 0)
    {
      n_packets++;
      n_answers += read_answers (bytes, length, n_answers);
    }

  g_assert_cmpuint (n_answers, ==, scene.deed == DOES_CLOSE ? N_MESSAGES / 2 : N_MESSAGES);
  if (scene.deed != DOES_RUN_LOOP)
    g_assert_cmpuint (n_packets, ==, 1);
  if (scene.deed != DOES_CLOSE)
    g_assert_cmpuint (scene.n_sent, ==, scene.answer == ANSWERS_BY_CALL ? N_MESSAGES : 0);

  close (scene.fd);
  run_pending ();
  g_assert_true (scene.has_failed);
  if (scene.kept != NULL)
    g_assert_true (g_object_get_data (G_OBJECT (scene.kept), "of-the-program") == &scene);
  g_clear_object (&scene.kept);
  if (scene.deed != DOES_DROP)
    g_object_unref (scene.connection);
  run_pending ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_ANSWERS * N_DEEDS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/results/answered-by-%s/%s",
                                               answer_names[i / N_DEEDS], deed_names[i % N_DEEDS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_cell);
    }
  return g_test_run ();
}
