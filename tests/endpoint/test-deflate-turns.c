/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How many bytes a server compresses, or inflates, before other connections get their turn. */

#include "connection/wire.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <dlfcn.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#define MIB (1024 * 1024)
#define BUDGET MIB              /* max-bytes-per-turn if a row does not set it */
#define MAX_PEERS 3

static gsize n_taken;           /* bytes that were compressed in this process */

/* Replaces zlib's function. */
int
deflate (z_streamp stream,
         int       flush)
{
  static int (*own) (z_streamp stream, int flush);
  uInt before = stream->avail_in;

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "deflate");

  int result = own (stream, flush);

  n_taken += before - stream->avail_in;
  return result;
}

typedef enum                    /* the cause of the server's sends */
{
  SEND_ECHO,                    /* the server echoes a message of the first client, in its
                                 * handler */
  SEND_OUTSIDE,                 /* the server sends outside of any dispatch */
  SEND_IN_A_LOOP,               /* the server sends in a handler, which runs the loop until all was
                                 * received */
  SEND_STREAM,                  /* the server writes to the stream of begin_message () */
} SendWay;

typedef struct
{
  const char *name;
  SendWay     way;
  gboolean    takeover;
  guint       n_peers;          /* number of peers, which are all sent the same message */
  guint       n_messages;       /* number of different messages, which are sent one after the other
                                 * in one call */
  gsize       length;
  guint       budget;           /* bytes that may be compressed in one turn; 0: the default */
  gboolean    is_noise;
  guint       level;            /* level of compression; 0: level 6, and only zlib's bytes are
                                 * counted */
} Row;

static const Row rows[] = {
  { "echo-with-takeover", SEND_ECHO, TRUE, 1, 1, 15 * MIB, 0, FALSE, 0 },
  { "echo-without-takeover", SEND_ECHO, FALSE, 1, 1, 15 * MIB, 0, FALSE, 0 },
  { "echo-of-noise", SEND_ECHO, FALSE, 1, 1, 5 * MIB, 0, TRUE, 0 },
  { "one-byte-above", SEND_ECHO, FALSE, 1, 1, BUDGET + 1, 0, FALSE, 0 },
  { "small-budget", SEND_ECHO, TRUE, 1, 1, 300000, 4096, FALSE, 0 },
  { "small-budget-of-noise", SEND_ECHO, FALSE, 1, 1, 300000, 4096, TRUE, 0 },
  { "many-shared", SEND_ECHO, FALSE, 1, 12, BUDGET / 4, 0, FALSE, 0 },
  { "many-of-its-own", SEND_ECHO, TRUE, 1, 12, BUDGET / 4, 0, FALSE, 0 },
  { "shared-by-all", SEND_ECHO, FALSE, MAX_PEERS, 1, BUDGET, 0, FALSE, 0 },
  { "above-the-budget-to-all", SEND_ECHO, FALSE, MAX_PEERS, 1, 5 * MIB, 0, FALSE, 0 },
  { "outside-with-takeover", SEND_OUTSIDE, TRUE, 1, 1, 15 * MIB, 0, FALSE, 0 },
  { "outside-without-takeover", SEND_OUTSIDE, FALSE, 1, 1, 15 * MIB, 0, FALSE, 0 },
  { "outside-many", SEND_OUTSIDE, FALSE, 1, 12, BUDGET / 4, 0, FALSE, 0 },
  { "outside-small-budget", SEND_OUTSIDE, FALSE, 1, 1, 30000, 4096, FALSE, 0 },
  { "outside-small-budget-of-noise", SEND_OUTSIDE, TRUE, 1, 1, 30000, 4096, TRUE, 0 },
  { "in-a-loop", SEND_IN_A_LOOP, TRUE, 1, 1, 5 * MIB, 0, FALSE, 0 },
  { "level-1", SEND_ECHO, FALSE, 1, 1, 5 * MIB, 0, TRUE, 1 },
  { "stream", SEND_STREAM, TRUE, 1, 1, 5 * MIB, 0, FALSE, 0 },
};

typedef struct
{
  const Row     *row;
  WspServer     *server;
  WspClient     *client;
  guint16        port;
  guint          n_peers;
  WspConnection *peers[MAX_PEERS];      /* connections of the server */
  WspConnection *connections[MAX_PEERS + 1];    /* connections of the clients; the last one pings */
  GBytes        *payloads[16];
  GOutputStream *stream;
  gsize          most;          /* largest number of bytes compressed in one dispatch, or in one
                                 * call */
  gboolean       is_looped;
} Fixture;

static GBytes *
make_payload (const Row *row,
              guint      number)
{
  guint8 *bytes = g_malloc0 (row->length);
  guint32 seed = 1;

  for (gsize i = 0; row->is_noise && i < row->length; i++)
    {
      seed = seed * 1103515245u + 12345u;
      bytes[i] = seed >> 16;
    }
  bytes[0] = number;
  return g_bytes_new_take (bytes, row->length);
}

static void
send_all (Fixture *self)
{
  for (guint i = 0; i < self->row->n_messages; i++)
    {
      g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (self->payloads[i]);

      for (guint peer = 0; peer < self->row->n_peers; peer++)
        g_assert_true (wsp_connection_queue_message (self->peers[peer], message,
                                                     WSP_SEND_FLAGS_DEFAULT, NULL));
    }
}

static void
run_once (Fixture *self)
{
  gsize before = n_taken;

  g_main_context_iteration (NULL, TRUE);
  self->most = MAX (self->most, n_taken - before);
}

static void
check_next (Fixture       *self,
            WspConnection *connection,
            GBytes        *expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wsp_connection_receive_async (connection, NULL, keep_result, &result);
  while (result == NULL)
    run_once (self);

  g_autoptr (WspMessage) message = wsp_connection_receive_finish (connection, result, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (wsp_message_get_bytes (message), expected));
}

static void
on_flushed (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  send_all (data);
}

static void
send_in_a_loop (Fixture *self)
{
  wsp_connection_flush_async (self->connections[0], NULL, on_flushed, self);
  check_next (self, self->connections[0], self->payloads[0]);
  self->is_looped = TRUE;
}

static void
end_stream (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Fixture *self = data;

  g_assert_true (g_output_stream_write_all_finish (self->stream, result, NULL, NULL));
  g_assert_true (g_output_stream_close (self->stream, NULL, NULL));
}

static void
send_stream (Fixture *self)
{
  gsize length;
  const void *data = g_bytes_get_data (self->payloads[0], &length);

  self->stream = wsp_connection_begin_message (self->peers[0], WSP_MESSAGE_TYPE_BINARY,
                                               WSP_SEND_FLAGS_DEFAULT, NULL);
  g_output_stream_write_all_async (self->stream, data, length, G_PRIORITY_DEFAULT, NULL,
                                   end_stream, self);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Fixture       *self)
{
  if (self->row->way == SEND_ECHO)
    send_all (self);
  else if (self->row->way == SEND_STREAM)
    send_stream (self);
  else
    send_in_a_loop (self);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  if (self->n_peers < MAX_PEERS)
    self->peers[self->n_peers++] = g_object_ref (connection);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  wsp_connection_start_receiving (connection);
}

static WspConnection *
dial (Fixture *self)
{
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", self->port);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wsp_client_connect_async (self->client, uri, NULL, NULL, NULL, keep_result, &result);
  run_until_result (&result);

  WspConnection *connection = wsp_client_connect_finish (self->client, result, &error);

  g_assert_no_error (error);
  return connection;
}

static void
fixture_init (Fixture   *self,
              const Row *row)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (GError) error = NULL;

  *self = (Fixture) { .row = row, .server = wsp_server_new (), .client = wsp_client_new () };
  g_object_set (options, "level", row->level > 0 ? row->level : 6,
                "memory-level", 8, NULL);
  g_object_set (options, "client-window-bits", 15,
                "server-window-bits", 15, NULL);
  g_object_set (options, "server-context-takeover", row->takeover, NULL);
  if (row->budget > 0)
    g_object_set (limits, "max-bytes-per-turn", (guint64) row->budget, NULL);
  g_object_set (self->server, "deflate", options, "limits", limits, NULL);
  g_object_set (self->client, "deflate", options, NULL);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  self->port = listen_on_free_port (self->server, "127.0.0.1");
  g_assert_no_error (error);
  for (guint i = 0; i < row->n_peers; i++)
    self->connections[i] = dial (self);
  run_until_count (&self->n_peers, row->n_peers);
  for (guint i = 0; i < row->n_messages; i++)
    self->payloads[i] = make_payload (row, i);
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->stream);
  for (guint i = 0; i < MAX_PEERS; i++)
    g_clear_object (&self->peers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (self->connections); i++)
    g_clear_object (&self->connections[i]);
  for (guint i = 0; i < G_N_ELEMENTS (self->payloads); i++)
    g_clear_pointer (&self->payloads[i], g_bytes_unref);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  run_pending ();
}

/* The clients do not compress, so all counted bytes are the server's. */
static void
begin (Fixture *self)
{
  gsize before = n_taken;

  if (self->row->way == SEND_OUTSIDE)
    {
      send_all (self);
      self->most = n_taken - before;
      return;
    }

  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (self->payloads[0]);

  wsp_connection_send_message_async (self->connections[0], message, WSP_SEND_FLAGS_NO_COMPRESSION,
                                     NULL, NULL, NULL);
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  const gsize budget = row->budget > 0 ? row->budget : BUDGET;
  Fixture fixture;

  fixture_init (&fixture, row);
  n_taken = 0;
  begin (&fixture);
  if (row->way == SEND_IN_A_LOOP)
    run_until (&fixture.is_looped);
  for (guint i = 0; row->way != SEND_IN_A_LOOP && i < row->n_messages; i++)
    for (guint peer = 0; peer < row->n_peers; peer++)
      check_next (&fixture, fixture.connections[peer], fixture.payloads[i]);

  g_assert_true (row->level == 1 || n_taken >= row->length);
  g_assert_cmpuint (fixture.most, <=, row->n_peers * budget);
  fixture_clear (&fixture);
}

/* Compressed once for all if that fits the budget; otherwise for each connection separately. */
static void
test_shared (void)
{
  static const Row shared = { "", SEND_OUTSIDE, FALSE, MAX_PEERS, 1, BUDGET, 0, FALSE, 0 };
  static const Row apart = { "", SEND_OUTSIDE, FALSE, MAX_PEERS, 1, BUDGET + 1, 0, FALSE, 0 };
  const Row *const both[] = { &shared, &apart };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      Fixture fixture;

      fixture_init (&fixture, both[i]);
      n_taken = 0;
      begin (&fixture);
      for (guint peer = 0; peer < MAX_PEERS; peer++)
        check_next (&fixture, fixture.connections[peer], fixture.payloads[0]);
      g_assert_cmpuint (n_taken, ==, both[i]->length * (i == 0 ? 1 : MAX_PEERS));
      fixture_clear (&fixture);
    }
}

/* While 15 MiB are sent to one connection, another one gets a reply after each MiB at most. */
static void
test_other_connection (void)
{
  static const Row row = { "", SEND_ECHO, TRUE, 1, 1, 15 * MIB, 0, FALSE, 0 };
  Fixture fixture;
  g_autoptr (GAsyncResult) result = NULL;
  gsize most = 0;

  fixture_init (&fixture, &row);
  fixture.connections[MAX_PEERS] = dial (&fixture);
  n_taken = 0;
  begin (&fixture);
  wsp_connection_receive_async (fixture.connections[0], NULL, keep_result, &result);
  while (result == NULL)
    {
      g_autoptr (GAsyncResult) pong = NULL;
      gsize before = n_taken;

      wsp_connection_ping_async (fixture.connections[MAX_PEERS], NULL, NULL, keep_result, &pong);
      run_until_result (&pong);
      most = MAX (most, n_taken - before);
    }

  /* The message in progress when the ping was sent, and the bytes before the pong. */
  g_assert_cmpuint (most, <=, 2 * BUDGET);
  g_assert_cmpuint (n_taken, ==, row.length);

  g_autoptr (WspMessage) message = wsp_connection_receive_finish (fixture.connections[0], result,
                                                                  NULL);

  g_assert_cmpuint (wsp_message_get_size (message), ==, row.length);
  fixture_clear (&fixture);
}

static guint64
get_payload_received (WspConnection *connection)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (connection);

  return stats->payload_bytes_received;
}

/* A message of few bytes that becomes long is inflated in several turns. */
static void
test_inflated (void)
{
  static const Row row = { "", SEND_OUTSIDE, FALSE, 1, 1, 8 * MIB, 0, FALSE, 0 };
  Fixture fixture;
  guint64 before = 0, most = 0;

  fixture_init (&fixture, &row);
  g_signal_handlers_disconnect_by_data (fixture.peers[0], &fixture);
  g_object_set (wsp_connection_get_limits (fixture.connections[0]), "max-bytes-per-turn",
                (guint64) row.length, NULL);

  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (fixture.payloads[0]);

  g_assert_true (wsp_connection_queue_message (fixture.connections[0], message,
                                               WSP_SEND_FLAGS_DEFAULT, NULL));
  while (before < row.length)
    {
      guint64 received;

      g_main_context_iteration (NULL, TRUE);
      received = get_payload_received (fixture.peers[0]);
      most = MAX (most, received - before);
      before = received;
    }
  g_assert_cmpuint (most, <=, 2 * MIB);         /* max-inflate-per-turn, and the last piece */
  fixture_clear (&fixture);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_EACH_ROW ("/endpoint/deflate-turns/at-most-a-budget/%s", rows, test_row);
  g_test_add_func ("/endpoint/deflate-turns/shared-form-only-within-the-budget", test_shared);
  g_test_add_func ("/endpoint/deflate-turns/another-connection-waits-for-one-budget",
                   test_other_connection);
  g_test_add_func ("/endpoint/deflate-turns/max-inflate-per-turn-ends-a-turn", test_inflated);
  return g_test_run ();
}
