/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The records that a program sends to inspectors, and which inspectors get them.  The program is
 * this process: it is attached to through its own socket. */

#include <errno.h>
#include <glib-unix.h>
#include <libwsproto/wsproto.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "connection/tap-place.h"
#include "endpoint/far/certificates.h"
#include "inspect/sources/program/wsi-program-record.h"
#include "inspect/sources/program/wsi-programs.h"
#include "inspect/sources/wsi-temporary-folder.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "lib/listen.h"
#include "lib/rows.h"

#define N_KINDS 128
#define MAX_INSPECTORS 4
#define MANY 120                /* connections: their windows are more than the ring has */
#define NOBODY 65534
#define TITLE "Tea Chat"        /* that of this program; its children have none */
#define WAIT_MS 10000
#define BYTES_OF_BOTH ((4 + 6) * 2 + 2 * (6 + 2))   /* "seen" and "unseen", both ways */

typedef struct                  /* the records that one inspector has read */
{
  int        fd;
  guint      pid;
  gboolean   has_ended;
  guint8     read[2 * WSP_ATTACH_MAX_RECORD];
  gsize      n_read;
  guint      n[N_KINDS];        /* number of records of each kind */
  guint64    n_dropped, n_before;       /* number of bytes that were dropped, and of those before
                                         * the positions */
  GHashTable *opened;           /* connections that have opened, by number */
  GString   *bytes[2];          /* bytes of all connections, by direction */
  char      *request, *tls, *text;      /* request, TLS and text of the last records */
  gboolean   is_clean;
} Watcher;

static void
watcher_send (Watcher    *self,
              const void *record,
              gsize       length)
{
  g_assert_cmpint (send (self->fd, record, length, MSG_NOSIGNAL), ==, length);
}

static void
watcher_watch (Watcher       *self,
               const guint32 *connections,
               guint          n)
{
  g_autoptr (GBytes) watch = wsi_program_make_watch (connections, n);
  gsize length;
  const guint8 *record = wsi_bytes_get_data (watch, &length);

  watcher_send (self, record, length);
}

static void
watcher_init_at (Watcher *self,
                 pid_t    pid)
{
  g_autoptr (GError) error = NULL;

  *self = (Watcher) { .fd = wsi_program_connect ((guint) pid, &error), .pid = (guint) pid };
  g_assert_no_error (error);
  self->opened = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < 2; i++)
    self->bytes[i] = g_string_new (NULL);
}

static void
watcher_init (Watcher *self)
{
  watcher_init_at (self, getpid ());
}

static void
watcher_clear (Watcher *self)
{
  close (self->fd);
  g_hash_table_unref (self->opened);
  for (guint i = 0; i < 2; i++)
    g_string_free (self->bytes[i], TRUE);
  g_free (self->request);
  g_free (self->tls);
  g_free (self->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watcher, watcher_clear)

static void
take_opened (Watcher                *self,
             const WsiProgramRecord *record)
{
  g_auto (WsiProgramOpened) opened = { 0 };

  g_assert_true (wsi_program_opened_parse (&opened, record));
  g_hash_table_add (self->opened, GUINT_TO_POINTER (record->connection));
  g_free (self->tls);
  self->tls = g_steal_pointer (&opened.tls);
}

static void
take_heads (Watcher                *self,
            const WsiProgramRecord *record)
{
  g_autoptr (GBytes) request = NULL, response = NULL;
  gsize length;
  const guint8 *bytes;

  g_assert_true (wsi_program_heads_parse (&request, &response, record));
  bytes = request != NULL ? wsi_bytes_get_data (request, &length) : NULL;
  g_free (self->request);
  self->request = bytes != NULL ? g_strndup ((const char *) bytes, length) : NULL;
}

static void
take_bytes (Watcher                *self,
            const WsiProgramRecord *record)
{
  WsiProgramBytes bytes;

  g_assert_true (wsi_program_bytes_parse (&bytes, record));
  g_string_append_len (self->bytes[bytes.direction], (const char *) bytes.at, bytes.length);
}

static void
take_record (Watcher                *self,
             const WsiProgramRecord *record)
{
  g_auto (WsiProgramHello) hello = { 0 };
  guint64 n_dropped = 0;

  g_assert_cmpuint (record->kind, <, N_KINDS);
  if (self->n[WSP_ATTACH_HELLO] == 0)
    {
      g_assert_true (wsi_program_hello_parse (&hello, record) && hello.pid == self->pid);
      g_assert_cmpstr (hello.title, ==, self->pid == (guint) getpid () ? TITLE : NULL);
    }
  self->n[record->kind]++;
  if (record->kind == WSP_ATTACH_OPENED)
    take_opened (self, record);
  else if (record->kind == WSP_ATTACH_HEADS)
    take_heads (self, record);
  else if (record->kind == WSP_ATTACH_POSITION)
    {
      WsiProgramPosition position;

      g_assert_true (wsi_program_position_parse (&position, record));
      self->n_before += position.offset;
    }
  else if (record->kind == WSP_ATTACH_BYTES)
    take_bytes (self, record);
  else if (record->kind == WSP_ATTACH_DROPPED)
    {
      g_assert_true (wsi_program_dropped_parse (&n_dropped, record));
      self->n_dropped += n_dropped;
    }
  else if (record->kind == WSP_ATTACH_CLOSED)
    {
      g_free (self->text);
      g_assert_true (wsi_program_closed_parse (&self->is_clean, &self->text, record));
    }
}

static void
watcher_read (Watcher *self)
{
  gssize n = recv (self->fd, self->read + self->n_read, sizeof self->read - self->n_read,
                   MSG_DONTWAIT);
  WsiProgramRecord record;
  gsize used = 0, length;

  if (n < 0 && errno == EAGAIN)
    return;

  self->has_ended |= n <= 0;
  self->n_read += MAX (n, 0);
  while ((length = wsi_program_record_take (&record, self->read + used, self->n_read - used,
                                            NULL)) > 0)
    {
      take_record (self, &record);
      used += length;
    }
  self->n_read -= used;
  memmove (self->read, self->read + used, self->n_read);
}

/* Bytes may have zeros. */
static gboolean
has (const Watcher *self,
     WspDirection   direction,
     const char    *text)
{
  const GString *bytes = self->bytes[direction];

  return memmem (bytes->str, bytes->len, text, strlen (text)) != NULL;
}

/* Runs the program and reads, until the condition is true. */
#define WAIT_FOR(watcher, condition) \
  G_STMT_START \
  { \
    gint64 deadline_ = g_get_monotonic_time () + WAIT_MS * 1000; \
    while (!(condition)) \
      { \
        g_assert_cmpint (g_get_monotonic_time (), <, deadline_); \
        if (!g_main_context_iteration (NULL, FALSE)) \
        g_usleep (200); \
        watcher_read (watcher); \
      } \
  } \
  G_STMT_END

/* Runs the program and reads for a moment, in which nothing more is expected. */
static void
wait_a_moment (Watcher *watcher)
{
  gint64 end = g_get_monotonic_time () + 50 * 1000;

  WAIT_FOR (watcher, g_get_monotonic_time () > end);
}

typedef struct
{
  WspServer     *server;
  WspClient     *client;
  WspConnection *connection;    /* connection of the client */
  GError        *error;
  guint          n_echoed;
  char          *uri;
} Pair;

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_echo (WspConnection *connection,
         WspMessage    *message,
         gpointer       data)
{
  ((Pair *) data)->n_echoed++;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

static void
pair_init (Pair       *self,
           WspServer  *server,
           const char *host)
{
  *self = (Pair) { .server = server, .client = wsp_client_new () };
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), NULL);
  self->uri = g_strdup_printf ("%s://%s:%u/attach", strcmp (host, "localhost") == 0 ? "wss" : "ws",
                               host, listen_on_free_port (self->server, "127.0.0.1"));
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  Pair *self = data;

  self->connection = wsp_client_connect_finish (WSP_CLIENT (client), result, &self->error);
  if (self->connection != NULL)
    wsp_connection_set_message_func (self->connection, on_echo, self, NULL);
}

static void
pair_connect (Pair *self)
{
  wsp_client_connect_async (self->client, self->uri, NULL, NULL, NULL, on_connected, self);
  while (self->connection == NULL && self->error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (self->error);
}

static void
pair_say (Pair       *self,
          const char *text)
{
  guint n = self->n_echoed;

  g_assert_true (wsp_connection_queue_text (self->connection, text, NULL));
  while (self->n_echoed == n)
    g_main_context_iteration (NULL, TRUE);
}

static void
pair_clear (Pair *self)
{
  if (self->connection != NULL)
    wsp_connection_abort (self->connection);
  g_clear_object (&self->connection);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_clear_error (&self->error);
  g_free (self->uri);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static void
test_late (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  pair_say (&pair, "before");
  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_OPENED] == 2 && watcher.n[WSP_ATTACH_POSITION] == 4 &&
            watcher.n[WSP_ATTACH_HEADS] == 2);
  g_assert_true (g_str_has_prefix (watcher.request, "GET /attach HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (watcher.request, "Sec-WebSocket-Key: "));
  pair_say (&pair, "after");
  /* The text of the server is not masked, on either side. */
  WAIT_FOR (&watcher, has (&watcher, WSP_DIRECTION_SENT, "after") &&
            has (&watcher, WSP_DIRECTION_RECEIVED, "after"));
  g_assert_false (has (&watcher, WSP_DIRECTION_SENT, "before"));
}

static void
test_new (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_HELLO] == 1);
  wait_a_moment (&watcher);
  pair_connect (&pair);
  pair_say (&pair, "first");
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_OPENED] == 2 && watcher.n[WSP_ATTACH_HEADS] == 2);
  WAIT_FOR (&watcher, has (&watcher, WSP_DIRECTION_RECEIVED, "first"));
  wsp_connection_close_async (pair.connection, 1000, "bye", NULL, NULL, NULL);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_CLOSED] == 2);
  g_assert_true (watcher.is_clean);
  g_assert_nonnull (strstr (watcher.text, "1000"));
}

static void
keep_connection (WspServer      *server,
                 WspConnection  *connection,
                 WspConnection **kept)
{
  *kept = connection;
}

static guint64
count_received (WspConnection *connection)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (connection);

  return stats->bytes_received;
}

/* The server is in the middle of a compressed message: it has a position when the message ends. */
static void
test_inside_message (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };
  g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();
  g_autoptr (GOutputStream) message = NULL;
  g_autofree char *text = g_strnfill (100000, 'x');
  WspConnection *server_side = NULL;
  guint64 n_before;

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  g_signal_connect (pair.server, "connection", G_CALLBACK (keep_connection), &server_side);
  wsp_client_set_deflate (pair.client, deflate);
  wsp_server_set_deflate (pair.server, deflate);
  pair_connect (&pair);
  pair_say (&pair, "before");
  n_before = count_received (server_side);
  message = wsp_connection_begin_message (pair.connection, WSP_MESSAGE_TYPE_TEXT,
                                          WSP_SEND_FLAGS_DEFAULT, NULL);
  g_assert_true (g_output_stream_write_all (message, text, strlen (text), NULL, NULL, NULL));
  g_assert_true (g_output_stream_flush (message, NULL, NULL));
  while (count_received (server_side) == n_before)
    g_main_context_iteration (NULL, TRUE);

  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_OPENED] == 2 && watcher.n[WSP_ATTACH_OPEN] == 1);
  g_assert_cmpuint (watcher.n[WSP_ATTACH_POSITION], ==, 3);
  g_assert_true (g_output_stream_close (message, NULL, NULL));
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_POSITION] == 4);
}

static void
watch_at_once (Watcher *watcher)
{
  watcher_watch (watcher, NULL, 0);
  while (watcher->n[WSP_ATTACH_HELLO] == 0)
    watcher_read (watcher);
  g_usleep (20000);             /* for the thread that serves us */
}

/* Between the request and the response. */
static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            gpointer      watcher)
{
  watch_at_once (watcher);
  return TRUE;
}

static void
test_during_handshake (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  g_signal_connect (pair.server, "request", G_CALLBACK (on_request), &watcher);
  watcher_init (&watcher);
  pair_connect (&pair);
  pair_say (&pair, "first");
  WAIT_FOR (&watcher, g_hash_table_size (watcher.opened) == 2);
  WAIT_FOR (&watcher, has (&watcher, WSP_DIRECTION_SENT, "first"));
}

static void
test_dropped (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_POSITION] == 4);
  wsp_connection_abort (pair.connection);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_CLOSED] == 2);
  g_assert_false (watcher.is_clean);
}

/* A client of plain TCP asks, and the answer is thrown away. */
static void
ask (Pair       *pair,
     Watcher    *watcher,
     const char *head)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GUri) uri = g_uri_parse (pair->uri, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) g_uri_get_port (uri), NULL,
                                     NULL);

  g_assert_nonnull (connection);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), head,
                             strlen (head), NULL, NULL, NULL);
  wait_a_moment (watcher);
}

static const struct
{
  const char *name, *head;
  guint       n_told;
} refused_cases[] = {
  { "ordinary-http-is-told-to-nobody", "GET /secret HTTP/1.1\r\nHost: h\r\n\r\n", 0 },
  { "without-a-version",
    "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 1 },
  { "malformed", "GET / HTTP/1.1\r\nX[y: 1\r\nSec-WebSocket-Key: x\r\n\r\n", 1 },
};

static void
test_refused (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  wait_a_moment (&watcher);
  ask (&pair, &watcher, refused_cases[i].head);
  wait_a_moment (&watcher);
  g_assert_cmpuint (watcher.n[WSP_ATTACH_OPENED], ==, refused_cases[i].n_told);
  g_assert_cmpuint (watcher.n[WSP_ATTACH_CLOSED], ==, refused_cases[i].n_told);
  g_assert_true ((watcher.request != NULL) == (refused_cases[i].n_told > 0));
  if (refused_cases[i].n_told == 0)
    g_assert_cmpuint (watcher.n[WSP_ATTACH_BYTES], ==, 0);
}

static void
test_some (void)
{
  g_auto (Pair) pair = { 0 }, other = { 0 };
  g_auto (Watcher) all = { 0 }, some = { 0 };
  guint32 number;
  GHashTableIter iter;
  gpointer key;

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  watcher_init (&all);
  watcher_watch (&all, NULL, 0);
  WAIT_FOR (&all, g_hash_table_size (all.opened) == 2);
  g_hash_table_iter_init (&iter, all.opened);
  g_hash_table_iter_next (&iter, &key, NULL);
  number = GPOINTER_TO_UINT (key);

  watcher_init (&some);
  watcher_watch (&some, &number, 1);
  WAIT_FOR (&some, some.n[WSP_ATTACH_POSITION] == 2);
  pair_init (&other, wsp_server_new (), "127.0.0.1");
  pair_connect (&other);
  pair_say (&pair, "of both");
  WAIT_FOR (&all, g_hash_table_size (all.opened) == 4);
  wait_a_moment (&some);
  g_assert_cmpuint (g_hash_table_size (some.opened), ==, 1);
  g_assert_true (g_hash_table_contains (some.opened, key));
  g_assert_cmpuint (some.bytes[0]->len + some.bytes[1]->len, >, 0);
}

/* An inspector that never reads slows neither the program nor its peers, and is notified how much
 * it has missed. */
static void
test_slow (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) slow = { 0 }, fast = { 0 };
  g_autofree char *text = g_strnfill (100000, 'x');

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  watcher_init (&slow);
  watcher_watch (&slow, NULL, 0);
  watcher_init (&fast);
  watcher_watch (&fast, NULL, 0);
  WAIT_FOR (&fast, fast.n[WSP_ATTACH_POSITION] >= 4);
  for (guint i = 0; i < 50; i++)
    {
      pair_say (&pair, text);
      for (guint k = 0; k < 20; k++)
        watcher_read (&fast);
    }
  WAIT_FOR (&slow, slow.n_dropped > 0);
  pair_say (&pair, "afterwards");
  WAIT_FOR (&slow, has (&slow, WSP_DIRECTION_SENT, "afterwards"));
}

/* Each request of an inspector would have all connections begin anew. */
static void
test_flood (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };
  gint64 begin_us;

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  watcher_init (&watcher);
  begin_us = g_get_monotonic_time ();
  for (guint i = 0; i < 50; i++)
    {
      watcher_watch (&watcher, NULL, 0);
      wait_a_moment (&watcher);
    }
  g_assert_cmpuint (watcher.n[WSP_ATTACH_OPEN], >=, 2);
  g_assert_cmpuint (watcher.n[WSP_ATTACH_OPENED], >=, 4);
  g_assert_cmpuint (watcher.n[WSP_ATTACH_OPENED], <=,
                    2 * (2 + (g_get_monotonic_time () - begin_us) / G_TIME_SPAN_SECOND));
}

/* More than the ring takes at once is shown without a loss, also to a slow inspector. */
static void
test_many (void)
{
  Pair pairs[MANY] = { 0 };
  g_auto (Watcher) watcher = { 0 };
  g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();
  g_autofree char *noise = g_strnfill (40000, 'a');     /* fills a window */
  gint64 slow_end;

  for (char *at = noise; *at != '\0'; at++)
    *at = (char) g_test_rand_int_range ('a', 'z');

  for (guint i = 0; i < MANY; i++)
    {
      pair_init (&pairs[i], wsp_server_new (), "127.0.0.1");
      wsp_client_set_deflate (pairs[i].client, deflate);
      wsp_server_set_deflate (pairs[i].server, deflate);
      pair_connect (&pairs[i]);
      pair_say (&pairs[i], noise);
    }
  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  slow_end = g_get_monotonic_time () + 300 * 1000;
  while (g_get_monotonic_time () < slow_end)
    g_main_context_iteration (NULL, FALSE);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_OPEN] > 0);
  g_assert_cmpuint (watcher.n_dropped, ==, 0);
  g_assert_cmpuint (watcher.n[WSP_ATTACH_OPENED], ==, 2 * MANY);
  for (guint i = 0; i < MANY; i++)
    pair_clear (&pairs[i]);
}

static void
attach_another (gpointer data)
{
  Watcher *other = data;

  watcher_watch (other, NULL, 0);
  wait_a_moment (other);
}

static guint
count (const GString *bytes,
       const char    *text)
{
  guint n = 0;

  for (gsize i = 0; i + strlen (text) <= bytes->len; i++)
    n += memcmp (bytes->str + i, text, strlen (text)) == 0;
  return n;
}

/* A tap runs the main loop in the middle of bytes, and another inspector comes: the first one gets
 * the bytes once. */
static void
test_inside_tap (gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 }, other = { 0 };
  g_autoptr (TestPlaceTap) tap = NULL;

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_POSITION] == 4);
  watcher_init (&other);
  tap = test_place_tap_new (GPOINTER_TO_UINT (data), attach_another, &other);
  wsp_connection_add_tap (pair.connection, WSP_TAP (tap));
  pair_say (&pair, "inside-a-tap");
  WAIT_FOR (&watcher, has (&watcher, WSP_DIRECTION_RECEIVED, "inside-a-tap") &&
            watcher.n[WSP_ATTACH_OPENED] == 4);
  g_assert_true (tap->was_reached);
  g_assert_cmpuint (count (watcher.bytes[WSP_DIRECTION_SENT], "inside-a-tap"), ==, 1);
  g_assert_cmpuint (count (watcher.bytes[WSP_DIRECTION_RECEIVED], "inside-a-tap"), ==, 1);
  WAIT_FOR (&other, other.n[WSP_ATTACH_POSITION] == 4);
  wsp_connection_remove_tap (pair.connection, WSP_TAP (tap));
}

/* The program has no descriptor for an inspector: it tries again later, without a busy loop. */
static void
test_without_descriptors (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), next = dup (0);
  g_auto (Watcher) watcher = { 0 };
  struct rlimit before, limit;
  gint64 cpu_us;

  close (next);
  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/wsproto-inspector/%d",
              g_getenv ("XDG_RUNTIME_DIR"), (int) getpid ());
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = (struct rlimit) { (rlim_t) next, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  cpu_us = clock () * G_TIME_SPAN_SECOND / CLOCKS_PER_SEC;
  g_usleep (400 * 1000);
  cpu_us = clock () * G_TIME_SPAN_SECOND / CLOCKS_PER_SEC - cpu_us;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  close (fd);

  g_assert_cmpint (cpu_us, <, 200 * 1000);
  watcher_init (&watcher);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_HELLO] == 1);
}

static void
test_full (void)
{
  Watcher watchers[MAX_INSPECTORS + 1];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < MAX_INSPECTORS; i++)
    {
      watcher_init (&watchers[i]);
      WAIT_FOR (&watchers[i], watchers[i].n[WSP_ATTACH_HELLO] == 1);
    }
  watcher_init (&watchers[MAX_INSPECTORS]);
  WAIT_FOR (&watchers[MAX_INSPECTORS], watchers[MAX_INSPECTORS].has_ended);
  g_assert_cmpuint (watchers[MAX_INSPECTORS].n[WSP_ATTACH_HELLO], ==, 0);
  for (guint i = 0; i <= MAX_INSPECTORS; i++)
    watcher_clear (&watchers[i]);
}

static const struct
{
  const char *name;
  const char *bytes;
  gsize       length;
  gboolean    ends;
} request_cases[] = {
  { "unknown-kind-is-skipped", "\x0d\0\0\0" "\x63" "\0\0\0\0" "\0\0\0\0\0\0\0\0", 17, FALSE },
  { "half-a-record-waits", "\x0d\0\0\0" "\x40", 5, FALSE },
  { "too-short", "\x0c\0\0\0" "\x40" "\0\0\0\0" "\0\0\0\0\0\0\0", 16, TRUE },
  { "too-long", "\xff\xff\0\0", 4, TRUE },
  { "longest", "\xff\xff\xff\xff", 4, TRUE },
};

static void
test_request (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Watcher) watcher = { 0 };

  watcher_init (&watcher);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_HELLO] == 1);
  watcher_send (&watcher, request_cases[i].bytes, request_cases[i].length);
  if (request_cases[i].ends)
    WAIT_FOR (&watcher, watcher.has_ended);
  else
    wait_a_moment (&watcher);
  g_assert_cmpint (watcher.has_ended, ==, request_cases[i].ends);
}

static void
test_workers (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  wsp_server_start_workers (server, 2, &error);
  g_assert_no_error (error);
  pair_init (&pair, g_steal_pointer (&server), "127.0.0.1");
  pair_connect (&pair);
  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_POSITION] == 4);
  pair_say (&pair, "in a worker");
  WAIT_FOR (&watcher, has (&watcher, WSP_DIRECTION_SENT, "in a worker"));
}

static void
test_tls (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };
  g_autoptr (WspServer) server = wsp_server_new ();

  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD), NULL);
  pair_init (&pair, g_steal_pointer (&server), "localhost");
  wsp_client_set_tls_database (pair.client, authority_get_database ());
  pair_connect (&pair);
  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_POSITION] == 4);
  g_assert_true (g_str_has_prefix (watcher.tls, "TLS 1."));
  pair_say (&pair, "inside TLS");
  WAIT_FOR (&watcher, has (&watcher, WSP_DIRECTION_SENT, "inside TLS"));
}

/* A connection of another library's handshake, which has read a message already.  Its other end
 * stays open. */
static WspConnection *
make_for_stream (void)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GBytes) input = g_bytes_new_static ("\x81\x85\0\0\0\0early", 11);
  WspConnection *connection;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  socket = g_socket_new_from_fd (fds[0], NULL);
  stream = g_socket_connection_factory_create_connection (socket);
  connection = wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL, NULL,
                                              input, NULL);
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
  wsp_connection_start_receiving (connection);
  return connection;
}

static void
test_for_stream (void)
{
  g_auto (Watcher) watcher = { 0 };
  g_autoptr (WspConnection) connection = NULL;

  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  wait_a_moment (&watcher);
  connection = make_for_stream ();
  WAIT_FOR (&watcher, has (&watcher, WSP_DIRECTION_SENT, "early"));
  g_assert_true (has (&watcher, WSP_DIRECTION_RECEIVED, "early"));
  g_assert_null (watcher.request);
  wsp_connection_abort (connection);
}

/* Their thread has no time: the connections are reported when it has. */
static void
test_still (void)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Watcher) watcher = { 0 };
  gint64 end;

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  watcher_init (&watcher);
  watcher_watch (&watcher, NULL, 0);
  for (end = g_get_monotonic_time () + 100000; g_get_monotonic_time () < end; g_usleep (1000))
    watcher_read (&watcher);
  g_assert_cmpuint (watcher.n[WSP_ATTACH_HELLO], ==, 1);
  g_assert_cmpuint (watcher.n[WSP_ATTACH_OPENED], ==, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_OPENED] == 2);
}

/* The last inspector leaves: the tap goes, and comes again with the next one. */
static void
test_again (void)
{
  g_auto (Pair) pair = { 0 };

  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  for (guint i = 0; i < 3; i++)
    {
      g_auto (Watcher) watcher = { 0 };

      watcher_init (&watcher);
      watcher_watch (&watcher, NULL, 0);
      WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_POSITION] == 4);
      g_assert_cmpuint (watcher.n_before, ==, 2 * i * BYTES_OF_BOTH);
      pair_say (&pair, "seen");
      WAIT_FOR (&watcher, has (&watcher, WSP_DIRECTION_SENT, "seen"));
      g_assert_false (has (&watcher, WSP_DIRECTION_SENT, "unseen"));
      watcher_clear (&watcher);
      g_usleep (20000);
      pair_say (&pair, "unseen");
      watcher_init (&watcher);  /* for the clean-up */
    }
}

/* Programs that are other processes */

typedef void (*ChildFunc) (void);

/* Runs in a child of a fork, in which no test goes on. */
static pid_t
begin_child (ChildFunc function)
{
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid > 0)
    return pid;

  function ();
  _exit (0);
}

static const char *program_path;

/* Runs the program again, with a task from the table below. */
static pid_t
begin_task (const char *task,
            guint       row)
{
  char *number = g_strdup_printf ("%u", row);
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      execl (program_path, program_path, task, number, NULL);
      _exit (127);
    }

  g_free (number);
  return pid;
}

static void
end_child (pid_t pid)
{
  int status;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status) ? WTERMSIG (status) == SIGKILL : WEXITSTATUS (status) == 0);
}

static WsiProgram *
find_program (GPtrArray *programs,
              pid_t      pid)
{
  for (guint i = 0; i < programs->len; i++)
    if (((WsiProgram *) programs->pdata[i])->pid == (guint) pid)
      return programs->pdata[i];
  return NULL;
}

static gboolean
has_socket (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("%s/wsproto-inspector/%d", g_getenv ("XDG_RUNTIME_DIR"),
                                           (int) pid);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* 0: it has none. */
static pid_t
find_child (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", (int) pid, (int) pid);
  g_autofree char *children = NULL;

  g_file_get_contents (path, &children, NULL, NULL);
  return children != NULL ? (pid_t) strtol (children, NULL, 10) : 0;
}

static gboolean
has_child (pid_t pid)
{
  return find_child (pid) != 0;
}

static void
wait_until (gboolean (*is_true)(pid_t), pid_t pid)
{
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * 1000;

  while (!is_true (pid))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
}

static void
wait_for_socket (pid_t pid)
{
  wait_until (has_socket, pid);
}

/* The program is asked nothing until it has forked: its thread would allocate memory, and the
 * allocator of GCC 12's AddressSanitizer keeps the lock of that thread in the child for ever. */
static pid_t
wait_for_child (pid_t pid)
{
  wait_until (has_child, pid);
  return find_child (pid);
}

static void
do_nothing (void)
{
  pause ();
}

static void
offer (void)
{
  if (!wsp_attach_enable (NULL))
    _exit (1);
}

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         data)
{
  g_autoptr (WspClient) client = wsp_client_new ();

  *(gboolean *) data = TRUE;
  return G_LOG_WRITER_HANDLED;
}

/* There is no folder, and what writes the log makes a client, too. */
static void
log_and_exit (void)
{
  gboolean was_logged = FALSE;
  g_autoptr (WspClient) client = NULL;

  alarm (10);
  g_unsetenv ("XDG_RUNTIME_DIR");
  g_setenv ("WSP_ATTACH", "1", TRUE);
  g_log_set_writer_func (write_log, &was_logged, NULL);
  client = wsp_client_new ();
  _exit (!was_logged);
}

static void
test_log (void)
{
  end_child (begin_task ("log", 0));
}

static void
offer_and_pause (void)
{
  offer ();
  pause ();
}

static void
offer_and_exit (void)
{
  offer ();
  exit (0);
}

/* Both in a group of their own. */
static void
offer_and_fork (void)
{
  setpgid (0, 0);
  offer ();
  (void) !fork ();
  pause ();
}

static void
offer_and_execute (void)
{
  offer ();
  execlp ("sleep", "sleep", "1000", NULL);
}

/* The child has no socket. */
static void
test_fork (void)
{
  pid_t pid = begin_child (do_nothing);
  g_auto (Watcher) watcher = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (has_socket (pid));
  g_assert_cmpint (wsi_program_connect ((guint) pid, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  watcher_init (&watcher);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_HELLO] == 1);
  kill (pid, SIGKILL);
  end_child (pid);
}

/* The parent has ended, its child goes on: nobody listens. */
static void
test_orphan (void)
{
  pid_t pid = begin_task ("fork", 0);
  g_autoptr (GPtrArray) programs = NULL;

  wait_for_child (pid);
  kill (pid, SIGKILL);
  end_child (pid);
  programs = wsi_programs_list (NULL);
  g_assert_null (find_program (programs, pid));
  g_assert_cmpint (killpg (pid, SIGKILL), ==, 0);
}

static void
test_offered_child (void)
{
  pid_t pid = begin_task ("pause", 0);
  g_autoptr (GPtrArray) programs = NULL, later = NULL;

  wait_for_socket (pid);
  programs = wsi_programs_list (NULL);
  g_assert_nonnull (find_program (programs, pid));
  g_assert_cmpint (find_program (programs, pid)->state, ==, WSI_PROGRAM_READY);
  g_assert_null (find_program (programs, getpid ()));
  kill (pid, SIGKILL);
  end_child (pid);

  /* It was killed: its socket is removed by the list. */
  g_assert_true (has_socket (pid));
  later = wsi_programs_list (NULL);
  g_assert_null (find_program (later, pid));
  g_assert_false (has_socket (pid));
}

static void
test_exit (void)
{
  pid_t pid = begin_task ("exit", 0);

  end_child (pid);
  g_assert_false (has_socket (pid));
}

static void
test_execute (void)
{
  pid_t pid = begin_task ("execute", 0);
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * 1000;
  gboolean is_listed = TRUE;

  wait_for_socket (pid);
  while (is_listed && g_get_monotonic_time () < deadline)
    {
      g_autoptr (GPtrArray) programs = wsi_programs_list (NULL);

      is_listed = find_program (programs, pid) != NULL;
    }
  g_assert_false (is_listed);
  kill (pid, SIGKILL);
  end_child (pid);
}

static void
test_stopped (void)
{
  pid_t pid = begin_task ("pause", 0);
  g_autoptr (GPtrArray) programs = NULL;
  g_autofree char *text = NULL;

  wait_for_socket (pid);
  kill (pid, SIGSTOP);
  g_assert_cmpint (waitpid (pid, NULL, WUNTRACED), ==, pid);
  programs = wsi_programs_list (NULL);
  g_assert_nonnull (find_program (programs, pid));
  g_assert_cmpint (find_program (programs, pid)->state, ==, WSI_PROGRAM_SILENT);
  text = wsi_program_describe (find_program (programs, pid));
  g_assert_nonnull (strstr (text, "stopped"));
  kill (pid, SIGKILL);
  end_child (pid);
}

/* The folder is entered by root: another user may not reach what is above it. */
static void
become_nobody (void)
{
  char byte;
  int fd;

  if (chdir (g_getenv ("XDG_RUNTIME_DIR")) < 0 || setgid (NOBODY) < 0 || setuid (NOBODY) < 0)
    _exit (1);
  g_setenv ("XDG_RUNTIME_DIR", "/proc/self/cwd", TRUE);
  fd = wsi_program_connect ((guint) getppid (), NULL);
  /* Our side does not trust the program, nor the program ours. */
  if (fd >= 0)
    _exit (2);
  {
    g_autofree char *path = g_strdup_printf ("%s/wsproto-inspector/%d",
                                             g_getenv ("XDG_RUNTIME_DIR"), (int) getppid ());
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    g_strlcpy (address.sun_path, path, sizeof address.sun_path);
    fd = socket (AF_UNIX, SOCK_STREAM, 0);
    if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
      _exit (3);
  }
  _exit (recv (fd, &byte, 1, 0) == 0 ? 0 : 4);
}

/* SEC-131: as if the folder and the socket had been opened to others. */
static void
test_other_user (void)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *folder = g_build_filename (runtime, "wsproto-inspector", NULL);
  g_autofree char *name = g_strdup_printf ("%d", (int) getpid ());
  g_autofree char *socket = g_build_filename (folder, name, NULL);

  if (geteuid () != 0)
    {
      g_test_skip ("only root can become another user");
      return;
    }

  g_assert_cmpint (chmod (runtime, 0711), ==, 0);
  g_assert_cmpint (chmod (folder, 0711), ==, 0);
  g_assert_cmpint (chmod (socket, 0777), ==, 0);
  end_child (begin_child (become_nobody));
  g_assert_cmpint (chmod (folder, 0700), ==, 0);
  g_assert_cmpint (chmod (runtime, 0700), ==, 0);
}

/* The folder */

typedef enum
{
  FOLDER_NO_VARIABLE,
  FOLDER_RELATIVE,
  FOLDER_NO_RUNTIME,
  FOLDER_ABSENT,
  FOLDER_GOOD,
  FOLDER_LINK,
  FOLDER_FILE,
  FOLDER_OPEN,
  FOLDER_FOREIGN,
} FolderKind;

static const struct
{
  const char *name;
  FolderKind  kind;
  int         code;             /* code of the GIOErrorEnum of a program; -1: it listens */
  const char *says;
} folder_cases[] = {
  { "SEC-132-no-variable", FOLDER_NO_VARIABLE, G_IO_ERROR_INVALID_ARGUMENT, "XDG_RUNTIME_DIR" },
  { "SEC-132-relative-variable", FOLDER_RELATIVE, G_IO_ERROR_INVALID_ARGUMENT, "XDG_RUNTIME_DIR" },
  { "SEC-132-no-such-folder", FOLDER_NO_RUNTIME, G_IO_ERROR_NOT_FOUND, "XDG_RUNTIME_DIR" },
  { "SEC-132-is-made", FOLDER_ABSENT, -1, NULL },
  { "SEC-132-is-there", FOLDER_GOOD, -1, NULL },
  { "SEC-132-link", FOLDER_LINK, G_IO_ERROR_NOT_DIRECTORY, "not a link" },
  { "SEC-132-file", FOLDER_FILE, G_IO_ERROR_NOT_DIRECTORY, "expected a folder" },
  { "SEC-132-open-to-others", FOLDER_OPEN, G_IO_ERROR_PERMISSION_DENIED, "0755" },
  { "SEC-132-of-another-user", FOLDER_FOREIGN, G_IO_ERROR_PERMISSION_DENIED, "belongs to user" },
};

static void
make_folder (FolderKind  kind,
             const char *runtime)
{
  g_autofree char *folder = g_build_filename (runtime, "wsproto-inspector", NULL);
  g_autofree char *target = g_build_filename (runtime, "target", NULL);

  if (kind == FOLDER_GOOD || kind == FOLDER_OPEN || kind == FOLDER_FOREIGN)
    g_assert_cmpint (mkdir (folder, 0700), ==, 0);
  if (kind == FOLDER_OPEN)
    g_assert_cmpint (chmod (folder, 0755), ==, 0);
  if (kind == FOLDER_FOREIGN)
    g_assert_cmpint (chown (folder, NOBODY, NOBODY), ==, 0);
  if (kind == FOLDER_LINK)
    {
      g_assert_cmpint (mkdir (target, 0700), ==, 0);
      g_assert_cmpint (symlink (target, folder), ==, 0);
    }
  if (kind == FOLDER_FILE)
    g_assert_true (g_file_set_contents (folder, "", 0, NULL));
}

static guint folder_row;

/* In a child, whose service has not begun. */
static void
offer_in_folder (void)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *folder = runtime != NULL ? g_build_filename (runtime, "wsproto-inspector", NULL)
                                            : NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;

  if (folder_cases[folder_row].code < 0)
    {
      g_assert_true (wsp_attach_enable (&error));
      g_assert_cmpint (stat (folder, &status), ==, 0);
      g_assert_cmpuint (status.st_mode & 07777, ==, 0700);
      exit (0);
    }

  g_assert_false (wsp_attach_enable (&error));
  g_assert_error (error, G_IO_ERROR, folder_cases[folder_row].code);
  g_assert_nonnull (strstr (error->message, folder_cases[folder_row].says));
}

/* A list of programs trusts the same folders; without one there is no program. */
static void
list_in_folder (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) programs = wsi_programs_list (&error);
  int code = folder_cases[folder_row].code;

  g_assert_true ((programs != NULL) == (code < 0 || code == G_IO_ERROR_NOT_FOUND));
}

static void
test_folder (gconstpointer data)
{
  g_autofree char *runtime = g_dir_make_tmp ("attach-XXXXXX", NULL);
  g_autofree char *before = g_strdup (g_getenv ("XDG_RUNTIME_DIR"));
  FolderKind kind;

  folder_row = GPOINTER_TO_UINT (data);
  kind = folder_cases[folder_row].kind;
  if (kind == FOLDER_FOREIGN && geteuid () != 0)
    {
      g_test_skip ("only root can give a folder to another user");
      return;
    }

  make_folder (kind, runtime);
  g_setenv ("XDG_RUNTIME_DIR", kind == FOLDER_RELATIVE ? "run" : kind == FOLDER_NO_RUNTIME
                               ? "/nonexistent" : runtime, TRUE);
  if (kind == FOLDER_NO_VARIABLE)
    g_unsetenv ("XDG_RUNTIME_DIR");
  end_child (begin_task ("folder", folder_row));
  list_in_folder ();
  g_setenv ("XDG_RUNTIME_DIR", before, TRUE);
  wsi_temporary_folder_remove (runtime);
}

/* The end of a program */

static void
on_closed (GObject      *connection,
           GAsyncResult *result,
           gpointer      data)
{
  exit (0);
}

static gboolean
close_at_once (gpointer data)
{
  Pair *pair = data;
  g_autofree char *text = g_strnfill (100000, 'x');

  wsp_connection_queue_text (pair->connection, text, NULL);
  wsp_connection_close_async (pair->connection, 1000, "done", NULL, on_closed, NULL);
  return G_SOURCE_REMOVE;
}

/* Closes when it is asked to, and exits in the callback. */
static void
offer_and_close (void)
{
  Pair pair;

  g_unix_signal_add (SIGUSR1, close_at_once, &pair);
  offer ();
  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
}

static void
test_end (void)
{
  pid_t pid = begin_task ("close", 0);
  g_auto (Watcher) watcher = { 0 };

  wait_for_socket (pid);
  watcher_init_at (&watcher, pid);
  watcher_watch (&watcher, NULL, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_POSITION] >= 4);
  wait_a_moment (&watcher);     /* the client may not know that it is open */
  kill (pid, SIGUSR1);
  g_usleep (60000);             /* more than the socket takes waits for us */
  WAIT_FOR (&watcher, watcher.has_ended);
  g_assert_cmpuint (watcher.n_dropped, ==, 0);
  g_assert_cmpuint (watcher.n[WSP_ATTACH_CLOSED], >=, 1);
  g_assert_true (watcher.is_clean);
  end_child (pid);
}

/* The child's connections are its own, not those that it had at the fork. */
static void
offer_after_fork (void)
{
  Pair pair;

  offer ();
  pair_init (&pair, wsp_server_new (), "127.0.0.1");
  pair_connect (&pair);
  if (fork () > 0)
    pause ();
  pair_clear (&pair);
  offer ();
  make_for_stream ();           /* GLib's threads are not there */
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
}

static void
test_child_again (void)
{
  if (g_getenv ("TEST_SLOWNESS") != NULL)
    {
      g_test_skip ("qemu-user aborts when the child of a program with threads starts a thread");
      return;
    }

  pid_t pid = begin_task ("again", 0), child = wait_for_child (pid);
  g_auto (Watcher) watcher = { 0 };

  wait_for_socket (child);
  watcher_init_at (&watcher, child);
  watcher_watch (&watcher, NULL, 0);
  WAIT_FOR (&watcher, watcher.n[WSP_ATTACH_POSITION] >= 2);
  wait_a_moment (&watcher);
  g_assert_false (watcher.has_ended);
  g_assert_cmpuint (g_hash_table_size (watcher.opened), ==, 1);
  kill (child, SIGKILL);
  kill (pid, SIGKILL);
  end_child (pid);
}

/* Named programs */

static void
test_find (void)
{
  pid_t pid = begin_task ("pause", 0), second;
  g_autoptr (GError) error = NULL;
  g_autofree char *number = g_strdup_printf ("%d", (int) pid);
  const char *name = "test-program-at";         /* as the kernel cuts it, and the hello does not */

  wait_for_socket (pid);
  g_assert_cmpuint (wsi_programs_find (number, &error), ==, pid);
  g_assert_cmpuint (wsi_programs_find ("test-program-attach", &error), ==, pid);
  g_assert_no_error (error);
  g_assert_cmpuint (wsi_programs_find (name, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "WSP_ATTACH=1"));
  g_clear_error (&error);

  second = begin_task ("pause", 0);
  wait_for_socket (second);
  g_assert_cmpuint (wsi_programs_find ("test-program-attach", &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, number));
  kill (pid, SIGKILL);
  kill (second, SIGKILL);
  end_child (pid);
  end_child (second);
}

static const struct
{
  const char *name;
  ChildFunc   function;
} tasks[] = {
  { "pause", offer_and_pause },
  { "exit", offer_and_exit },
  { "fork", offer_and_fork },
  { "execute", offer_and_execute },
  { "folder", offer_in_folder },
  { "close", offer_and_close },
  { "again", offer_after_fork },
  { "log", log_and_exit },
};

int
main (int   argc,
      char *argv[])
{
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;

  program_path = argv[0];
  for (guint i = 0; argc == 3 && i < G_N_ELEMENTS (tasks); i++)
    if (strcmp (argv[1], tasks[i].name) == 0)
      {
        folder_row = (guint) atoi (argv[2]);
        tasks[i].function ();
        return 0;
      }

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("attach-XXXXXX", &error);
  g_assert_no_error (error);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_set_application_name (TITLE);

  ADD_ROWS ("/inspector/program-attach/folder", folder_cases, test_folder);
  wsp_attach_enable (&error);
  g_assert_no_error (error);
#define TEST(path, function) g_test_add_func ("/inspector/program-attach/" path, function)
  TEST ("told/late", test_late);
  TEST ("told/new", test_new);
  TEST ("told/position-when-the-message-ends", test_inside_message);
  TEST ("told/since-its-request", test_during_handshake);
  TEST ("told/aborted", test_dropped);
  TEST ("told/some", test_some);
  TEST ("told/of-workers", test_workers);
  TEST ("told/inside-tls", test_tls);
  TEST ("told/of-a-stream", test_for_stream);
  TEST ("told/when-its-thread-has-time", test_still);
  TEST ("told/again-to-the-next-inspector", test_again);
  ADD_ROWS ("/inspector/program-attach/refused", refused_cases, test_refused);
  TEST ("inspectors/SEC-133-SEC-134-slow-one-is-told-what-it-missed", test_slow);
  TEST ("inspectors/requests-without-end-show-once-a-second", test_flood);
  TEST ("inspectors/many-connections-are-shown-without-a-loss", test_many);
  TEST ("inspectors/five-are-one-too-many", test_full);
  TEST ("inspectors/none-without-a-descriptor", test_without_descriptors);
  for (guint place = AT_BYTES_SENT; place < AT_STATE_CLOSING; place++)
    {
      g_autofree char *path =
        g_strconcat ("/inspector/program-attach/inside-a-tap/", tap_place_names[place], NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (place), test_inside_tap);
    }
  ADD_ROWS ("/inspector/program-attach/request", request_cases, test_request);
  TEST ("process/log-is-written-by-one-that-makes-a-client", test_log);
  TEST ("process/fork-has-no-socket", test_fork);
  TEST ("process/fork-does-not-keep-its-parents-socket-open", test_orphan);
  TEST ("process/child-that-asks-has-its-own", test_offered_child);
  TEST ("process/exit-removes-the-socket", test_exit);
  TEST ("process/exit-tells-the-end-first", test_end);
  TEST ("process/child-that-asks-tells-of-its-own-connections", test_child_again);
  TEST ("process/exec-ends-it", test_execute);
  TEST ("process/stopped-one-is-silent", test_stopped);
  TEST ("process/SEC-131-other-user-gets-no-byte", test_other_user);
  TEST ("named/by-pid-or-by-its-only-name", test_find);
  int status = g_test_run ();

  wsi_temporary_folder_remove (folder);
  return status;
}
