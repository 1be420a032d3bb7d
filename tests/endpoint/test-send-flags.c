/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each function that takes WspSendFlags, with each flag: the frames that the peer receives. */
#include "connection/wire.h"
#include "endpoint/knock.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCKING (1024 * 1024)  /* more than a socket takes */
#define UNKNOWN (1 << 30)
#define EXTENSIONS "Sec-WebSocket-Extensions: permessage-deflate\r\n"

typedef struct
{
  WspServer     *server;
  WspConnection *connection;    /* connection that compresses, and whose socket is full */
  WspMessage    *message;       /* text that is long enough to be compressed */
  int            fd;            /* socket of the peer */
} Scene;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Scene         *self)
{
  self->connection = g_object_ref (connection);
  wsp_connection_start_receiving (connection);
}

static WspMessage *
make_zeros (gsize length)
{
  g_autofree guint8 *zeros = g_malloc0 (length);

  return wsp_message_new_binary (zeros, length);
}

static void
queue (Scene      *self,
       const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_connection_queue_text (self->connection, text, &error));
  g_assert_no_error (error);
}

static void
scene_init (Scene *self)
{
  g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();
  g_autoptr (WspMessage) zeros = make_zeros (BLOCKING);
  g_autofree char *text = g_strnfill (1000, 'x');
  g_autoptr (GError) error = NULL;
  int pair[2];

  *self = (Scene) { .server = wsp_server_new (), .message = wsp_message_new_text (text) };
  wsp_server_set_deflate (self->server, deflate);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_assert_true (g_unix_set_fd_nonblocking (pair[0], TRUE, NULL));
  self->fd = pair[0];

  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[1], &error);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

  wsp_server_accept_stream (self->server, G_IO_STREAM (stream), WSP_LISTEN_FLAGS_DEFAULT, NULL);
  knock_send (self->fd, KNOCK_REQUEST (EXTENSIONS));

  g_autofree char *head = knock_read (self->fd, "\r\n\r\n");

  g_assert_nonnull (strstr (head, "permessage-deflate"));
  g_assert_true (wsp_connection_queue_message (self->connection, zeros,
                                               WSP_SEND_FLAGS_NO_COMPRESSION, &error));
  g_assert_no_error (error);
  run_pending ();
}

static void
scene_clear (Scene *self)
{
  close (self->fd);
  wsp_connection_abort (self->connection);
  run_pending ();
  g_clear_object (&self->connection);
  g_clear_object (&self->server);
  wsp_message_unref (self->message);
  run_pending ();
}

static void
read_whole (Scene  *self,
            guint8 *buffer,
            gsize   length)
{
  for (gsize n_read = 0; n_read < length;)
    {
      gssize n = read (self->fd, buffer + n_read, length - n_read);

      n_read += MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
}

/* Reads a frame.  Returns its first byte, and the first byte of its payload, 0 if there is none. */
static guint16
read_frame (Scene *self)
{
  guint8 head[2], extended[8];
  gsize length;

  read_whole (self, head, sizeof head);
  length = head[1];
  if (length >= 126)
    {
      gsize n = length == 126 ? 2 : 8;

      read_whole (self, extended, n);
      length = 0;
      for (gsize i = 0; i < n; i++)
        length = length << 8 | extended[i];
    }

  g_autofree guint8 *payload = g_malloc (length);

  read_whole (self, payload, length);
  return head[0] << 8 | (length > 0 ? payload[0] : 0);
}

typedef gboolean (*Way) (Scene       *self,
                         WspSendFlags flags,
                         GError     **error);

static gboolean
way_queue (Scene       *self,
           WspSendFlags flags,
           GError     **error)
{
  return wsp_connection_queue_message (self->connection, self->message, flags, error);
}

static void
keep_error (GObject      *connection,
            GAsyncResult *result,
            gpointer      error)
{
  wsp_connection_send_message_finish (WSP_CONNECTION (connection), result, error);
}

static gboolean
way_send (Scene       *self,
          WspSendFlags flags,
          GError     **error)
{
  /* A message that waits for the peer has no result yet. */
  wsp_connection_send_message_async (self->connection, self->message, flags, NULL,
                                     flags & UNKNOWN ? keep_error : NULL, error);
  run_pending ();
  return *error == NULL;
}

static gboolean
way_begin (Scene       *self,
           WspSendFlags flags,
           GError     **error)
{
  g_autoptr (GOutputStream) stream =
    wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_TEXT, flags, error);

  if (stream == NULL)
    return FALSE;

  /* Two fragments: the flags hold for both. */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (g_output_stream_write_all (stream, "xxxx", 4, NULL, NULL, error));
      run_pending ();
    }
  return g_output_stream_close (stream, NULL, error);
}

typedef struct
{
  Scene       *scene;
  WspSendFlags flags;
  GError      *error;
} Post;

static gpointer
post_in_thread (gpointer data)
{
  Post *self = data;

  wsp_connection_send_from_thread (self->scene->connection, self->scene->message, self->flags,
                                   &self->error);
  return NULL;
}

static gboolean
way_thread (Scene       *self,
            WspSendFlags flags,
            GError     **error)
{
  Post post = { self, flags, NULL };

  g_thread_join (g_thread_new ("other", post_in_thread, &post));
  run_pending ();
  *error = post.error;
  return post.error == NULL;
}

/* There is no error: a bit that is no flag is a critical. */
static void
expect_critical (WspSendFlags flags)
{
  if (flags & UNKNOWN)
    g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*wsp_send_flags_check*failed*");
}

static gboolean
way_broadcast (Scene       *self,
               WspSendFlags flags,
               GError     **error)
{
  expect_critical (flags);

  guint n_taken = wsp_server_broadcast (self->server, self->message, flags, NULL);

  g_test_assert_expected_messages ();
  return n_taken == 1;
}

static gboolean
way_message_broadcast (Scene       *self,
                       WspSendFlags flags,
                       GError     **error)
{
  expect_critical (flags);

  guint n_taken = wsp_message_broadcast (self->message, &self->connection, 1, flags);

  g_test_assert_expected_messages ();
  return n_taken == 1;
}

static gpointer
broadcast_in_thread (gpointer data)
{
  Post *self = data;

  if (wsp_message_broadcast (self->scene->message, &self->scene->connection, 1, self->flags) == 0)
    self->error = g_error_new_literal (WSP_ERROR, WSP_ERROR_FAILED, "0");
  return NULL;
}

static gboolean
way_broadcast_thread (Scene       *self,
                      WspSendFlags flags,
                      GError     **error)
{
  Post post = { self, flags, NULL };
  gboolean was_taken;

  expect_critical (flags);
  g_thread_join (g_thread_new ("other", broadcast_in_thread, &post));
  g_test_assert_expected_messages ();
  run_pending ();
  was_taken = post.error == NULL;
  g_clear_error (&post.error);
  return was_taken;
}

static const struct
{
  const char  *name;
  Way          way;
  WspSendFlags refused;
  gboolean     has_error;       /* TRUE if the call returns an error; FALSE: it returns the number
                                 * of receivers */
} ways[] = {
  { "queue-message", way_queue, UNKNOWN, TRUE },
  { "send-message-async", way_send, UNKNOWN, TRUE },
  { "begin-message", way_begin, UNKNOWN | WSP_SEND_FLAGS_URGENT, TRUE },
  { "send-from-thread", way_thread, UNKNOWN, TRUE },
  { "broadcast", way_broadcast, UNKNOWN, FALSE },
  { "message-broadcast", way_message_broadcast, UNKNOWN, FALSE },
  { "message-broadcast-from-thread", way_broadcast_thread, UNKNOWN, FALSE },
};

static const struct
{
  const char  *name;
  WspSendFlags flags;
} flags_cases[] = {
  { "default", WSP_SEND_FLAGS_DEFAULT },
  { "no-compression", WSP_SEND_FLAGS_NO_COMPRESSION },
  { "urgent", WSP_SEND_FLAGS_URGENT },
  { "both", WSP_SEND_FLAGS_NO_COMPRESSION | WSP_SEND_FLAGS_URGENT },
  { "unknown", UNKNOWN },
  { "unknown-and-urgent", UNKNOWN | WSP_SEND_FLAGS_URGENT },
};

/* The frame of the message has RSV1 if it is compressed.  x is its payload otherwise. */
static void
check_message (Scene       *self,
               Way          way,
               WspSendFlags flags)
{
  gboolean is_plain = (flags & WSP_SEND_FLAGS_NO_COMPRESSION) != 0;
  guint fin = way == way_begin ? 0 : 0x80;
  guint16 frame = read_frame (self);

  g_assert_cmphex (frame >> 8, ==, fin | (is_plain ? 0 : 0x40) | 1);
  g_assert_true (!is_plain || (frame & 0xff) == 'x');
  if (way != way_begin)
    return;

  frame = read_frame (self);
  g_assert_cmphex (frame >> 8, ==, 0);
  g_assert_true (!is_plain || (frame & 0xff) == 'x');
  g_assert_cmphex (read_frame (self) >> 8, ==, 0x80);
}

static void
check_text (Scene *self,
            char   text)
{
  g_assert_cmphex (read_frame (self), ==, 0x8100 | text);
}

static void
test_flags (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / G_N_ELEMENTS (flags_cases);
  WspSendFlags flags = flags_cases[GPOINTER_TO_UINT (data) % G_N_ELEMENTS (flags_cases)].flags;
  gboolean is_refused = (flags & ways[i].refused) != 0;
  gboolean is_first = !is_refused && (flags & WSP_SEND_FLAGS_URGENT);
  g_autoptr (GError) error = NULL;
  Scene self;

  scene_init (&self);
  queue (&self, "1");
  g_assert_cmpint (ways[i].way (&self, flags, &error), ==, !is_refused);
  if (is_refused && ways[i].has_error)
    g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  else
    g_assert_no_error (error);
  queue (&self, "2");

  g_assert_cmphex (read_frame (&self), ==, 0x8200);     /* the message that filled the socket */
  if (is_first)
    check_message (&self, ways[i].way, flags);
  check_text (&self, '1');
  if (!is_first && !is_refused)
    check_message (&self, ways[i].way, flags);
  check_text (&self, '2');
  scene_clear (&self);
}

/* While the send queue is full, messages of other threads wait elsewhere.  Urgent ones leave that
 * place first, in their order. */
static void
test_urgent_among_posted (void)
{
  const char *const sent = "1234";
  Scene self;

  scene_init (&self);
  wire_limit (self.connection, "max-send-queue", BLOCKING);
  for (guint i = 0; i < strlen (sent); i++)
    {
      g_autofree char *text = g_strnfill (BLOCKING / 8, sent[i]);
      g_autoptr (WspMessage) message = wsp_message_new_text (text);
      g_autoptr (GError) error = NULL;
      WspSendFlags flags = WSP_SEND_FLAGS_NO_COMPRESSION | (i > 1 ? WSP_SEND_FLAGS_URGENT : 0);

      g_assert_true (wsp_connection_send_from_thread (self.connection, message, flags, &error));
      g_assert_no_error (error);
    }

  /* The send queue has no room for all of them at once. */
  wire_limit (self.connection, "max-send-queue", BLOCKING / 5);
  run_pending ();

  g_assert_cmphex (read_frame (&self), ==, 0x8200);
  check_text (&self, '3');
  check_text (&self, '4');
  check_text (&self, '1');
  check_text (&self, '2');
  scene_clear (&self);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    for (guint j = 0; j < G_N_ELEMENTS (flags_cases); j++)
      {
        g_autofree char *path = g_strdup_printf ("/endpoint/send-flags/%s/%s", ways[i].name,
                                                 flags_cases[j].name);

        g_test_add_data_func (path, GUINT_TO_POINTER (i * G_N_ELEMENTS (flags_cases) + j),
                              test_flags);
      }
  g_test_add_func ("/endpoint/send-flags/urgent-first-of-those-that-other-threads-sent",
                   test_urgent_among_posted);
  return g_test_run ();
}
