/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The handshake that a connection keeps as a block: what is made of it later shows what the
 * handshake of the connecting showed, and where it is the same object. */
#include "connection/transports.h"
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/allocations.h"
#include "lib/listen.h"

#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define TARGET "/chat/a%20b?room=1&x=/..?"
#define MORE_FIELDS "Origin: http://localhost\r\nCookie: secret=1; b=2\r\nX-Empty:\r\n" \
  "X-Twice: one\r\nX-Twice: two\r\nX-Bytes: Gr\xc3\xbc\xc3\x9f" "e \xff\r\n" \
  "Sec-WebSocket-Protocol: a, b\r\n" \
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-unknown; y=1\r\n"
#define REQUEST KNOCK_GET (TARGET, MORE_FIELDS)

static void
append_headers (GString    *text,
                WspHeaders *headers)
{
  for (guint i = 0; headers != NULL && i < wsp_headers_get_length (headers); i++)
    g_string_append_printf (text, "  %s: %s\n", wsp_headers_get_name (headers, i),
                            wsp_headers_get_value (headers, i));
}

static void
append_value (GString      *text,
              const GValue *value)
{
  if (G_VALUE_TYPE (value) == WSP_TYPE_HEADERS)
    {
      append_headers (text, g_value_get_boxed (value));
    }
  else if (G_VALUE_TYPE (value) == G_TYPE_STRV && g_value_get_boxed (value) != NULL)
    {
      g_autofree char *list = g_strjoinv ("|", g_value_get_boxed (value));

      g_string_append_printf (text, "[%s]", list);
    }
  else if (G_VALUE_TYPE (value) == G_TYPE_SOCKET_ADDRESS && g_value_get_object (value) != NULL)
    {
      g_autofree char *address = g_socket_connectable_to_string (g_value_get_object (value));

      g_string_append_printf (text, "%s %s", G_OBJECT_TYPE_NAME (g_value_get_object (value)),
                              address);
    }
  else
    {
      g_autofree char *shown = g_strdup_value_contents (value);

      g_string_append (text, shown);
    }
}

/* Each property, and the times; objects of the program by their address. */
static char *
dump (WspHandshake *handshake)
{
  GString *text = g_string_new (NULL);
  guint n;
  g_autofree GParamSpec **specs =
    g_object_class_list_properties (G_OBJECT_GET_CLASS (handshake), &n);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (handshake), specs[i]->name, &value);
      g_string_append_printf (text, "%s ", specs[i]->name);
      append_value (text, &value);
      g_string_append_c (text, '\n');
    }
  for (guint i = 0; i <= WSP_HANDSHAKE_STEP_ANSWERED; i++)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " ",
                            wsp_handshake_get_time_us (handshake, i));
  return g_string_free (text, FALSE);
}

typedef enum                    /* what the program does before the connection is open */
{
  TOUCH_NOTHING,
  TOUCH_DATA,
  TOUCH_REFERENCE,
  TOUCH_WEAK,
} Touch;

typedef struct
{
  WspServer     *server;
  guint16        port;
  gboolean       accepts;       /* TRUE if the server accepts with header fields of the program */
  gboolean       asks;          /* TRUE if a handler of `connection` asks for the handshake */
  gboolean       reads_path;
  Touch          touch;
  WspHandshake  *at_request;    /* handshake of `request`, without a reference */
  WspHandshake  *held;
  gpointer       weak;
  char          *before;        /* text of the handshake in `connection` */
  WspConnection *connection;
  guint          n_connections;
} Fixture;

static void
touch (Fixture      *self,
       WspHandshake *handshake)
{
  self->at_request = handshake;
  if (self->touch == TOUCH_DATA)
    g_object_set_data (G_OBJECT (handshake), "user", self);
  else if (self->touch == TOUCH_REFERENCE)
    self->held = g_object_ref (handshake);
  else if (self->touch == TOUCH_WEAK)
    g_object_add_weak_pointer (G_OBJECT (handshake), &self->weak);
  self->weak = handshake;
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GError) error = NULL;

  touch (self, handshake);
  if (!self->accepts)
    return TRUE;

  g_assert_true (wsp_headers_append (headers, "X-Own", "1", &error));
  g_assert_true (wsp_headers_append (headers, "Set-Cookie", "a=b", &error));
  g_assert_true (wsp_headers_append (headers, "Set-Cookie", "c=d", &error));
  g_assert_true (wsp_handshake_accept (handshake, "b", headers, &error));
  return TRUE;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  WspHandshake *handshake = self->at_request;

  if (self->asks)
    handshake = wsp_connection_get_handshake (connection);
  if (self->asks && self->at_request != NULL)
    g_assert_true (handshake == self->at_request);
  if (handshake != NULL)
    {
      g_free (self->before);
      self->before = dump (handshake);
      g_assert_true (self->touch != TOUCH_DATA ||
                     g_object_get_data (G_OBJECT (handshake), "user") == self);
    }
  if (self->reads_path)
    g_assert_nonnull (wsp_handshake_get_path (wsp_connection_get_handshake (connection)));
  g_set_object (&self->connection, connection);
  self->n_connections++;
}

static void
fixture_init (Fixture *self)
{
  g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();
  const char *protocols[] = { "b", NULL };

  *self = (Fixture) { .server = wsp_server_new () };
  g_object_set (self->server, "deflate", deflate, "subprotocols", protocols, NULL);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  self->port = listen_on_free_port (self->server, "127.0.0.1");
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->connection);
  g_clear_object (&self->held);
  g_clear_object (&self->server);
  g_free (self->before);
  run_pending ();
}

static int
join (Fixture    *self,
      const char *request)
{
  guint expected = self->n_connections + 1;
  int fd = knock_dial (self->port);

  knock_send (fd, request);
  g_free (knock_read (fd, "\r\n\r\n"));
  run_until_count (&self->n_connections, expected);
  run_pending ();
  return fd;
}

/* The text without the number of a port that the system has chosen. */
static char *
hide_port (const char *text)
{
  g_autoptr (GRegex) port = g_regex_new ("(127\\.0\\.0\\.1):\\d+", G_REGEX_RAW, 0, NULL);

  return g_regex_replace_literal (port, text, -1, 0, "127.0.0.1", G_REGEX_MATCH_NOTEMPTY, NULL);
}

/* No handler of `request`, so no handshake is made before the connection is open: that of another
 * connection with the same request shows what is expected. */
static void
test_unseen (gconstpointer data)
{
  gboolean is_closed = GPOINTER_TO_INT (data);
  g_autofree char *expected = NULL, *made = NULL, *shown = NULL;
  g_autoptr (WspDeflateOptions) others = NULL;
  Fixture self;

  fixture_init (&self);
  self.asks = TRUE;
  close (join (&self, REQUEST));
  expected = hide_port (self.before);
  g_assert_nonnull (strstr (expected, "permessage-deflate; "));
  g_assert_nonnull (strstr (expected, "path \"/chat/a%20b\""));
  self.asks = FALSE;

  int fd = join (&self, REQUEST);

  /* The response was written with the values before. */
  g_object_get (self.server, "deflate", &others, NULL);
  g_object_set (others, "server-window-bits", 9, "client-window-bits", 9, NULL);
  if (is_closed)
    {
      close (fd);
      wsp_connection_start_receiving (self.connection);
      while (wsp_connection_get_state (self.connection) != WSP_CONNECTION_STATE_CLOSED)
        g_main_context_iteration (NULL, TRUE);
      g_clear_object (&self.server);
    }
  made = dump (wsp_connection_get_handshake (self.connection));
  shown = hide_port (made);
  g_assert_cmpstr (shown, ==, expected);
  g_assert_true (wsp_connection_get_handshake (self.connection) ==
                 wsp_connection_get_handshake (self.connection));
  g_assert_false (wsp_handshake_accept (wsp_connection_get_handshake (self.connection), NULL, NULL,
                                        NULL));
  if (!is_closed)
    close (fd);
  fixture_clear (&self);
}

static void
test_route (void)
{
  g_autofree char *expected = NULL, *made = NULL, *shown = NULL;
  Fixture self;

  fixture_init (&self);
  g_assert_true (wsp_server_add_route (self.server, "/chat", NULL));
  self.asks = TRUE;
  close (join (&self, KNOCK_REQUEST ("")));
  expected = hide_port (self.before);
  self.asks = FALSE;
  close (join (&self, KNOCK_REQUEST ("")));
  made = dump (wsp_connection_get_handshake (self.connection));
  shown = hide_port (made);
  g_assert_cmpstr (shown, ==, expected);
  g_assert_nonnull (strstr (shown, "route \"/chat\""));
  fixture_clear (&self);
}

typedef struct
{
  const char *name;
  const char *target;
  gboolean    accepts;
  Touch       touch;
  gboolean    asks;
  gboolean    is_same;          /* TRUE if the object stays the same */
} SeenCase;

static const SeenCase seen_cases[] = {
  { "accepted-by-default", TARGET, FALSE, TOUCH_NOTHING, FALSE, FALSE },
  { "accepted-with-fields", TARGET, TRUE, TOUCH_NOTHING, FALSE, FALSE },
  { "a-whole-uri", "http://localhost:81?q", TRUE, TOUCH_NOTHING, FALSE, FALSE },
  { "an-empty-query", "/?", TRUE, TOUCH_NOTHING, FALSE, FALSE },
  { "two-slashes", "//x", TRUE, TOUCH_NOTHING, FALSE, FALSE },
  { "data-is-attached", TARGET, TRUE, TOUCH_DATA, FALSE, TRUE },
  { "a-reference-is-held", TARGET, TRUE, TOUCH_REFERENCE, FALSE, TRUE },
  { "a-weak-pointer-is-set", TARGET, TRUE, TOUCH_WEAK, FALSE, TRUE },
  { "the-connection-was-asked", TARGET, TRUE, TOUCH_NOTHING, TRUE, TRUE },
};

/* A handler of `request` has seen the handshake. */
static void
test_seen (gconstpointer data)
{
  const SeenCase *row = data;
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\n" KNOCK_FIELDS MORE_FIELDS
                                              "\r\n", row->target);
  g_autofree char *made = NULL;
  WspHandshake *now;
  Fixture self;

  fixture_init (&self);
  self.accepts = row->accepts;
  self.touch = row->touch;
  self.asks = row->asks;
  g_signal_connect (self.server, "request", G_CALLBACK (on_request), &self);

  int fd = join (&self, request);

  now = wsp_connection_get_handshake (self.connection);
  if (row->is_same)
    {
      g_assert_true (now == self.at_request);
      g_assert_true (now == self.weak);
    }
  g_assert_true ((g_object_get_data (G_OBJECT (now), "user") != NULL) ==
                 (row->touch == TOUCH_DATA));
  made = dump (now);
  g_assert_cmpstr (made, ==, self.before);
  g_assert_true (now == wsp_connection_get_handshake (self.connection));
  if (row->touch == TOUCH_WEAK)
    g_object_remove_weak_pointer (G_OBJECT (now), &self.weak);
  close (fd);
  fixture_clear (&self);
}

/* The peer has no IP address, so the handshake has it as an object. */
static void
test_stream (void)
{
  const char *request = REQUEST;
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autofree char *made = NULL;
  Fixture self;

  fixture_init (&self);
  g_signal_connect (self.server, "request", G_CALLBACK (on_request), &self);
  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (client), request,
                                            strlen (request), NULL, NULL, NULL));
  g_assert_true (wsp_server_accept_stream (self.server, stream, WSP_LISTEN_FLAGS_DEFAULT, NULL));
  run_until_count (&self.n_connections, 1);
  run_pending ();
  made = dump (wsp_connection_get_handshake (self.connection));
  g_assert_cmpstr (made, ==, self.before);
  g_assert_nonnull (strstr (made, "GUnixSocketAddress"));
  fixture_clear (&self);
}

/* A request of an HTTP server. */
static void
test_adopt (gconstpointer data)
{
  gboolean accepts = GPOINTER_TO_INT (data);
  g_autoptr (GBytes) block = g_bytes_new_static (KNOCK_FIELDS MORE_FIELDS,
                                                 strlen (KNOCK_FIELDS MORE_FIELDS));
  g_autoptr (WspHeaders) fields = wsp_headers_parse (block, NULL);
  WspHandshake *handshake = wsp_handshake_new_server ("GET", TARGET, "HTTP/1.1", fields, NULL);
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (WspConnection) connection = NULL;
  g_autofree char *made = NULL;
  Fixture self;

  fixture_init (&self);
  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  self.accepts = accepts;
  if (accepts)
    on_request (self.server, handshake, &self);
  self.at_request = handshake;
  connection = wsp_server_adopt (self.server, handshake, stream, NULL);
  g_assert_nonnull (connection);
  g_object_unref (handshake);
  run_until_count (&self.n_connections, 1);
  run_pending ();
  made = dump (wsp_connection_get_handshake (connection));
  g_assert_cmpstr (made, ==, self.before);
  fixture_clear (&self);
}

typedef struct
{
  Fixture        server;
  WspHandshake  *prepared;      /* handshake of the call, without a reference */
  char          *before;
  WspConnection *connection;
  Touch          touch;
  gboolean       is_done;
} ClientFixture;

static void
on_prepare (WspClient     *client,
            WspHandshake  *handshake,
            ClientFixture *self)
{
  self->prepared = handshake;
  if (self->touch == TOUCH_DATA)
    g_object_set_data (G_OBJECT (handshake), "user", self);
}

static void
take_connection (ClientFixture *self,
                 WspConnection *connection)
{
  g_set_object (&self->connection, connection);
  self->before = dump (self->prepared);
  self->is_done = TRUE;
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    wsp_client_connect_finish (WSP_CLIENT (client), result, &error);

  g_assert_no_error (error);
  take_connection (data, connection);
}

static void
on_opened (GObject      *client,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection = wsp_client_open_finish (WSP_CLIENT (client), result,
                                                                 &error);

  g_assert_no_error (error);
  take_connection (data, connection);
}

static void
on_reconnector_connected (WspReconnector *reconnector,
                          WspConnection  *connection,
                          ClientFixture  *self)
{
  take_connection (self, connection);
}

typedef enum { BY_CONNECT, BY_OPEN, BY_OPEN_HELD, BY_RECONNECTOR } ClientWay;

typedef struct
{
  const char *name;
  ClientWay   way;
  gboolean    offers;
  Touch       touch;
  gboolean    is_same;
} ClientCase;

static const ClientCase client_cases[] = {
  { "connect", BY_CONNECT, TRUE, TOUCH_NOTHING, FALSE },
  { "connect-without-subprotocols", BY_CONNECT, FALSE, TOUCH_NOTHING, FALSE },
  { "connect-with-data", BY_CONNECT, TRUE, TOUCH_DATA, TRUE },
  { "open", BY_OPEN, TRUE, TOUCH_NOTHING, FALSE },
  { "open-and-held", BY_OPEN_HELD, TRUE, TOUCH_NOTHING, TRUE },
  { "reconnector", BY_RECONNECTOR, TRUE, TOUCH_NOTHING, FALSE },
};

static void
test_client (gconstpointer data)
{
  const ClientCase *row = data;
  const char *protocols[] = { "a", "b", NULL };
  const char *origins[] = { "http://localhost", NULL };
  const char * const *offered = row->offers ? protocols : NULL;
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (WspHandshake) handshake = NULL;
  g_autoptr (WspReconnector) reconnector = NULL;
  g_autofree char *uri = NULL, *made = NULL;
  ClientFixture self = { .touch = row->touch };

  fixture_init (&self.server);
  g_object_set (self.server.server, "allowed-origins", origins, NULL);
  uri = g_strdup_printf ("WS://user:pass@127.0.0.1:%u/x%%20y?q=1", self.server.port);
  g_object_set (client, "deflate", deflate, "origin", "http://localhost", NULL);
  g_signal_connect (client, "prepare", G_CALLBACK (on_prepare), &self);
  g_assert_true (wsp_headers_append (headers, "X-Own", " 1", NULL));
  g_assert_true (wsp_headers_append (headers, "X-Own", "2", NULL));
  if (row->way == BY_CONNECT)
    {
      wsp_client_connect_async (client, uri, offered, headers, NULL, on_connected, &self);
    }
  else if (row->way == BY_RECONNECTOR)
    {
      reconnector = wsp_reconnector_new (uri, client);
      g_object_set (reconnector, "subprotocols", offered, "headers", headers, NULL);
      g_signal_connect (reconnector, "connected", G_CALLBACK (on_reconnector_connected), &self);
      wsp_reconnector_start (reconnector);
    }
  else
    {
      handshake = wsp_handshake_new_client (uri, offered, headers, NULL);
      wsp_client_open_async (client, handshake, NULL, NULL, on_opened, &self);
      if (row->way == BY_OPEN)
        g_clear_object (&handshake);
    }
  run_until (&self.is_done);
  run_pending ();
  g_assert_nonnull (strstr (self.before, "response-status 101"));
  if (row->is_same)
    g_assert_true (wsp_connection_get_handshake (self.connection) == self.prepared);
  g_assert_true ((g_object_get_data (G_OBJECT (wsp_connection_get_handshake (self.connection)),
                                     "user") != NULL) == (row->touch == TOUCH_DATA));
  made = dump (wsp_connection_get_handshake (self.connection));
  g_assert_cmpstr (made, ==, self.before);
  g_assert_true (wsp_connection_get_handshake (self.connection) ==
                 wsp_connection_get_handshake (self.connection));
  wsp_connection_abort (self.connection);
  g_clear_object (&self.connection);
  if (reconnector != NULL)
    wsp_reconnector_stop (reconnector);
  g_free (self.before);
  fixture_clear (&self.server);
}

typedef struct
{
  char *before, *made;
  int   n_messages;
} InWorker;

static void
on_worker_message (WspConnection *connection,
                   WspMessage    *message,
                   InWorker      *self)
{
  self->made = dump (wsp_connection_get_handshake (connection));
  g_atomic_int_inc (&self->n_messages);
}

static gboolean
on_worker_request (WspServer    *server,
                   WspHandshake *handshake,
                   gpointer      data)
{
  g_object_set_data (G_OBJECT (server), "handshake", handshake);
  return TRUE;
}

static void
on_worker_connection (WspServer     *server,
                      WspConnection *connection,
                      InWorker      *self)
{
  self->before = dump (g_object_get_data (G_OBJECT (server), "handshake"));
  g_signal_connect (connection, "message", G_CALLBACK (on_worker_message), self);
  wsp_connection_start_receiving (connection);
}

static void
test_worker (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  InWorker self = { NULL, NULL, 0 };

  g_signal_connect (server, "request", G_CALLBACK (on_worker_request), NULL);
  g_signal_connect (server, "connection", G_CALLBACK (on_worker_connection), &self);
  g_assert_true (wsp_server_start_workers (server, 1, NULL));

  int fd = knock_dial (listen_on_free_port (server, "127.0.0.1"));

  knock_send (fd, REQUEST);
  g_free (knock_read (fd, "\r\n\r\n"));
  wire_write (fd, "81 80 00 00 00 00");
  while (g_atomic_int_get (&self.n_messages) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (self.made, ==, self.before);
  g_free (self.made);
  g_free (self.before);
  close (fd);
}

/* The default; FALSE drops the handshake. */
static void
test_setting (gconstpointer data)
{
  gboolean has_request = GPOINTER_TO_INT (data);
  gboolean is_kept;
  Fixture self;

  fixture_init (&self);
  g_object_get (self.server, "persistent-handshakes", &is_kept, NULL);
  g_assert_true (is_kept);
  if (has_request)
    g_signal_connect (self.server, "request", G_CALLBACK (on_request), &self);
  g_object_set (self.server, "persistent-handshakes", FALSE, NULL);
  close (join (&self, REQUEST));
  g_assert_null (wsp_connection_get_handshake (self.connection));
  g_object_set (self.server, "persistent-handshakes", TRUE, NULL);
  close (join (&self, REQUEST));
  g_assert_nonnull (wsp_connection_get_handshake (self.connection));
  fixture_clear (&self);
}

#if ALLOCATIONS_ARE_COUNTED

#define N_MEASURED 250
#define N_TIMES 3

typedef enum { DROPPED, KEPT, READ } Keeping;

static guint n_alive;

static void
on_gone (gpointer data,
         GObject *connection)
{
  n_alive--;
}

static void
watch_connection (WspServer     *server,
                  WspConnection *connection)
{
  n_alive++;
  g_object_weak_ref (G_OBJECT (connection), on_gone, NULL);
}

/* The bytes that malloc () has given for each connection.  All that was given is given back
 * before this returns: on a busy machine some of it is free only during the next measurement. */
static gssize
measure_once (Keeping     keeping,
              gboolean    has_request,
              const char *request)
{
  int fds[N_MEASURED];
  gssize before, bytes;
  Fixture self;

  fixture_init (&self);
  wsp_server_set_deflate (self.server, NULL);
  g_object_set (self.server, "persistent-handshakes", keeping != DROPPED, NULL);
  self.reads_path = keeping == READ;
  if (has_request)
    g_signal_connect (self.server, "request", G_CALLBACK (on_request), &self);
  g_signal_connect (self.server, "connection", G_CALLBACK (watch_connection), NULL);
  int first = join (&self, request);

  before = (gssize) mallinfo2 ().uordblks;
  for (guint i = 0; i < N_MEASURED; i++)
    fds[i] = join (&self, request);
  bytes = (gssize) mallinfo2 ().uordblks - before;
  for (guint i = 0; i < N_MEASURED; i++)
    close (fds[i]);
  close (first);
  fixture_clear (&self);
  while (n_alive > 0)
    g_main_context_iteration (NULL, TRUE);
  return bytes / N_MEASURED;
}

static int
compare_bytes (const void *a,
               const void *b)
{
  gssize one = *(const gssize *) a, other = *(const gssize *) b;

  return (one > other) - (one < other);
}

/* The median of some measurements: the memory that GLib and malloc () keep for later differs. */
static gssize
measure (Keeping     keeping,
         gboolean    has_request,
         const char *request)
{
  gssize times[N_TIMES];

  for (guint i = 0; i < N_TIMES; i++)
    times[i] = measure_once (keeping, has_request, request);
  qsort (times, N_TIMES, sizeof times[0], compare_bytes);
  return times[N_TIMES / 2];
}

static void
test_memory (gconstpointer data)
{
  gboolean has_request = GPOINTER_TO_INT (data);
  g_autofree char *cookie = g_strnfill (600, 'x');
  g_autofree char *large = g_strdup_printf (KNOCK_GET ("/", "Cookie: %s\r\n"), cookie);
  const char *requests[] = { KNOCK_GET ("/", ""), large };

  (void) measure (KEPT, has_request, requests[0]);      /* what is allocated once */
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      gssize dropped = measure (DROPPED, has_request, requests[i]);
      gssize kept = measure (KEPT, has_request, requests[i]);
      gssize read = measure (READ, has_request, requests[i]);
      gssize length = (gssize) strlen (requests[i]);

      g_test_message ("a head of %zd: kept costs %zd more than dropped, with its path read %zd",
                      length, kept - dropped, read - dropped);
      g_assert_cmpint (kept - dropped, <=, length + 64);
      g_assert_cmpint (kept - dropped, >, length / 2);
    }
}

#endif

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/endpoint/kept-handshakes/unseen/open", GINT_TO_POINTER (FALSE),
                        test_unseen);
  g_test_add_data_func ("/endpoint/kept-handshakes/unseen/closed-and-without-the-server",
                        GINT_TO_POINTER (TRUE), test_unseen);
  g_test_add_func ("/endpoint/kept-handshakes/unseen/has-its-route", test_route);
  for (guint i = 0; i < G_N_ELEMENTS (seen_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/kept-handshakes/seen/%s-%s",
                                               seen_cases[i].name,
                                               seen_cases[i].is_same ? "same" : "equal");

      g_test_add_data_func (path, &seen_cases[i], test_seen);
    }
  g_test_add_func ("/endpoint/kept-handshakes/stream/equal", test_stream);
  g_test_add_data_func ("/endpoint/kept-handshakes/adopt/undecided-equal", GINT_TO_POINTER (FALSE),
                        test_adopt);
  g_test_add_data_func ("/endpoint/kept-handshakes/adopt/accepted-equal", GINT_TO_POINTER (TRUE),
                        test_adopt);
  for (guint i = 0; i < G_N_ELEMENTS (client_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/kept-handshakes/client/%s-%s",
                                               client_cases[i].name,
                                               client_cases[i].is_same ? "same" : "equal");

      g_test_add_data_func (path, &client_cases[i], test_client);
    }
  g_test_add_func ("/endpoint/kept-handshakes/worker/equal", test_worker);
  g_test_add_data_func ("/endpoint/kept-handshakes/setting/unseen", GINT_TO_POINTER (FALSE),
                        test_setting);
  g_test_add_data_func ("/endpoint/kept-handshakes/setting/seen", GINT_TO_POINTER (TRUE),
                        test_setting);
#if ALLOCATIONS_ARE_COUNTED
  g_test_add_data_func ("/endpoint/kept-handshakes/memory/unseen-is-the-head-and-64-bytes",
                        GINT_TO_POINTER (FALSE), test_memory);
  g_test_add_data_func ("/endpoint/kept-handshakes/memory/seen-is-the-head-and-64-bytes",
                        GINT_TO_POINTER (TRUE), test_memory);
#endif

  return g_test_run ();
}
