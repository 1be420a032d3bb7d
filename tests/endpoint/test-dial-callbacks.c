/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* In every callback of a client, in every way that an attempt can take, the program does
 * something disruptive.  A first run counts the callbacks; then each action is done once in each
 * of them.  The requirements: one result, nothing after it, no leak. */
#include "endpoint/far/callbacks.h"

typedef enum
{
  DO_NOTHING,
  DO_DROP,                      /* drop every reference that the program holds */
  DO_CANCEL,
  DO_CANCEL_AND_RUN,            /* cancel, and run the main loop until the call has ended */
  DO_RUN_OUT_OF_TIME,           /* run the main loop until the timeout ends the call */
  DO_BLOCK_AND_RUN,             /* block until the timeout is over; the next callback runs the
                                 * loop */
  DO_CONNECT,                   /* begin a second call of the same client */
  DO_CONNECT_AND_RUN,           /* begin a second call, and run the main loop until it has ended */
  DO_CHANGE,                    /* change every setting, the taps and the handlers */
  N_ACTIONS,
  DO_RUN = N_ACTIONS,           /* run the main loop for a moment, in each callback */
} Action;

static const char *const action_names[N_ACTIONS] = {
  "nothing", "drop", "cancel", "cancel-in-inner-loop", "time-out-in-inner-loop",
  "block-until-late", "connect", "connect-in-inner-loop", "change",
};

#define SHORT 30                /* milliseconds of DO_RUN_OUT_OF_TIME */
#define BLOCKED 10              /* milliseconds of DO_BLOCK_AND_RUN */
#define MOMENT 5                /* milliseconds of DO_RUN */
#define LIMIT 120               /* seconds after which a case fails */

typedef struct
{
  const char *name;
  FarFunc     server;
  gpointer    server_data;
  const char *uri;
  FarFunc     proxy;
  gpointer    proxy_data;       /* data of proxy; NULL: a FarRoute to the server */
  const char *proxy_uri;
  const char *login;            /* credentials that "authenticate" sets; NULL: it returns FALSE */
  gboolean    is_trusted;       /* TRUE if "accept-certificate" returns TRUE */
  gboolean    has_stream;       /* TRUE if the program passes a stream that it has connected */
  const char *late;             /* "prepare" defers, and a source calls this: "proceed", "reject";
                                 * NULL: it does not defer */
  gboolean    is_open;          /* TRUE if there is a connection at the end */
  gboolean    is_late;          /* TRUE if the timeout ends the call, with any action */
} Way;

typedef struct
{
  const Way *way;
  Action     action;
  guint      at;                /* number of the callback that does the action */
  guint      n_reached;
  gboolean   is_done;
  gboolean   may_run;           /* TRUE if the callback may run the main loop */
  gboolean   is_result_next;
  WspClient *client;
  Called     first, second;
  GString   *order;             /* names of the callbacks, up to the result */
} Call;

static void
run_until_ended (Called *called)
{
  gint64 end = g_get_monotonic_time () + LIMIT * G_USEC_PER_SEC;

  while (!called->has_ended && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (called->has_ended);
}

static gboolean
end_moment (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for_a_moment (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (MOMENT, end_moment, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* The result comes after the taps and the last notifies have returned, so there a handler cannot
 * wait for it. */
static void
run_until_over (Call *call)
{
  if (call->is_result_next)
    run_for_a_moment ();
  else if (call->may_run)
    run_until_ended (&call->first);
}

static void
connect_once_more (Call *call)
{
  if (call->client != NULL)
    called_begin (&call->second, call->client, call->first.uri, NULL);
}

static void
change (Call *call)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  WspClient *client = call->client;

  if (client == NULL)
    return;

  g_signal_handlers_disconnect_by_data (client, call);
  wsp_client_set_limits (client, limits);
  callbacks_remove_tap (client);
  g_object_set (client, "proxy-resolver", NULL, "tls-database", NULL, "tls-certificate", NULL,
                "tls-interaction", NULL, "local-address", NULL, "origin", NULL, "user-agent", NULL,
                "deflate", NULL, "max-redirects", 0, NULL);
}

static void
do_action (Call *call)
{
  switch (call->action)
    {
    case DO_DROP:
      g_clear_object (&call->client);
      called_drop (&call->first);
      return;
    case DO_CANCEL:
    case DO_CANCEL_AND_RUN:
      called_cancel (&call->first);
      if (call->action == DO_CANCEL_AND_RUN)
        run_until_over (call);
      return;
    case DO_RUN_OUT_OF_TIME:
      run_until_over (call);
      return;
    case DO_BLOCK_AND_RUN:
      if (call->n_reached == call->at + 1)
        g_usleep (BLOCKED * 1000);
      else
        run_until_over (call);
      return;
    case DO_CONNECT:
    case DO_CONNECT_AND_RUN:
      connect_once_more (call);
      if (call->action == DO_CONNECT_AND_RUN && call->may_run && call->second.has_begun)
        run_until_ended (&call->second);
      return;
    case DO_CHANGE:
      change (call);
      return;
    case DO_RUN:
      if (call->may_run)
        run_for_a_moment ();
      return;
    case DO_NOTHING:
      return;
    }
}

/* Status 101 is recorded together with the result. */
static gboolean
has_switched (WspHandshake *handshake)
{
  return handshake != NULL && wsp_handshake_get_response_status (handshake) == 101;
}

/* Whether the action is done in the callback that has just been counted. */
static gboolean
is_place (Call *call)
{
  guint first = call->at + 1;

  return call->action == DO_RUN || call->n_reached == first ||
         (call->action == DO_BLOCK_AND_RUN && call->n_reached == first + 1);
}

/* A handler of GCancellable::cancelled must not block: a GIO operation that ended meanwhile
 * would wait in g_cancellable_disconnect () until the handler has returned. */
static void
reach (const char *name,
       gpointer    data)
{
  Call *call = data;

  if (g_test_verbose ())
    g_test_message ("%u %s", call->n_reached, name);
  call->may_run = strcmp (name, "resolver-cancelled") != 0;
  call->is_result_next = g_str_has_prefix (name, "tap-") || has_switched (call->first.handshake);
  if (call->order != NULL && call->may_run &&
      (!call->first.has_ended || strcmp (name, "callback") == 0))
    g_string_append_printf (call->order, " %s", name);
  call->n_reached++;
  if (!is_place (call))
    return;

  call->is_done = TRUE;
  do_action (call);
}

static gboolean
proceed (gpointer handshake)
{
  wsp_handshake_proceed (handshake);
  return G_SOURCE_REMOVE;
}

static gboolean
reject (gpointer handshake)
{
  wsp_handshake_reject (handshake, 503, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_prepare (WspClient    *client,
            WspHandshake *handshake,
            Call         *call)
{
  const char *late = call->way->late;

  g_assert_false (handshake == call->first.watched && call->first.has_ended);
  if (late != NULL)
    {
      wsp_handshake_defer (handshake);
      g_idle_add_full (G_PRIORITY_DEFAULT, strcmp (late, "reject") == 0 ? reject : proceed,
                       g_object_ref (handshake), g_object_unref);
    }
  reach ("prepare", call);
}

static void
on_event (WspClient          *client,
          WspHandshake       *handshake,
          GSocketClientEvent  event,
          GSocketConnectable *place,
          GIOStream          *stream,
          Call               *call)
{
  g_assert_false (call->first.has_ended && !call->second.has_begun);
  reach ("event", call);
}

static gboolean
on_certificate (WspClient           *client,
                WspHandshake        *handshake,
                GSocketConnectable  *peer,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors,
                Call                *call)
{
  reach ("accept-certificate", call);
  return call->way->is_trusted;
}

static gboolean
on_authenticate (WspClient    *client,
                 WspHandshake *handshake,
                 gboolean      retrying,
                 Call         *call)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  guint status;

  g_assert_false (handshake == call->first.watched && call->first.has_ended);
  if (call->way->login != NULL)
    {
      g_object_get (handshake, "response-status", &status, NULL);
      wsp_headers_append (headers, status == 407 ? "Proxy-Authorization" : "Authorization",
                          call->way->login, NULL);
      g_object_set (handshake, "request-headers", headers, NULL);
    }
  reach ("authenticate", call);
  return call->way->login != NULL;
}

static void
on_handlers_gone (gpointer  data,
                  GClosure *closure)
{
  reach ("destroy-notify", data);
}

static gboolean
is_timed (const Call *call)
{
  return call->action == DO_RUN_OUT_OF_TIME || call->action == DO_BLOCK_AND_RUN ||
         call->way->is_late;
}

static void
begin (Call       *call,
       const char *server_uri,
       const char *proxy_uri)
{
  Action action = call->action;

  call->client = g_object_new (WSP_TYPE_CLIENT, "max-redirects", 5,
                               "tls-database", authority_get_database (),
                               "concurrent-connects", action == DO_CONNECT_AND_RUN, NULL);
  if (is_timed (call))
    wsp_client_set_connect_timeout (call->client, action == DO_BLOCK_AND_RUN ? BLOCKED : SHORT);
  callbacks_add (call->client, proxy_uri, reach, call);
  g_signal_connect_data (call->client, "prepare", G_CALLBACK (on_prepare), call, on_handlers_gone,
                         0);
  g_signal_connect (call->client, "event", G_CALLBACK (on_event), call);
  g_signal_connect (call->client, "accept-certificate", G_CALLBACK (on_certificate), call);
  g_signal_connect (call->client, "authenticate", G_CALLBACK (on_authenticate), call);
  call->first.reach = reach;
  call->first.data = call;
  called_begin (&call->first, call->client, server_uri,
                call->way->has_stream ? called_open_stream (server_uri) : NULL);
}

/* The possible results of a call in which an action was done. */
static void
check_outcome (Call *call)
{
  const Called *first = &call->first;

  if (g_error_matches (first->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_assert_true (call->action == DO_CANCEL || call->action == DO_CANCEL_AND_RUN);
  else if (g_error_matches (first->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_assert_true (is_timed (call));
  else if (call->action != DO_CHANGE)
    g_assert_cmpint (first->was_open, ==, call->way->is_open);
}

/* Returns the number of callbacks. */
static guint
run_case (const Way *way,
          Action     action,
          guint      at,
          GString   *order)
{
  Call call = { .way = way, .action = action, .at = at, .order = order };
  g_autoptr (Far) server = far_new (way->server, way->server_data);
  FarRoute route = { "inside.example", far_get_port (server), NULL, NULL, CERTIFICATE_SELF_SIGNED,
                     NULL };
  gpointer proxy_data = way->proxy_data != NULL ? way->proxy_data : &route;
  g_autoptr (Far) proxy = way->proxy != NULL ? far_new (way->proxy, proxy_data) : NULL;
  g_autofree char *uri = far_make_uri (way->uri, server);
  g_autofree char *proxy_uri = proxy != NULL ? far_make_uri (way->proxy_uri, proxy)
                                             : g_strdup (way->proxy_uri);

  begin (&call, uri, proxy_uri);
  run_until_ended (&call.first);
  if (call.second.has_begun)
    run_until_ended (&call.second);
  check_outcome (&call);
  called_clear (&call.first);
  called_clear (&call.second);
  g_clear_object (&call.client);
  callbacks_check_gone ();
  if (action != DO_NOTHING && !is_timed (&call))
    g_assert_true (call.is_done);
  return call.n_reached;
}

#define ANSWER(status) "HTTP/1.1 " status "\r\nContent-Length: 4\r\n\r\nbody"
#define LOGIN "Basic abc"

static void
serve_with_login (FarPeer *peer,
                  gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL && strstr (head, "Authorization: " LOGIN "\r\n") != NULL)
    far_switch (peer, head);
  else if (head != NULL)
    far_write (peer, ANSWER ("401 Who"));
}

static void
serve_redirect (FarPeer *peer,
                gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL && g_str_has_prefix (head, "GET / "))
    far_write (peer, "HTTP/1.1 302 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
  else if (head != NULL)
    far_switch (peer, head);
}

static void
serve_interim (FarPeer *peer,
               gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL && far_write (peer, "HTTP/1.1 103 Wait\r\n\r\n"))
    far_switch (peer, head);
}

/* A client with credentials is relayed to a server of this proxy. */
static void
proxy_with_login (FarPeer *peer,
                  gpointer data)
{
  g_autofree char *head = far_read_head (peer);
  g_autofree char *request = NULL;

  if (head == NULL)
    return;

  if (strstr (head, "Proxy-Authorization: " LOGIN "\r\n") == NULL)
    far_write (peer, ANSWER ("407 Who"));
  else if (far_write (peer, "HTTP/1.1 200 Yes\r\n\r\n") &&
           (request = far_read_head (peer)) != NULL)
    far_switch (peer, request);
}

static void
answer_at_once (FarPeer *peer,
                gpointer data)
{
  far_write (peer, data);
}

#define DIRECT "ws://127.0.0.1:PORT/"
#define INSIDE "ws://inside.example/"
#define HTTP "http://127.0.0.1:PORT"
#define SOCKS "socks5://127.0.0.1:PORT"
#define SELF_SIGNED GUINT_TO_POINTER (CERTIFICATE_SELF_SIGNED)
#define TEXT(text) (gpointer) (text)

static const Way ways[] = {
  { "open", far_serve, .uri = DIRECT, .is_open = TRUE },
  { "own-stream", far_serve, .uri = DIRECT, .has_stream = TRUE, .is_open = TRUE },
  { "deferred", far_serve, .uri = DIRECT, .late = "proceed", .is_open = TRUE },
  { "deferred-with-own-stream", far_serve, .uri = DIRECT, .has_stream = TRUE, .late = "proceed", .is_open = TRUE },
  { "rejected-by-prepare", far_serve, .uri = DIRECT, .late = "reject" },
  { "interim-answer", serve_interim, .uri = DIRECT, .is_open = TRUE },
  { "404", far_serve, TEXT (ANSWER ("404 None")), .uri = DIRECT },
  { "404-without-a-length", far_serve, TEXT ("HTTP/1.1 404 None\r\n\r\nbody"), .uri = DIRECT },
  { "401-with-a-login", serve_with_login, .uri = DIRECT, .login = LOGIN, .is_open = TRUE },
  { "401-with-a-wrong-login", serve_with_login, .uri = DIRECT, .login = "Basic xyz" },
  { "401-without-a-login", serve_with_login, .uri = DIRECT },
  { "redirect", serve_redirect, .uri = DIRECT, .is_open = TRUE },
  { "redirect-refused", far_serve, TEXT ("HTTP/1.1 302 A\r\nLocation: http://a/\r\n\r\n"), .uri = DIRECT },
  { "malformed", far_serve, TEXT ("HTTP/1.0 what\r\n\r\n"), .uri = DIRECT },
  { "101-without-a-key", far_serve, TEXT ("HTTP/1.1 101 Yes\r\n\r\n"), .uri = DIRECT },
  { "ends", far_serve, TEXT (""), .uri = DIRECT },
  { "proxy", far_serve, .uri = INSIDE, .proxy = far_http_proxy, .proxy_uri = HTTP, .is_open = TRUE },
  { "proxy-403", far_serve, .uri = INSIDE, .proxy = far_serve, .proxy_data = TEXT (ANSWER ("403 No")),
    .proxy_uri = HTTP },
  { "proxy-malformed", far_serve, .uri = INSIDE, .proxy = far_serve, .proxy_data = TEXT ("what\r\n\r\n"),
    .proxy_uri = HTTP },
  { "proxy-407-with-a-login", far_serve, .uri = INSIDE, .proxy = proxy_with_login, .proxy_uri = HTTP,
    .login = LOGIN, .is_open = TRUE },
  { "proxy-407-with-a-wrong-login", far_serve, .uri = INSIDE, .proxy = proxy_with_login, .proxy_uri = HTTP,
    .login = "Basic xyz" },
  { "proxy-407-without-a-login", far_serve, .uri = INSIDE, .proxy = proxy_with_login, .proxy_uri = HTTP },
  { "socks", far_serve, .uri = INSIDE, .proxy = far_socks_proxy, .proxy_uri = SOCKS, .is_open = TRUE },
  { "socks-refused", far_serve, .uri = "ws://other.example/", .proxy = far_socks_proxy, .proxy_uri = SOCKS },
  { "tls", far_serve_tls, SELF_SIGNED, .uri = "wss://127.0.0.1:PORT/", .is_trusted = TRUE, .is_open = TRUE },
  { "tls-refused", far_serve_tls, SELF_SIGNED, .uri = "wss://127.0.0.1:PORT/" },
  { "tls-malformed", answer_at_once, TEXT ("what"), .uri = "wss://127.0.0.1:PORT/" },
  { "proxy-tls", far_serve_tls, SELF_SIGNED, .uri = "wss://inside.example/", .proxy = far_http_proxy,
    .proxy_uri = HTTP, .is_trusted = TRUE, .is_open = TRUE },
  { "tls-proxy", far_serve, .uri = INSIDE, .proxy = far_https_proxy, .proxy_uri = "https://127.0.0.1:PORT",
    .is_trusted = TRUE, .is_open = TRUE },
  { "tls-proxy-refused", far_serve, .uri = INSIDE, .proxy = far_https_proxy,
    .proxy_uri = "https://127.0.0.1:PORT" },
  { "no-listener", far_serve, .uri = "ws://127.0.0.1:1/" },
  { "resolver-fails", far_serve, .uri = DIRECT, .proxy_uri = "error" },
  { "silent", far_keep_silent, .uri = DIRECT, .is_late = TRUE },
  { "proxy-silent", far_serve, .uri = INSIDE, .proxy = far_keep_silent, .proxy_uri = HTTP, .is_late = TRUE },
  { "socks-silent", far_serve, .uri = INSIDE, .proxy = far_keep_silent, .proxy_uri = SOCKS, .is_late = TRUE },
  { "tls-silent", far_keep_silent, .uri = "wss://127.0.0.1:PORT/", .is_late = TRUE },
};

static void
test_action (gconstpointer data)
{
  const Way *way = &ways[GPOINTER_TO_UINT (data) / N_ACTIONS];
  Action action = GPOINTER_TO_UINT (data) % N_ACTIONS;
  guint n_places = run_case (way, DO_NOTHING, 0, NULL);

  g_assert_cmpuint (n_places, >=, 3);
  for (guint at = 0; action != DO_NOTHING && at < n_places; at++)
    run_case (way, action, at, NULL);
}

/* A main loop in each callback changes neither their order nor their number. */
static void
test_order (gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GString) order_with_loops = g_string_new (NULL);

  run_case (data, DO_NOTHING, 0, order);
  run_case (data, DO_RUN, 0, order_with_loops);
  g_assert_cmpstr (order_with_loops->str, ==, order->str);
}

/* Names are not looked up: a test needs no network, and the thread of a lookup would outlive it. */
typedef GResolver TestNames;
typedef GResolverClass TestNamesClass;

GType test_names_get_type (void);
G_DEFINE_TYPE (TestNames, test_names, G_TYPE_RESOLVER)

static void
find_no_name (GResolver               *resolver,
              const char              *name,
              GResolverNameLookupFlags flags,
              GCancellable            *cancellable,
              GAsyncReadyCallback      callback,
              gpointer                 user_data)
{
  g_task_report_new_error (resolver, callback, user_data, find_no_name, G_RESOLVER_ERROR,
                           G_RESOLVER_ERROR_NOT_FOUND, "%s is not looked up", name);
}

static GList *
find_no_name_finish (GResolver    *resolver,
                     GAsyncResult *result,
                     GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_names_class_init (TestNamesClass *class)
{
  class->lookup_by_name_with_flags_async = find_no_name;
  class->lookup_by_name_with_flags_finish = find_no_name_finish;
}

static void
test_names_init (TestNames *self)
{
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GResolver) names = NULL;

  g_test_init (&argc, &argv, NULL);
  names = g_object_new (test_names_get_type (), NULL);
  g_resolver_set_default (names);
  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  authority_get_certificate (CERTIFICATE_GOOD);

  for (guint i = 0; i < G_N_ELEMENTS (ways) * N_ACTIONS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/dial-callbacks/%s/WS-19-%s",
                                               ways[i / N_ACTIONS].name,
                                               action_names[i % N_ACTIONS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_action);
    }
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/dial-callbacks/%s/order-is-kept-in-inner-loops", ways[i].name);

      if (!ways[i].is_late)
        g_test_add_data_func (path, &ways[i], test_order);
    }

  return g_test_run ();
}
