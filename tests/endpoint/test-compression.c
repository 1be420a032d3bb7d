/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* permessage-deflate between a client and a server of the library, over a socket. */

#include "connection/wire.h"
#include "connection/wsp-connection-private.h"
#include "core/frames/compression.h"
#include "core/stream/stream.h"
#include "reactor/wsp-reactor-private.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <dlfcn.h>

#define ZLIB_CONST
#include <zlib.h>

static guint n_deflated;        /* messages that were compressed in this process */

/* Replaces zlib's function. */
int
deflate (z_streamp stream,
         int       flush)
{
  static int (*own) (z_streamp stream, int flush);

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "deflate");
  n_deflated += flush == Z_SYNC_FLUSH;
  return own (stream, flush);
}

typedef struct
{
  WspServer     *server;
  WspClient     *client;
  guint16        port;
  Watched       *peer;          /* connection of the server, which echoes */
  WspConnection *connection;    /* connection of the client */
  gboolean       declines;      /* TRUE if the server switches compression off for this request */
} Fixture;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  g_clear_pointer (&self->peer, watched_free);
  self->peer = watch (connection);
  self->peer->echoes = TRUE;
  wsp_connection_start_receiving (connection);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  if (self->declines)
    g_object_set (handshake, "deflate", NULL, NULL);
  return TRUE;
}

static Fixture *
make_both (WspDeflateOptions *of_client,
           WspDeflateOptions *of_server)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->server = wsp_server_new ();
  self->client = wsp_client_new ();
  g_object_set (self->server, "deflate", of_server, NULL);
  g_object_set (self->client, "deflate", of_client, NULL);
  return self;
}

static void
listen_inet (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->port = listen_on_free_port (self->server, "127.0.0.1");
  g_assert_no_error (error);
}

static Fixture *
fixture_new (WspDeflateOptions *of_client,
             WspDeflateOptions *of_server)
{
  Fixture *self = make_both (of_client, of_server);

  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  listen_inet (self);
  return self;
}

static void
dial (Fixture *self)
{
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", self->port);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wsp_client_connect_async (self->client, uri, NULL, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_clear_object (&self->connection);
  self->connection = wsp_client_connect_finish (self->client, result, &error);
  g_assert_no_error (error);
}

static void
fixture_free (Fixture *self)
{
  g_clear_pointer (&self->peer, watched_free);
  g_clear_object (&self->connection);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  run_pending ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static char *
dup_agreed (Fixture * self)
{
  g_auto (GStrv) extensions = NULL;

  g_object_get (self->connection, "extensions", &extensions, NULL);
  return extensions != NULL ? g_strjoinv (", ", extensions) : g_strdup ("");
}

static void
echo (Fixture *self,
      GBytes  *bytes)
{
  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (bytes);
  g_autoptr (GError) error = NULL;

  wsp_connection_send_message_async (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL, NULL,
                                     NULL);
  g_autoptr (WspMessage) received = receive (self->connection, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (wsp_message_get_bytes (received), bytes));
}

static GBytes *
make_noise (gsize length)
{
  guint8 *noise = g_malloc (length);
  guint32 seed = 1;

  for (gsize i = 0; i < length; i++)
    {
      seed = seed * 1103515245u + 12345u;
      noise[i] = seed >> 16;
    }
  return g_bytes_new_take (noise, length);
}

/* Turns that end because their budget is used up, in both directions: every message arrives. */
static void
echo_all (Fixture *self)
{
  g_autoptr (GBytes) hello = g_bytes_new_static ("Hello", 5);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) zeros = g_bytes_new_take (g_malloc0 (3000000), 3000000);
  g_autoptr (GBytes) noise = make_noise (300000);

  echo (self, hello);
  echo (self, noise);
  echo (self, hello);
  echo (self, zeros);
  echo (self, empty);
  echo (self, zeros);
  echo (self, hello);
}

static const struct
{
  const char *name;
  guint       client_bits, server_bits;
  gboolean    client_takeover, server_takeover;
  const char *agreed;
} agreements[] = {
  { "usual", 15, 15, TRUE, TRUE, "permessage-deflate" },
  { "small-windows", 9, 10, TRUE, TRUE,
    "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9" },
  { "no-takeover", 15, 15, FALSE, FALSE,
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover" },
  { "one-of-each", 12, 15, FALSE, TRUE,
    "permessage-deflate; client_no_context_takeover; client_max_window_bits=12" },
};

/* For a server, too: its own defaults are smaller. */
static WspDeflateOptions *
new_large (void)
{
  WspDeflateOptions *options = wsp_deflate_options_new ();

  g_object_set (options, "memory-level", 8,
                "client-window-bits", 15, NULL);
  g_object_set (options, "server-window-bits", 15, NULL);
  return options;
}

static void
test_agreement (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspDeflateOptions) of_client = new_large ();
  g_autoptr (WspDeflateOptions) of_server = new_large ();

  g_object_set (of_client, "client-window-bits", agreements[i].client_bits, NULL);
  g_object_set (of_server, "server-window-bits", agreements[i].server_bits, NULL);
  g_object_set (of_client, "client-context-takeover", agreements[i].client_takeover, NULL);
  g_object_set (of_server, "server-context-takeover", agreements[i].server_takeover, NULL);
  g_autoptr (Fixture) fixture = fixture_new (of_client, of_server);
  dial (fixture);
  g_autofree char *agreed = dup_agreed (fixture);

  g_assert_cmpstr (agreed, ==, agreements[i].agreed);
  echo_all (fixture);
}

static void
test_off (void)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  g_autoptr (Fixture) fixture = fixture_new (NULL, options);

  dial (fixture);
  g_autofree char *of_client = dup_agreed (fixture);

  g_assert_cmpstr (of_client, ==, "");
  g_object_set (fixture->server, "deflate", NULL, NULL);
  g_object_set (fixture->client, "deflate", options, NULL);
  dial (fixture);
  g_autofree char *of_server = dup_agreed (fixture);

  g_assert_cmpstr (of_server, ==, "");
  echo_all (fixture);
}

static void
test_declined (void)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  g_autoptr (Fixture) fixture = fixture_new (options, options);

  fixture->declines = TRUE;
  dial (fixture);
  g_autofree char *agreed = dup_agreed (fixture);

  g_assert_cmpstr (agreed, ==, "");
}

/* A handler of `prepare`: the options that it finds and sets, and what the request then offers. */
typedef enum
{
  PREPARE_LEAVES,
  PREPARE_SETS_NULL,
  PREPARE_SETS_OPTIONS,
} Preparation;

typedef struct
{
  const char *name;
  gboolean    client_has_options;
  gboolean    is_set_before;    /* TRUE if the program has set NULL before it calls
                                 * wsp_client_open_async () */
  Preparation preparation;
  gboolean    is_found;         /* TRUE if the handler finds the options of the client */
  gboolean    is_offered;
} Offer;

static const Offer offers[] = {
  { "of-the-client", TRUE, FALSE, PREPARE_LEAVES, TRUE, TRUE },
  { "switched-off", TRUE, FALSE, PREPARE_SETS_NULL, TRUE, FALSE },
  { "others", TRUE, FALSE, PREPARE_SETS_OPTIONS, TRUE, TRUE },
  { "switched-on", FALSE, FALSE, PREPARE_SETS_OPTIONS, FALSE, TRUE },
  { "never", FALSE, FALSE, PREPARE_LEAVES, FALSE, FALSE },
  { "switched-off-before", TRUE, TRUE, PREPARE_LEAVES, FALSE, FALSE },
  { "switched-on-again", TRUE, TRUE, PREPARE_SETS_OPTIONS, FALSE, TRUE },
};

static void
on_prepare (WspClient    *client,
            WspHandshake *handshake,
            const Offer  *offer)
{
  g_autoptr (WspDeflateOptions) found = NULL;
  g_autoptr (WspDeflateOptions) other = wsp_deflate_options_new ();

  g_object_get (handshake, "deflate", &found, NULL);
  if (offer->is_found)
    g_assert_true (found != NULL && found == wsp_client_get_deflate (client));
  else
    g_assert_null (found);
  if (offer->preparation != PREPARE_LEAVES)
    g_object_set (handshake, "deflate",
                  offer->preparation == PREPARE_SETS_OPTIONS ? other : NULL, NULL);
}

static void
test_offer (gconstpointer data)
{
  const Offer *offer = data;
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new (offer->client_has_options ? options : NULL, options);

  g_signal_connect (fixture->client, "prepare", G_CALLBACK (on_prepare), (gpointer) offer);

  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", fixture->port);
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, &error);

  g_assert_no_error (error);
  if (offer->is_set_before)
    g_object_set (handshake, "deflate", NULL, NULL);
  wsp_client_open_async (fixture->client, handshake, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  fixture->connection = wsp_client_open_finish (fixture->client, result, &error);
  g_assert_no_error (error);

  g_autofree char *agreed = dup_agreed (fixture);

  g_assert_true (g_str_has_prefix (agreed, "permessage-deflate") == offer->is_offered);
}

static const struct
{
  const char *name;
  gboolean    has_workers;
} changes[] = { { "in-its-thread", FALSE }, { "in-workers", TRUE } };

/* A change of the shared object holds for the next handshake; the connection before keeps what was
 * negotiated. */
static void
test_change (gconstpointer data)
{
  gboolean has_workers = changes[GPOINTER_TO_SIZE (data)].has_workers;
  g_autoptr (WspDeflateOptions) of_client = wsp_deflate_options_new ();
  g_autoptr (WspDeflateOptions) of_server = wsp_deflate_options_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = make_both (of_client, of_server);

  if (has_workers)
    wsp_server_start_workers (fixture->server, 2, &error);
  g_assert_no_error (error);
  listen_inet (fixture);
  dial (fixture);
  g_autofree char *before = dup_agreed (fixture);

  g_object_set (of_server, "server-window-bits", 9, NULL);
  g_object_set (of_client, "client-window-bits", 10, NULL);
  g_autofree char *still = dup_agreed (fixture);

  dial (fixture);
  g_autofree char *after = dup_agreed (fixture);

  g_assert_cmpstr (before, ==,
                   "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12");
  g_assert_cmpstr (still, ==, before);
  g_assert_cmpstr (after, ==,
                   "permessage-deflate; server_max_window_bits=9; client_max_window_bits=10");
}

/* A message whose inflated size exceeds max-message-size ends the connection with 1009. */
static void
test_bomb (void)
{
  g_autoptr (WspDeflateOptions) options = new_large ();
  g_autoptr (WspMessage) bomb = NULL;
  g_autoptr (GBytes) zeros = g_bytes_new_take (g_malloc0 (100001), 100001);
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new (options, options);

  wsp_limits_set_max_message_size (wsp_server_get_limits (fixture->server), 100000);
  dial (fixture);
  bomb = wsp_message_new_binary_bytes (zeros);
  wsp_connection_send_message_async (fixture->connection, bomb, WSP_SEND_FLAGS_DEFAULT, NULL, NULL,
                                     NULL);
  g_autoptr (WspMessage) none = receive (fixture->connection, &error);
  guint code;

  g_assert_null (none);
  g_object_get (fixture->connection, "peer-close-code", &code, NULL);
  g_assert_cmpuint (code, ==, 1009);
}

/* A message that the program has not requested is inflated only up to the read-ahead limit; as a
 * stream it has no limit. */
static void
test_read_ahead (void)
{
  const gsize length = 24 * 1024 * 1024;
  g_autoptr (WspDeflateOptions) options = new_large ();
  g_autoptr (GBytes) zeros = g_bytes_new_take (g_malloc0 (length), length);
  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (zeros);
  g_autofree guint8 *received = g_malloc (length + 1);
  g_autoptr (GAsyncResult) asked = NULL, read = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  g_autoptr (Fixture) fixture = fixture_new (options, options);
  dial (fixture);
  while (fixture->peer == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (wsp_connection_queue_message (fixture->peer->connection, message,
                                               WSP_SEND_FLAGS_DEFAULT, NULL));
  for (guint i = 0; i < 500; i++)
    g_main_context_iteration (NULL, FALSE);

  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (fixture->connection);

  g_assert_cmpuint (stats->receive_buffer_bytes, >=, 64 * 1024);
  g_assert_cmpuint (stats->receive_buffer_bytes, <=, (64 + 256) * 1024);

  wsp_connection_receive_stream_async (fixture->connection, NULL, keep_result, &asked);
  run_until_result (&asked);

  g_autoptr (WspMessageStream) stream =
    wsp_connection_receive_stream_finish (fixture->connection, asked, &error);

  g_assert_no_error (error);
  g_input_stream_read_all_async (G_INPUT_STREAM (stream), received, length + 1, G_PRIORITY_DEFAULT,
                                 NULL, keep_result, &read);
  run_until_result (&read);
  g_assert_true (g_input_stream_read_all_finish (G_INPUT_STREAM (stream), read, &n, &error));
  g_assert_cmpuint (n, ==, length);
  g_assert_cmpmem (received, n, g_bytes_get_data (zeros, NULL), length);
}

static guint64
get_memory (Fixture *self)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (self->peer->connection);

  return stats->compression_memory;
}

typedef struct
{
  const char *name;
  guint       bits, memory_level;
  gboolean    takeover;
  guint64     least, most;      /* range of the connection's memory while an echo is kept */
  guint64     suspended;        /* most memory after five seconds without a message */
} Held;

static const Held helds[] = {
  { "large-windows", 15, 8, TRUE, 290000, 330000, 21000 },
  { "small-windows", 12, 5, TRUE, 40000, 60000, 9200 },
  { "no-takeover", 15, 8, FALSE, 0, 200, 200 },
};

/* Lets the five seconds pass after which the timer of a connection that has used its compression
 * expires. */
static void
let_suspend (WspConnection *connection)
{
  const WscCompression *compression = connection->link.stream->compression;

  if (wsc_compression_may_suspend (compression))
    g_assert_cmpint (connection->timer.deadline, <=,
                     connection->link.last_message + 5 * G_USEC_PER_SEC);
  connection->link.last_message -= 5 * G_USEC_PER_SEC;
  wsp_reactor_set_timer (connection->link.reactor, &connection->timer,
                         wsp_reactor_get_time (connection->link.reactor));
  while (wsc_compression_may_suspend (compression))
    g_main_context_iteration (NULL, TRUE);
}

/* The formulas of zlib: 2^(bits+2) + 2^(level+9) to compress, a window and 7 KiB to inflate. */
static void
test_memory (gconstpointer data)
{
  const Held *held = data;
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  g_autoptr (GBytes) noise = make_noise (10000);

  g_object_set (options, "server-window-bits", held->bits,
                "client-window-bits", held->bits, NULL);
  g_object_set (options, "memory-level", held->memory_level,
                "server-context-takeover", held->takeover, NULL);
  g_object_set (options, "client-context-takeover", held->takeover, NULL);
  g_autoptr (Fixture) fixture = fixture_new (NULL, options);
  dial (fixture);
  g_assert_cmpuint (get_memory (fixture), ==, 0);

  g_object_set (fixture->client, "deflate", options, NULL);
  dial (fixture);
  g_assert_cmpuint (get_memory (fixture), >, 0);
  g_assert_cmpuint (get_memory (fixture), <, 200);
  echo (fixture, noise);
  g_assert_cmpuint (get_memory (fixture), >=, held->least);
  g_assert_cmpuint (get_memory (fixture), <=, held->most);

  let_suspend (fixture->peer->connection);
  g_assert_cmpuint (get_memory (fixture), <=, held->suspended);
  echo (fixture, noise);
  g_assert_cmpuint (get_memory (fixture), >=, held->least);
}

#define N_RECEIVERS 3
#define OTHER_TEXT "Another one, long enough to be compressed: xxxxxxxxxxxxxxxxxxxxxxxxx"

typedef struct
{
  const char *name;
  gboolean    takeover;
  guint       last_bits;        /* window bits of the last receiver */
  guint       n_deflated;
} Sharing;

static const Sharing sharings[] = {
  { "once-for-all", FALSE, 15, 1 },
  { "once-for-each-window", FALSE, 10, 2 },
  { "by-each-with-takeover", TRUE, 15, N_RECEIVERS },
};

static void
check_received (WspConnection *connection,
                const char    *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspMessage) received = receive (connection, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (wsp_message_get_text (received), ==, text);
}

static void
count_connections (WspServer     *server,
                   WspConnection *connection,
                   guint         *n_connected)
{
  wsp_connection_start_receiving (connection);
  (*n_connected)++;
}

/* One message to all, sent twice, with another one between. */
static void
test_broadcast (gconstpointer data)
{
  const Sharing *sharing = data;
  g_autoptr (WspDeflateOptions) options = new_large ();
  g_autofree char *text = g_strnfill (2000, 'x');
  g_autoptr (WspMessage) message = wsp_message_new_text (text);
  WspConnection *connections[N_RECEIVERS];
  g_autoptr (GPtrArray) some = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_connected = 0;

  g_object_set (options, "server-context-takeover", sharing->takeover, NULL);
  g_autoptr (Fixture) fixture = fixture_new (options, options);
  g_signal_handlers_disconnect_by_func (fixture->server, on_connection, fixture);
  g_signal_connect (fixture->server, "connection", G_CALLBACK (count_connections), &n_connected);
  for (guint i = 0; i < N_RECEIVERS; i++)
    {
      if (i == N_RECEIVERS - 1)
        g_object_set (options, "server-window-bits", sharing->last_bits, NULL);
      dial (fixture);
      connections[i] = g_steal_pointer (&fixture->connection);
    }
  run_until_count (&n_connected, N_RECEIVERS);

  n_deflated = 0;
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message,
                                          WSP_SEND_FLAGS_DEFAULT, NULL), ==, N_RECEIVERS);
  for (guint i = 0; i < N_RECEIVERS; i++)
    check_received (connections[i], text);
  g_assert_cmpuint (n_deflated, ==, sharing->n_deflated);

  g_autoptr (WspMessage) other = wsp_message_new_text (OTHER_TEXT);

  for (guint i = 0; i < N_RECEIVERS; i++)
    g_ptr_array_add (some, g_list_model_get_item (wsp_server_get_connections (fixture->server), i));
  n_deflated = 0;
  g_assert_cmpuint (wsp_message_broadcast (other, (WspConnection **) some->pdata, N_RECEIVERS,
                                           WSP_SEND_FLAGS_DEFAULT), ==, N_RECEIVERS);
  g_assert_cmpuint (n_deflated, <=, sharing->n_deflated);
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message,
                                          WSP_SEND_FLAGS_DEFAULT, NULL), ==, N_RECEIVERS);
  for (guint i = 0; i < N_RECEIVERS; i++)
    {
      check_received (connections[i], OTHER_TEXT);
      check_received (connections[i], text);
      g_object_unref (connections[i]);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS_AS ("/endpoint/compression/agreed-%s", agreements, test_agreement);
  g_test_add_func ("/endpoint/compression/WS-243-SEC-93-off-until-both-want-it", test_off);
  g_test_add_func ("/endpoint/compression/server-declines-for-one-request", test_declined);
  ADD_EACH_ROW ("/endpoint/compression/offer/%s", offers, test_offer);
  ADD_ROWS ("/endpoint/compression/change-holds-for-later", changes, test_change);
  g_test_add_func ("/endpoint/compression/SEC-79-SEC-81-bomb-ends-with-1009", test_bomb);
  g_test_add_func ("/endpoint/compression/read-ahead-and-then-a-stream", test_read_ahead);
  ADD_EACH_ROW ("/endpoint/compression/memory-is-reported/%s", helds, test_memory);
  ADD_EACH_ROW ("/endpoint/compression/broadcast/compressed-%s", sharings, test_broadcast);
  return g_test_run ();
}
