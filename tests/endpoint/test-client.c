/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/wire.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <sys/socket.h>
#include <unistd.h>

/* A server of raw bytes: it reads one request and sends a response, in which "@" is replaced by
 * the accept value. */
typedef struct
{
  GSocket *listener;
  guint16  port;
  int      fd;
  char    *request;
} RawServer;

static RawServer *
raw_server_new (void)
{
  RawServer *self = g_new (RawServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);

  *self = (RawServer) { .fd = -1 };
  self->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL);
  g_socket_set_blocking (self->listener, FALSE);
  g_assert_true (g_socket_bind (self->listener, any, TRUE, NULL));
  g_assert_true (g_socket_listen (self->listener, NULL));
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (self->listener, NULL);

  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  return self;
}

static void
raw_server_free (RawServer *self)
{
  g_object_unref (self->listener);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->request);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawServer, raw_server_free)

static void
raw_server_take_request (RawServer *self)
{
  g_autoptr (GString) request = g_string_new (NULL);
  g_autoptr (GSocket) socket = NULL;
  char byte;

  while ((socket = g_socket_accept (self->listener, NULL, NULL)) == NULL)
    g_main_context_iteration (NULL, FALSE);
  self->fd = dup (g_socket_get_fd (socket));
  g_assert_true (g_unix_set_fd_nonblocking (self->fd, TRUE, NULL));

  while (!g_str_has_suffix (request->str, "\r\n\r\n"))
    {
      if (read (self->fd, &byte, 1) == 1)
        g_string_append_c (request, byte);
      else
        g_main_context_iteration (NULL, FALSE);
    }
  self->request = g_strdup (request->str);
}

static void
raw_server_answer (RawServer  *self,
                   const char *answer)
{
  const char *key = strstr (self->request, "\r\nSec-WebSocket-Key: ") + 21;
  g_autofree char *key_text = g_strndup (key, 24);
  g_autofree char *accept = wsp_accept_key_derive (key_text, NULL);
  g_auto (GStrv) parts = g_strsplit (answer, "@", -1);
  g_autofree char *text = g_strjoinv (accept, parts);

  g_assert_cmpint (send (self->fd, text, strlen (text), MSG_NOSIGNAL), ==, strlen (text));
}

static WspConnection *
finish (WspClient     *client,
        GAsyncResult **result,
        GError       **error)
{
  run_until_result (result);
  return wsp_client_open_finish (client, *result, error);
}

static WspHandshake *
make_handshake (guint16             port,
                const char * const *protocols)
{
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/chat?x=1", port);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_headers_append (headers, "Cookie", "a=b", NULL));
  WspHandshake *handshake = wsp_handshake_new_client (uri, protocols, headers, &error);

  g_assert_no_error (error);
  return handshake;
}

#define SWITCH "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
#define ACCEPT "Sec-WebSocket-Accept: @\r\n"

static const struct
{
  const char *name, *answer;
  GQuark    (*domain) (void);
  int         error;            /* error code; -1 = success */
  guint       status;
  const char *text;             /* text that the error's message contains */
} answers[] = {
  { "WS-45-right", SWITCH ACCEPT "\r\n", NULL, -1, 101, NULL },
  { "WS-37-after-interim-answers",
    "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" SWITCH ACCEPT "\r\n", NULL, -1, 101,
    NULL },
  { "WS-34-403", "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nnope",
    wsp_error_quark,
    WSP_ERROR_HANDSHAKE, 403, "status 403 Forbidden" },
  { "WS-34-200-without-length", "HTTP/1.1 200 OK\r\n\r\n", wsp_error_quark,
    WSP_ERROR_HANDSHAKE, 200,
    "status 200 OK" },
  { "WS-36-redirect", "HTTP/1.1 302 Found\r\nLocation: ws://other/\r\nContent-Length: 0\r\n\r\n",
    wsp_error_quark, WSP_ERROR_HANDSHAKE, 302, "status 302" },
  { "WS-58-other-versions",
    "HTTP/1.1 426 U\r\nSec-WebSocket-Version: 8, 7\r\nContent-Length: 0\r\n\r\n",
    wsp_error_quark, WSP_ERROR_VERSION_NOT_SUPPORTED, 426, "status 426" },
  { "400-with-versions",
    "HTTP/1.1 400 B\r\nSec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n",
    wsp_error_quark, WSP_ERROR_VERSION_NOT_SUPPORTED, 400, "status 400" },
  { "426-without-versions", "HTTP/1.1 426 U\r\nContent-Length: 0\r\n\r\n",
    wsp_error_quark, WSP_ERROR_HANDSHAKE, 426, "status 426" },
  { "403-with-versions",
    "HTTP/1.1 403 F\r\nSec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n",
    wsp_error_quark, WSP_ERROR_HANDSHAKE, 403, "status 403" },
  { "WS-39-http-1-0", "HTTP/1.0 101 Switching Protocols\r\n\r\n", wsp_error_quark,
    WSP_ERROR_HANDSHAKE, 0, "Status line" },
  { "WS-43-wrong-accept", SWITCH "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    wsp_error_quark,
    WSP_ERROR_INVALID_FORMAT, 101, "does not match the key" },
  { "WS-50-protocol-not-offered", SWITCH ACCEPT "Sec-WebSocket-Protocol: other\r\n\r\n",
    wsp_error_quark,
    WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED, 101, "not offered" },
  { "WS-54-folded", "HTTP/1.1 101 Switching Protocols\r\nA: b\r\n c\r\n\r\n",
    wsp_error_quark,
    WSP_ERROR_HANDSHAKE, 0, "folding" },
  { "WS-37-endless-interim-answers",
    "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"
    "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n", wsp_error_quark,
    WSP_ERROR_HANDSHAKE, 100, "1xx" },
  { "WS-37-refusal-after-as-many-interim-answers-as-may-be",
    "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"
    "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n", wsp_error_quark,
    WSP_ERROR_HANDSHAKE, 404, "status 404" },
  { "SEC-37-nothing", "", g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, 0, NULL },
};

static void
test_answer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const char *protocols[] = { "chat", NULL };
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint status;

  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (WspHandshake) handshake = make_handshake (server->port, protocols);

  wsp_client_open_async (client, handshake, NULL, NULL, keep_result, &result);
  raw_server_take_request (server);
  raw_server_answer (server, answers[i].answer);
  shutdown (server->fd, SHUT_WR);

  g_autoptr (WspConnection) connection = finish (client, &result, &error);

  g_object_get (handshake, "response-status", &status, NULL);
  g_assert_cmpuint (status, ==, answers[i].status);
  if (answers[i].error < 0)
    {
      g_assert_no_error (error);
      g_assert_true (WSP_IS_CONNECTION (connection));
    }
  else
    {
      g_assert_null (connection);
      g_assert_error (error, answers[i].domain (), answers[i].error);
      if (answers[i].text != NULL)
        g_assert_nonnull (strstr (error->message, answers[i].text));
    }
}

static void
add_header (WspClient    *client,
            WspHandshake *handshake)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  g_assert_true (wsp_headers_append (headers, "X-Prepared", "yes", NULL));
  g_object_set (handshake, "request-headers", headers, NULL);
}

/* The content of the request, and the parts of the response that can be read afterwards.  Rows
 * 20, 21, 22, 26, 28, 31, 34. */
static void
test_request (void)
{
  const char *protocols[] = { "one", "two", NULL };
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "origin", "https://page.example",
                                               "user-agent", "test/1",
                                               NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (WspHeaders) headers = NULL;
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (WspHandshake) handshake = make_handshake (server->port, protocols);
  g_autofree char *host = g_strdup_printf ("\r\nHost: 127.0.0.1:%u\r\n", server->port);

  wsp_client_open_async (client, handshake, NULL, NULL, keep_result, &result);
  raw_server_take_request (server);
  g_assert_true (g_str_has_prefix (server->request, "GET /chat?x=1 HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (server->request, host));
  g_assert_nonnull (strstr (server->request, "\r\nCookie: a=b\r\n"));
  g_assert_nonnull (strstr (server->request, "\r\nOrigin: https://page.example\r\n"));
  g_assert_nonnull (strstr (server->request, "\r\nUser-Agent: test/1\r\n"));
  g_assert_nonnull (strstr (server->request, "\r\nUpgrade: websocket\r\n"));
  g_assert_nonnull (strstr (server->request, "\r\nSec-WebSocket-Version: 13\r\n"));
  g_assert_nonnull (strstr (server->request, "\r\nSec-WebSocket-Protocol: one, two\r\n"));

  raw_server_answer (server,
                     "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nsorry and more");
  g_assert_null (finish (client, &result, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_HANDSHAKE);
  g_object_get (handshake, "response-body", &body, "response-headers", &headers, NULL);
  g_assert_cmpstr (wsp_headers_get_one (headers, "WWW-Authenticate"), ==, "Basic");
  g_assert_cmpuint (g_bytes_get_size (body), >=, strlen ("sorry"));
  g_assert_cmpmem (g_bytes_get_data (body, NULL), strlen ("sorry"), "sorry", strlen ("sorry"));
}

static const char *const chat[] = { "chat", NULL };
static const char *const no_protocol[] = { NULL };

static const struct
{
  const char        *claim;
  const char *const *offered;
  const char        *answer;
  gboolean           is_open;
} required_protocols[] = {
  { "chosen", chat, SWITCH ACCEPT "Sec-WebSocket-Protocol: chat\r\n\r\n", TRUE },
  { "not-chosen-fails", chat, SWITCH ACCEPT "\r\n", FALSE },
  { "none-offered", no_protocol, SWITCH ACCEPT "\r\n", TRUE },
  { "no-list-offered", NULL, SWITCH ACCEPT "\r\n", TRUE },
};

static void
test_required_protocol (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "subprotocol-required", TRUE, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (WspHandshake) handshake = make_handshake (server->port, required_protocols[i].offered);

  wsp_client_open_async (client, handshake, NULL, NULL, keep_result, &result);
  raw_server_take_request (server);
  raw_server_answer (server, required_protocols[i].answer);
  g_autoptr (WspConnection) connection = finish (client, &result, &error);

  g_assert_cmpint (connection != NULL, ==, required_protocols[i].is_open);
  if (!required_protocols[i].is_open)
    g_assert_error (error, WSP_ERROR, WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED);
}

/* The fields that the client has for all requests give way to those of one request. */
static void
test_own_fields (void)
{
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "origin", "https://page.example",
                                               "user-agent", "test/1", NULL);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (RawServer) server = raw_server_new ();
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", server->port);

  g_assert_true (wsp_headers_append (headers, "Origin", "https://own.example", NULL));
  g_assert_true (wsp_headers_append (headers, "User-Agent", "own/1", NULL));
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, headers, NULL);

  wsp_client_open_async (client, handshake, NULL, NULL, keep_result, &result);
  raw_server_take_request (server);
  g_assert_nonnull (strstr (server->request, "\r\nOrigin: https://own.example\r\n"));
  g_assert_nonnull (strstr (server->request, "\r\nUser-Agent: own/1\r\n"));
  g_assert_null (strstr (server->request, "page.example"));
  g_assert_null (strstr (server->request, "test/1"));
  raw_server_answer (server, SWITCH ACCEPT "\r\n");
  g_autoptr (WspConnection) connection = finish (client, &result, NULL);

  g_assert_nonnull (connection);
}

#define DEFAULT_AGENT "libwsproto/" WSP_VERSION_STRING
#define ONLY_ORIGIN "(often the Origin: see WspClient:origin)"
#define ORIGIN_OR_AGENT \
  "(often the Origin, or a missing User-Agent: see WspClient:origin, WspClient:user-agent)"

static const struct
{
  const char *name, *property, *header, *sent, *advice;
} agents[] = {
  { "default", NULL, NULL, DEFAULT_AGENT, ONLY_ORIGIN },
  { "none", "", NULL, NULL, ORIGIN_OR_AGENT },
  { "of-the-client", "test/1", NULL, "test/1", ONLY_ORIGIN },
  { "of-the-request", NULL, "own/1", "own/1", ONLY_ORIGIN },
  { "of-the-request-before-the-client", "test/1", "own/1", "own/1", ONLY_ORIGIN },
  { "of-the-request-alone", "", "own/1", "own/1", ONLY_ORIGIN },
};

static void
test_user_agent (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "user-agent", agents[i].property,
                                               NULL);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RawServer) server = raw_server_new ();
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", server->port);
  g_autofree char *line = g_strdup_printf ("\r\nUser-Agent: %s\r\n", agents[i].sent);

  if (agents[i].header != NULL)
    g_assert_true (wsp_headers_append (headers, "User-Agent", agents[i].header, NULL));
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, headers, NULL);

  wsp_client_open_async (client, handshake, NULL, NULL, keep_result, &result);
  raw_server_take_request (server);
  g_assert_cmpint (strstr (server->request, line) != NULL, ==, agents[i].sent != NULL);
  g_assert_cmpint (strstr (server->request, "User-Agent") != NULL, ==, agents[i].sent != NULL);
  raw_server_answer (server, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
  g_assert_null (finish (client, &result, &error));
  g_assert_true (g_str_has_suffix (error->message, agents[i].advice));
}

static void
test_prepare (void)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (WspHandshake) handshake = make_handshake (server->port, NULL);

  g_signal_connect (client, "prepare", G_CALLBACK (add_header), NULL);
  wsp_client_open_async (client, handshake, NULL, cancellable, keep_result, &result);
  raw_server_take_request (server);
  g_assert_nonnull (strstr (server->request, "\r\nX-Prepared: yes\r\n"));

  /* It is cancelled while the client waits for the response. */
  g_cancellable_cancel (cancellable);
  g_assert_null (finish (client, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (wire_is_ended (server->fd));
}

static void
test_timeout (void)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (WspHandshake) handshake = make_handshake (server->port, NULL);

  wsp_client_set_connect_timeout (client, 30);
  wsp_client_open_async (client, handshake, NULL, NULL, keep_result, &result);
  wsp_client_set_connect_timeout (client, 0);           /* the call has begun */
  g_assert_null (finish (client, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "limit connect-timeout 30 ms"));
}

/* Row 9: the second request is sent when the first one has its response. */
static void
test_serialized (void)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) third = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (WspHandshake) one = make_handshake (server->port, NULL);
  g_autoptr (WspHandshake) two = make_handshake (server->port, NULL);
  g_autoptr (WspHandshake) three = make_handshake (server->port, NULL);

  wsp_client_open_async (client, one, NULL, NULL, keep_result, &first);
  wsp_client_open_async (client, two, NULL, cancellable, keep_result, &second);
  wsp_client_open_async (client, three, NULL, NULL, keep_result, &third);
  raw_server_take_request (server);
  run_pending ();
  g_assert_null (g_socket_accept (server->listener, NULL, NULL));

  g_cancellable_cancel (cancellable);
  raw_server_answer (server, SWITCH ACCEPT "\r\n");
  g_autoptr (WspConnection) connection = finish (client, &first, &error);

  g_assert_no_error (error);
  g_assert_null (finish (client, &second, &error));
  g_clear_error (&error);
  close (server->fd);
  g_free (server->request);
  raw_server_take_request (server);
  raw_server_answer (server, SWITCH ACCEPT "\r\n");
  g_autoptr (WspConnection) other = finish (client, &third, &error);

  g_assert_no_error (error);
}

static void
note_handshake (GObject      *source,
                GAsyncResult *result,
                gpointer      place)
{
  g_autoptr (WspHandshake) handshake = NULL;
  WspConnection *connection = wsp_client_connect_finish (WSP_CLIENT (source), result, NULL);

  g_object_get (connection, "handshake", &handshake, NULL);
  g_assert_true (WSP_IS_HANDSHAKE (handshake));
  *(WspConnection **) place = connection;
}

typedef enum
{
  BY_DEFAULT,
  KEPT,
  DROPPED,
  N_KEEPINGS,
} Keeping;

static const char *const keepings[N_KEEPINGS] = { "by-default", "kept", "dropped" };

/* The handshake exists in the callback, and after it unless it is to be dropped. */
static void
test_persistent_handshakes (gconstpointer data)
{
  Keeping keeping = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspConnection) connection = NULL;
  g_autoptr (WspHandshake) handshake = NULL;
  guint16 port = listen_on_free_port (server, NULL);
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);

  if (keeping != BY_DEFAULT)
    g_object_set (client, "persistent-handshakes", keeping == KEPT, NULL);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, note_handshake, &connection);
  while (connection == NULL)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  g_object_get (connection, "handshake", &handshake, NULL);
  g_assert_true (WSP_IS_HANDSHAKE (handshake) == (keeping != DROPPED));
  wsp_connection_abort (connection);
  run_pending ();
}

/* Row 256: the only settings of TLS are the trusted CAs and the own certificate. */
static void
test_tls_settings (void)
{
  g_autoptr (GTypeClass) class = g_type_class_ref (WSP_TYPE_CLIENT);
  g_autoptr (GString) names = g_string_new (NULL);
  guint n;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_CLASS (class), &n);

  for (guint i = 0; i < n; i++)
    {
      if (strstr (pspecs[i]->name, "tls") != NULL || strstr (pspecs[i]->name, "cert") != NULL)
        g_string_append_printf (names, "%s ", pspecs[i]->name);
    }
  g_assert_cmpstr (names->str, ==, "tls-database tls-certificate tls-interaction ");
}

static void
test_no_listener (void)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (WspHandshake) handshake = make_handshake (server->port, NULL);

  g_clear_pointer (&server, raw_server_free);
  wsp_client_open_async (client, handshake, NULL, NULL, keep_result, &result);
  g_assert_null (finish (client, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* Rows 18 and 201: the client sends nothing but the request before the response; then the server
 * resets the connection. */
static void
test_cut (void)
{
  struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char byte;

  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (WspHandshake) handshake = make_handshake (server->port, NULL);

  wsp_client_open_async (client, handshake, NULL, NULL, keep_result, &result);
  raw_server_take_request (server);
  run_pending ();
  g_assert_cmpint (read (server->fd, &byte, 1), <, 0);
  raw_server_answer (server, SWITCH ACCEPT "\r\n");
  g_autoptr (WspConnection) connection = finish (client, &result, &error);

  g_assert_no_error (error);
  g_assert_cmpint (setsockopt (server->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), ==, 0);
  g_clear_pointer (&server, raw_server_free);
  g_assert_null (receive (connection, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
  g_assert_cmpuint (wsp_close_info_get_local_code (wsp_connection_get_close_info (connection)), ==,
                    1006);
}

static void
test_not_supported (void)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wsp_client_connect_async (client, "http://127.0.0.1/", NULL, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_null (wsp_client_connect_finish (client, result, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
}

/* Client and server of the library on a socket: text, binary, ping, close, and that all objects
 * are freed at the end. */
static void
test_whole (void)
{
  const char *protocols[] = { "chat", NULL };
  g_autoptr (WspServer) server = g_object_new (WSP_TYPE_SERVER, "subprotocols", protocols, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) pinged = NULL;
  g_autoptr (Watched) remote = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = listen_on_free_port (server, NULL);
  g_autofree char *uri = g_strdup_printf ("ws://localhost:%u/", port);

  g_signal_connect (server, "connection", G_CALLBACK (watch_echoing), &remote);
  wsp_client_connect_async (client, uri, protocols, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  WspConnection *connection = wsp_client_connect_finish (client, result, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (wsp_connection_get_subprotocol (connection), ==, "chat");
  g_autoptr (Watched) local = watch (connection);

  g_object_unref (connection);
  wsp_connection_start_receiving (local->connection);
  g_assert_true (wsp_connection_queue_text (local->connection, "Hello", &error));
  wsp_connection_ping_async (local->connection, NULL, NULL, keep_result, &pinged);
  run_until_count (&local->n_messages, 1);
  run_until_result (&pinged);
  g_assert_cmpstr (wsp_message_get_text (local->messages->pdata[0]), ==, "Hello");
  wsp_connection_close_async (local->connection, 1000, NULL, NULL, NULL, NULL);
  run_until_closed (local);
  run_until_closed (remote);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (local->connection)));
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (remote->connection)));
}

typedef struct
{
  GAsyncQueue *port;
} ServerThread;

/* A server with its own main context: it shares nothing with the thread of the client. */
static gpointer
run_server (gpointer data)
{
  ServerThread *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  WspServer *server = wsp_server_new ();
  Watched *remote = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (watch_echoing), &remote);
  g_async_queue_push (self->port,
                      GUINT_TO_POINTER (listen_on_free_port (server, NULL)));
  while (remote == NULL || !remote->is_closed)
    g_main_context_iteration (context, TRUE);
  watched_free (remote);
  g_object_unref (server);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_two_threads (void)
{
  ServerThread server = { g_async_queue_new () };
  GThread *thread = g_thread_new ("server", run_server, &server);
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/",
                                          GPOINTER_TO_UINT (g_async_queue_pop (server.port)));
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_autoptr (WspConnection) connection = wsp_client_connect_finish (client, result, &error);

  g_assert_no_error (error);
  g_assert_true (wsp_connection_queue_text (connection, "across", &error));
  g_autoptr (WspMessage) message = receive (connection, &error);

  g_assert_cmpstr (wsp_message_get_text (message), ==, "across");
  g_autoptr (Watched) local = watch (connection);

  wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
  run_until_closed (local);
  g_thread_join (thread);
  g_async_queue_unref (server.port);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/client/answer", answers, test_answer);
  g_test_add_func ("/endpoint/client/request/WS-20-WS-21-WS-34-head-and-refusal", test_request);
  for (guint i = 0; i < G_N_ELEMENTS (required_protocols); i++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/client/subprotocol-required/",
                                           required_protocols[i].claim, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_required_protocol);
    }
  g_test_add_func ("/endpoint/client/request/own-fields-replace-those-of-all", test_own_fields);
  ADD_ROWS ("/endpoint/client/user-agent", agents, test_user_agent);
  g_test_add_func ("/endpoint/client/request/prepare-then-WS-19-cancel", test_prepare);
  g_test_add_func ("/endpoint/client/timeout/WS-19-SEC-37-name-to-open", test_timeout);
  g_test_add_func ("/endpoint/client/connect/WS-9-one-after-the-other", test_serialized);
  g_test_add_func ("/endpoint/client/connect/schemes-that-are-refused", test_not_supported);
  g_test_add_func ("/endpoint/client/connect/WS-13-no-listener", test_no_listener);
  g_test_add_func ("/endpoint/client/connect/WS-18-WS-201-torn", test_cut);
  for (guint i = 0; i < N_KEEPINGS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/client/persistent-handshakes/%s",
                                               keepings[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_persistent_handshakes);
    }
  g_test_add_func ("/endpoint/client/settings/WS-256-tls", test_tls_settings);
  g_test_add_func ("/endpoint/client/whole/echo-with-our-server", test_whole);
  g_test_add_func ("/endpoint/client/whole/server-in-another-thread", test_two_threads);

  return g_test_run ();
}
