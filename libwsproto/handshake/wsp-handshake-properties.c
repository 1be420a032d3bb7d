/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The properties of a handshake.  A program can set request-headers and deflate, which notify.
 * Only one other property notifies: response-status, after all others have their values. */
#include "handshake/wsp-handshake-parts-private.h"

#include "http/wsp-headers-private.h"

#include <libwsproto/base/wsp-enum-types.h>

/* A row makes the value of the enum, the case of get_property that calls the getter and, with
 * GET_SET, the case of set_property that calls the setter. */
#define PROPERTIES(GET_SET, GET) \
  GET (ROLE, role, enum) \
  GET (URI, uri, string) \
  GET (METHOD, method, string) \
  GET (PATH, path, string) \
  GET (QUERY, query, string) \
  GET (ROUTE, route, string) \
  GET (HOST, host, string) \
  GET (ORIGIN, origin, string) \
  GET (OFFERED_SUBPROTOCOLS, offered_subprotocols, boxed) \
  GET (SUBPROTOCOL, subprotocol, string) \
  GET_SET (REQUEST_HEADERS, request_headers, boxed) \
  GET (RESPONSE_STATUS, response_status, uint) \
  GET (RESPONSE_HEADERS, response_headers, boxed) \
  GET (RESPONSE_BODY, response_body, boxed) \
  GET (REMOTE_ADDRESS, remote_address, object) \
  GET (TLS_PEER_CERTIFICATE, tls_peer_certificate, object) \
  GET (TLS_PEER_CERTIFICATE_ERRORS, tls_peer_certificate_errors, flags)

#define ID(NAME, name, kind) PROP_ ## NAME,

enum
{
  PROP_0,
  PROPERTIES (ID, ID)
  PROP_DEFLATE,                 /* has no public functions */
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/**
 * wsp_handshake_get_role: (get-property role)
 * @self: a handshake
 *
 * Gets the role of this side of the handshake.
 *
 * Returns: the role
 *
 * Since: 0.1
 */
WspRole
wsp_handshake_get_role (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), WSP_ROLE_CLIENT);

  return self->role;
}

/**
 * wsp_handshake_get_uri: (get-property uri)
 * @self: a handshake
 *
 * Gets the URI that the program asked a client to connect to, without user name and password. A
 * redirect does not change it: [signal@Wsp.Client::event] has the server that the client connects
 * to.
 *
 * Returns: (nullable) (transfer none): the URI, %NULL on a server; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_handshake_get_uri (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  return self->uri != NULL ? self->uri->text : NULL;
}

/**
 * wsp_handshake_get_method: (get-property method)
 * @self: a handshake
 *
 * Gets the method of the request.
 *
 * Returns: (nullable) (transfer none): the method; %NULL on a client, and for a request that could
 *   not be read; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_handshake_get_method (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  wsp_handshake_ensure_request (self);
  return self->method;
}

/**
 * wsp_handshake_get_path: (get-property path)
 * @self: a handshake
 *
 * Gets the requested path as it was sent.
 *
 * Returns: (nullable) (transfer none): the path; %NULL on a client, and for a request that could
 *   not be read; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_handshake_get_path (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  wsp_handshake_ensure_request (self);
  return self->path;
}

/**
 * wsp_handshake_get_query: (get-property query)
 * @self: a handshake
 *
 * Gets the query of the request, without its question mark.
 *
 * Returns: (nullable) (transfer none): the query, %NULL for none; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_handshake_get_query (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  wsp_handshake_ensure_request (self);
  return self->query;
}

/**
 * wsp_handshake_get_route: (get-property route)
 * @self: a handshake
 *
 * Gets the route of the server that fits [property@Wsp.Handshake:path], as it was added with
 * [method@Wsp.Server.add_route]. See RFC 6455, section 4.2.2.
 *
 * Returns: (nullable) (transfer none): the route; %NULL on a client, on a server without routes and
 *   if no route fits; a static string
 *
 * Since: 0.1
 */
const char *
wsp_handshake_get_route (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  return g_quark_to_string (self->route);
}

/**
 * wsp_handshake_get_request_header:
 * @self: a handshake
 * @name: (transfer none): name of a header field, in any case
 *
 * Gets the value of a header field of the request, as [method@Wsp.Headers.get_one] does with
 * [property@Wsp.Handshake:request-headers]. See RFC 6455, section 4.1.
 *
 * Returns: (nullable) (transfer none): the value, %NULL if the request has no such field or more
 *   than one; valid until the headers of the request change or @self is freed
 *
 * Since: 0.1
 */
const char *
wsp_handshake_get_request_header (WspHandshake *self,
                                  const char   *name)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  wsp_handshake_ensure_request (self);
  return self->request != NULL ? wsp_headers_get_one (self->request, name) : NULL;
}

/**
 * wsp_handshake_get_host: (get-property host)
 * @self: a handshake
 *
 * Gets the host, and perhaps the port, that the request is for: the value of `Host`. If the target
 * of a server's request is a whole URI, it is the one of that URI, and `Host` is ignored (RFC 9112
 * 3.2.2).
 *
 * Returns: (nullable) (transfer none): the host, %NULL if the request has none; valid until the
 *   headers of the request change or @self is freed
 *
 * Since: 0.1
 */
const char *
wsp_handshake_get_host (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  const char *host = wsp_handshake_get_request_header (self, "Host");

  return self->site != NULL ? strstr (self->site, "://") + strlen ("://") : host;
}

/**
 * wsp_handshake_get_origin: (get-property origin)
 * @self: a handshake
 *
 * Gets the value of `Origin`: the origin of the page whose script sent the request.
 *
 * Returns: (nullable) (transfer none): the value, %NULL if the request has none; valid until the
 *   headers of the request change or @self is freed
 *
 * Since: 0.1
 */
const char *
wsp_handshake_get_origin (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  return wsp_handshake_get_request_header (self, "Origin");
}

/**
 * wsp_handshake_get_offered_subprotocols: (get-property offered-subprotocols)
 * @self: a handshake
 *
 * Gets the subprotocols that the client offers, best first.
 *
 * Returns: (nullable) (transfer none) (array zero-terminated=1): the subprotocols; %NULL for none;
 *   valid as long as @self
 *
 * Since: 0.1
 */
const char * const *
wsp_handshake_get_offered_subprotocols (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  wsp_handshake_ensure_request (self);
  return (const char * const *) self->subprotocols;
}

/**
 * wsp_handshake_get_subprotocol: (get-property subprotocol)
 * @self: a handshake
 *
 * Gets the selected subprotocol.
 *
 * Returns: (nullable) (transfer none): the subprotocol, %NULL for none and before it is selected;
 *   valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_handshake_get_subprotocol (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  return self->subprotocol;
}

/**
 * wsp_handshake_get_request_headers: (get-property request-headers)
 * @self: a handshake
 *
 * Gets the header fields of the request. Until a client sends the request, these are the header
 * fields that the program set; afterwards, all header fields that were sent.
 *
 * Returns: (transfer none): the headers, which are frozen; valid until the property changes or
 *   @self is freed
 *
 * Since: 0.1
 */
WspHeaders *
wsp_handshake_get_request_headers (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  wsp_handshake_ensure_request (self);
  if (self->request == NULL)
    {
      g_autoptr (WspHeaders) none = wsp_headers_new ();

      wsp_handshake_keep_headers (&self->request, none);
    }

  return self->request;
}

/**
 * wsp_handshake_set_request_headers: (set-property request-headers)
 * @self: a handshake of a client
 * @request_headers: (transfer none): the header fields; they are frozen
 *
 * Sets the custom header fields of the request, instead of those of
 * [ctor@Wsp.Handshake.new_client]. Use it in [signal@Wsp.Client::prepare], and for credentials in
 * [signal@Wsp.Client::authenticate].
 *
 * Since: 0.1
 */
void
wsp_handshake_set_request_headers (WspHandshake *self,
                                   WspHeaders   *request_headers)
{
  g_return_if_fail (WSP_IS_HANDSHAKE (self));
  g_return_if_fail (self->role == WSP_ROLE_CLIENT);
  g_return_if_fail (request_headers != NULL);

  if (request_headers == self->request)
    return;

  wsp_handshake_keep_headers (&self->request, request_headers);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REQUEST_HEADERS]);
}

/**
 * wsp_handshake_get_response_status: (get-property response-status)
 * @self: a handshake
 *
 * Gets the HTTP status of the response. On a server the status is the decision, and after
 * [signal@Wsp.Server::handshake-failed] that of the response that was sent.
 *
 * Returns: the status, 0 while there is none
 *
 * Since: 0.1
 */
guint
wsp_handshake_get_response_status (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), 0);

  return self->status;
}

/**
 * wsp_handshake_get_response_headers: (get-property response-headers)
 * @self: a handshake
 *
 * Gets the header fields of the response. After [method@Wsp.Server.process_handshake] your own HTTP
 * server sends them, with status 101 or that of the refusal. While a server has not decided, these
 * are the header fields that accept the request without a subprotocol. A server adds fields of its
 * own to a refusal, which are not among these.
 *
 * Returns: (transfer none) (nullable): the headers, %NULL if there was no response, and for a
 *   refusal without header fields; valid on a client until another response is received, on a
 *   server until [method@Wsp.Handshake.accept] or [method@Wsp.Handshake.reject] is called or the
 *   handshake fails, and no longer than @self
 *
 * Since: 0.1
 */
WspHeaders *
wsp_handshake_get_response_headers (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  if (self->response == NULL && !self->is_aborted)
    wsp_handshake_make_response (self);

  return self->response;
}

/**
 * wsp_handshake_get_response_body: (get-property response-body)
 * @self: a handshake
 *
 * Gets the body of a response that refuses the request. A client keeps the first
 * [property@Wsp.Limits:max-refusal-body] bytes of it.
 *
 * Returns: (transfer none) (nullable): the body, %NULL for none; valid on a client until it sends
 *   the request again, after [signal@Wsp.Client::authenticate] or a redirect, on a server until the
 *   handshake fails, and no longer than @self
 *
 * Since: 0.1
 */
GBytes *
wsp_handshake_get_response_body (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  return self->body;
}

WspDeflateOptions *
wsp_handshake_peek_deflate (WspHandshake *self)
{
  return self->deflate;
}

void
wsp_handshake_change_deflate (WspHandshake      *self,
                              WspDeflateOptions *deflate)
{
  if (self->status != WSP_STATUS_UNDECIDED || self->response != NULL)
    return;

  self->is_deflate_set = TRUE;
  if (!g_set_object (&self->deflate, deflate))
    return;

  g_clear_object (&self->used_deflate);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEFLATE]);
}

void
wsp_handshake_offer_deflate (WspHandshake      *self,
                             WspDeflateOptions *deflate)
{
  if (!self->is_deflate_set && g_set_object (&self->deflate, deflate))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEFLATE]);
}

/**
 * wsp_handshake_get_remote_address: (get-property remote-address)
 * @self: a handshake
 *
 * Gets the address of the peer.
 *
 * Returns: (transfer none) (nullable): the address, %NULL if it is not known; valid on a client
 *   until it sends the request again, after [signal@Wsp.Client::authenticate] or a redirect, and no
 *   longer than @self
 *
 * Since: 0.1
 */
GSocketAddress *
wsp_handshake_get_remote_address (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  if (self->native_length > 0)
    self->remote_address = g_socket_address_new_from_native (self->native_address,
                                                             self->native_length);
  self->native_length = 0;
  return self->remote_address;
}

/**
 * wsp_handshake_get_tls_peer_certificate: (get-property tls-peer-certificate)
 * @self: a handshake
 *
 * Gets the certificate that the peer sent in the TLS handshake.
 *
 * Returns: (transfer none) (nullable): the certificate, %NULL for none; valid on a client until it
 *   sends the request again, after [signal@Wsp.Client::authenticate] or a redirect, and no longer
 *   than @self
 *
 * Since: 0.1
 */
GTlsCertificate *
wsp_handshake_get_tls_peer_certificate (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  return wsp_peer_certificate_get (self->tls_peer_certificate);
}

/**
 * wsp_handshake_get_tls_peer_certificate_errors: (get-property tls-peer-certificate-errors)
 * @self: a handshake
 *
 * Gets why the certificate of the peer is not trusted, although it was accepted.
 *
 * Returns: the errors; %G_TLS_CERTIFICATE_NO_FLAGS: the certificate is trusted, or there is none
 *
 * Since: 0.1
 */
GTlsCertificateFlags
wsp_handshake_get_tls_peer_certificate_errors (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), G_TLS_CERTIFICATE_NO_FLAGS);

  return self->tls_peer_errors;
}

/**
 * wsp_handshake_get_time_us:
 * @self: a handshake
 * @step: a step
 *
 * Gets the time at which a client reached @step. If the client reached @step more than once, after
 * a redirect or for a request with credentials, this is the last time; the steps after it then
 * count anew.
 *
 * The differences show where a slow attempt spends its time: in the name service, in the network,
 * in TLS or in the server.
 *
 * Returns: microseconds of [func@GLib.get_monotonic_time]; 0 for a step that was not reached or not
 *   needed, and on a server
 *
 * Since: 0.1
 */
gint64
wsp_handshake_get_time_us (WspHandshake    *self,
                           WspHandshakeStep step)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), 0);
  g_return_val_if_fail ((guint) step < WSP_HANDSHAKE_N_STEPS, 0);

  return self->times[step];
}

void
wsp_handshake_notify_status (WspHandshake *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESPONSE_STATUS]);
}

#define GET_CASE(NAME, name, kind) \
case PROP_ ## NAME: g_value_set_ ## kind (value, wsp_handshake_get_ ## name (self)); break;

static void
wsp_handshake_get_property (GObject    *object,
                            guint       property,
                            GValue     *value,
                            GParamSpec *pspec)
{
  WspHandshake *self = WSP_HANDSHAKE (object);

  switch (property)
    {
      PROPERTIES (GET_CASE, GET_CASE)
    case PROP_DEFLATE:
      g_value_set_object (value, self->deflate);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

#define SET_CASE(NAME, name, kind) \
case PROP_ ## NAME: wsp_handshake_set_ ## name (self, g_value_get_ ## kind (value)); break;
#define NO_CASE(...)

static void
wsp_handshake_set_property (GObject      *object,
                            guint         property,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  WspHandshake *self = WSP_HANDSHAKE (object);

  switch (property)
    {
      PROPERTIES (SET_CASE, NO_CASE)
    case PROP_DEFLATE:
      wsp_handshake_change_deflate (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)
#define WRITABLE (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static void
handshake_properties_install_request (void)
{
  /**
   * WspHandshake:role: (getter get_role)
   *
   * The role of this side of the handshake.
   *
   * Since: 0.1
   */
  properties[PROP_ROLE] =
    g_param_spec_enum ("role", NULL, NULL, WSP_TYPE_ROLE, WSP_ROLE_CLIENT, READABLE);

  /**
   * WspHandshake:uri: (getter get_uri)
   *
   * The URI that the program asked a client to connect to, without user name and password, also
   * after a redirect; %NULL on a server. See RFC 6455, section 3.
   *
   * Since: 0.1
   */
  properties[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, READABLE);

  /**
   * WspHandshake:method: (getter get_method)
   *
   * The method of the request; %NULL on a client, and for a request that could not be read. See RFC
   * 6455, section 4.1.
   *
   * Since: 0.1
   */
  properties[PROP_METHOD] = g_param_spec_string ("method", NULL, NULL, NULL, READABLE);

  /**
   * WspHandshake:path: (getter get_path)
   *
   * The requested path as it was sent; %NULL on a client, and for a request that could not be read.
   * See RFC 6455, section 3.
   *
   * Since: 0.1
   */
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, READABLE);

  /**
   * WspHandshake:query: (getter get_query)
   *
   * The query of the request, without its question mark; %NULL for none. See RFC 6455, section 3.
   *
   * Since: 0.1
   */
  properties[PROP_QUERY] = g_param_spec_string ("query", NULL, NULL, NULL, READABLE);

  /**
   * WspHandshake:route: (getter get_route)
   *
   * The route of the server that fits [property@Wsp.Handshake:path], as it was added; %NULL on a
   * client, on a server without routes and if no route fits. See RFC 6455, section 4.2.2.
   *
   * Since: 0.1
   */
  properties[PROP_ROUTE] = g_param_spec_string ("route", NULL, NULL, NULL, READABLE);

  /**
   * WspHandshake:host: (getter get_host)
   *
   * The host, and perhaps the port, that the request is for: the value of `Host`, or on a server,
   * where `Host` is ignored for a target that is a whole URI, the one of that URI. See RFC 6455,
   * section 4.1, and RFC 9112, section 3.2.2.
   *
   * Since: 0.1
   */
  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, READABLE);

  /**
   * WspHandshake:origin: (getter get_origin)
   *
   * The value of `Origin`: the origin of the page whose script sent the request; %NULL for none.
   * See RFC 6455, sections 4.1 and 10.2.
   *
   * Since: 0.1
   */
  properties[PROP_ORIGIN] = g_param_spec_string ("origin", NULL, NULL, NULL, READABLE);

  /**
   * WspHandshake:offered-subprotocols: (getter get_offered_subprotocols)
   *
   * The subprotocols that the client offers, best first; %NULL for none. See RFC 6455, section 4.1.
   *
   * Since: 0.1
   */
  properties[PROP_OFFERED_SUBPROTOCOLS] =
    g_param_spec_boxed ("offered-subprotocols", NULL, NULL, G_TYPE_STRV, READABLE);

  /**
   * WspHandshake:request-headers: (getter get_request_headers) (setter set_request_headers)
   *
   * The header fields of the request. Until a client sends the request, these are the header fields
   * that the program set; afterwards, all header fields that were sent. See RFC 6455, section 4.1.
   *
   * Default: new headers, never %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_REQUEST_HEADERS] =
    g_param_spec_boxed ("request-headers", NULL, NULL, WSP_TYPE_HEADERS, WRITABLE);
}

static void
install_response (void)
{
  /**
   * WspHandshake:response-status: (getter get_response_status)
   *
   * The HTTP status of the response; 0 while there is none. On a server the status is the decision.
   * If the handshake fails, it is the status of the response that was sent, or 0 if none was.
   *
   * The property notifies when it has changed. The headers of the response and the subprotocol,
   * which do not notify, have their values by then. See RFC 6455, section 4.2.2.
   *
   * Since: 0.1
   */
  properties[PROP_RESPONSE_STATUS] =
    g_param_spec_uint ("response-status", NULL, NULL, 0, WSP_STATUS_LAST, WSP_STATUS_UNDECIDED,
                       READABLE);

  /**
   * WspHandshake:response-headers: (getter get_response_headers)
   *
   * The header fields of the response. See RFC 6455, section 4.2.2.
   *
   * Since: 0.1
   */
  properties[PROP_RESPONSE_HEADERS] =
    g_param_spec_boxed ("response-headers", NULL, NULL, WSP_TYPE_HEADERS, READABLE);

  /**
   * WspHandshake:response-body: (getter get_response_body)
   *
   * The body of a response that refuses the request. A client keeps the first
   * [property@Wsp.Limits:max-refusal-body] bytes of it.
   *
   * Since: 0.1
   */
  properties[PROP_RESPONSE_BODY] =
    g_param_spec_boxed ("response-body", NULL, NULL, G_TYPE_BYTES, READABLE);

  /**
   * WspHandshake:subprotocol: (getter get_subprotocol)
   *
   * The selected subprotocol; %NULL for none. See RFC 6455, section 4.2.2.
   *
   * Since: 0.1
   */
  properties[PROP_SUBPROTOCOL] = g_param_spec_string ("subprotocol", NULL, NULL, NULL, READABLE);

  /**
   * WspHandshake:deflate:
   *
   * How messages are compressed if `permessage-deflate` is negotiated; %NULL neither offers nor
   * accepts the extension. From [signal@Wsp.Client::prepare] on it is [property@Wsp.Client:deflate]
   * unless you have set another value before; a handler of that signal may set one, and with %NULL
   * the request offers no compression. With [class@Wsp.Server], the initial object is
   * [property@Wsp.Server:deflate]; until the request is decided you may set another object, to
   * change values for one request. See RFC 7692.
   *
   * Since: 0.1
   */
  properties[PROP_DEFLATE] =
    g_param_spec_object ("deflate", NULL, NULL, WSP_TYPE_DEFLATE_OPTIONS, WRITABLE);

  /**
   * WspHandshake:remote-address: (getter get_remote_address)
   *
   * The address of the peer.
   *
   * Since: 0.1
   */
  properties[PROP_REMOTE_ADDRESS] =
    g_param_spec_object ("remote-address", NULL, NULL, G_TYPE_SOCKET_ADDRESS, READABLE);

  /**
   * WspHandshake:tls-peer-certificate: (getter get_tls_peer_certificate)
   *
   * The certificate that the peer sent in the TLS handshake: a client has that of the server, a
   * server that of a client which was asked for one
   * ([property@Wsp.Server:tls-authentication-mode]). %NULL: none, there is no TLS, or only the way
   * to a proxy is encrypted. [property@Wsp.Connection:tls-peer-certificate] stays readable when the
   * handshake is gone.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_PEER_CERTIFICATE] =
    g_param_spec_object ("tls-peer-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, READABLE);

  /**
   * WspHandshake:tls-peer-certificate-errors: (getter get_tls_peer_certificate_errors)
   *
   * Why [property@Wsp.Handshake:tls-peer-certificate] is not trusted, although a handler of
   * [signal@Wsp.Client::accept-certificate], or of the program's own [class@Gio.TlsConnection],
   * accepted it. %G_TLS_CERTIFICATE_NO_FLAGS: the certificate is trusted, or there is none.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_PEER_CERTIFICATE_ERRORS] =
    g_param_spec_flags ("tls-peer-certificate-errors", NULL, NULL, G_TYPE_TLS_CERTIFICATE_FLAGS,
                        G_TLS_CERTIFICATE_NO_FLAGS, READABLE);
}

void
wsp_handshake_install_properties (GObjectClass *class)
{
  class->get_property = wsp_handshake_get_property;
  class->set_property = wsp_handshake_set_property;

  handshake_properties_install_request ();
  install_response ();
  g_object_class_install_properties (class, N_PROPS, properties);
}
