/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The routes of a server: which path fits which, and what follows from it. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/log-watch.h"

#include <time.h>
#include <unistd.h>

#include "core/handshake/token-list.h"
#include "endpoint/opening/wsp-routes-private.h"
#include "lib/rows.h"

typedef struct
{
  WspServer *server;
  guint16    port;
  guint      n_plain, n_detailed;       /* number of calls of handlers of `connection`, without and
                                         * with a detail */
  WspConnection *connection;
  char      *route;                     /* value of WspHandshake:route in `request` */
  char      *room;                      /* value of the parameter room there */
  GError    *error;
} Fixture;

static GString *log_lines;
static GMutex log_lock;

static GLogWriterOutput
catch_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  g_mutex_lock (&log_lock);
  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "MESSAGE"))
        g_string_append_printf (log_lines, "%s\n", (const char *) fields[i].value);
    }
  g_mutex_unlock (&log_lock);
  return level <= G_LOG_LEVEL_CRITICAL ? g_log_writer_default (level, fields, n_fields, NULL)
                                       : G_LOG_WRITER_HANDLED;
}

static guint
count_log (const char *part)
{
  g_auto (GStrv) pieces = NULL;

  g_mutex_lock (&log_lock);
  pieces = g_strsplit (log_lines->str, part, -1);
  g_mutex_unlock (&log_lock);
  return MAX (g_strv_length (pieces), 1) - 1;
}

static void
on_plain (WspServer     *server,
          WspConnection *connection,
          Fixture       *self)
{
  self->n_plain++;
  g_set_object (&self->connection, connection);
}

static void
on_detailed (WspServer     *server,
             WspConnection *connection,
             Fixture       *self)
{
  self->n_detailed++;
  g_set_object (&self->connection, connection);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  g_free (self->route);
  self->route = g_strdup (wsp_handshake_get_route (handshake));
  g_free (self->room);
  self->room = wsp_handshake_dup_path_value (handshake, "room");
  return TRUE;
}

static void
on_failed (WspServer      *server,
           GSocketAddress *address,
           WspHandshake   *handshake,
           GError         *error,
           Fixture        *self)
{
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

static void
fixture_init (Fixture *self)
{
  g_string_truncate (log_lines, 0);
  *self = (Fixture) { .server = wsp_server_new () };
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_failed), self);
  self->port = listen_on_free_port (self->server, NULL);
  g_assert_cmpuint (self->port, >, 0);
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->connection);
  g_clear_object (&self->server);
  g_clear_error (&self->error);
  g_free (self->route);
  g_free (self->room);
  run_pending ();
}

static void
add (Fixture    *self,
     const char *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_server_add_route (self->server, pattern, &error));
  g_assert_no_error (error);
}

static guint
ask (Fixture    *self,
     const char *target)
{
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\n" KNOCK_FIELDS "\r\n", target);
  g_autofree char *response = knock_ask (self->port, request, "\r\n\r\n");

  return (guint) g_ascii_strtoull (response + strlen ("HTTP/1.1 "), NULL, 10);
}

static const struct
{
  const char *name, *target, *route;    /* route of the request; NULL: status 404 */
} fits[] = {
  { "the-path", "/chat", "/chat" },
  { "a-query-does-not-count", "/chat?x=/other", "/chat" },
  { "a-whole-uri", "http://localhost/chat", "/chat" },
  { "a-longer-one", "/chat/room", "/chat/room" },
  { "below", "/chat/other", NULL },
  { "a-slash-more", "/chat/", NULL },
  { "begins-alike", "/chatter", NULL },
  { "ends-early", "/cha", NULL },
  { "other-letters", "/Chat", NULL },
  { "encoded", "/%63hat", NULL },
  { "dots", "/x/../chat", NULL },
  { "two-slashes", "//chat", NULL },
  { "the-root", "/", "/" },
  { "a-uri-without-a-path", "http://localhost", "/" },
  { "not-the-root", "/x", NULL },
  { "all-characters", "/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@" },
};

static void
test_fit (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Fixture fixture;

  fixture_init (&fixture);
  for (guint n = 0; n < G_N_ELEMENTS (fits); n++)
    {
      if (fits[n].route != NULL)
        wsp_server_add_route (fixture.server, fits[n].route, NULL);
    }
  g_signal_connect (fixture.server, "connection", G_CALLBACK (on_plain), &fixture);
  guint unasked = ask (&fixture, fits[i].target);

  g_signal_connect (fixture.server, "request", G_CALLBACK (on_request), &fixture);
  g_assert_cmpuint (ask (&fixture, fits[i].target), ==, unasked);
  g_assert_cmpuint (unasked, ==, fits[i].route != NULL ? 101 : 404);
  g_assert_cmpstr (fixture.route, ==, fits[i].route);
  if (fits[i].route == NULL)
    g_assert_error (fixture.error, WSP_ERROR, WSP_ERROR_REJECTED);
  else
    g_assert_cmpstr (wsp_connection_get_route (fixture.connection), ==, fits[i].route);
  fixture_clear (&fixture);
}

static const struct
{
  const char *name, *target;
  guint       status;
  const char *room;     /* value of the parameter; NULL: none, or the handler is not called */
} rooms[] = {
  { "plain", "/rooms/tea", 101, "tea" },
  { "with-a-query", "/rooms/tea?room=milk", 101, "tea" },
  { "of-a-whole-uri", "http://localhost/rooms/tea", 101, "tea" },
  { "decoded", "/rooms/t%65%c3%a9", 101, "te\xc3\xa9" },
  { "with-a-slash", "/rooms/a%2Fb", 101, "a/b" },
  { "empty", "/rooms/", 404, NULL },
  { "longer", "/rooms/tea/", 404, NULL },
  { "not-utf-8", "/rooms/%ff", 400, NULL },
  { "with-nul", "/rooms/a%00", 400, NULL },
  { "cut", "/rooms/a%", 400, NULL },
  { "no-digits", "/rooms/%zz", 400, NULL },
  { "of-a-literal", "/rooms/none", 101, NULL },
  { "a-file", "/files/a/b", 101, "a/b" },
  { "a-file-in-another-folder", "/files/a/../../b", 400, NULL },
  { "a-file-in-a-hidden-folder", "/files/a%2f..%2fb", 400, NULL },
};

static gboolean
respond_with_room (WspServer      *server,
                   WspHttpRequest *request,
                   Fixture        *self)
{
  g_free (self->room);
  self->room = wsp_http_request_dup_path_value (request, "room");
  wsp_http_request_respond (request, 200, NULL, NULL);
  return TRUE;
}

static guint
ask_for_page (Fixture    *self,
              const char *target)
{
  g_autofree char *request =
    g_strconcat ("GET ", target, " HTTP/1.1\r\n" KNOCK_HOST "\r\n", NULL);
  g_autofree char *response = knock_ask (self->port, request, NULL);

  return (guint) g_ascii_strtoull (response + strlen ("HTTP/1.1 "), NULL, 10);
}

/* Of a WebSocket without and with a handler of `request`, and of a page. */
static void
test_room (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gboolean is_page = rooms[i].status != 404;    /* a page needs no route */
  Fixture fixture;

  fixture_init (&fixture);
  add (&fixture, "/rooms/{room}");
  add (&fixture, "/rooms/none");
  add (&fixture, "/files/{room...}");
  g_signal_connect (fixture.server, "connection", G_CALLBACK (on_plain), &fixture);
  g_assert_cmpuint (ask (&fixture, rooms[i].target), ==, rooms[i].status);
  g_assert_true ((fixture.connection != NULL) == (rooms[i].status == 101));
  if (fixture.connection != NULL)
    {
      WspHandshake *handshake = wsp_connection_get_handshake (fixture.connection);
      g_autofree char *room = wsp_handshake_dup_path_value (handshake, "room");
      g_autofree char *seat = wsp_handshake_dup_path_value (handshake, "seat");

      g_assert_cmpstr (room, ==, rooms[i].room);
      g_assert_cmpstr (seat, ==, NULL);
    }

  g_signal_connect (fixture.server, "request", G_CALLBACK (on_request), &fixture);
  g_assert_cmpuint (ask (&fixture, rooms[i].target), ==, rooms[i].status);
  g_assert_cmpstr (fixture.room, ==, rooms[i].room);
  if (rooms[i].status == 400)
    {
      g_assert_error (fixture.error, WSP_ERROR, WSP_ERROR_REJECTED);
      g_assert_nonnull (strstr (fixture.error->message, "for room of the route /"));
      g_assert_cmpstr (fixture.route, ==, NULL);
    }

  g_clear_pointer (&fixture.room, g_free);
  g_signal_connect (fixture.server, "http-request", G_CALLBACK (respond_with_room), &fixture);
  if (is_page)
    g_assert_cmpuint (ask_for_page (&fixture, rooms[i].target), ==,
                      rooms[i].status == 101 ? 200 : rooms[i].status);
  if (is_page)
    g_assert_cmpstr (fixture.room, ==, rooms[i].room);
  fixture_clear (&fixture);
}

static void
test_no_values (void)
{
  g_autoptr (WspHandshake) client = wsp_handshake_new_client ("ws://localhost/rooms/tea", NULL,
                                                              NULL, NULL);
  g_autoptr (WspHttpRequest) request = g_object_new (WSP_TYPE_HTTP_REQUEST, NULL);

  g_assert_null (wsp_handshake_dup_path_value (client, "room"));
  g_assert_null (wsp_http_request_dup_path_value (request, "room"));
}

/* The pattern is the detail of the signal. */
static void
test_pattern_is_the_detail (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  add (&fixture, "/rooms/{room}");
  add (&fixture, "/files/{file...}");
  g_signal_connect (fixture.server, "connection::/rooms/{room}", G_CALLBACK (on_detailed),
                    &fixture);
  g_signal_connect (fixture.server, "connection::/files/{file...}", G_CALLBACK (on_detailed),
                    &fixture);
  g_assert_cmpuint (ask (&fixture, "/rooms/tea"), ==, 101);
  g_assert_cmpuint (fixture.n_detailed, ==, 1);
  g_assert_cmpstr (wsp_connection_get_route (fixture.connection), ==, "/rooms/{room}");
  g_assert_cmpuint (ask (&fixture, "/files/a/b"), ==, 101);
  g_assert_cmpuint (fixture.n_detailed, ==, 2);
  g_assert_cmpstr (wsp_connection_get_route (fixture.connection), ==, "/files/{file...}");
  fixture_clear (&fixture);
}

static const char *const bad_patterns[] = {
  "", "chat", "/a{", "/a}", "/a%20b", "/chat?x", "/chat#x", "/a b", "/caf\xc3\xa9", "/a\n", "/chat",
  "http://localhost/chat", "*", "/a{room}", "/{room...}/a", "/{x}/{x}", "/of/{y}", "/of/{y}/in/{x}",
  "/all/{others...}",
};

static void
test_bad_patterns (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  add (&fixture, "/chat");
  add (&fixture, "/of/{x}");
  add (&fixture, "/of/{x}/in/{y}");
  add (&fixture, "/all/{rest...}");
  add (&fixture, "/all/{x}");
  for (guint i = 0; i < G_N_ELEMENTS (bad_patterns); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (wsp_server_add_route (fixture.server, bad_patterns[i], &error));
      g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "Cannot add a route: expected a pattern that "));
      g_assert_nonnull (strstr (error->message, "received \""));
    }
  g_assert_cmpuint (ask (&fixture, "/"), ==, 404);
  fixture_clear (&fixture);
}

/* An open connection keeps the route; without any route each path is served again. */
static void
test_removed (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  add (&fixture, "/chat");
  add (&fixture, "/news");
  g_signal_connect (fixture.server, "connection::/chat", G_CALLBACK (on_detailed), &fixture);
  g_assert_cmpuint (ask (&fixture, "/chat"), ==, 101);
  g_assert_true (wsp_server_remove_route (fixture.server, "/chat"));
  g_assert_false (wsp_server_remove_route (fixture.server, "/chat"));
  g_assert_false (wsp_server_remove_route (fixture.server, ""));
  g_assert_cmpstr (wsp_connection_get_route (fixture.connection), ==, "/chat");
  g_assert_cmpuint (ask (&fixture, "/chat"), ==, 404);

  add (&fixture, "/chat");
  g_assert_cmpuint (ask (&fixture, "/chat"), ==, 101);
  g_assert_cmpuint (fixture.n_detailed, ==, 2);
  g_assert_true (wsp_server_remove_route (fixture.server, "/chat"));
  g_assert_true (wsp_server_remove_route (fixture.server, "/news"));
  g_assert_cmpuint (ask (&fixture, "/chat"), ==, 101);
  g_assert_cmpuint (fixture.n_detailed, ==, 2);
  fixture_clear (&fixture);
}

static const struct
{
  const char *name, *detail;    /* detail of the handler; NULL = no handler */
  gboolean    has_plain;        /* TRUE if there is a handler without a detail, too */
  guint       n_detailed, n_plain, n_lines;     /* numbers of calls and of lines of the log for two
                                                 * connections */
} takers[] = {
  { "nobody", NULL, FALSE, 0, 0, 1 },
  { "its-handler", "connection::/chat", FALSE, 2, 0, 0 },
  { "the-handler-of-another-route", "connection::/news", FALSE, 0, 0, 1 },
  { "a-mistyped-handler", "connection::/caht", FALSE, 0, 0, 1 },
  { "the-handler-of-all", NULL, TRUE, 0, 2, 0 },
  { "both", "connection::/chat", TRUE, 2, 2, 0 },
};

static void
test_taken (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Fixture fixture;

  fixture_init (&fixture);
  add (&fixture, "/chat");
  add (&fixture, "/news");
  if (takers[i].detail != NULL)
    g_signal_connect (fixture.server, takers[i].detail, G_CALLBACK (on_detailed), &fixture);
  if (takers[i].has_plain)
    g_signal_connect (fixture.server, "connection", G_CALLBACK (on_plain), &fixture);
  for (guint n = 0; n < 2; n++)
    {
      g_assert_cmpuint (ask (&fixture, "/chat"), ==, 101);
      g_object_set (fixture.server, "server-header", "other settings", NULL);
    }
  g_assert_cmpuint (fixture.n_detailed, ==, takers[i].n_detailed);
  g_assert_cmpuint (fixture.n_plain, ==, takers[i].n_plain);
  g_assert_cmpuint (count_log ("found none"), ==, takers[i].n_lines);
  g_assert_cmpuint (count_log ("connection::/chat"), ==, takers[i].n_lines);
  fixture_clear (&fixture);
}

/* A guard for one path, and for another one by mistake, would let everybody in. */
static void
test_request_has_no_detail (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  GSignalQuery query;

  g_signal_query (g_signal_lookup ("request", WSP_TYPE_SERVER), &query);
  g_assert_cmpuint (query.signal_flags & G_SIGNAL_DETAILED, ==, 0);
}

static gboolean
respond (WspServer      *server,
         WspHttpRequest *request,
         const char     *text)
{
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));
  const char *path = wsp_http_request_get_path (request);

  g_assert_cmpstr (wsp_http_request_get_route (request), ==,
                   g_str_equal (path, "/other") ? NULL : path);
  wsp_http_request_respond (request, 200, NULL, body);
  return TRUE;
}

static const struct
{
  const char *name, *path, *body;       /* body of the response; NULL: status 426 */
  gboolean    has_plain;
} pages[] = {
  { "its-handler", "/health", "its own", FALSE },
  { "its-handler-before-that-of-all", "/health", "its own", TRUE },
  { "no-handler-of-the-route", "/chat", NULL, FALSE },
  { "no-route", "/other", NULL, FALSE },
  { "the-handler-of-all", "/chat", "all", TRUE },
  { "the-handler-of-all-without-a-route", "/other", "all", TRUE },
};

static void
test_page (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                              pages[i].path);
  Fixture fixture;

  fixture_init (&fixture);
  add (&fixture, "/health");
  add (&fixture, "/chat");
  g_signal_connect (fixture.server, "http-request::/health", G_CALLBACK (respond),
                    (char *) "its own");
  if (pages[i].has_plain)
    g_signal_connect (fixture.server, "http-request", G_CALLBACK (respond), (char *) "all");
  g_autofree char *response = knock_ask (fixture.port, request, NULL);
  g_autofree char *end = g_strconcat ("\r\n\r\n", pages[i].body, NULL);

  g_assert_true (g_str_has_prefix (response, pages[i].body != NULL ? "HTTP/1.1 200 "
                                                                   : "HTTP/1.1 426 "));
  if (pages[i].body != NULL)
    g_assert_true (g_str_has_suffix (response, end));
  fixture_clear (&fixture);
}

typedef enum
{
  NO_HANDLER,
  ITS_HANDLER,                  /* of the page, which responds with 200 */
  LAZY_HANDLER,                 /* of all, which takes nothing */
} Taker;

static const struct
{
  const char *name, *method, *path;
  Taker       taker;
  gboolean    has_routes;       /* the server has the routes /chat and /both for WebSockets */
  guint       status;
} own_pages[] = {
  { "its-handler", "GET", "/page", ITS_HANDLER, FALSE, 200 },
  { "its-handler-for-its-head", "HEAD", "/page", ITS_HANDLER, FALSE, 200 },
  { "its-handler-beside-routes", "GET", "/page", ITS_HANDLER, TRUE, 200 },
  { "its-handler-with-a-parameter", "GET", "/of/a%2Fb", ITS_HANDLER, TRUE, 200 },
  { "page-before-route", "GET", "/both", ITS_HANDLER, TRUE, 200 },
  { "value-that-is-not-valid", "GET", "/of/%ff", ITS_HANDLER, FALSE, 400 },
  { "value-that-is-not-valid-without-a-handler", "GET", "/of/%ff", NO_HANDLER, FALSE, 400 },
  { "no-handler", "GET", "/page", NO_HANDLER, FALSE, 404 },
  { "no-handler-for-its-head", "HEAD", "/page", NO_HANDLER, FALSE, 404 },
  { "no-page", "GET", "/other", ITS_HANDLER, FALSE, 404 },
  { "no-page-beside-routes", "GET", "/other", ITS_HANDLER, TRUE, 404 },
  { "no-page-and-a-lazy-handler", "GET", "/other", LAZY_HANDLER, FALSE, 404 },
  { "page-and-a-lazy-handler", "GET", "/page", LAZY_HANDLER, FALSE, 404 },
  { "route", "GET", "/chat", ITS_HANDLER, TRUE, 426 },
  { "route-and-a-lazy-handler", "GET", "/chat", LAZY_HANDLER, TRUE, 426 },
  { "route-and-page-without-a-handler", "GET", "/both", NO_HANDLER, TRUE, 426 },
  { "another-method", "POST", "/other", ITS_HANDLER, FALSE, 405 },
};

static const char *const page_patterns[] = { "/page", "/both", "/of/{name}" };

static gboolean
respond_empty (WspServer      *server,
               WspHttpRequest *request,
               gpointer        user_data)
{
  wsp_http_request_respond (request, 200, NULL, NULL);
  return TRUE;
}

static gboolean
take_nothing (WspServer      *server,
              WspHttpRequest *request,
              gpointer        user_data)
{
  return FALSE;
}

static void
add_pages (Fixture *self,
           Taker    taker)
{
  for (guint i = 0; i < G_N_ELEMENTS (page_patterns); i++)
    {
      g_autofree char *signal = g_strconcat ("http-request::", page_patterns[i], NULL);

      g_assert_true (wsp_server_add_http_route (self->server, page_patterns[i], NULL));
      if (taker == ITS_HANDLER)
        g_signal_connect (self->server, signal, G_CALLBACK (respond_empty), NULL);
    }
  if (taker == LAZY_HANDLER)
    g_signal_connect (self->server, "http-request", G_CALLBACK (take_nothing), NULL);
}

/* WebSockets connect as without pages. */
static void
test_own_page (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *request = g_strdup_printf ("%s %s HTTP/1.1\r\n" KNOCK_HOST "\r\n",
                                              own_pages[i].method, own_pages[i].path);
  Fixture fixture;

  fixture_init (&fixture);
  g_signal_connect (fixture.server, "connection", G_CALLBACK (on_plain), &fixture);
  add_pages (&fixture, own_pages[i].taker);
  if (own_pages[i].has_routes)
    {
      add (&fixture, "/chat");
      add (&fixture, "/both");
    }
  g_autofree char *response = knock_ask (fixture.port, request, NULL);

  g_assert_cmpuint (g_ascii_strtoull (response + strlen ("HTTP/1.1 "), NULL, 10), ==,
                    own_pages[i].status);
  g_assert_cmpuint (ask (&fixture, "/both"), ==, 101);
  g_assert_cmpstr (wsp_connection_get_route (fixture.connection), ==,
                   own_pages[i].has_routes ? "/both" : NULL);
  g_assert_cmpuint (ask (&fixture, "/page"), ==, own_pages[i].has_routes ? 404 : 101);
  fixture_clear (&fixture);
}

static void
test_page_removed (void)
{
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  fixture_init (&fixture);
  g_signal_connect (fixture.server, "http-request::/page", G_CALLBACK (respond_empty), NULL);
  g_assert_cmpuint (ask_for_page (&fixture, "/page"), ==, 426);
  g_assert_true (wsp_server_add_http_route (fixture.server, "/page", NULL));
  g_assert_false (wsp_server_add_http_route (fixture.server, "/page", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (ask_for_page (&fixture, "/page"), ==, 200);
  g_assert_false (wsp_server_remove_route (fixture.server, "/page"));
  g_assert_true (wsp_server_remove_http_route (fixture.server, "/page"));
  g_assert_false (wsp_server_remove_http_route (fixture.server, "/page"));
  g_assert_cmpuint (ask_for_page (&fixture, "/page"), ==, 426);
  fixture_clear (&fixture);
}

static void
count_in_worker (WspServer     *server,
                 WspConnection *connection,
                 int           *n_connections)
{
  g_assert_cmpstr (wsp_connection_get_route (connection), ==, "/chat");
  g_atomic_int_inc (n_connections);
}

static void
test_workers (void)
{
  int n_connections = 0;
  Fixture fixture;

  fixture = (Fixture) { .server = wsp_server_new () };
  g_assert_true (wsp_server_start_workers (fixture.server, 2, NULL));
  fixture.port = listen_on_free_port (fixture.server, NULL);
  add (&fixture, "/chat");
  g_signal_connect (fixture.server, "connection::/chat", G_CALLBACK (count_in_worker),
                    &n_connections);
  for (guint i = 0; i < 8; i++)
    {
      g_assert_cmpuint (ask (&fixture, "/chat"), ==, 101);
      g_assert_cmpuint (ask (&fixture, "/news"), ==, 404);
    }
  while (g_atomic_int_get (&n_connections) < 8)
    g_main_context_iteration (NULL, FALSE);
  fixture_clear (&fixture);
}

/* A handshake has the routes of its begin. */
static gboolean
change_routes (WspServer    *server,
               WspHandshake *handshake,
               Fixture      *self)
{
  wsp_server_remove_route (server, "/chat");
  add (self, "/news");
  return TRUE;
}

static void
test_changed_in_a_handler (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  add (&fixture, "/chat");
  g_signal_connect (fixture.server, "connection", G_CALLBACK (on_plain), &fixture);
  gulong id = g_signal_connect (fixture.server, "request", G_CALLBACK (change_routes), &fixture);

  g_assert_cmpuint (ask (&fixture, "/chat"), ==, 101);
  g_assert_cmpstr (wsp_connection_get_route (fixture.connection), ==, "/chat");
  g_signal_handler_disconnect (fixture.server, id);
  g_assert_cmpuint (ask (&fixture, "/chat"), ==, 404);
  g_assert_cmpuint (ask (&fixture, "/news"), ==, 101);
  fixture_clear (&fixture);
}

static gboolean
has (const WspRoutes *routes,
     const char      *path)
{
  return wsp_routes_find (routes, (WscBytes) { (const guint8 *) path, strlen (path) }) != 0;
}

static const char *const chosen_from[] = {
  "/a", "/{x}", "/{x...}", "/{x}/", "/a/b", "/a/{x}", "/{x}/b", "/a/{x...}", "/{x}/c/d", "/a/{x}/e",
  "/f/{x}/{y}/g", "/f/{x...}", "/f/h/{x...}", "/{x}/{y}/i/j", "/k//l", "/m/{x}/n", "/m/{y}/o",
};

static const struct
{
  const char *name, *path, *route;      /* NULL: no route fits */
} choices[] = {
  { "literal-before-parameter", "/a", "/a" },
  { "parameter-before-rest", "/b", "/{x}" },
  { "encoded-literal-is-a-parameter", "/%61", "/{x}" },
  { "other-letters-are-a-parameter", "/A", "/{x}" },
  { "parameter-is-not-empty", "/", NULL },
  { "rest-is-not-empty", "//", NULL },
  { "rest-begins-with-a-segment", "//b", NULL },
  { "literal-twice", "/a/b", "/a/b" },
  { "first-segment-decides", "/a/c", "/a/{x}" },
  { "literal-behind-parameter", "/b/b", "/{x}/b" },
  { "rest-of-two", "/b/c", "/{x...}" },
  { "rest-with-an-empty-segment", "/b//c", "/{x...}" },
  { "slash-at-the-end-is-a-literal", "/b/", "/{x}/" },
  { "slash-at-the-end-of-no-other", "/a/", "/{x}/" },
  { "back-to-an-earlier-segment", "/a/c/d", "/a/{x...}" },
  { "behind-both", "/a/c/e", "/a/{x}/e" },
  { "behind-parameter-only", "/b/c/d", "/{x}/c/d" },
  { "rest-below-a-literal", "/a/c/f", "/a/{x...}" },
  { "two-parameters", "/f/1/2/g", "/f/{x}/{y}/g" },
  { "back-over-two-parameters", "/f/1/2/h", "/f/{x...}" },
  { "literal-before-two-parameters", "/f/h/2/g", "/f/h/{x...}" },
  { "literal-alone-has-no-rest", "/f/h", "/f/{x...}" },
  { "literal-first-wins-over-literals-later", "/a/b/i/j", "/a/{x...}" },
  { "back-to-the-first-parameter", "/1/2/i/j", "/{x}/{y}/i/j" },
  { "empty-literal", "/k//l", "/k//l" },
  { "empty-literal-is-no-parameter", "/k/1/l", "/{x...}" },
  { "names-differ-on-the-way", "/m/1/n", "/m/{x}/n" },
  { "other-names-on-the-way", "/m/1/o", "/m/{y}/o" },
};

static void
test_choice (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  WspRoutes *routes = wsp_routes_new ();

  for (guint n = 0; n < G_N_ELEMENTS (chosen_from); n++)
    g_assert_true (wsp_routes_add (routes, chosen_from[n], NULL));
  for (guint n = 0; n < 2; n++)
    {
      GQuark route = wsp_routes_find (routes, wsc_text (choices[i].path));

      g_assert_cmpstr (g_quark_to_string (route), ==, choices[i].route);
      g_assert_true (wsp_routes_remove (routes, "/a/b"));       /* the others stay as they are */
      g_assert_true (wsp_routes_add (routes, "/a/b", NULL));
    }
  wsp_routes_free (routes);
}

/* A handshake that has begun keeps the routes of then; what the log has said is known to all. */
static void
test_copy (void)
{
  WspRoutes *routes = wsp_routes_new (), *none, *first, *second, *third;

  none = wsp_routes_copy (routes);
  g_assert_true (wsp_routes_add (routes, "/a", NULL));
  first = wsp_routes_copy (routes);
  g_assert_true (wsp_routes_add (routes, "/b", NULL));
  second = wsp_routes_copy (routes);
  g_assert_false (wsp_routes_remove (routes, "/c"));
  g_assert_true (wsp_routes_remove (routes, "/a"));
  g_assert_false (wsp_routes_remove (routes, "/a"));
  g_assert_true (wsp_routes_add (routes, "/c", NULL));

  g_assert_true (wsp_routes_are_none (none));
  g_assert_false (has (none, "/a"));
  g_assert_true (has (first, "/a"));
  g_assert_false (has (first, "/b"));
  g_assert_true (has (second, "/a"));
  g_assert_true (has (second, "/b"));
  g_assert_false (has (second, "/c"));
  g_assert_false (has (routes, "/a"));
  g_assert_true (has (routes, "/b"));
  g_assert_true (has (routes, "/c"));

  g_assert_true (wsp_routes_note_untaken (second, g_quark_from_string ("/b")));
  g_assert_false (wsp_routes_note_untaken (routes, g_quark_from_string ("/b")));
  g_assert_false (wsp_routes_note_untaken (first, g_quark_from_string ("/b")));
  g_assert_true (wsp_routes_add (routes, "/a", NULL));
  g_assert_true (has (routes, "/a"));
  third = wsp_routes_copy (routes);
  g_assert_true (wsp_routes_add (routes, "/{x}", NULL));
  g_assert_true (wsp_routes_add (routes, "/p/{x...}", NULL));
  g_assert_false (has (third, "/p"));
  g_assert_false (has (third, "/p/a"));
  g_assert_false (wsp_routes_remove (routes, "/p"));
  g_assert_false (wsp_routes_remove (routes, "/{y}"));
  g_assert_true (wsp_routes_remove (routes, "/{x}"));
  g_assert_false (has (routes, "/p"));
  g_assert_true (wsp_routes_note_untaken (routes, g_quark_from_string ("/p/{x...}")));
  g_assert_false (wsp_routes_note_untaken (routes, g_quark_from_string ("/p/{x...}")));
  wsp_routes_free (none);
  wsp_routes_free (first);
  wsp_routes_free (second);
  wsp_routes_free (third);
  wsp_routes_free (routes);
}

/* The CPU time of an added route, in nanoseconds, to n others, with a handshake before the next.
 * A route interns its pattern: GLib forgets an array for each 2048 strings, which is a leak to
 * LeakSanitizer. */
static double
measure_adds (guint n)
{
  WspRoutes *routes = wsp_routes_new ();
  const guint n_adds = 200;
  struct timespec begin, end;

  for (guint i = 0; i < n + n_adds; i++)
    {
      g_autofree char *pattern = g_strdup_printf ("/many/%u", i);

      if (i == n)
        clock_gettime (CLOCK_THREAD_CPUTIME_ID, &begin);
      g_assert_true (wsp_routes_add (routes, pattern, NULL));
      if (i < n)
        continue;

      WspRoutes *copy = wsp_routes_copy (routes);

      g_assert_true (has (copy, pattern));
      wsp_routes_free (copy);
    }
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
  wsp_routes_free (routes);
  return ((end.tv_sec - begin.tv_sec) * 1e9 + (double) (end.tv_nsec - begin.tv_nsec)) / n_adds;
}

static void
test_many (void)
{
  const double few = measure_adds (10), many = measure_adds (1000);

  g_test_message ("%.0f ns to add a route to 10, %.0f ns to 1000", few, many);
  g_assert_cmpfloat (many, <, 8 * few);
}

static void
add_rows (void)
{
  ADD_ROWS_AS ("/endpoint/server-routes/fits/WS-84-%s", fits, test_fit);
  ADD_ROWS ("/endpoint/server-routes/chosen", choices, test_choice);
  ADD_ROWS ("/endpoint/server-routes/room", rooms, test_room);
  g_test_add_func ("/endpoint/server-routes/no-values-without-a-route", test_no_values);
  g_test_add_func ("/endpoint/server-routes/pattern-is-the-detail", test_pattern_is_the_detail);
  g_test_add_func ("/endpoint/server-routes/copy-has-the-routes-of-then", test_copy);
  g_test_add_func ("/endpoint/server-routes/added-in-the-same-time-to-many", test_many);
  ADD_ROWS ("/endpoint/server-routes/taken-by", takers, test_taken);
  ADD_ROWS ("/endpoint/server-routes/page", pages, test_page);
  ADD_ROWS ("/endpoint/server-routes/own-page", own_pages, test_own_page);
  g_test_add_func ("/endpoint/server-routes/own-page/removed", test_page_removed);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_lines = g_string_new (NULL);
  log_watch_threads (catch_log);
  add_rows ();
  g_test_add_func ("/endpoint/server-routes/bad-patterns", test_bad_patterns);
  g_test_add_func ("/endpoint/server-routes/removed", test_removed);
  g_test_add_func ("/endpoint/server-routes/request-has-no-detail", test_request_has_no_detail);
  g_test_add_func ("/endpoint/server-routes/workers", test_workers);
  g_test_add_func ("/endpoint/server-routes/changed-in-a-handler", test_changed_in_a_handler);
  int result = g_test_run ();

  g_string_free (log_lines, TRUE);
  return result;
}
