/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Attaches to a program at random moments of compressed traffic: every message that begins
 * afterwards is read, in both directions and on both sides. */

#include <libwsproto/wsproto.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/program/wsi-program-connections.h"
#include "inspect/sources/program/wsi-programs.h"
#include "inspect/sources/wsi-temporary-folder.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "lib/listen.h"

#define N_ATTACHES 1000
#define N_AT_LEAST 4            /* messages of each direction of each side */
#define N_WAYS 4
#define IN_FLIGHT 20
#define LONG 100000
#define PAUSE_MS 5
#define BYTES_PER_TURN 16384
#define SOCKET_BUFFER 16384
#define TIMEOUT_MS 20000

/* The program: a client whose messages a server sends back. */
typedef struct
{
  GMainContext  *context;
  GMainLoop     *loop;
  GThread       *thread;
  WspServer     *server;
  WspClient     *client;
  WspConnection *connection;
  guint          n_sent, n_received, n_handled;
  GMutex         lock;
  GCond          is_open;
} Program;

static guint32
step (guint32 *state)
{
  *state = *state * 1664525 + 1013904223;
  return *state >> 16;
}

/* Texts of different lengths, with the same words again and again; some are hardly compressed, and
 * longer than a socket or a turn takes. */
static char *
make_message (guint number)
{
  static const char *const words[] = { "apple", "banana", "cherry", "damson", "elder", "fig" };
  guint n_words = number % 13 == 0 ? 3000 : 3 + number % 100;
  GString *text = g_string_new (NULL);
  guint32 state = number * 2654435761u;

  g_string_printf (text, "%u;", number);
  for (guint i = 0; i < n_words; i++)
    g_string_append (text, words[step (&state) % G_N_ELEMENTS (words)]);
  for (guint i = 0; number % 4 == 0 && i < LONG; i++)
    g_string_append_c (text, (char) (' ' + step (&state) % 95));
  return g_string_free (text, FALSE);
}

static void
send_in_pieces (WspConnection *connection,
                const char    *text)
{
  g_autoptr (GOutputStream) stream =
    wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT, NULL);
  gsize length = strlen (text);

  g_output_stream_write_all (stream, text, length / 2, NULL, NULL, NULL);
  g_output_stream_flush (stream, NULL, NULL);
  g_output_stream_write_all (stream, text + length / 2, length - length / 2, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
}

static void
send_more (Program *self)
{
  while (self->n_sent - self->n_received < IN_FLIGHT)
    {
      g_autofree char *text = make_message (self->n_sent);

      if (self->n_sent++ % 29 == 5)
        send_in_pieces (self->connection, text);
      else
        wsp_connection_queue_text (self->connection, text, NULL);
    }
}

/* Frames are cut, on their way in and out. */
static void
make_narrow (WspConnection *connection)
{
  GIOStream *stream = wsp_connection_get_io_stream (connection);
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));

  g_object_set (wsp_connection_get_limits (connection), "max-bytes-per-turn",
                (guint64) BYTES_PER_TURN, NULL);
  g_assert_true (g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER, NULL));
  g_assert_true (g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 4 * SOCKET_BUFFER, NULL));
}

static gboolean
start_again (gpointer connection)
{
  wsp_connection_start_receiving (connection);
  return G_SOURCE_REMOVE;
}

/* Now and then the client does not read for a moment, so that the server's socket is full. */
static void
on_echo (WspConnection *connection,
         WspMessage    *message,
         gpointer       data)
{
  Program *self = data;
  g_autoptr (GSource) pause = NULL;

  self->n_received++;
  send_more (self);
  if (self->n_received % 20 != 0)
    return;

  wsp_connection_stop_receiving (connection);
  pause = g_timeout_source_new (PAUSE_MS);
  g_source_set_callback (pause, start_again, g_object_ref (connection), g_object_unref);
  g_source_attach (pause, self->context);
}

/* A main loop inside the handler shows the connection in the middle of a turn. */
static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       data)
{
  Program *self = data;

  if (self->n_handled++ % 2 == 0)
    g_main_context_iteration (self->context, FALSE);
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (Program       *self,
               WspConnection *connection)
{
  make_narrow (connection);
  wsp_connection_set_message_func (connection, on_message, self, NULL);
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  Program *self = data;

  g_mutex_lock (&self->lock);
  self->connection = wsp_client_connect_finish (WSP_CLIENT (client), result, NULL);
  g_assert_nonnull (self->connection);
  make_narrow (self->connection);
  wsp_connection_set_message_func (self->connection, on_echo, self, NULL);
  send_more (self);
  g_cond_signal (&self->is_open);
  g_mutex_unlock (&self->lock);
}

static void
begin_program (Program *self)
{
  g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();
  g_autofree char *uri = NULL;
  guint16 port;

  self->server = wsp_server_new ();
  self->client = wsp_client_new ();
  wsp_server_set_deflate (self->server, deflate);
  wsp_client_set_deflate (self->client, deflate);
  g_signal_connect_swapped (self->server, "connection", G_CALLBACK (on_connection), self);
  port = listen_on_free_port (self->server, "127.0.0.1");
  uri = g_strdup_printf ("ws://127.0.0.1:%u/late", port);
  wsp_client_connect_async (self->client, uri, NULL, NULL, NULL, on_connected, self);
}

static gpointer
run_program (gpointer data)
{
  Program *self = data;

  g_main_context_push_thread_default (self->context);
  begin_program (self);
  g_main_loop_run (self->loop);
  wsp_connection_abort (self->connection);
  g_clear_object (&self->connection);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static void
program_start (Program *self)
{
  *self = (Program) { .context = g_main_context_new () };
  self->loop = g_main_loop_new (self->context, FALSE);
  g_mutex_init (&self->lock);
  g_cond_init (&self->is_open);
  g_mutex_lock (&self->lock);
  self->thread = g_thread_new ("program", run_program, self);
  while (self->connection == NULL)
    g_cond_wait (&self->is_open, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
program_stop (Program *self)
{
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->is_open);
}

/* One time that an inspector is attached. */
typedef struct
{
  int          fd;
  WsiStore    *store;
  WsiRecorder *recorder;
  WsiProgramConnections *connections;
  guint64      next_row;        /* number of the row that is looked at next */
  GString     *begun[N_WAYS];   /* messages in fragments that have begun; NULL: none */
  guint        n_whole[N_WAYS];
  guint        n_records, n_dropped;
} Attached;

static void
on_lost (gpointer data)
{
  ((Attached *) data)->n_dropped++;
}

static void
on_shown (gpointer data)
{
}

static const WsiProgramFuncs funcs = { .ask = on_lost, .shown = on_shown };

static void
attached_init (Attached *self)
{
  g_autoptr (GBytes) watch = wsi_program_make_watch (NULL, 0);
  gsize length;
  const guint8 *bytes = wsi_bytes_get_data (watch, &length);
  g_autoptr (GError) error = NULL;

  *self = (Attached) { .fd = wsi_program_connect ((guint) getpid (), &error) };
  g_assert_no_error (error);
  g_assert_cmpint (send (self->fd, bytes, length, MSG_NOSIGNAL), ==, length);
  self->store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  self->recorder = wsi_recorder_new (self->store, WSP_ROLE_CLIENT);
  self->connections = wsi_program_connections_new (self->recorder, NULL, 0, &funcs, self);
}

static void
attached_clear (Attached *self)
{
  close (self->fd);
  wsi_program_connections_free (self->connections, NULL);
  for (guint i = 0; i < N_WAYS; i++)
    if (self->begun[i] != NULL)
      g_string_free (self->begun[i], TRUE);
  g_clear_object (&self->recorder);
  g_clear_object (&self->store);
}

static void
check_message (Attached *self,
               guint     way)
{
  const char *text = self->begun[way]->str;
  g_autofree char *expected = make_message ((guint) strtoul (text, NULL, 10));

  g_assert_cmpuint (strlen (text), ==, strlen (expected));
  g_assert_true (strcmp (text, expected) == 0);
  self->n_whole[way]++;
  g_string_free (g_steal_pointer (&self->begun[way]), TRUE);
}

/* The rest of a message that had begun before has no beginning in the store. */
static void
check_row (Attached        *self,
           const WsiRecord *record,
           guint64          number)
{
  guint way = (record->conversation - 1) * 2 + record->direction;
  gboolean begins = (record->byte0 & 15) != 0;

  if (!wsi_record_is_frame (record) || wsi_record_is_control (record))
    return;

  g_assert_cmpuint (record->fault, ==, 0);
  g_assert_cmpuint (way, <, N_WAYS);
  if (begins)
    {
      g_assert_null (self->begun[way]);
      self->begun[way] = g_string_new (NULL);
    }
  if (self->begun[way] == NULL)
    return;

  g_autoptr (GBytes) payload = wsi_store_dup_payload (self->store, number, WSI_VIEW_INFLATED,
                                                      G_MAXSIZE);
  gsize length;
  const guint8 *bytes = wsi_bytes_get_data (payload, &length);

  g_assert_cmpuint (record->flags & WSI_RECORD_NOT_INFLATED, ==, 0);
  g_string_append_len (self->begun[way], (const char *) bytes, length);
  if (record->byte0 & 128)
    check_message (self, way);
}

static gboolean
has_all (const Attached *self)
{
  gboolean has = TRUE;

  for (guint i = 0; i < N_WAYS; i++)
    has &= self->n_whole[i] >= N_AT_LEAST;
  return has;
}

static void
check_rows (Attached *self)
{
  for (; self->next_row < wsi_store_get_end (self->store); self->next_row++)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, self->next_row);

      if (record != NULL && record->conversation != 0)
        check_row (self, record, self->next_row);
    }
}

static void
take_record (Attached               *self,
             const WsiProgramRecord *record)
{
  g_autoptr (GError) error = NULL;

  if (self->n_records++ == 0)
    {
      g_assert_cmpuint (record->kind, ==, WSP_ATTACH_HELLO);
      return;
    }

  wsi_program_connections_take (self->connections, record, &error);
  g_assert_no_error (error);
}

static void
read_until_all (Attached *self)
{
  static guint8 read[256 * 1024];
  gsize n_read = 0;

  while (!has_all (self) && self->n_dropped == 0)
    {
      struct pollfd polled = { self->fd, POLLIN, 0 };
      WsiProgramRecord record;
      gsize used = 0, length;
      gssize n;

      g_assert_cmpint (poll (&polled, 1, TIMEOUT_MS), ==, 1);
      n = recv (self->fd, read + n_read, sizeof read - n_read, 0);
      g_assert_cmpint (n, >, 0);
      n_read += n;
      while ((length = wsi_program_record_take (&record, read + used, n_read - used, NULL)) > 0)
        {
          take_record (self, &record);
          used += length;
        }
      n_read -= used;
      memmove (read, read + used, n_read);
      check_rows (self);
    }
}

/* On a busy machine the inspector loses records now and then: such a time does not count. */
static void
test_random_moments (void)
{
  guint n_dropped = 0;
  Program program;

  program_start (&program);
  for (guint i = 0; i < N_ATTACHES + n_dropped && n_dropped < N_ATTACHES; i++)
    {
      Attached attached;

      g_usleep (g_random_int_range (0, 2000));
      attached_init (&attached);
      read_until_all (&attached);
      n_dropped += attached.n_dropped > 0;
      attached_clear (&attached);
    }
  program_stop (&program);
  g_test_message ("records were lost %u times", n_dropped);
  g_assert_cmpuint (n_dropped, <, N_ATTACHES);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("attach-XXXXXX", &error);
  g_assert_no_error (error);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  wsp_attach_enable (&error);
  g_assert_no_error (error);

  g_test_add_func ("/inspector/program-late/every-later-message-is-read", test_random_moments);
  int status = g_test_run ();

  wsi_temporary_folder_remove (folder);
  return status;
}
