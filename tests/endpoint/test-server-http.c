/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Ordinary HTTP on the port of a server: the requests that handlers get, and the responses. */
#define _GNU_SOURCE             /* strptime (), timegm () */
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/knock.h"
#include "lib/heads.h"
#include "lib/listen.h"
#include "lib/log-watch.h"
#include "lib/observer.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HTTP(line, more) line "\r\nHost: localhost\r\n" more "\r\n"
#define PAGE HTTP ("GET /page?x=1 HTTP/1.1", "")
#define MIB (1u << 20)

typedef enum
{
  ABSENT,
  FALSE_ONLY,
  TRUE_ONLY,
  OK,                           /* respond with 200 and "page", and return TRUE */
  OK_FALSE,                     /* respond with 200 and "page", and return FALSE */
  OK_TWICE,
  NOT_FOUND,
  DEFER,
  DEFER_FALSE,
} Step;

typedef struct
{
  WspServer      *server;
  guint16         port;
  guint           n_asked, n_websockets, n_failures;
  WspHttpRequest *held;
} Fixture;

typedef struct
{
  Fixture *fixture;
  Step     step;
} Handler;

static guint n_warnings, n_criticals, n_messages;
static gboolean are_warnings_expected;
static GMutex log_lock;

static GLogWriterOutput
catch_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  gboolean is_bad = level == G_LOG_LEVEL_WARNING || level == G_LOG_LEVEL_CRITICAL;

  g_mutex_lock (&log_lock);
  n_warnings += level == G_LOG_LEVEL_WARNING;
  n_criticals += level == G_LOG_LEVEL_CRITICAL;
  n_messages += level == G_LOG_LEVEL_MESSAGE;
  g_mutex_unlock (&log_lock);
  return is_bad && !are_warnings_expected ? g_log_writer_default (level, fields, n_fields, NULL)
                                          : G_LOG_WRITER_HANDLED;
}

static void
respond (WspHttpRequest *request,
         guint           status,
         const char     *text)
{
  g_autoptr (GBytes) body = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;

  wsp_http_request_respond (request, status, NULL, body);
}

static void
act (WspHttpRequest *request,
     Step            step)
{
  if (step == DEFER || step == DEFER_FALSE)
    wsp_http_request_defer (request);
  if (step == OK || step == OK_FALSE || step == OK_TWICE)
    respond (request, 200, "page");
  if (step == OK_TWICE)
    {
      respond (request, 404, "late");
      wsp_http_request_defer (request);
    }
  if (step == NOT_FOUND)
    respond (request, 404, NULL);
}

static gboolean
on_http (WspServer      *server,
         WspHttpRequest *request,
         Handler        *handler)
{
  handler->fixture->n_asked++;
  g_set_object (&handler->fixture->held, request);
  act (request, handler->step);
  return handler->step == TRUE_ONLY || handler->step == OK || handler->step == OK_TWICE ||
         handler->step == NOT_FOUND || handler->step == DEFER;
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  self->n_websockets++;
  return TRUE;
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new (Fixture, 1);

  *self = (Fixture) { .server = wsp_server_new () };
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  g_signal_connect_swapped (self->server, "handshake-failed", G_CALLBACK (g_atomic_int_inc),
                            &self->n_failures);
  self->port = listen_on_free_port (self->server, "127.0.0.1");
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_clear_object (&self->held);
  g_clear_object (&self->server);
  run_pending ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
serve (Fixture *self,
       Handler *handler,
       Step     step)
{
  *handler = (Handler) { self, step };
  if (step != ABSENT)
    g_signal_connect (self->server, "http-request", G_CALLBACK (on_http), handler);
}

/* Which requests are ordinary HTTP. */
static const struct
{
  const char *name, *request, *status;
  guint       n_asked, n_failures;
} requests[] = {
  { "get", PAGE, "200", 1, 0 },
  { "head", HTTP ("HEAD / HTTP/1.1", ""), "200", 1, 0 },
  { "http-1.0", HTTP ("GET / HTTP/1.0", ""), "200", 1, 0 },
  { "http-1.0-without-host", "GET / HTTP/1.0\r\n\r\n", "200", 1, 0 },
  { "http-1.0-with-two-hosts", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400", 0, 1 },
  { "without-host", "GET / HTTP/1.1\r\n\r\n", "400", 0, 1 },
  { "two-hosts", HTTP ("GET / HTTP/1.1", "Host: b\r\n"), "400", 0, 1 },
  { "empty-length", HTTP ("GET / HTTP/1.1", "Content-Length: 0\r\n"), "200", 1, 0 },
  { "body", HTTP ("GET / HTTP/1.1", "Content-Length: 3\r\n") "abc", "400", 0, 1 },
  { "chunked", HTTP ("GET / HTTP/1.1", "Transfer-Encoding: chunked\r\n") "0\r\n\r\n", "400", 0, 1 },
  { "pipelined", PAGE PAGE "\r\n\1\2\3 garbage", "200", 1, 0 },
  { "whole-uri", HTTP ("GET http://localhost/page HTTP/1.1", ""), "200", 1, 0 },
  { "asterisk", HTTP ("GET * HTTP/1.1", ""), "400", 0, 1 },
  { "any-origin", HTTP ("GET / HTTP/1.1", "Origin: http://evil.example\r\n"), "200", 1, 0 },
  { "foreign-host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421", 0, 1 },
  { "foreign-host-head", "HEAD / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421", 0, 1 },
  { "foreign-host-http-1.0", "GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n", "421", 0, 1 },
  { "foreign-host-with-port", "GET / HTTP/1.1\r\nHost: evil.example:80\r\n\r\n", "421", 0, 1 },
  { "foreign-host-below-localhost", "GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", "421",
    0, 1 },
  { "foreign-host-of-a-whole-uri", "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "421", 0, 1 },
  { "foreign-host-of-a-whole-uri-http-1.0", "GET http://evil.example/ HTTP/1.0\r\n\r\n", "421", 0,
    1 },
  { "foreign-host-beside-a-whole-uri",
    "GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", "200", 1, 0 },
  { "whole-uri-without-host", "GET http://localhost/ HTTP/1.1\r\n\r\n", "400", 0, 1 },
  { "whole-uri-with-two-hosts", "GET http://localhost/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "400", 0, 1 },
  { "foreign-host-with-its-origin",
    "GET / HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n", "421", 0, 1 },
  { "foreign-host-with-an-allowed-origin",
    "GET / HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://allowed.example\r\n\r\n", "421", 0, 1 },
  { "foreign-address", "GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n", "421", 0, 1 },
  { "empty-host", "GET / HTTP/1.0\r\nHost:\r\n\r\n", "421", 0, 1 },
  { "allowed-host", "GET / HTTP/1.1\r\nHost: app.internal\r\n\r\n", "200", 1, 0 },
  { "allowed-host-with-port", "GET / HTTP/1.1\r\nHost: APP.internal:8080\r\n\r\n", "200", 1, 0 },
  { "host-of-localhost", "GET / HTTP/1.1\r\nHost: app.localhost:8080\r\n\r\n", "200", 1, 0 },
  { "host-is-a-loopback-address", "GET / HTTP/1.1\r\nHost: 127.0.0.2:8080\r\n\r\n", "200", 1, 0 },
  { "host-is-the-loopback-address-of-ipv6", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "200", 1,
    0 },
  { "upgrade-to-http-2", HTTP ("GET / HTTP/1.1", "Upgrade: h2c\r\nConnection: Upgrade\r\n"), "200",
    1, 0 },
  { "post", HTTP ("POST / HTTP/1.1", ""), "405", 0, 1 },
  { "lower-case-method", HTTP ("get / HTTP/1.1", ""), "405", 0, 1 },
  { "websocket", KNOCK_REQUEST (""), "101", 0, 0 },
  { "websocket-without-key", HTTP ("GET / HTTP/1.1", KNOCK_UPGRADE KNOCK_VERSION), "400", 0, 1 },
  { "websocket-without-upgrade", HTTP ("GET / HTTP/1.1", KNOCK_KEY KNOCK_VERSION), "400", 0, 1 },
  { "websocket-in-a-list", HTTP ("GET / HTTP/1.1", "Upgrade: h2c, WebSocket\r\n"), "400", 0, 1 },
  { "malformed-upgrade", HTTP ("GET / HTTP/1.1", "Upgrade: /\r\n"), "400", 0, 1 },
};

static void
test_request (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %s ", requests[i].status);
  Handler handler;
  g_autoptr (Fixture) fixture = fixture_new ();

  wsp_server_set_allowed_hosts (fixture->server, (const char *[]) { "app.internal", NULL });
  wsp_server_set_allowed_origins (fixture->server,
                                  (const char *[]) { "http://allowed.example", NULL });
  serve (fixture, &handler, OK);
  g_autofree char *response = knock_ask (fixture->port, requests[i].request, "\r\n\r\n");

  run_pending ();
  g_assert_true (g_str_has_prefix (response, line));
  g_assert_cmpuint (fixture->n_asked, ==, requests[i].n_asked);
  g_assert_cmpuint (fixture->n_failures, ==, requests[i].n_failures);
  g_assert_cmpuint (fixture->n_websockets, ==, g_str_equal (requests[i].status, "101"));
}

/* How the client of a page with a foreign Host reaches the server. */
static const struct
{
  const char *name, *address, *status;
} ways[] = {
  { "any-address-of-ipv4-by-loopback-is-421", "0.0.0.0", "421" },
  { "any-address-of-both-by-loopback-is-421", "::", "421" },
  { "no-inet-address-is-200", NULL, "200" },
};

static int
connect_way (Fixture    *self,
             const char *address)
{
  int fds[2];

  if (address != NULL)
    return knock_dial (listen_on_free_port (self->server, address));

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);

  g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[0], NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

  wsp_server_accept_stream (self->server, G_IO_STREAM (stream), WSP_LISTEN_FLAGS_DEFAULT, NULL);
  return fds[1];
}

static void
test_way (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %s ", ways[i].status);
  Handler handler;
  int fd;

  g_autoptr (Fixture) fixture = fixture_new ();
  serve (fixture, &handler, OK);
  fd = connect_way (fixture, ways[i].address);
  knock_send (fd, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  g_autofree char *response = knock_read (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, line));
  close (fd);
}

/* Handlers: their actions and return values. */
static const struct
{
  const char *name;
  Step        first, second, later;
  const char *status, *body;    /* status and body of the response; body NULL: any */
  guint       n_asked, n_failures, n_messages;
} decisions[] = {
  { "absent-is-426", ABSENT, ABSENT, ABSENT, "426", NULL, 0, 1, 0 },
  { "false-is-426", FALSE_ONLY, ABSENT, ABSENT, "426", NULL, 1, 1, 0 },
  { "all-false-is-426", FALSE_ONLY, FALSE_ONLY, ABSENT, "426", NULL, 2, 1, 0 },
  { "first-true-stops", OK, TRUE_ONLY, ABSENT, "200", "page", 1, 0, 0 },
  { "second-responds", FALSE_ONLY, OK, ABSENT, "200", "page", 2, 0, 0 },
  { "true-without-a-response-is-500", TRUE_ONLY, OK, ABSENT, "500", NULL, 1, 1, 1 },
  { "response-counts-more-than-false", OK_FALSE, TRUE_ONLY, ABSENT, "200", "page", 1, 0, 0 },
  { "first-response-counts", OK_TWICE, ABSENT, ABSENT, "200", "page", 1, 0, 0 },
  { "not-found", NOT_FOUND, ABSENT, ABSENT, "404", "", 1, 0, 0 },
  { "deferred", DEFER, TRUE_ONLY, OK, "200", "page", 1, 0, 0 },
  { "deferred-and-false", DEFER_FALSE, TRUE_ONLY, OK_TWICE, "200", "page", 1, 0, 0 },
  { "deferred-then-not-found", DEFER, ABSENT, NOT_FOUND, "404", "", 1, 0, 0 },
  { "deferred-then-time-over", DEFER, ABSENT, TRUE_ONLY, "503", NULL, 1, 1, 0 },
};

/* RFC 9110 6.6.1: the present time, as IMF-fixdate. */
static void
check_date (const char *response)
{
  const char *at = strstr (response, "\r\nDate: ");
  struct tm date = { 0 };

  g_assert_nonnull (at);
  at = strptime (at + strlen ("\r\nDate: "), "%a, %d %b %Y %H:%M:%S GMT", &date);
  g_assert_nonnull (at);
  g_assert_true (g_str_has_prefix (at, "\r\n"));
  g_assert_cmpint (ABS (timegm (&date) - g_get_real_time () / G_USEC_PER_SEC), <, 600);
}

static void
check_response (const char *response,
                const char *status,
                const char *body)
{
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %s ", status);
  const char *end = strstr (response, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, line));
  g_assert_nonnull (end);
  g_assert_nonnull (strstr (response, "\r\nConnection: close"));
  check_date (response);
  if (body != NULL)
    g_assert_cmpstr (end + 4, ==, body);
}

static void
test_decision (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Handler first, second;
  g_autoptr (Fixture) fixture = fixture_new ();

  serve (fixture, &first, decisions[i].first);
  serve (fixture, &second, decisions[i].second);
  if (g_str_equal (decisions[i].status, "503"))
    g_object_set (wsp_server_get_limits (fixture->server), "handshake-timeout", 20, NULL);
  n_messages = 0;

  int fd = knock_dial (fixture->port);

  knock_send (fd, PAGE);
  if (decisions[i].later != ABSENT)
    {
      run_until_count (&fixture->n_asked, 1);
      run_pending ();
      act (fixture->held, decisions[i].later);
    }
  g_autofree char *response = knock_read (fd, NULL);

  close (fd);
  run_pending ();
  check_response (response, decisions[i].status, decisions[i].body);
  g_assert_cmpuint (fixture->n_asked, ==, decisions[i].n_asked);
  g_assert_cmpuint (fixture->n_failures, ==, decisions[i].n_failures);
  g_assert_cmpuint (n_messages, ==, decisions[i].n_messages);
  g_assert_cmpuint (fixture->n_websockets, ==, 0);
}

typedef enum
{
  BEFORE_ASKED,
  DEFERRED,
} HalfClose;

/* A client that has sent all it has still reads. */
static void
test_half_close (gconstpointer data)
{
  Handler handler;
  g_autoptr (Fixture) fixture = fixture_new ();

  serve (fixture, &handler, DEFER);

  int fd = knock_dial (fixture->port);

  knock_send (fd, PAGE);
  if (GPOINTER_TO_INT (data) == BEFORE_ASKED)
    shutdown (fd, SHUT_WR);
  run_until_count (&fixture->n_asked, 1);
  run_pending ();
  shutdown (fd, SHUT_WR);
  run_pending ();
  g_assert_cmpuint (fixture->n_failures, ==, 0);
  act (fixture->held, OK);
  g_autofree char *response = knock_read (fd, NULL);

  close (fd);
  run_pending ();
  check_response (response, "200", "page");
  g_assert_cmpuint (fixture->n_failures, ==, 0);
}

/* A short handshake-timeout is checked before that. */
static void
test_half_close_then_nothing (void)
{
  Handler handler;
  g_autoptr (Fixture) fixture = fixture_new ();

  serve (fixture, &handler, DEFER);
  wsp_limits_set_handshake_timeout (wsp_server_get_limits (fixture->server), 20);

  int fd = knock_dial (fixture->port);

  knock_send (fd, PAGE);
  shutdown (fd, SHUT_WR);
  g_autofree char *response = knock_read (fd, NULL);

  close (fd);
  check_response (response, "503", NULL);
  g_assert_cmpuint (fixture->n_failures, ==, 1);
}

/* A client that goes on sending after its response is dropped nevertheless. */
static void
test_drip (void)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  Handler handler;
  g_autoptr (Fixture) fixture = fixture_new ();

  serve (fixture, &handler, OK);

  int fd = knock_dial (fixture->port);

  knock_send (fd, PAGE);
  g_autofree char *response = knock_read (fd, NULL);

  check_response (response, "200", "page");
  while (send (fd, "x", 1, MSG_NOSIGNAL) == 1)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      g_poll (NULL, 0, 20);
    }
  g_assert_true (errno == EPIPE || errno == ECONNRESET);
  close (fd);
}

/* Which responses are sent, and how. */
static const struct
{
  const char *name, *request;
  guint       status;
  const char *headers;
  gssize      length;           /* length of the body; -1 = the body is NULL */
  const char *line, *has, *has_not;
  gsize       sent;             /* number of bytes of the body that are sent */
  guint       n_warnings;
} responses[] = {
  { "body", PAGE, 200, "", 4, "200 OK", "Content-Length: 4", "Refused", 4, 0 },
  { "no-body", PAGE, 200, "", -1, "200 OK", "Content-Length: 0", "Content-Type", 0, 0 },
  { "empty-body", PAGE, 200, "", 0, "200 OK", "Content-Length: 0", "Content-Type", 0, 0 },
  { "plain-text", PAGE, 200, "", 1, "200 OK", "Content-Type: text/plain; charset=utf-8", "X-", 1,
    0 },
  { "own-type", PAGE, 200, "Content-Type: a/b\r\n", 1, "200 OK", "Content-Type: a/b", "text/plain",
    1, 0 },
  { "own-framing-is-left-out", PAGE, 200, "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n"
    "Connection: keep-alive\r\nUpgrade: h2c\r\nX: y\r\n", 1, "200 OK", "X: y", "chunked", 1, 0 },
  { "head", HTTP ("HEAD / HTTP/1.1", ""), 200, "", 4, "200 OK", "Content-Length: 4", "X-", 0, 0 },
  { "head-of-a-refusal", HTTP ("HEAD / HTTP/1.1", ""), 700, "", 4, "500 Internal",
    "Content-Length: 0", "X-", 0, 1 },
  { "a-mebibyte", PAGE, 200, "", MIB, "200 OK", "Content-Length: 1048576", "X-", MIB, 0 },
  { "head-of-a-mebibyte", HTTP ("HEAD / HTTP/1.1", ""), 200, "", MIB, "200 OK",
    "Content-Length: 1048576", "X-", 0, 0 },
  { "more-than-a-mebibyte", PAGE, 200, "X: y\r\n", MIB + 1, "500 Internal", "Content-Length: 0",
    "X: y", 0, 1 },
  { "status-0", PAGE, 0, "X: y\r\n", 1, "500 Internal", "Content-Length: 0", "X: y", 0, 1 },
  { "status-101", PAGE, 101, "X: y\r\n", 1, "500 Internal", "Content-Length: 0", "X: y", 0, 1 },
  { "status-199", PAGE, 199, "", 1, "500 Internal", "Content-Length: 0", "X-", 0, 1 },
  { "status-204", PAGE, 204, "", 1, "204 No Content", "Connection: close", "Content-", 0, 0 },
  { "status-299", PAGE, 299, "", 1, "299 Success", "Content-Length: 1", "X-", 1, 0 },
  { "status-304", PAGE, 304, "ETag: a\r\n", 1, "304 Not Modified", "ETag: a", "Content-", 0, 0 },
  { "status-426", PAGE, 426, "", 1, "426 Upgrade", "Connection: close, Upgrade", "X-", 1, 0 },
  { "own-date", PAGE, 200, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 1, "200 OK",
    "Date: Sun, 06 Nov 1994 08:49:37 GMT",
    "Connection: close\r\nDate", 1, 0 },
  { "status-405", PAGE, 405, "", 1, "405 Method", "Allow: GET, HEAD", "X-", 1, 0 },
  { "own-allow", PAGE, 405, "Allow: PUT\r\n", 1, "405 Method", "Allow: PUT", "GET", 1, 0 },
  { "status-599", PAGE, 599, "", 1, "599 Refused", "Content-Length: 1", "X-", 1, 0 },
  { "status-600", PAGE, 600, "", 1, "500 Internal", "Content-Length: 0", "X-", 0, 1 },
};

static gboolean
respond_with (WspServer      *server,
              WspHttpRequest *request,
              gpointer        data)
{
  guint i = GPOINTER_TO_UINT (data);
  gssize length = responses[i].length;
  g_autoptr (WspHeaders) headers = parse_headers (responses[i].headers, NULL);
  g_autofree char *text = g_strnfill (MAX (length, 0), 'x');
  g_autoptr (GBytes) body = length >= 0 ? g_bytes_new (text, length) : NULL;

  are_warnings_expected = TRUE;
  wsp_http_request_respond (request, responses[i].status, headers, body);
  are_warnings_expected = FALSE;
  return TRUE;
}

static void
test_response (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %s", responses[i].line);
  g_autofree char *has = g_strdup_printf ("\r\n%s\r\n", responses[i].has);
  g_autoptr (Fixture) fixture = fixture_new ();

  n_warnings = 0;
  g_signal_connect (fixture->server, "http-request", G_CALLBACK (respond_with), (gpointer) data);
  g_autofree char *response = knock_ask (fixture->port, responses[i].request, NULL);
  const char *end = strstr (response, "\r\n\r\n");

  g_assert_nonnull (end);
  g_assert_cmpuint (strlen (end + 4), ==, responses[i].sent);
  g_assert_true (g_str_has_prefix (response, line));
  g_assert_nonnull (strstr (response, has));
  g_assert_null (strstr (response, responses[i].has_not));
  g_assert_cmpuint (n_warnings, ==, responses[i].n_warnings);
  g_assert_cmpuint (fixture->n_failures, ==, 0);
}

/* The tap is notified of all that was sent, in pieces that are not empty. */
static void
test_tapped (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (TestObserver) observer = test_observer_new (WSP_ROLE_SERVER);
  g_autoptr (Fixture) fixture = fixture_new ();

  wsp_server_add_tap (fixture->server, WSP_TAP (observer));
  g_signal_connect (fixture->server, "http-request", G_CALLBACK (respond_with), (gpointer) data);
  g_autofree char *response = knock_ask (fixture->port, responses[i].request, NULL);

  run_pending ();
  g_assert_cmpuint (observer->conversations->len, ==, 1);
  TestConversation *seen = observer->conversations->pdata[0];

  g_assert_cmpstr (seen->bytes[WSP_DIRECTION_SENT]->str, ==, response);
}

/* A header cannot split a response: WspHeaders refuses it. */
static void
test_split (void)
{
  static const char *const values[] = { "a\r\nX: y", "a\nX: y", "a\rb", "a\r\n\r\nbody" };
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_false (wsp_headers_append (headers, "X-Own", values[i], NULL));
  g_assert_false (wsp_headers_append (headers, "X-Own: a\r\nX", "y", NULL));
  g_assert_cmpuint (wsp_headers_get_length (headers), ==, 0);
}

static void
test_tap (void)
{
  g_autoptr (TestObserver) observer = test_observer_new (WSP_ROLE_SERVER);
  Handler handler;
  g_autoptr (Fixture) fixture = fixture_new ();

  serve (fixture, &handler, OK);
  wsp_server_add_tap (fixture->server, WSP_TAP (observer));
  g_autofree char *response = knock_ask (fixture->port, PAGE, NULL);

  run_pending ();
  g_assert_cmpuint (observer->conversations->len, ==, 1);
  TestConversation *seen = observer->conversations->pdata[0];

  g_assert_true (seen->source == G_OBJECT (fixture->held));
  g_assert_cmpstr (seen->bytes[WSP_DIRECTION_RECEIVED]->str, ==, PAGE);
  g_assert_cmpstr (seen->bytes[WSP_DIRECTION_SENT]->str, ==, response);
  g_assert_cmpuint (seen->n_states, ==, 1);
}

/* The objects that a tap gets as its source. */
static const struct
{
  const char *name, *request;
  Step        step;
  gboolean    is_http;
} sources[] = {
  { "responded", PAGE, OK, TRUE },
  { "not-taken", PAGE, FALSE_ONLY, TRUE },
  { "refused-for-its-host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", OK, TRUE },
  { "refused-for-its-target", HTTP ("GET * HTTP/1.1", ""), OK, TRUE },
  { "of-another-method", HTTP ("POST / HTTP/1.1", ""), OK, FALSE },
  { "without-a-handler", PAGE, ABSENT, FALSE },
  { "for-a-websocket", HTTP ("GET / HTTP/1.1", KNOCK_UPGRADE KNOCK_VERSION), OK, FALSE },
};

static void
test_source (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (TestObserver) observer = test_observer_new (WSP_ROLE_SERVER);
  Handler handler;
  g_autoptr (Fixture) fixture = fixture_new ();

  serve (fixture, &handler, sources[i].step);
  wsp_server_add_tap (fixture->server, WSP_TAP (observer));
  g_free (knock_ask (fixture->port, sources[i].request, NULL));
  run_pending ();
  g_assert_cmpuint (observer->conversations->len, ==, 1);
  TestConversation *seen = observer->conversations->pdata[0];

  g_assert_true (WSP_IS_HTTP_REQUEST (seen->source) == sources[i].is_http);
  g_assert_true (WSP_IS_HANDSHAKE (seen->source) != sources[i].is_http);
}

static void
note_status (WspHttpRequest *request,
             GParamSpec     *property,
             GString        *notified)
{
  g_string_append_printf (notified, "%s %u ", property->name,
                          wsp_http_request_get_response_status (request));
}

static void
test_notify (void)
{
  g_autoptr (GString) notified = g_string_new (NULL);
  Handler handler;
  g_autoptr (Fixture) fixture = fixture_new ();

  serve (fixture, &handler, DEFER);
  int fd = knock_dial (fixture->port);

  knock_send (fd, PAGE);
  run_until_count (&fixture->n_asked, 1);
  g_signal_connect (fixture->held, "notify", G_CALLBACK (note_status), notified);
  respond (fixture->held, 200, "page");
  respond (fixture->held, 201, "late");
  g_assert_cmpstr (notified->str, ==, "");
  g_free (knock_read (fd, NULL));
  g_assert_cmpstr (notified->str, ==, "response-status 200 ");
  close (fd);
}

static void
test_too_many_of_an_address (void)
{
  Handler handler;
  g_autoptr (Fixture) fixture = fixture_new ();

  serve (fixture, &handler, OK);
  g_object_set (fixture->server, "max-connections-per-address", 1, NULL);
  int fd = knock_dial (fixture->port);

  run_pending ();
  g_autofree char *response = knock_ask (fixture->port, PAGE, NULL);

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 503 "));
  g_assert_cmpuint (fixture->n_asked, ==, 0);
  g_assert_cmpuint (fixture->n_failures, ==, 1);
  close (fd);
}

/* The members of a request, as its head and its socket have them. */
static const struct
{
  const char *name, *request, *method, *path, *query, *host;
  guint       n_headers;
} heads[] = {
  { "get", HTTP ("GET /a%20b?x=1&y HTTP/1.1", "A: b\r\n"), "GET", "/a%20b", "x=1&y", "localhost",
    2 },
  { "head", HTTP ("HEAD / HTTP/1.1", ""), "HEAD", "/", NULL, "localhost", 1 },
  { "whole-uri", HTTP ("GET http://localhost/page? HTTP/1.1", ""), "GET", "/page", "", "localhost",
    1 },
  { "whole-uri-of-another-host", HTTP ("GET HTTP://app.localhost:81/page HTTP/1.1", ""), "GET",
    "/page", NULL,
    "app.localhost:81", 1 },
  { "without-fields", "GET / HTTP/1.0\r\n\r\n", "GET", "/", NULL, NULL, 0 },
};

static void
check_port (WspHttpRequest *request,
            const char     *property,
            guint16         port)
{
  g_autoptr (GSocketAddress) address = NULL;

  g_object_get (request, property, &address, NULL);
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)), ==, port);
}

static guint16
get_port (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (dup (fd), NULL);
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static void
test_head (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *method = NULL, *path = NULL, *query = NULL, *host = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (WspHeaders) headers = NULL;
  Handler handler;
  int fd;

  g_autoptr (Fixture) fixture = fixture_new ();
  serve (fixture, &handler, OK);
  fd = knock_dial (fixture->port);
  knock_send (fd, heads[i].request);
  run_until_count (&fixture->n_asked, 1);
  g_object_get (fixture->held, "method", &method, "path", &path, "query", &query, "host", &host,
                "request-headers", &headers, "tls-peer-certificate", &certificate, NULL);
  g_assert_cmpstr (method, ==, heads[i].method);
  g_assert_cmpstr (path, ==, heads[i].path);
  g_assert_cmpstr (query, ==, heads[i].query);
  g_assert_cmpstr (host, ==, heads[i].host);
  g_assert_cmpuint (wsp_headers_get_length (headers), ==, heads[i].n_headers);
  g_assert_null (certificate);
  check_port (fixture->held, "remote-address", get_port (fd));
  check_port (fixture->held, "local-address", fixture->port);
  close (fd);
}

/* A request that no server has made: it is empty, and calls log a critical. */
static void
test_unmade (void)
{
  g_autoptr (WspHttpRequest) request = g_object_new (WSP_TYPE_HTTP_REQUEST, NULL);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);

  n_criticals = 0;
  are_warnings_expected = TRUE;
  wsp_http_request_respond (request, 200, NULL, NULL);
  wsp_http_request_defer (request);
  are_warnings_expected = FALSE;
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (n_criticals, ==, 2);
  g_assert_cmpstr (wsp_http_request_get_method (request), ==, "");
  g_assert_cmpstr (wsp_http_request_get_path (request), ==, "");
  g_assert_null (wsp_http_request_get_query (request));
  g_assert_null (wsp_http_request_get_host (request));
  g_assert_cmpuint (wsp_headers_get_length (wsp_http_request_get_request_headers (request)), ==, 0);
  g_assert_null (wsp_http_request_get_remote_address (request));
  g_assert_null (wsp_http_request_get_local_address (request));
  g_assert_cmpuint (wsp_http_request_get_response_status (request), ==, 0);
}

#define ADD(table, test) \
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) \
    { \
      g_autofree char *path = \
        g_strdup_printf ("/endpoint/server-http/" #test "/%s", table[i].name); \
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_ ## test); \
    }

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch (catch_log);
  ADD (requests, request)
  ADD (ways, way)
  ADD (decisions, decision)
  ADD (responses, response)
  ADD (responses, tapped)
  ADD (heads, head)
  ADD (sources, source)
  g_test_add_data_func ("/endpoint/server-http/half-closed/before-it-was-asked-gets-a-response",
                        GINT_TO_POINTER (BEFORE_ASKED), test_half_close);
  g_test_add_data_func ("/endpoint/server-http/half-closed/while-deferred-gets-a-response",
                        GINT_TO_POINTER (DEFERRED), test_half_close);
  g_test_add_func ("/endpoint/server-http/responded/client-that-goes-on-is-dropped", test_drip);
  g_test_add_func ("/endpoint/server-http/half-closed/handshake-timeout-ends-it",
                   test_half_close_then_nothing);
  g_test_add_func ("/endpoint/server-http/max-connections-per-address-counts",
                   test_too_many_of_an_address);
  g_test_add_func ("/endpoint/server-http/request-that-no-server-has-made-is-empty", test_unmade);
  g_test_add_func ("/endpoint/server-http/headers-do-not-split-a-response", test_split);
  g_test_add_func ("/endpoint/server-http/taps-see-it-with-its-request", test_tap);
  g_test_add_func ("/endpoint/server-http/response-notifies-once", test_notify);
  return g_test_run ();
}
