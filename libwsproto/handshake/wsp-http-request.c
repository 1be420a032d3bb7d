/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A request for ordinary HTTP.  Only response-status changes, and notifies.
 * docs/rationales/server.md has the reasons. */
#include "handshake/wsp-http-request-private.h"

#include "handshake/wsp-handshake-parts-private.h"

/* A row makes the value of the enum, and the case of get_property that calls the getter. */
#define PROPERTIES(GET) \
  GET (METHOD, method, string) \
  GET (PATH, path, string) \
  GET (QUERY, query, string) \
  GET (ROUTE, route, string) \
  GET (HOST, host, string) \
  GET (REQUEST_HEADERS, request_headers, boxed) \
  GET (REMOTE_ADDRESS, remote_address, object) \
  GET (LOCAL_ADDRESS, local_address, object) \
  GET (TLS_PEER_CERTIFICATE, tls_peer_certificate, object) \
  GET (RESPONSE_STATUS, response_status, uint)

#define ID(NAME, name, kind) PROP_ ## NAME,

enum
{
  PROP_0,
  PROPERTIES (ID)
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

struct _WspHttpRequest
{
  GObject         parent_instance;
  WspHandshake   *handshake;            /* handshake of the request; NULL: a program has made the
                                           object, without a server */
  GSocketAddress *local_address;        /* local address; NULL: not known */
};

/**
 * WspHttpRequest:
 *
 * An ordinary HTTP request to the port of a [class@Wsp.Server], for a handler of
 * [signal@Wsp.Server::http-request]: `GET` or `HEAD`, without a body.
 *
 * The handler calls [method@Wsp.HttpRequest.respond], at once or after
 * [method@Wsp.HttpRequest.defer].
 *
 * A request belongs to the thread in which the signal was emitted: with
 * [method@Wsp.Server.start_workers] that is the thread of a worker. After the response, and when
 * the client has disconnected, use the request from one thread at a time.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspHttpRequest, wsp_http_request, G_TYPE_OBJECT)

void
wsp_http_request_notify_status (WspHttpRequest *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESPONSE_STATUS]);
}

WspHttpRequest *
wsp_http_request_new (WspHandshake   *handshake,
                      GSocketAddress *local_address)
{
  WspHttpRequest *self = g_object_new (WSP_TYPE_HTTP_REQUEST, NULL);

  g_set_object (&self->handshake, handshake);
  g_set_object (&self->local_address, local_address);
  return self;
}

WspHandshake *
wsp_http_request_peek_handshake (WspHttpRequest *self)
{
  return self->handshake;
}

/* The handshake of an object that a program has made is an empty one. */
static WspHandshake *
ensure_handshake (WspHttpRequest *self)
{
  if (self->handshake == NULL)
    self->handshake = g_object_new (WSP_TYPE_HANDSHAKE, NULL);

  return self->handshake;
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static gboolean
is_of_server (WspHttpRequest *self)
{
  return wsp_handshake_get_role (ensure_handshake (self)) == WSP_ROLE_SERVER;
}

static gboolean
http_request_is_in_thread (WspHttpRequest *self)
{
  return wsp_handshake_is_in_thread (ensure_handshake (self));
}

/**
 * wsp_http_request_respond:
 * @self: a request
 * @status: HTTP status of the response, 200 to 599
 * @headers: (transfer none) (nullable): header fields of the response; they are frozen
 * @body: (transfer none) (nullable): the body of the response, at most 1 MiB; it is not copied
 *
 * Responds to the request. The connection is closed after the response. The server sets
 * `Connection`, `Content-Length`, `Transfer-Encoding` and `Upgrade` itself. The response to `HEAD`
 * has only headers. Without `Content-Type` in @headers a body is plain text in UTF-8.
 *
 * If @status or the length of @body is out of its range, the response has status 500, without
 * @headers and @body, and a warning is logged. The call does nothing after an earlier response,
 * after the client has disconnected, and after `handshake-timeout` has passed.
 *
 * Call this in the thread of the request, in which its signal is emitted: with
 * [method@Wsp.Server.start_workers] that is the thread of a worker. A call in another thread logs a
 * critical and does nothing.
 *
 * Since: 0.1
 */
void
wsp_http_request_respond (WspHttpRequest *self,
                          guint           status,
                          WspHeaders     *headers,
                          GBytes         *body)
{
  g_return_if_fail (WSP_IS_HTTP_REQUEST (self));
  g_return_if_fail (is_of_server (self));
  g_return_if_fail (http_request_is_in_thread (self));

  wsp_handshake_decide (self->handshake, WSP_STATUS_FIRST_RESPONSE, status, headers, body);
}

/**
 * wsp_http_request_defer:
 * @self: a request
 *
 * Postpones the response: call [method@Wsp.HttpRequest.respond] later. Call this in a handler of
 * [signal@Wsp.Server::http-request], and keep a reference to @self. Without a response within
 * `handshake-timeout` milliseconds the server responds with status 503. A client that goes before
 * the response is noticed, and [signal@Wsp.Server::handshake-failed] is emitted: at once if its
 * connection has ended, and after 200 milliseconds if the client has only ended its output, because
 * it may still read.
 *
 * A second call does nothing. A call after the response, or after the client has disconnected, does
 * nothing either.
 *
 * Call this in the thread of the request, in which its signal is emitted: with
 * [method@Wsp.Server.start_workers] that is the thread of a worker. A call in another thread logs a
 * critical and does nothing.
 *
 * Since: 0.1
 */
void
wsp_http_request_defer (WspHttpRequest *self)
{
  g_return_if_fail (WSP_IS_HTTP_REQUEST (self));
  g_return_if_fail (is_of_server (self));
  g_return_if_fail (http_request_is_in_thread (self));

  wsp_handshake_defer (self->handshake);
}

/**
 * wsp_http_request_get_cancellable:
 * @self: a request
 *
 * Gets a cancellable for the work that a response takes after [method@Wsp.HttpRequest.defer]: it is
 * cancelled if the request ends without a response of the program, because the client has
 * disconnected, `handshake-timeout` has passed or the server has dropped the request. The signal
 * [signal@Gio.Cancellable::cancelled] is emitted in the thread of the request.
 *
 * Returns: (transfer none): the cancellable; valid as long as @self
 *
 * Since: 0.1
 */
GCancellable *
wsp_http_request_get_cancellable (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return wsp_handshake_get_cancellable (ensure_handshake (self));
}

/**
 * wsp_http_request_get_method: (get-property method)
 * @self: a request
 *
 * Gets the method of the request, `GET` or `HEAD`.
 *
 * Returns: (transfer none): the method; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_http_request_get_method (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return or_empty (wsp_handshake_get_method (ensure_handshake (self)));
}

/**
 * wsp_http_request_get_path: (get-property path)
 * @self: a request
 *
 * Gets the requested path as it was sent.
 *
 * Returns: (transfer none): the path; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_http_request_get_path (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return or_empty (wsp_handshake_get_path (ensure_handshake (self)));
}

/**
 * wsp_http_request_get_query: (get-property query)
 * @self: a request
 *
 * Gets the query of the request, without its question mark.
 *
 * Returns: (nullable) (transfer none): the query, %NULL for none; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_http_request_get_query (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return wsp_handshake_get_query (ensure_handshake (self));
}

/**
 * wsp_http_request_get_route: (get-property route)
 * @self: a request
 *
 * Gets the route of the server that fits [property@Wsp.HttpRequest:path], as it was added with
 * [method@Wsp.Server.add_http_route] or [method@Wsp.Server.add_route].
 *
 * Returns: (nullable) (transfer none): the route; %NULL on a server without routes and if no route
 *   fits; a static string
 *
 * Since: 0.1
 */
const char *
wsp_http_request_get_route (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return wsp_handshake_get_route (ensure_handshake (self));
}

/**
 * wsp_http_request_dup_path_value:
 * @self: a request
 * @name: (transfer none): name of a parameter of the route
 *
 * Gets the value of a parameter of [property@Wsp.HttpRequest:route] in
 * [property@Wsp.HttpRequest:path], as [method@Wsp.Handshake.dup_path_value] does.
 *
 * Returns: (nullable) (transfer full): the value; %NULL if the route has no such parameter, and
 *   without a route
 *
 * Since: 0.1
 */
char *
wsp_http_request_dup_path_value (WspHttpRequest *self,
                                 const char     *name)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return wsp_handshake_dup_path_value (ensure_handshake (self), name);
}

/**
 * wsp_http_request_dup_query_value:
 * @self: a request
 * @name: (transfer none): name of a value
 *
 * Gets a value of [property@Wsp.HttpRequest:query], as [method@Wsp.Handshake.dup_query_value] does.
 *
 * Returns: (nullable) (transfer full): the value; %NULL if there is none, or it is not valid
 *
 * Since: 0.1
 */
char *
wsp_http_request_dup_query_value (WspHttpRequest *self,
                                  const char     *name)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return wsp_handshake_dup_query_value (ensure_handshake (self), name);
}

/**
 * wsp_http_request_dup_cookie:
 * @self: a request
 * @name: (transfer none): name of a cookie
 *
 * Gets the value of a cookie, as [method@Wsp.Handshake.dup_cookie] does.
 *
 * Returns: (nullable) (transfer full): the value; %NULL if there is none, or it is not valid
 *
 * Since: 0.1
 */
char *
wsp_http_request_dup_cookie (WspHttpRequest *self,
                             const char     *name)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return wsp_handshake_dup_cookie (ensure_handshake (self), name);
}

/**
 * wsp_http_request_get_host: (get-property host)
 * @self: a request
 *
 * Gets the host, and perhaps the port, that the request is for: the value of `Host`. If the target
 * is a whole URI, it is the one of that URI, and `Host` is ignored (RFC 9112 3.2.2).
 *
 * Returns: (nullable) (transfer none): the host, %NULL if the request has none, as HTTP/1.0
 *   permits; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_http_request_get_host (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return wsp_handshake_get_host (ensure_handshake (self));
}

/**
 * wsp_http_request_get_request_headers: (get-property request-headers)
 * @self: a request
 *
 * Gets the header fields of the request.
 *
 * Returns: (transfer none): the headers, frozen; valid as long as @self
 *
 * Since: 0.1
 */
WspHeaders *
wsp_http_request_get_request_headers (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return wsp_handshake_get_request_headers (ensure_handshake (self));
}

/**
 * wsp_http_request_get_remote_address: (get-property remote-address)
 * @self: a request
 *
 * Gets the address of the client.
 *
 * Returns: (transfer none) (nullable): the address, %NULL if it is not known; valid as long as
 *   @self
 *
 * Since: 0.1
 */
GSocketAddress *
wsp_http_request_get_remote_address (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return wsp_handshake_get_remote_address (ensure_handshake (self));
}

/**
 * wsp_http_request_get_local_address: (get-property local-address)
 * @self: a request
 *
 * Gets the address of this side.
 *
 * Returns: (transfer none) (nullable): the address, %NULL if it is not known; valid as long as
 *   @self
 *
 * Since: 0.1
 */
GSocketAddress *
wsp_http_request_get_local_address (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return self->local_address;
}

/**
 * wsp_http_request_get_tls_peer_certificate: (get-property tls-peer-certificate)
 * @self: a request
 *
 * Gets the certificate that the client sent in the TLS handshake.
 *
 * Returns: (transfer none) (nullable): the certificate, %NULL for none; valid as long as @self
 *
 * Since: 0.1
 */
GTlsCertificate *
wsp_http_request_get_tls_peer_certificate (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), NULL);

  return wsp_handshake_get_tls_peer_certificate (ensure_handshake (self));
}

/**
 * wsp_http_request_get_response_status: (get-property response-status)
 * @self: a request
 *
 * Gets the status that [method@Wsp.HttpRequest.respond] has set, or with which the server has
 * refused the request.
 *
 * Returns: the status, 0 while there is none
 *
 * Since: 0.1
 */
guint
wsp_http_request_get_response_status (WspHttpRequest *self)
{
  g_return_val_if_fail (WSP_IS_HTTP_REQUEST (self), 0);

  return wsp_handshake_get_response_status (ensure_handshake (self));
}

#define GET_CASE(NAME, name, kind) \
case PROP_ ## NAME: g_value_set_ ## kind (value, wsp_http_request_get_ ## name (self)); break;

static void
wsp_http_request_get_property (GObject    *object,
                               guint       property,
                               GValue     *value,
                               GParamSpec *pspec)
{
  WspHttpRequest *self = WSP_HTTP_REQUEST (object);

  switch (property)
    {
      PROPERTIES (GET_CASE)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
wsp_http_request_finalize (GObject *object)
{
  WspHttpRequest *self = WSP_HTTP_REQUEST (object);

  g_clear_object (&self->handshake);
  g_clear_object (&self->local_address);
  G_OBJECT_CLASS (wsp_http_request_parent_class)->finalize (object);
}

#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)

static void
http_request_install_request (void)
{
  /**
   * WspHttpRequest:method: (getter get_method)
   *
   * The method of the request, `GET` or `HEAD`; empty for an object that no server has made.
   *
   * Since: 0.1
   */
  properties[PROP_METHOD] = g_param_spec_string ("method", NULL, NULL, "", READABLE);

  /**
   * WspHttpRequest:path: (getter get_path)
   *
   * The requested path as it was sent; empty if there is none, as in an object that no server has
   * made.
   *
   * Since: 0.1
   */
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, "", READABLE);

  /**
   * WspHttpRequest:query: (getter get_query)
   *
   * The query of the request, without its question mark; %NULL for none.
   *
   * Since: 0.1
   */
  properties[PROP_QUERY] = g_param_spec_string ("query", NULL, NULL, NULL, READABLE);

  /**
   * WspHttpRequest:route: (getter get_route)
   *
   * The route of the server that fits [property@Wsp.HttpRequest:path], as it was added; %NULL on a
   * server without routes and if no route fits. It is the detail of
   * [signal@Wsp.Server::http-request].
   *
   * Since: 0.1
   */
  properties[PROP_ROUTE] = g_param_spec_string ("route", NULL, NULL, NULL, READABLE);

  /**
   * WspHttpRequest:host: (getter get_host)
   *
   * The host, and perhaps the port, that the request is for: the value of `Host`, or the one of a
   * target that is a whole URI; %NULL if the request has none, as HTTP/1.0 permits. On a loopback
   * address the server has checked it.
   *
   * Since: 0.1
   */
  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, READABLE);

  /**
   * WspHttpRequest:request-headers: (getter get_request_headers)
   *
   * The header fields of the request.
   *
   * Default: new headers, never %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_REQUEST_HEADERS] =
    g_param_spec_boxed ("request-headers", NULL, NULL, WSP_TYPE_HEADERS, READABLE);
}

static void
install_rest (void)
{
  /**
   * WspHttpRequest:remote-address: (getter get_remote_address)
   *
   * The address of the client; %NULL if it is not known.
   *
   * Since: 0.1
   */
  properties[PROP_REMOTE_ADDRESS] =
    g_param_spec_object ("remote-address", NULL, NULL, G_TYPE_SOCKET_ADDRESS, READABLE);

  /**
   * WspHttpRequest:local-address: (getter get_local_address)
   *
   * The address of this side; %NULL if it is not known.
   *
   * Since: 0.1
   */
  properties[PROP_LOCAL_ADDRESS] =
    g_param_spec_object ("local-address", NULL, NULL, G_TYPE_SOCKET_ADDRESS, READABLE);

  /**
   * WspHttpRequest:tls-peer-certificate: (getter get_tls_peer_certificate)
   *
   * The certificate that the client sent in the TLS handshake, if it was asked for one
   * ([property@Wsp.Server:tls-authentication-mode]); %NULL for none.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_PEER_CERTIFICATE] =
    g_param_spec_object ("tls-peer-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, READABLE);

  /**
   * WspHttpRequest:response-status: (getter get_response_status)
   *
   * The status that [method@Wsp.HttpRequest.respond] has set, or with which the server has refused
   * the request; 0 while there is none.
   *
   * The property notifies before a response of the program is sent, and after a refusal of the
   * server.
   *
   * Since: 0.1
   */
  properties[PROP_RESPONSE_STATUS] =
    g_param_spec_uint ("response-status", NULL, NULL, 0, WSP_STATUS_LAST, WSP_STATUS_UNDECIDED,
                       READABLE);
}

static void
wsp_http_request_class_init (WspHttpRequestClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = wsp_http_request_get_property;
  object_class->finalize = wsp_http_request_finalize;
  http_request_install_request ();
  install_rest ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wsp_http_request_init (WspHttpRequest *self)
{
}
