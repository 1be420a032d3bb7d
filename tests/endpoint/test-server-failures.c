/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The handshake of `handshake-failed`: what of the request it has, and that its status is that of
 * the response on the wire.  The handler accepts each of them, which changes nothing. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/observer.h"

typedef enum
{
  UNDECIDED,                    /* no handler */
  REJECTS,                      /* `request` is rejected with 403 and a body */
  RETURNS_FALSE,                /* the handler of `request` does, and that of `http-request` */
  RETURNS_TRUE,                 /* likewise */
  DEFERS,                       /* likewise, and decides nothing */
} Decision;

typedef enum
{
  READS,                        /* the client reads the response to its end */
  CLOSES,                       /* the client closes when it has sent the request */
  WAITS,                        /* the client reads, and the server's time is over */
} Client;

#define A_40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_FIELD "X: " A_40 A_40 "\r\n"
#define OF_B "Host: b.example\r\n"
#define CLIENT_HELLO "\x16\x03\x01\x02\x05\x01\x0a"

static const struct
{
  const char *name, *request;
  Decision    decision;
  Client      client;
  guint       status;           /* 0 = no response */
  const char *method;           /* NULL: there is no handshake */
  const char *path, *query;
  const char *host;             /* the header field; NULL: it was not read */
  gboolean    is_made;          /* also without a handler of `handshake-failed` */
} cases[] = {
  { "nothing", "", UNDECIDED, CLOSES, 0, NULL, NULL, NULL, NULL, FALSE },
  { "nothing-in-time", "", UNDECIDED, WAITS, 0, NULL, NULL, NULL, NULL, FALSE },
  { "half-a-line", "GET /a HTTP/1", UNDECIDED, CLOSES, 0, NULL, NULL, NULL, NULL, FALSE },
  { "line-without-its-end", "GET /a HTTP/1.1\r", UNDECIDED, CLOSES, 0, NULL, NULL, NULL, NULL, FALSE },
  { "half-a-line-in-time", "GET /a HTTP/1", UNDECIDED, WAITS, 0, NULL, NULL, NULL, NULL, FALSE },
  { "tls", CLIENT_HELLO, UNDECIDED, READS, 400, NULL, NULL, NULL, NULL, FALSE },
  { "malformed-line", "GET  /a HTTP/1.1\r\n\r\n", UNDECIDED, READS, 400, NULL, NULL, NULL, NULL, FALSE },
  { "line-alone", "GET /a?b HTTP/1.1\r\n", UNDECIDED, CLOSES, 0, "GET", "/a", "b", NULL, FALSE },
  { "half-a-head", "GET /a?b HTTP/1.1\r\n" OF_B "Upgr", UNDECIDED, CLOSES, 0, "GET", "/a", "b", "b.example", FALSE },
  { "half-a-field", "GET /a HTTP/1.1\r\nX: y\r\nHost: b.exam", UNDECIDED, CLOSES, 0, "GET", "/a", NULL, NULL, FALSE },
  { "field-without-its-end", "GET /a HTTP/1.1\r\nHost: b.example\r", UNDECIDED, CLOSES, 0, "GET", "/a", NULL, NULL, FALSE },
  { "half-a-head-in-time", "GET /a HTTP/1.1\r\n" OF_B, UNDECIDED, WAITS, 408, "GET", "/a", NULL, "b.example", FALSE },
  { "field-without-colon", "GET /a HTTP/1.1\r\n" OF_B "bad\r\n\r\n", UNDECIDED, READS, 400, "GET", "/a", NULL, "b.example", FALSE },
  { "control-character-in-a-field", "GET /a HTTP/1.1\r\n" OF_B "X: \x01\r\n\r\n", UNDECIDED, READS, 400,
    "GET", "/a", NULL, "b.example", FALSE },
  { "bad-first-field", "GET /a HTTP/1.1\r\nbad\r\n" OF_B "\r\n", UNDECIDED, READS, 400, "GET", "/a", NULL, NULL, FALSE },
  { "431", "GET /a HTTP/1.1\r\n" OF_B LONG_FIELD LONG_FIELD LONG_FIELD LONG_FIELD LONG_FIELD "\r\n", UNDECIDED, READS, 431,
    "GET", "/a", NULL, "b.example", FALSE },
  { "431-fields", "GET /a HTTP/1.1\r\n" OF_B "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\n\r\n", UNDECIDED, READS, 431,
    "GET", "/a", NULL, "b.example", FALSE },
  { "plain-get", "GET /a?b HTTP/1.1\r\n" OF_B "\r\n", UNDECIDED, READS, 426, "GET", "/a", "b", "b.example", FALSE },
  { "plain-head", "HEAD /a HTTP/1.1\r\n" OF_B "\r\n", UNDECIDED, READS, 405, "HEAD", "/a", NULL, "b.example", FALSE },
  { "plain-get-that-is-not-taken", "GET /a HTTP/1.1\r\n" KNOCK_HOST "\r\n", RETURNS_FALSE, READS, 426, "GET", "/a", NULL,
    "localhost", TRUE },
  { "plain-get-without-a-response", "GET /a HTTP/1.1\r\n" KNOCK_HOST "\r\n", RETURNS_TRUE, READS, 500, "GET", "/a", NULL,
    "localhost", TRUE },
  { "plain-get-deferred-in-time", "GET /a HTTP/1.1\r\n" KNOCK_HOST "\r\n", DEFERS, WAITS, 503, "GET", "/a", NULL, "localhost", TRUE },
  { "plain-get-deferred-and-gone", "GET /a HTTP/1.1\r\n" KNOCK_HOST "\r\n", DEFERS, CLOSES, 0, "GET", "/a", NULL, "localhost", TRUE },
  { "post", "POST /a HTTP/1.1\r\n" OF_B "\r\n", UNDECIDED, READS, 405, "POST", "/a", NULL, "b.example", FALSE },
  { "http-2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", UNDECIDED, READS, 505, "PRI", NULL, NULL, NULL, FALSE },
  { "whole-uri", "GET http://b.example/a?b HTTP/1.1\r\n" OF_B "\r\n", UNDECIDED, READS, 426, "GET", "/a", "b", "b.example", FALSE },
  { "404", KNOCK_GET ("/nope", ""), UNDECIDED, READS, 404, "GET", "/nope", NULL, "localhost", TRUE },
  { "no-key", "GET /a HTTP/1.1\r\n" KNOCK_HOST KNOCK_UPGRADE KNOCK_VERSION "\r\n", UNDECIDED, READS, 400, "GET", "/a", NULL,
    "localhost", FALSE },
  { "version", "GET /a HTTP/1.1\r\n" KNOCK_HOST KNOCK_UPGRADE KNOCK_KEY "Sec-WebSocket-Version: 12\r\n\r\n", UNDECIDED, READS,
    426, "GET", "/a", NULL, "localhost", FALSE },
  { "origin", KNOCK_GET ("/chat", "Origin: https://evil.example\r\n"), UNDECIDED, READS, 403, "GET", "/chat", NULL, "localhost", FALSE },
  { "rejected", KNOCK_GET ("/chat", ""), REJECTS, READS, 403, "GET", "/chat", NULL, "localhost", TRUE },
  { "refused-by-false", KNOCK_GET ("/chat", ""), RETURNS_FALSE, READS, 500, "GET", "/chat", NULL, "localhost", TRUE },
  { "deferred-in-time", KNOCK_GET ("/chat", ""), DEFERS, WAITS, 503, "GET", "/chat", NULL, "localhost", TRUE },
  { "deferred-and-gone", KNOCK_GET ("/chat", ""), DEFERS, CLOSES, 0, "GET", "/chat", NULL, "localhost", TRUE },
};

typedef enum
{
  BARE,
  TAPPED,
  WITH_WORKERS,
  WITHOUT_HANDLER,
  N_SERVERS,
} ServerKind;

static const char *const server_names[N_SERVERS] = {
  [BARE] = "bare", [TAPPED] = "tapped", [WITH_WORKERS] = "workers",
  [WITHOUT_HANDLER] = "no-handler",
};

typedef struct
{
  guint         i;              /* row of cases */
  WspServer    *server;
  guint16       port;
  guint         n_failures, n_notified;         /* atomic */
  WspHandshake *handshake;      /* of the failure; set before n_failures */
} Scene;

static guint n_made;            /* handshakes that were made; atomic */

/* Replaces that of GObject. */
gpointer
g_object_new (GType       type,
              const char *first,
              ...)
{
  va_list arguments;
  gpointer object;

  va_start (arguments, first);
  object = g_object_new_valist (type, first, arguments);
  va_end (arguments);
  if (WSP_IS_HANDSHAKE (object))
    g_atomic_int_inc (&n_made);
  return object;
}

static gboolean refuses_101;    /* the response with status 101 cannot be written */

/* Replaces that of the system. */
ssize_t
send (int         fd,
      const void *bytes,
      size_t      length,
      int         flags)
{
  static const char begin[] = "HTTP/1.1 101 ";

  if (!refuses_101 || length < strlen (begin) || memcmp (bytes, begin, strlen (begin)) != 0)
    return sendto (fd, bytes, length, flags, NULL, 0);

  errno = EPIPE;
  return -1;
}

/* The time for a decision is over, or there was one, of a handler or for a path without a route. */
static void
try_to_decide (Scene        *self,
               WspHandshake *handshake)
{
  g_autoptr (GError) error = NULL;
  guint status = wsp_handshake_get_response_status (handshake);
  gboolean is_decided = cases[self->i].decision == REJECTS || status == 101 || status == 404 ||
                        status == 500;

  g_assert_false (wsp_handshake_accept (handshake, NULL, NULL, &error));
  g_assert_true (g_error_matches (error, WSP_ERROR, is_decided ? WSP_ERROR_INVALID_OPERATION
                                                               : WSP_ERROR_CLOSED));
  wsp_handshake_reject (handshake, 599, NULL, NULL);
  wsp_handshake_defer (handshake);
  wsp_handshake_proceed (handshake);
  g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, status);
}

static void
on_failed (WspServer      *server,
           GSocketAddress *address,
           WspHandshake   *handshake,
           const GError   *error,
           Scene          *self)
{
  g_assert_true (G_IS_SOCKET_ADDRESS (address));
  g_assert_nonnull (error);
  if (handshake != NULL)
    try_to_decide (self, handshake);
  g_set_object (&self->handshake, handshake);
  g_atomic_int_inc (&self->n_failures);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Scene        *self)
{
  static const char why[] = "why";
  g_autoptr (GBytes) body = g_bytes_new_static (why, strlen (why));

  g_signal_connect_swapped (handshake, "notify::response-status", G_CALLBACK (g_atomic_int_inc),
                            &self->n_notified);
  if (cases[self->i].decision == REJECTS)
    wsp_handshake_reject (handshake, 403, NULL, body);
  else if (cases[self->i].decision == DEFERS)
    wsp_handshake_defer (handshake);
  return cases[self->i].decision == RETURNS_TRUE;
}

static gboolean
on_http_request (WspServer      *server,
                 WspHttpRequest *request,
                 Scene          *self)
{
  g_signal_connect_swapped (request, "notify::response-status", G_CALLBACK (g_atomic_int_inc),
                            &self->n_notified);
  if (cases[self->i].decision == DEFERS)
    wsp_http_request_defer (request);
  return cases[self->i].decision != RETURNS_FALSE;
}

static void
set_limits (Scene *self)
{
  WspLimits *limits = wsp_server_get_limits (self->server);

  if (cases[self->i].client == WAITS)
    wsp_limits_set_handshake_timeout (limits, 20);
  wsp_limits_set_max_head_size (limits, 400);
  g_object_set (limits, "max-header-fields", 6, NULL);
}

static void
scene_init (Scene     *self,
            guint      i,
            ServerKind kind)
{
  g_autoptr (GError) error = NULL;

  *self = (Scene) { .i = i, .server = wsp_server_new () };
  set_limits (self);
  wsp_server_add_route (self->server, "/chat", NULL);
  wsp_server_add_route (self->server, "/a", NULL);
  if (kind == TAPPED)
    {
      g_autoptr (TestObserver) observer = test_observer_new (WSP_ROLE_SERVER);

      wsp_server_add_tap (self->server, WSP_TAP (observer));
    }
  if (kind != WITHOUT_HANDLER)
    g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_failed), self);
  if (cases[i].decision != UNDECIDED)
    {
      g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
      g_signal_connect (self->server, "http-request", G_CALLBACK (on_http_request), self);
    }
  if (kind == WITH_WORKERS)
    g_assert_true (wsp_server_start_workers (self->server, 2, &error));
  self->port = listen_on_free_port (self->server, "127.0.0.1");
}

static void
scene_clear (Scene *self)
{
  g_clear_object (&self->server);
  g_clear_object (&self->handshake);
  run_pending ();
}

/* Returns the response; empty if the client has not read. */
static char *
run_client (Scene *self)
{
  int fd = knock_dial (self->port);
  char *response;

  knock_send (fd, cases[self->i].request);
  response = cases[self->i].client == CLOSES ? g_strdup ("") : knock_read (fd, NULL);
  close (fd);
  return response;
}

static void
check_response (Scene      *self,
                const char *response)
{
  const char *body = strstr (response, "\r\n\r\n");
  GBytes *bytes = wsp_handshake_get_response_body (self->handshake);
  guint status = 0;

  sscanf (response, "HTTP/1.1 %u ", &status);
  g_assert_cmpuint (status, ==, cases[self->i].status);
  g_assert_cmpuint (wsp_handshake_get_response_status (self->handshake), ==, status);
  if (body == NULL || body[4] == '\0')
    g_assert_null (bytes);
  else
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), body + 4,
                     strlen (body + 4));
  if (status == 0)
    g_assert_null (wsp_handshake_get_response_headers (self->handshake));
}

static void
check_handshake (Scene *self)
{
  WspHandshake *handshake = self->handshake;
  guint i = self->i;

  g_assert_cmpint (wsp_handshake_get_role (handshake), ==, WSP_ROLE_SERVER);
  g_assert_cmpstr (wsp_handshake_get_method (handshake), ==, cases[i].method);
  g_assert_cmpstr (wsp_handshake_get_path (handshake), ==, cases[i].path);
  g_assert_cmpstr (wsp_handshake_get_query (handshake), ==, cases[i].query);
  g_assert_cmpstr (wsp_handshake_get_request_header (handshake, "Host"), ==, cases[i].host);
  g_assert_true (G_IS_SOCKET_ADDRESS (wsp_handshake_get_remote_address (handshake)));
}

static void
run_case (guint      i,
          ServerKind kind)
{
  gboolean is_needed = kind == TAPPED || cases[i].is_made ||
                       (kind != WITHOUT_HANDLER && cases[i].method != NULL);
  g_autofree char *response = NULL;
  Scene scene;

  scene_init (&scene, i, kind);
  g_atomic_int_set (&n_made, 0);
  response = run_client (&scene);
  if (kind != WITHOUT_HANDLER)
    run_until_atomic (&scene.n_failures, 1);
  g_assert_cmpint (scene.handshake != NULL, ==,
                   kind != WITHOUT_HANDLER && cases[i].method != NULL);
  g_assert_cmpint (g_atomic_int_get (&n_made), ==, is_needed);
  g_assert_cmpint (g_atomic_int_get (&scene.n_notified), ==,
                   cases[i].decision != UNDECIDED && cases[i].status != 0);
  if (scene.handshake != NULL)
    {
      check_response (&scene, response);
      check_handshake (&scene);
    }
  scene_clear (&scene);
}

/* The status is that of the response that was begun.  data: whether a handler has accepted. */
static void
test_lost_acceptance (gconstpointer data)
{
  const char *const subprotocols[] = { "a", NULL };
  guint i = 0;
  Scene scene;

  while (cases[i].decision != (GPOINTER_TO_UINT (data) ? RETURNS_TRUE : UNDECIDED))
    i++;
  scene_init (&scene, i, BARE);
  wsp_server_set_subprotocols (scene.server, subprotocols);
  refuses_101 = TRUE;
  g_free (knock_ask (scene.port, KNOCK_GET ("/chat", "Sec-WebSocket-Protocol: a\r\n"), NULL));
  refuses_101 = FALSE;
  g_assert_cmpuint (scene.n_failures, ==, 1);
  g_assert_cmpuint (wsp_handshake_get_response_status (scene.handshake), ==, 101);
  g_assert_cmpstr (wsp_handshake_get_subprotocol (scene.handshake), ==, "a");
  g_assert_nonnull (wsp_handshake_get_response_headers (scene.handshake));
  scene_clear (&scene);
}

#define KIND_FACTOR 1000

static void
test_case (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);

  run_case (number / KIND_FACTOR, (ServerKind) (number % KIND_FACTOR));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      for (guint kind = 0; kind < N_SERVERS; kind++)
        {
          g_autofree char *path = g_strdup_printf ("/endpoint/server-failures/%s/%s",
                                                   server_names[kind], cases[i].name);

          /* Without a handler only the end of the response tells that the handshake is over. */
          if (kind != WITHOUT_HANDLER || cases[i].client != CLOSES)
            g_test_add_data_func (path, GUINT_TO_POINTER (i * KIND_FACTOR + kind), test_case);
        }
    }

  g_test_add_data_func ("/endpoint/server-failures/lost-acceptance/by-default", NULL,
                        test_lost_acceptance);
  g_test_add_data_func ("/endpoint/server-failures/lost-acceptance/by-a-handler",
                        GUINT_TO_POINTER (TRUE), test_lost_acceptance);

  return g_test_run ();
}
