/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Requests and streams that a server takes from other code. */
#include "connection/transports.h"
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "endpoint/served.h"
#include "lib/heads.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <sys/socket.h>
#include <unistd.h>

/* How the server is set up. */
typedef enum
{
  PLAIN,
  WITH_ORIGINS,
  WITH_HOSTS,
  WITH_ROUTES,
  WITH_SUBPROTOCOLS,
  WITH_OWN_SUBPROTOCOLS,
  WITH_DEFLATE,
  WITH_SMALL_HEADS,
  WITH_FEW_FIELDS,
  WITH_ONE_CLIENT,
} Setup;

#define ORIGIN(value) "Origin: " value "\r\n"
#define OFFER(value) "Sec-WebSocket-Protocol: " value "\r\n"
#define DEFLATE(value) "Sec-WebSocket-Extensions: permessage-deflate" value "\r\n"
#define WITHOUT_HOST KNOCK_UPGRADE KNOCK_KEY KNOCK_VERSION
#define LONG "X-Long: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n"
#define FIVE_FIELDS "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n"

static const struct
{
  const char *name;
  Setup       setup;
  const char *target, *fields;
  guint       status;           /* status of the listener's response; 0 = no handshake can be made
                                 * of the request */
} requests[] = {
  { "plain", PLAIN, "/chat", KNOCK_FIELDS, 101 },
  { "query", PLAIN, "/chat?a=b", KNOCK_FIELDS, 101 },
  { "whole-uri", PLAIN, "http://localhost/chat", KNOCK_FIELDS, 101 },
  { "origin-of-the-whole-uri", PLAIN, "http://app.localhost/chat",
    KNOCK_FIELDS ORIGIN ("http://app.localhost"), 101 },
  { "origin-of-host-but-not-of-the-whole-uri", PLAIN, "http://app.localhost/chat", KNOCK_FIELDS
    ORIGIN ("http://localhost"), 403 },
  { "rebound-name-in-the-whole-uri", PLAIN, "http://evil.example/",
    KNOCK_FIELDS ORIGIN ("http://evil.example"), 403 },
  { "route-of-a-whole-uri", WITH_ROUTES, "wss://localhost/chat?x", KNOCK_FIELDS, 101 },
  { "own-origin", PLAIN, "/", KNOCK_FIELDS ORIGIN ("http://localhost"), 101 },
  { "own-origin-with-tls", PLAIN, "/", KNOCK_FIELDS ORIGIN ("https://localhost"), 101 },
  { "foreign-origin", PLAIN, "/", KNOCK_FIELDS ORIGIN ("https://evil.example"), 403 },
  { "no-origin-at-all", PLAIN, "/", KNOCK_FIELDS ORIGIN ("null"), 403 },
  { "empty-origin", PLAIN, "/", KNOCK_FIELDS ORIGIN (""), 403 },
  { "two-origins", PLAIN, "/", KNOCK_FIELDS ORIGIN ("http://localhost") ORIGIN ("http://b"), 0 },
  { "rebound-name", PLAIN, "/", "Host: evil.example\r\n" WITHOUT_HOST
    ORIGIN ("http://evil.example"), 403 },
  { "foreign-host-without-an-origin", PLAIN, "/", "Host: evil.example\r\n" WITHOUT_HOST, 101 },
  { "host-with-a-port", PLAIN, "/", "Host: localhost:80\r\n" WITHOUT_HOST, 101 },
  { "loopback-address-as-host", PLAIN, "/", "Host: 127.0.0.1\r\n" WITHOUT_HOST
    ORIGIN ("http://127.0.0.1"), 101 },
  { "no-host", PLAIN, "/", WITHOUT_HOST, 0 },
  { "two-hosts", PLAIN, "/", KNOCK_HOST KNOCK_FIELDS, 0 },
  { "broken-key", PLAIN, "/", KNOCK_HOST KNOCK_UPGRADE KNOCK_VERSION
    "Sec-WebSocket-Key: short\r\n", 0 },
  { "no-key", PLAIN, "/", KNOCK_HOST KNOCK_UPGRADE KNOCK_VERSION, 0 },
  { "version-8", PLAIN, "/", KNOCK_HOST KNOCK_UPGRADE KNOCK_KEY "Sec-WebSocket-Version: 8\r\n", 0 },
  { "a-body", PLAIN, "/", KNOCK_FIELDS "Content-Length: 5\r\n", 0 },
  { "listed-origin", WITH_ORIGINS, "/", KNOCK_FIELDS ORIGIN ("https://good.example"), 101 },
  { "unlisted-origin", WITH_ORIGINS, "/", KNOCK_FIELDS ORIGIN ("http://localhost"), 403 },
  { "no-origin-where-origins-are-listed", WITH_ORIGINS, "/", KNOCK_FIELDS, 101 },
  { "listed-host", WITH_HOSTS, "/", "Host: own.example\r\n" WITHOUT_HOST
    ORIGIN ("http://own.example"), 101 },
  { "unlisted-host", WITH_HOSTS, "/", "Host: other.example\r\n" WITHOUT_HOST
    ORIGIN ("http://other.example"), 403 },
  { "route", WITH_ROUTES, "/chat", KNOCK_FIELDS, 101 },
  { "route-with-a-query", WITH_ROUTES, "/chat?x", KNOCK_FIELDS, 101 },
  { "no-route", WITH_ROUTES, "/other", KNOCK_FIELDS, 404 },
  { "no-route-below", WITH_ROUTES, "/chat/room", KNOCK_FIELDS, 404 },
  { "route-with-a-parameter", WITH_ROUTES, "/rooms/te%61", KNOCK_FIELDS, 101 },
  { "value-that-is-no-text", WITH_ROUTES, "/rooms/%ff", KNOCK_FIELDS, 400 },
  { "value-before-origin", WITH_ROUTES, "/rooms/%ff", KNOCK_FIELDS ORIGIN ("http://evil.example"),
    400 },
  { "origin-before-route", WITH_ROUTES, "/other", KNOCK_FIELDS ORIGIN ("http://evil.example"),
    403 },
  { "common-subprotocol", WITH_SUBPROTOCOLS, "/", KNOCK_FIELDS OFFER ("x, b, a"), 101 },
  { "no-common-subprotocol", WITH_SUBPROTOCOLS, "/", KNOCK_FIELDS OFFER ("x, y"), 101 },
  { "no-offer", WITH_SUBPROTOCOLS, "/", KNOCK_FIELDS, 101 },
  { "offer-of-two-fields", WITH_SUBPROTOCOLS, "/", KNOCK_FIELDS OFFER ("x") OFFER ("a"), 101 },
  { "own-order", WITH_OWN_SUBPROTOCOLS, "/", KNOCK_FIELDS OFFER ("b, a"), 101 },
  { "offer-without-own-ones", PLAIN, "/", KNOCK_FIELDS OFFER ("a"), 101 },
  { "deflate", WITH_DEFLATE, "/", KNOCK_FIELDS DEFLATE (""), 101 },
  { "deflate-with-parameters", WITH_DEFLATE, "/", KNOCK_FIELDS
    DEFLATE ("; server_max_window_bits=10; client_no_context_takeover"), 101 },
  { "deflate-with-a-wrong-parameter", WITH_DEFLATE, "/", KNOCK_FIELDS
    DEFLATE ("; server_max_window_bits=20"), 101 },
  { "deflate-not-offered", WITH_DEFLATE, "/", KNOCK_FIELDS, 101 },
  { "deflate-not-wanted", PLAIN, "/", KNOCK_FIELDS DEFLATE (""), 101 },
  { "head-fits", WITH_SMALL_HEADS, "/", KNOCK_FIELDS, 101 },
  { "head-too-long", WITH_SMALL_HEADS, "/", KNOCK_FIELDS LONG LONG LONG LONG LONG LONG LONG, 431 },
  { "too-many-fields", WITH_FEW_FIELDS, "/", KNOCK_FIELDS FIVE_FIELDS FIVE_FIELDS, 431 },
  { "too-many-of-one-address", WITH_ONE_CLIENT, "/", KNOCK_FIELDS, 503 },
};

static WspServer *
set_up (Setup setup)
{
  const char *origins[] = { "https://good.example", NULL }, *hosts[] = { "own.example", NULL };
  const char *subprotocols[] = { "a", "b", NULL };
  g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();
  WspServer *server = wsp_server_new ();
  WspLimits *limits = wsp_server_get_limits (server);

  switch (setup)
    {
    case PLAIN:
      break;
    case WITH_ORIGINS:
      wsp_server_set_allowed_origins (server, origins);
      break;
    case WITH_HOSTS:
      wsp_server_set_allowed_hosts (server, hosts);
      break;
    case WITH_ROUTES:
      g_assert_true (wsp_server_add_route (server, "/chat", NULL));
      g_assert_true (wsp_server_add_route (server, "/rooms/{room}", NULL));
      break;
    case WITH_OWN_SUBPROTOCOLS:
      g_object_set (server, "prefer-own-subprotocols", TRUE, NULL);
      wsp_server_set_subprotocols (server, subprotocols);
      break;
    case WITH_SUBPROTOCOLS:
      wsp_server_set_subprotocols (server, subprotocols);
      break;
    case WITH_DEFLATE:
      wsp_server_set_deflate (server, deflate);
      break;
    case WITH_SMALL_HEADS:
      g_object_set (limits, "max-head-size", (guint64) 512, NULL);
      break;
    case WITH_FEW_FIELDS:
      g_object_set (limits, "max-header-fields", 10, NULL);
      break;
    case WITH_ONE_CLIENT:
      wsp_server_set_max_connections_per_address (server, 1);
      break;
    }

  return server;
}

typedef struct
{
  guint  status;
  char  *fields;                /* header fields of a WebSocket, or the body of a refusal */
} Answer;

static const char *const compared[] = {
  "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Upgrade",
  "Content-Type",
};

static char *
join_fields (WspHeaders *headers,
             guint       status,
             const char *body)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (compared); i++)
    g_string_append_printf (text, "%s: %s\n", compared[i],
                            wsp_headers_get_one (headers, compared[i]));
  if (status != 101)
    g_string_append_printf (text, "%s", body);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static Answer
ask_listener (WspServer  *server,
              guint16     port,
              const char *target,
              const char *fields)
{
  g_autofree char *request = g_strconcat ("GET ", target, " HTTP/1.1\r\n", fields, "\r\n", NULL);
  int fd = knock_dial (port);

  knock_send (fd, request);
  g_autofree char *response = knock_read (fd, "\r\n\r\n");
  guint status = (guint) g_ascii_strtoull (response + strlen ("HTTP/1.1 "), NULL, 10);
  g_autofree char *rest = status != 101 ? knock_read (fd, NULL) : g_strdup ("");
  g_autofree char *whole = g_strconcat (response, rest, NULL);
  const char *body = strstr (whole, "\r\n\r\n") + 4;
  g_autofree char *head = g_strndup (strstr (whole, "\r\n") + 2, body - strstr (whole, "\r\n") - 2);
  g_autoptr (WspHeaders) headers = parse_headers (head, NULL);

  close (fd);
  return (Answer) { status, join_fields (headers, status, body) };
}

static GSocketAddress *
make_address (guint16 port)
{
  return g_inet_socket_address_new_from_string ("127.0.0.1", port);
}

static WspHandshake *
read_request (const char *target,
              const char *fields)
{
  g_autofree char *text = g_strconcat (fields, "\r\n", NULL);
  g_autoptr (WspHeaders) headers = parse_headers (text, NULL);
  g_autoptr (GSocketAddress) local = make_address (80), remote = make_address (4000);
  WspHandshake *handshake = wsp_handshake_new_server ("GET", target, "1.1", headers, NULL);

  if (handshake != NULL)
    wsp_handshake_set_addresses (handshake, local, remote);
  return handshake;
}

static Answer
ask_check (WspServer    *server,
           WspHandshake *handshake)
{
  g_autoptr (GError) error = NULL;
  gboolean is_accepted = wsp_server_process_handshake (server, handshake, &error);
  guint status = wsp_handshake_get_response_status (handshake);
  WspHeaders *headers = wsp_handshake_get_response_headers (handshake);
  GBytes *bytes = wsp_handshake_get_response_body (handshake);
  g_autofree char *body = bytes == NULL ? NULL : g_strndup (g_bytes_get_data (bytes, NULL),
                                                            g_bytes_get_size (bytes));

  g_assert_cmpint (is_accepted, ==, status == 101);
  g_assert_cmpint (is_accepted, ==, error == NULL);
  return (Answer) { status, join_fields (headers, status, body) };
}

/* A listener and wsp_server_process_handshake () give the same answer to the same request. */
static void
test_same_answer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = set_up (requests[i].setup);
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  int first = -1;

  if (requests[i].setup == WITH_ONE_CLIENT)
    {
      first = knock_dial (port);
      knock_send (first, KNOCK_REQUEST (""));
      g_free (knock_read (first, "\r\n\r\n"));
    }
  Answer heard = ask_listener (server, port, requests[i].target, requests[i].fields);
  g_autoptr (WspHandshake) handshake = read_request (requests[i].target, requests[i].fields);

  if (requests[i].status == 0)
    {
      g_assert_null (handshake);
      g_assert_cmpuint (heard.status, >=, 400);
    }
  else
    {
      Answer checked = ask_check (server, handshake);

      g_assert_cmpuint (heard.status, ==, requests[i].status);
      g_assert_cmpuint (checked.status, ==, heard.status);
      g_assert_cmpstr (checked.fields, ==, heard.fields);
      g_free (checked.fields);
    }
  g_free (heard.fields);
  if (first >= 0)
    close (first);
  g_clear_object (&server);
  run_pending ();
}

/* The response of a server to a request that is written to stream. */
static char *
ask_stream (GIOStream  *stream,
            const char *request)
{
  GString *response = g_string_new (NULL);
  g_autoptr (GAsyncResult) written = NULL;

  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), request,
                                   strlen (request), 0, NULL, keep_result, &written);
  run_until_result (&written);
  while (!g_str_has_suffix (response->str, "\r\n\r\n"))
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      g_input_stream_read_bytes_async (g_io_stream_get_input_stream (stream), 4096, 0, NULL,
                                       keep_result, &result);
      run_until_result (&result);
      g_autoptr (GBytes) bytes =
        g_input_stream_read_bytes_finish (g_io_stream_get_input_stream (stream), result, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (bytes), >, 0);
      g_string_append_len (response, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  return g_string_free (response, FALSE);
}

static void
test_accept_stream (gconstpointer data)
{
  Transport transport = GPOINTER_TO_UINT (data);
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (Served) served = served_new ();

  transport_pair (transport, &client, &stream);
  g_assert_true (wsp_server_accept_stream (served->server, stream, WSP_LISTEN_FLAGS_DEFAULT, NULL));
  g_autofree char *response = ask_stream (client, KNOCK_REQUEST (""));

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 101 "));
  run_until_count (&served->n_connections, 1);
  g_assert_cmpuint (g_list_model_get_n_items (wsp_server_get_connections (served->server)), ==, 1);
}

static WspHandshake *
take_request (const char *field)
{
  g_autoptr (WspHeaders) headers = parse_headers (KNOCK_FIELDS "\r\n", NULL);
  g_autoptr (GError) error = NULL;

  if (field != NULL)
    wsp_headers_append (headers, "Sec-WebSocket-Protocol", field, NULL);
  WspHandshake *handshake = wsp_handshake_new_server ("GET", "/chat?x", "HTTP/1.1", headers,
                                                      &error);

  g_assert_no_error (error);
  return handshake;
}

/* P-26: the program has parsed the request and written the 101. */
static void
test_adopt (gconstpointer data)
{
  Transport transport = GPOINTER_TO_UINT (data);
  g_autoptr (WspHandshake) handshake = take_request ("a, b");
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Served) served = served_new ();

  g_assert_true (wsp_handshake_accept (handshake, "b", NULL, &error));
  g_assert_cmpstr (wsp_headers_get_one (wsp_handshake_get_response_headers (handshake),
                                        "Sec-WebSocket-Accept"), ==,
                   "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  transport_pair (transport, &client, &stream);
  g_autoptr (WspConnection) connection = wsp_server_adopt (served->server, handshake, stream,
                                                           &error);
  g_autoptr (WspConnection) peer =
    wsp_connection_new_for_stream (client, WSP_ROLE_CLIENT, "b", NULL, NULL, NULL);
  g_autoptr (Watched) watched = watch (connection);

  g_assert_no_error (error);
  g_assert_cmpuint (served->n_connections, ==, 0);      /* not inside the call */
  g_assert_cmpstr (wsp_connection_get_subprotocol (connection), ==, "b");
  g_assert_cmpuint (g_list_model_get_n_items (wsp_server_get_connections (served->server)), ==, 1);
  wsp_connection_queue_text (peer, "Hello", &error);
  g_assert_no_error (error);
  run_until_count (&watched->n_messages, 1);
  g_assert_cmpuint (served->n_connections, ==, 1);
  wsp_connection_start_receiving (peer);
  wsp_connection_close_async (peer, 1000, NULL, NULL, NULL, NULL);
  run_until_closed (watched);
  while (g_list_model_get_n_items (wsp_server_get_connections (served->server)) > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_not_adopted (void)
{
  g_autoptr (WspHandshake) handshake = take_request (NULL);
  g_autoptr (WspHandshake) other = take_request (NULL);
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Served) served = served_new ();

  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  wsp_handshake_reject (handshake, 403, NULL, NULL);
  g_assert_null (wsp_server_adopt (served->server, handshake, stream, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_clear_error (&error);

  guint16 port = listen_on_free_port (served->server, NULL);
  int fd = knock_dial (port);

  knock_send (fd, KNOCK_REQUEST (""));
  g_free (knock_read (fd, "\r\n\r\n"));
  wsp_server_shutdown_async (served->server, 1001, NULL, 20, NULL, keep_result, &result);
  g_assert_null (wsp_server_adopt (served->server, other, stream, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  run_until_result (&result);
  close (fd);
}

static const char *const alien_handshakes[] = {
  "client", "fresh", "stream-without-streams", "stream-without-output", "stream-without-input",
};

/* A handshake with which a server cannot continue is refused; nothing is taken over. */
static void
test_alien_handshake (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspHandshake) handshake = NULL;
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Served) served = served_new ();

  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  if (i == 0)
    handshake = wsp_handshake_new_client ("ws://localhost/", NULL, NULL, NULL);
  else if (i == 1)
    handshake = g_object_new (WSP_TYPE_HANDSHAKE, NULL);
  else
    {
      handshake = take_request (NULL);
      static GIOStream *volatile kept[3];       /* GIO cannot end them */
      g_autoptr (GInputStream) input = i == 3 ? g_memory_input_stream_new () : NULL;
      g_autoptr (GOutputStream) output = i == 4 ? g_memory_output_stream_new_resizable () : NULL;

      kept[i - 2] = g_simple_io_stream_new (input, output);
      g_set_object (&stream, kept[i - 2]);
    }
  g_assert_null (wsp_server_adopt (served->server, handshake, stream, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_false (g_io_stream_is_closed (stream));
  g_assert_cmpuint (g_list_model_get_n_items (wsp_server_get_connections (served->server)), ==, 0);
}

/* P-26 as well: a request that does not ask for a WebSocket has its own error, so that the HTTP
 * server can answer it. */
static void
test_left_to_http (void)
{
  g_autoptr (WspHeaders) headers = parse_headers ("Host: localhost\r\n\r\n", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_handshake_new_server ("GET", "/", "1.1", headers, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_NOT_WEBSOCKET);
}

/* The response has left: a request that was not checked is checked, and nothing is chosen. */
static const struct
{
  const char *name;
  Setup       setup;
  const char *target, *fields, *accepted;       /* parts of the request; accepted: the subprotocol;
                                                 * NULL = undecided */
  gboolean    is_response_read, is_adopted;
  const char *subprotocol;
} late_ones[] = {
  { "undecided", PLAIN, "/chat", KNOCK_FIELDS, NULL, TRUE, TRUE, NULL },
  { "accepted-by-hand", PLAIN, "/chat", KNOCK_FIELDS OFFER ("a, b"), "b", TRUE, TRUE, "b" },
  { "foreign-origin", PLAIN, "/", KNOCK_FIELDS ORIGIN ("https://evil.example"), NULL, TRUE, FALSE,
    NULL },
  { "foreign-origin-accepted-by-hand", PLAIN, "/", KNOCK_FIELDS ORIGIN ("https://evil.example"), "",
    TRUE, FALSE, NULL },
  { "no-route", WITH_ROUTES, "/other", KNOCK_FIELDS, NULL, TRUE, FALSE, NULL },
  { "route", WITH_ROUTES, "/chat", KNOCK_FIELDS, NULL, TRUE, TRUE, NULL },
  { "no-choice-of-a-subprotocol", WITH_SUBPROTOCOLS, "/", KNOCK_FIELDS OFFER ("a"), NULL, TRUE,
    TRUE,
    NULL },
  { "no-choice-of-compression", WITH_DEFLATE, "/", KNOCK_FIELDS DEFLATE (""), NULL, TRUE, TRUE,
    NULL },
  { "response-of-its-own", WITH_DEFLATE, "/", KNOCK_FIELDS DEFLATE (""), "", FALSE, TRUE, NULL },
  { "too-many-of-one-address", WITH_ONE_CLIENT, "/", KNOCK_FIELDS, NULL, TRUE, FALSE, NULL },
};

static void
test_late (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = set_up (late_ones[i].setup);
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  g_autoptr (WspHandshake) handshake = read_request (late_ones[i].target, late_ones[i].fields);
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  int first = knock_dial (port);

  knock_send (first, KNOCK_REQUEST (""));
  g_free (knock_read (first, "\r\n\r\n"));
  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  if (late_ones[i].setup == WITH_DEFLATE && !late_ones[i].is_response_read)
    {
      g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();

      g_object_set (handshake, "deflate", deflate, NULL);
    }
  if (late_ones[i].accepted != NULL)
    g_assert_true (wsp_handshake_accept (handshake, late_ones[i].accepted, NULL, NULL));
  if (late_ones[i].is_response_read)
    g_assert_nonnull (wsp_handshake_get_response_headers (handshake));
  g_autoptr (WspConnection) connection = wsp_server_adopt (server, handshake, stream, &error);

  g_assert_false (g_io_stream_is_closed (stream));
  g_assert_cmpint (connection != NULL, ==, late_ones[i].is_adopted);
  if (connection == NULL)
    g_assert_error (error, WSP_ERROR, WSP_ERROR_REJECTED);
  else
    {
      g_assert_cmpstr (wsp_connection_get_subprotocol (connection), ==, late_ones[i].subprotocol);
      g_assert_null (wsp_connection_get_extensions (connection));
      g_assert_cmpstr (wsp_connection_get_route (connection), ==,
                       late_ones[i].setup == WITH_ROUTES ? "/chat" : NULL);
      wsp_connection_abort (connection);
    }
  close (first);
  g_clear_object (&connection);
  g_clear_object (&server);
  run_pending ();
}

/* A stream that was checked is adopted with the values that check () has chosen. */
static void
test_checked (void)
{
  g_autoptr (WspServer) server = set_up (WITH_DEFLATE);
  g_autoptr (WspHandshake) handshake = read_request ("/", KNOCK_FIELDS DEFLATE (""));
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  g_assert_true (wsp_server_process_handshake (server, handshake, &error));
  g_assert_nonnull (wsp_headers_get_one (wsp_handshake_get_response_headers (handshake),
                                         "Sec-WebSocket-Extensions"));
  g_assert_false (wsp_server_process_handshake (server, handshake, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_clear_error (&error);
  g_autoptr (WspConnection) connection = wsp_server_adopt (server, handshake, stream, &error);

  g_assert_no_error (error);
  g_assert_nonnull (wsp_connection_get_extensions (connection));
  wsp_connection_abort (connection);
  g_clear_object (&connection);
  g_clear_object (&server);
  run_pending ();
}

/* The stream of a server on 127.0.0.1, and its client. */
static GIOStream *
accept_tcp (GIOStream **client)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  *client = G_IO_STREAM (g_socket_client_connect_to_host (connector, "127.0.0.1", port, NULL,
                                                          NULL));
  return G_IO_STREAM (g_socket_listener_accept (listener, NULL, NULL, NULL));
}

#define REBOUND "Host: evil.example\r\n" WITHOUT_HOST ORIGIN ("http://evil.example")

static WspHandshake *
read_without_addresses (const char *fields)
{
  g_autofree char *text = g_strconcat (fields, "\r\n", NULL);
  g_autoptr (WspHeaders) headers = parse_headers (text, NULL);

  return wsp_handshake_new_server ("GET", "/", "1.1", headers, NULL);
}

/* SEC-27: check () did not know that the client is on loopback, adopt () knows. */
static void
test_checked_without_addresses (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspHandshake) handshake = read_without_addresses (REBOUND);
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = accept_tcp (&client);
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_server_process_handshake (server, handshake, &error));
  g_assert_null (wsp_server_adopt (server, handshake, stream, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_REJECTED);
  g_assert_nonnull (strstr (error->message, "Host is not a name of this machine"));
}

/* SEC-27: a socket for both families gives 127.0.0.1 as an IPv6 address. */
static void
test_mapped_loopback (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspHandshake) handshake = read_without_addresses (REBOUND);
  g_autoptr (GInetAddress) host = g_inet_address_new_from_string ("::ffff:127.0.0.1");
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new (host, 80);

  wsp_handshake_set_addresses (handshake, local, NULL);
  g_assert_false (wsp_server_process_handshake (server, handshake, NULL));
  g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, 403);
}

/* The rules are those of the server that adopts. */
static void
test_checked_by_another_server (void)
{
  g_autoptr (WspServer) lenient = wsp_server_new ();
  g_autoptr (WspServer) strict = set_up (WITH_ORIGINS);
  g_autoptr (WspHandshake) handshake = read_request ("/", KNOCK_FIELDS ORIGIN ("http://localhost"));
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = accept_tcp (&client);
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_server_process_handshake (lenient, handshake, &error));
  g_assert_null (wsp_server_adopt (strict, handshake, stream, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_REJECTED);
}

/* Two requests of one address are checked before the first is adopted, and the first one is adopted
 * once. */
static void
test_adopted_twice (void)
{
  g_autoptr (WspServer) server = set_up (WITH_ONE_CLIENT);
  g_autoptr (WspHandshake) first = read_request ("/", KNOCK_FIELDS);
  g_autoptr (WspHandshake) second = read_request ("/", KNOCK_FIELDS);
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = accept_tcp (&client);
  g_autoptr (GIOStream) other_client = NULL;
  g_autoptr (GIOStream) other = accept_tcp (&other_client);
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_server_process_handshake (server, first, &error));
  g_assert_true (wsp_server_process_handshake (server, second, &error));
  g_autoptr (WspConnection) connection = wsp_server_adopt (server, first, stream, &error);

  g_assert_no_error (error);
  g_assert_null (wsp_server_adopt (server, second, other, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_REJECTED);
  g_clear_error (&error);
  g_assert_null (wsp_server_adopt (server, first, other, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_assert_false (g_io_stream_is_closed (other));
  wsp_handshake_reject (first, 401, NULL, NULL);
  g_assert_cmpuint (wsp_handshake_get_response_status (first), ==, 101);
  wsp_connection_abort (connection);
  g_clear_object (&connection);
  g_clear_object (&server);
  run_pending ();
}

/* The program asks for a login when the server has found the request to be fine. */
static void
test_refused_after_check (void)
{
  g_autoptr (WspServer) server = set_up (WITH_SUBPROTOCOLS);
  g_autoptr (WspHandshake) handshake = read_request ("/", KNOCK_FIELDS OFFER ("a"));
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = accept_tcp (&client);
  g_autoptr (GError) error = NULL;

  wsp_headers_append (headers, "WWW-Authenticate", "Basic", NULL);
  g_assert_true (wsp_server_process_handshake (server, handshake, &error));
  g_assert_false (wsp_handshake_accept (handshake, NULL, NULL, NULL));
  wsp_handshake_reject (handshake, 401, headers, NULL);
  g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, 401);
  g_assert_null (wsp_handshake_get_subprotocol (handshake));
  g_assert_true (wsp_handshake_get_response_headers (handshake) == headers);
  g_assert_null (wsp_server_adopt (server, handshake, stream, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  wsp_handshake_reject (handshake, 403, NULL, NULL);
  g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, 401);
}

/* A stream that a server cannot take is refused, and stays the caller's. */
static void
test_full (gconstpointer data)
{
  gboolean is_shut_down = GPOINTER_TO_INT (data);
  int code = is_shut_down ? WSP_ERROR_CLOSED : WSP_ERROR_REJECTED;
  g_autoptr (WspServer) server = wsp_server_new ();
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  g_autoptr (WspHandshake) handshake = read_request ("/", KNOCK_FIELDS);
  g_autoptr (WspHandshake) other = read_request ("/", KNOCK_FIELDS);
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *errors[3] = { NULL };
  int fd = knock_dial (port);

  knock_send (fd, KNOCK_REQUEST (""));
  g_free (knock_read (fd, "\r\n\r\n"));
  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  g_assert_false (wsp_server_accept_stream (server, stream, WSP_LISTEN_FLAGS_TLS, &errors[0]));
  g_assert_error (errors[0], WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&errors[0]);
  if (is_shut_down)
    wsp_server_shutdown_async (server, 1001, NULL, 20, NULL, keep_result, &result);
  else
    wsp_server_set_max_connections (server, 1);
  g_assert_false (wsp_server_accept_stream (server, stream, WSP_LISTEN_FLAGS_DEFAULT, &errors[0]));
  g_assert_false (wsp_server_process_handshake (server, handshake, &errors[1]));
  g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, 503);
  g_assert_cmpstr (wsp_headers_get_one (wsp_handshake_get_response_headers (handshake),
                                        "Retry-After"), ==, "5");
  g_assert_null (wsp_server_adopt (server, other, stream, &errors[2]));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i], WSP_ERROR, code);
      g_clear_error (&errors[i]);
    }
  g_assert_false (g_io_stream_is_closed (stream));
  close (fd);
  if (is_shut_down)
    run_until_result (&result);
  g_clear_object (&server);
  run_pending ();
}

/* The server is shut down before it has begun with the stream: the request is answered as those of
 * other clients that were accepted before. */
static void
test_shut_down_at_once (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  const char *request = KNOCK_REQUEST ("");
  GOutputStream *output;
  char response[4096];
  gsize length;

  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  output = g_io_stream_get_output_stream (client);
  g_assert_true (g_output_stream_write_all (output, request, strlen (request), NULL, NULL, NULL));
  g_assert_true (wsp_server_accept_stream (server, stream, WSP_LISTEN_FLAGS_DEFAULT, NULL));
  wsp_server_shutdown_async (server, 1001, NULL, 20, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_true (wsp_server_shutdown_finish (server, result, NULL));
  g_assert_true (g_io_stream_is_closed (stream));
  g_input_stream_read_all (g_io_stream_get_input_stream (client), response, sizeof response - 1,
                           &length, NULL, NULL);
  g_assert_cmpuint (length, >, 4);
  g_assert_cmpmem (response, 13, "HTTP/1.1 101 ", 13);
  g_assert_cmpmem (response + length - 4, 4, "\x88\x02\x03\xe9", 4);
}

static gboolean
adopt_inside (WspServer    *server,
              WspHandshake *handshake,
              GError      **error)
{
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;

  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  g_assert_null (wsp_server_adopt (server, handshake, stream, error));
  return TRUE;
}

/* The handshake of a listener stays the listener's, whose client waits for the response. */
static void
test_adopted_from_listener (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "request", G_CALLBACK (adopt_inside), &error);
  g_autofree char *response = knock_ask (port, KNOCK_REQUEST (""), "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 101 "));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_clear_object (&server);
  run_pending ();
}

static void
refuse_notified (WspHandshake *handshake,
                 GParamSpec   *pspec,
                 gpointer      data)
{
  wsp_handshake_reject (handshake, 401, NULL, NULL);
}

/* A handler of notify::deflate runs inside check (), and its refusal counts. */
static void
test_refused_inside_check (void)
{
  g_autoptr (WspServer) server = set_up (WITH_DEFLATE);
  g_autoptr (WspHandshake) handshake = read_request ("/", KNOCK_FIELDS DEFLATE (""));
  g_autoptr (GError) error = NULL;

  g_signal_connect (handshake, "notify::deflate", G_CALLBACK (refuse_notified), NULL);
  g_assert_false (wsp_server_process_handshake (server, handshake, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_REJECTED);
  g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, 401);
}

static const char *const unchecked[] = { "client", "fresh", "of-a-listener", "rejected" };

static gboolean
check_inside (WspServer    *server,
              WspHandshake *handshake,
              GError      **error)
{
  g_assert_false (wsp_server_process_handshake (server, handshake, error));
  return TRUE;
}

static void
test_unchecked (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = wsp_server_new ();
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  g_autoptr (WspHandshake) handshake = NULL;
  g_autoptr (GError) error = NULL;

  if (i == 0)
    handshake = wsp_handshake_new_client ("ws://localhost/", NULL, NULL, NULL);
  else if (i == 1)
    handshake = g_object_new (WSP_TYPE_HANDSHAKE, NULL);
  else if (i == 3)
    handshake = read_request ("/", KNOCK_FIELDS);
  if (i == 3)
    wsp_handshake_reject (handshake, 403, NULL, NULL);
  g_signal_connect (server, "request", G_CALLBACK (check_inside), &error);
  g_autofree char *response = i == 2 ? knock_ask (port, KNOCK_REQUEST (""), "\r\n\r\n") : NULL;

  if (i == 2)
    g_assert_true (g_str_has_prefix (response, "HTTP/1.1 101 "));
  else
    g_assert_false (wsp_server_process_handshake (server, handshake, &error));
  const int code = i == 3 ? WSP_ERROR_INVALID_OPERATION : WSP_ERROR_INVALID_ARGUMENT;

  g_assert_error (error, WSP_ERROR, code);
  g_clear_object (&server);
  run_pending ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS_AS ("/endpoint/server-adopt/check/as-a-listener-%s", requests, test_same_answer);
  for (guint i = 0; i < G_N_ELEMENTS (unchecked); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-adopt/check/not-%s", unchecked[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_unchecked);
    }
  ADD_ROWS_AS ("/endpoint/server-adopt/adopt/unchecked-%s", late_ones, test_late);
  g_test_add_func ("/endpoint/server-adopt/adopt/checked", test_checked);
  g_test_add_func ("/endpoint/server-adopt/adopt/SEC-27-checked-without-addresses",
                   test_checked_without_addresses);
  g_test_add_func ("/endpoint/server-adopt/adopt/checked-by-another-server",
                   test_checked_by_another_server);
  g_test_add_func ("/endpoint/server-adopt/adopt/twice", test_adopted_twice);
  g_test_add_func ("/endpoint/server-adopt/check/SEC-27-mapped-loopback", test_mapped_loopback);
  g_test_add_func ("/endpoint/server-adopt/check/then-refused", test_refused_after_check);
  g_test_add_func ("/endpoint/server-adopt/check/refused-inside", test_refused_inside_check);
  g_test_add_func ("/endpoint/server-adopt/adopt/of-a-listener", test_adopted_from_listener);
  g_test_add_data_func ("/endpoint/server-adopt/full", GINT_TO_POINTER (FALSE), test_full);
  g_test_add_data_func ("/endpoint/server-adopt/shut-down", GINT_TO_POINTER (TRUE), test_full);
  g_test_add_func ("/endpoint/server-adopt/accept-stream/shut-down-at-once",
                   test_shut_down_at_once);
  for (Transport i = 0; i < N_TRANSPORTS; i++)
    {
      g_autofree char *accept = g_strdup_printf ("/endpoint/server-adopt/accept-stream/%s",
                                                 transport_names[i]);
      g_autofree char *adopt = g_strdup_printf ("/endpoint/server-adopt/adopt/%s",
                                                transport_names[i]);

      g_test_add_data_func (accept, GUINT_TO_POINTER (i), test_accept_stream);
      g_test_add_data_func (adopt, GUINT_TO_POINTER (i), test_adopt);
    }
  g_test_add_func ("/endpoint/server-adopt/adopt/refused", test_not_adopted);
  for (guint i = 0; i < G_N_ELEMENTS (alien_handshakes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-adopt/adopt/refused-%s",
                                               alien_handshakes[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_alien_handshake);
    }
  g_test_add_func ("/endpoint/server-adopt/adopt/left-to-http", test_left_to_http);

  return g_test_run ();
}
