/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The most memory and time that a peer can make a connection use. */
#include "connection/wire.h"

#include "connection/wsp-connection-private.h"
#include "lib/rows.h"
#include "session/wsp-session-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server that echoes; its peer is a descriptor. */
static Watched *
open_echo (int *fd)
{
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, fd);
  Watched *server = watch (connection);

  server->echoes = TRUE;
  wsp_connection_start_receiving (connection);
  return server;
}

static void
write_all (int         fd,
           const void *data,
           gsize       length)
{
  const guint8 *at = data;

  while (length > 0)
    {
      gssize n = write (fd, at, length);

      g_main_context_iteration (NULL, FALSE);
      if (n > 0)
        {
          at += n;
          length -= n;
        }
      else
        g_assert_cmpint (errno, ==, EAGAIN);
    }
}

static void
read_all (int     fd,
          guint8 *data,
          gsize   length)
{
  while (length > 0)
    {
      gssize n = read (fd, data, length);

      g_main_context_iteration (NULL, FALSE);
      if (n > 0)
        {
          data += n;
          length -= n;
        }
    }
}

/* Messages that use up what one turn may read, one after the other. */
static void
test_large_echoes (void)
{
  const gsize length = 1024 * 1024;
  int fd;
  g_autoptr (Watched) server = open_echo (&fd);
  g_autoptr (WspLimits) limits = g_object_new (WSP_TYPE_LIMITS, "max-bytes-per-turn",
                                               (guint64) 65536, NULL);
  g_autofree guint8 *frame = g_malloc0 (14 + length);
  g_autofree guint8 *echo = g_malloc (10 + length);

  wsp_connection_set_limits (server->connection, limits);
  memcpy (frame, "\x82\xff\0\0\0\0\0\x10\0\0\0\0\0\0", 14);
  for (guint i = 0; i < 8; i++)
    {
      memset (frame + 14, i, length);
      write_all (fd, frame, 14 + length);
      read_all (fd, echo, 10 + length);
      g_assert_cmpmem (echo + 10, length, frame + 14, length);
    }
  close (fd);
  run_until_closed (server);
}

/* docs/memory.md: connecting and an echo do not allocate the structs that only rare calls need. */
static void
test_idle (void)
{
  int pair[2];
  guint8 echo[7];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), ==, 0);

  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (WspSession) session = wsp_session_new_established (WSP_ROLE_SERVER, NULL, NULL, NULL);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_transport (wsp_transport_new_for_fd (reactor, pair[1]), session, NULL,
                                      NULL);
  g_autoptr (Watched) server = watch (connection);

  server->echoes = TRUE;
  wsp_connection_start_receiving (connection);
  write_all (pair[0], "\x82\x85\0\0\0\0Hello", 11);
  read_all (pair[0], echo, sizeof echo);
  g_assert_cmpmem (echo + 2, 5, "Hello", 5);
  run_pending ();
  g_assert_null (connection->details);
  g_assert_null (session->details);
  close (pair[0]);
  run_until_closed (server);
}

typedef struct
{
  const char *name;
  guint64     least, most;      /* range of max-bytes-per-turn; each value in it is tried */
  guint       frames_each;      /* number of frames in a message; 1 to 10 messages are written at
                                 * once */
} TurnLimit;

static const TurnLimit turn_limits[] = {
  { "messages", 1024 * 1024, 1024 * 1024, 33 },  /* up to five times 64 */
  { "max-bytes-per-turn", 4096, 4100, 600 },    /* more than one read takes */
};

static void
write_frames (int   fd,
              guint n_frames)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint n = 0; n < n_frames; n++)
    g_byte_array_append (bytes, (const guint8 *) "\x82\x8c\0\0\0\0twelve bytes", 18);
  g_assert_cmpint (write (fd, bytes->data, bytes->len), ==, bytes->len);
}

/* A turn that ends because it has read enough does not poll the socket: another turn has to follow
 * by itself, and the last one has to poll again, also when its limit does not divide the number of
 * frames and is not used up.  Nothing is written meanwhile, so a socket that is not polled would
 * stay so. */
static void
test_polled_again (gconstpointer data)
{
  const TurnLimit *row = data;

  for (guint64 limit = row->least; limit <= row->most; limit++)
    {
      int fd;
      g_autoptr (Watched) server = open_echo (&fd);

      server->echoes = FALSE;
      wire_limit (server->connection, "max-bytes-per-turn", limit);
      for (guint i = 1; i <= 10; i++)
        {
          write_frames (fd, i * row->frames_each);
          run_pending ();
          g_assert_cmpuint (server->n_messages, ==, i * (i + 1) / 2 * row->frames_each);
        }
      close (fd);
      run_until_closed (server);
    }
}

/* The bytes of one read are delivered in several turns, too. */
static void
test_bytes_of_a_turn (void)
{
  int fd;
  g_autoptr (Watched) server = open_echo (&fd);

  server->echoes = FALSE;
  wire_limit (server->connection, "max-bytes-per-turn", 4096);
  write_frames (fd, 60);
  run_until_count (&server->n_messages, 60);
  write_frames (fd, 600);
  run_until_count (&server->n_messages, 61);
  g_assert_cmpuint (server->n_messages, ==, 61);
  close (fd);
  run_until_closed (server);
}

/* Frames of one byte: the memory is that of the bytes, whatever their number. */
static void
test_tiny_fragments (void)
{
  const guint n_fragments = 20000;
  int fd;
  g_autoptr (Watched) server = open_echo (&fd);
  const WspHeldInput *held;

  server->echoes = FALSE;
  write_all (fd, "\x02\x81\0\0\0\0x", 7);
  for (guint i = 1; i < n_fragments; i++)
    write_all (fd, "\0\x81\0\0\0\0x", 7);
  run_pending ();
  held = wsp_input_peek_held (&server->connection->input);
  g_assert_cmpuint (held->builder.length, ==, n_fragments);
  g_assert_cmpuint (held->builder.block->capacity, <=, 2 * n_fragments);

  write_all (fd, "\x80\x80\0\0\0\0", 6);
  run_until_count (&server->n_messages, 1);
  g_assert_cmpuint (server->n_bytes, ==, n_fragments);
  close (fd);
  run_until_closed (server);
}

/* The frames that one peer sends at once wait while another peer is served. */
static void
test_fair (void)
{
  const guint n_frames = 5000;
  int greedy_fd, modest_fd;
  g_autoptr (Watched) greedy = open_echo (&greedy_fd);
  g_autoptr (Watched) modest = open_echo (&modest_fd);
  g_autofree guint8 *frames = g_malloc (n_frames * 18);

  greedy->echoes = FALSE;
  for (guint i = 0; i < n_frames; i++)
    memcpy (frames + i * 18, "\x82\x8c\0\0\0\0twelve bytes", 18);
  g_assert_cmpint (write (greedy_fd, frames, n_frames * 18), ==, n_frames * 18);
  g_assert_cmpint (write (modest_fd, frames, 18), ==, 18);

  run_until_count (&modest->n_messages, 1);
  g_assert_cmpuint (greedy->n_messages, <=, 4 * 64);
  run_until_count (&greedy->n_messages, n_frames);
  close (greedy_fd);
  close (modest_fd);
  run_until_closed (greedy);
  run_until_closed (modest);
}

/* A byte for each turn: nothing is lost, and only what was received is kept. */
static void
test_slow (void)
{
  int fd;
  g_autoptr (Watched) server = open_echo (&fd);
  guint8 frame[8 + 1000] = { 0x82, 0xfe, 1000 >> 8, 1000 & 0xff };

  server->echoes = FALSE;
  for (guint i = 0; i < sizeof frame; i++)
    {
      g_assert_cmpuint (server->n_messages, ==, 0);
      write_all (fd, &frame[i], 1);
      run_pending ();

      const WspHeldInput *held = wsp_input_peek_held (&server->connection->input);

      if (held->builder.block != NULL)
        g_assert_cmpuint (held->builder.block->capacity, <=, 4096);
    }
  g_assert_cmpuint (server->n_messages, ==, 1);
  g_assert_cmpuint (server->n_bytes, ==, 1000);
  close (fd);
  run_until_closed (server);
}

/* The socket takes a part of each write; the order stays. */
static void
test_partial_writes (void)
{
  const gsize length = 100003, frame_length = 10 + length;
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autofree guint8 *bytes = g_malloc (frame_length);

  for (guint i = 0; i < 20; i++)
    {
      memset (bytes, i, length);
      g_autoptr (WspMessage) message = wsp_message_new_binary (bytes, length);

      g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                   NULL));
      g_assert_true (wsp_connection_queue_text (connection, "small", NULL));
    }

  for (guint i = 0; i < 20; i++)
    {
      read_all (fd, bytes, frame_length);
      g_assert_cmpmem (bytes, 4, "\x82\x7f\0\0", 4);
      for (gsize at = 10; at < frame_length; at += 997)
        g_assert_cmpuint (bytes[at], ==, i);
      read_all (fd, bytes, 7);
      g_assert_cmpmem (bytes, 7, "\x81\x05small", 7);
    }
  close (fd);
}

static void
test_peer_stays (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_CLIENT, &fd);
  g_autoptr (WspLimits) limits = g_object_new (WSP_TYPE_LIMITS, "close-timeout", 50, NULL);
  g_autoptr (Watched) client = watch (connection);

  wsp_connection_set_limits (connection, limits);
  wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
  wire_write (fd, "88 02 03 e8");
  run_until_closed (client);
  close (fd);
}

/* The number of descriptors that the main context polls, and its timeout. */
static int
count_descriptors (GMainContext *context,
                   int          *timeout)
{
  GPollFD descriptors[16];
  int priority;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  int n = g_main_context_query (context, G_MAXINT, timeout, descriptors,
                                G_N_ELEMENTS (descriptors));

  g_main_context_release (context);
  return n;
}

static void
test_nothing_is_left (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  int fd, timeout, n_before;

  g_main_context_push_thread_default (context);
  n_before = count_descriptors (context, &timeout);

  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (WspLimits) limits = g_object_new (WSP_TYPE_LIMITS, "keepalive-interval", 5000, NULL);

  wsp_connection_set_limits (connection, limits);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_assert_cmpint (count_descriptors (context, &timeout), >, n_before);
  g_assert_cmpint (timeout, >, 0);

  g_object_unref (connection);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_assert_cmpint (count_descriptors (context, &timeout), ==, n_before);
  g_assert_cmpint (timeout, ==, -1);
  close (fd);
  g_main_context_pop_thread_default (context);
}

/* The formula is in docs/memory.md. */
static void
test_formula (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (WspLimits) limits = g_object_new (WSP_TYPE_LIMITS, "max-send-queue",
                                               (guint64) 100000, "max-read-ahead", 3, NULL);
  g_autofree guint8 *bytes = g_malloc0 (1000);
  g_autoptr (WspMessage) message = wsp_message_new_binary (bytes, 1000);
  g_autoptr (GAsyncResult) result = NULL;
  guint8 frame[8 + 1000] = { 0x82, 0xfe, 1000 >> 8, 1000 & 0xff };

  wsp_connection_set_limits (connection, limits);
  while (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL))
    run_pending ();
  g_assert_cmpuint (connection->output.queue.bytes, <, 100000 + 1000);

  wsp_connection_receive_async (connection, NULL, keep_result, &result);
  while (write (fd, frame, sizeof frame) == sizeof frame)
    run_pending ();
  g_assert_cmpuint (wsp_input_peek_held (&connection->input)->inbox.length, <=, 3);
  close (fd);
  run_pending ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/bounds/echo/large-messages-one-after-the-other", test_large_echoes);
  ADD_EACH_ROW ("/connection/bounds/turn/%s/socket-is-polled-again", turn_limits,
                test_polled_again);
  g_test_add_func ("/connection/bounds/memory/SEC-63-tiny-fragments", test_tiny_fragments);
  g_test_add_func ("/connection/bounds/memory/idle-has-no-details", test_idle);
  g_test_add_func ("/connection/bounds/memory/WS-259-as-the-formula-says", test_formula);
  g_test_add_func ("/connection/bounds/turn/max-bytes-per-turn-ends-a-turn", test_bytes_of_a_turn);
  g_test_add_func ("/connection/bounds/turn/SEC-70-another-peer-is-served-meanwhile", test_fair);
  g_test_add_func ("/connection/bounds/time/SEC-97-slow-message-is-received", test_slow);
  g_test_add_func ("/connection/bounds/time/SEC-61-peer-that-does-not-disconnect-is-dropped",
                   test_peer_stays);
  g_test_add_func ("/connection/bounds/write/SEC-107-partial-writes-go-on", test_partial_writes);
  g_test_add_func ("/connection/bounds/end/SEC-99-SEC-105-no-timer-and-no-source-is-left",
                   test_nothing_is_left);

  return g_test_run ();
}
