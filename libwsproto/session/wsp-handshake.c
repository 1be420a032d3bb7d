/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "session/wsp-handshake-parts-private.h"

#include "core/handshake/http-head.h"
#include "session/wsp-headers-private.h"
#include "session/wsp-limits-private.h"
#include "session/wsp-session-error-private.h"

#include <libwsproto/session/wsp-enum-types.h>
#include <libwsproto/session/wsp-session.h>

#include <string.h>

#define MAX_BODY (64 * 1024)

enum
{
  PROP_0,
  PROP_ROLE,
  PROP_URI,
  PROP_PATH,
  PROP_QUERY,
  PROP_HOST,
  PROP_REQUEST_HEADERS,
  PROP_RESPONSE_HEADERS,
  PROP_RESPONSE_STATUS,
  PROP_RESPONSE_BODY,
  PROP_ORIGIN,
  PROP_OFFERED_PROTOCOLS,
  PROP_SUBPROTOCOL,
  PROP_COMPRESSION,
  PROP_REMOTE_ADDRESS,
  PROP_TLS_CERTIFICATE,
  PROP_TIMINGS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/**
 * WspHandshake:
 *
 * One opening handshake as data: request, response, peer and times. It does no input or output.
 *
 * A client creates it with [ctor@Wsp.Handshake.new_client] and passes it to the call that
 * connects, which fills in what was received; it can be read even after a failure. A server
 * passes it to the program, which decides with [method@Wsp.Handshake.accept] or
 * [method@Wsp.Handshake.reject], at once or after [method@Wsp.Handshake.defer].
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspHandshake, wsp_handshake, G_TYPE_OBJECT)

static char *
dup_text (WscBytes text)
{
  return text.at != NULL ? g_strndup ((const char *) text.at, text.length) : NULL;
}

gboolean
wsp_handshake_fail (GError **error,
                    WscFault fault)
{
  if (fault != WSC_FAULT_NONE)
    wsp_session_error_from_fault (error, fault, 0, NULL);

  return fault != WSC_FAULT_NONE;
}

void
wsp_handshake_keep_headers (WspHeaders **place,
                            WspHeaders  *headers)
{
  g_clear_pointer (place, wsp_headers_unref);
  if (headers == NULL)
    return;

  wsp_headers_freeze (headers);
  *place = wsp_headers_ref (headers);
}

void
wsp_handshake_keep_body (WspHandshake *self,
                         GBytes       *body)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  if (body != NULL)
    self->body = g_bytes_new_from_bytes (body, 0, MIN (g_bytes_get_size (body), MAX_BODY));
}

char **
wsp_handshake_list_protocols (WscFields request)
{
  GPtrArray *found = g_ptr_array_new ();
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Protocol");
  WscBytes token;

  while (wsc_field_list_next_token (&list, &token) == WSC_LIST_ELEMENT)
    g_ptr_array_add (found, dup_text (token));

  g_ptr_array_add (found, NULL);
  return (char **) g_ptr_array_free (found, FALSE);
}

static void
set_request (WspHandshake *self,
             WscBytes      target,
             WspHeaders   *headers)
{
  WscRequestTarget parsed = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
  g_autofree WscHeader *view = NULL;
  WscFields fields;

  fields.at = view = wsp_headers_view (headers, &fields.n);
  wsc_request_target_parse (target, &parsed);
  self->path = dup_text (parsed.path);
  self->query = dup_text (parsed.query);
  self->subprotocols = wsp_handshake_list_protocols (fields);
  wsp_handshake_keep_headers (&self->request, headers);
}

/* The head has passed all checks, so it is parsed again without limits. */
void
wsp_handshake_ensure_request (WspHandshake *self)
{
  const WscHeadLimits limits = {
    .max_size = G_MAXINT, .max_line = G_MAXINT, .max_fields = G_MAXINT
  };
  g_autoptr (GBytes) bytes = g_steal_pointer (&self->head);
  g_autoptr (WspHeaders) headers = NULL;
  WscHttpHead *head;
  WscBytes text;
  gsize used, n_fields;

  if (bytes == NULL)
    return;

  headers = wsp_headers_new ();
  head = wsc_http_head_new (WSC_HEAD_REQUEST, &limits);
  text.at = g_bytes_get_data (bytes, &text.length);
  if (head != NULL && wsc_http_head_take (head, text, &used) == WSC_FAULT_NONE)
    {
      const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

      wsp_headers_add_fields (headers, fields, n_fields);
      set_request (self, wsc_http_head_get_target (head), headers);
    }
  g_clear_pointer (&head, wsc_http_head_free);
}

static GSocketAddress *
ensure_remote_address (WspHandshake *self)
{
  if (self->native_length > 0)
    self->remote_address = g_socket_address_new_from_native (self->native_address,
                                                             self->native_length);
  self->native_length = 0;
  return self->remote_address;
}

static void
wsp_handshake_finalize (GObject *object)
{
  WspHandshake *self = WSP_HANDSHAKE (object);

  g_clear_pointer (&self->uri, wsp_uri_free);
  g_free (self->path);
  g_free (self->query);
  g_strfreev (self->subprotocols);
  g_free (self->subprotocol);
  g_clear_object (&self->compression);
  g_clear_object (&self->used_compression);
  wsp_handshake_keep_headers (&self->request, NULL);
  wsp_handshake_keep_headers (&self->response, NULL);
  wsp_handshake_keep_headers (&self->custom, NULL);
  g_clear_pointer (&self->head, g_bytes_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_object (&self->remote_address);
  g_clear_object (&self->tls_certificate);
  g_clear_pointer (&self->timings, g_variant_unref);
  G_OBJECT_CLASS (wsp_handshake_parent_class)->finalize (object);
}

static const char *
request_field (WspHandshake *self,
               const char   *name)
{
  wsp_handshake_ensure_request (self);
  return self->request != NULL ? wsp_headers_get_one (self->request, name) : NULL;
}

/* The properties of the request that cannot be set. */
static void
get_request_property (WspHandshake *self,
                      guint         property,
                      GValue       *value)
{
  wsp_handshake_ensure_request (self);
  if (property == PROP_ROLE)
    g_value_set_enum (value, self->role);
  else if (property == PROP_URI)
    g_value_set_string (value, self->uri != NULL ? self->uri->text : NULL);
  else if (property == PROP_PATH)
    g_value_set_string (value, self->path);
  else if (property == PROP_QUERY)
    g_value_set_string (value, self->query);
  else if (property == PROP_HOST)
    g_value_set_string (value, request_field (self, "Host"));
  else if (property == PROP_ORIGIN)
    g_value_set_string (value, request_field (self, "Origin"));
  else
    g_value_set_boxed (value, self->subprotocols);
}

static void
wsp_handshake_get_property (GObject    *object,
                            guint       property,
                            GValue     *value,
                            GParamSpec *pspec)
{
  WspHandshake *self = WSP_HANDSHAKE (object);

  switch (property)
    {
    case PROP_REQUEST_HEADERS:
      wsp_handshake_ensure_request (self);
      g_value_set_boxed (value, self->request);
      break;
    case PROP_RESPONSE_HEADERS:
      g_value_set_boxed (value, wsp_handshake_get_response_headers (self));
      break;
    case PROP_RESPONSE_STATUS:
      g_value_set_uint (value, self->status);
      break;
    case PROP_RESPONSE_BODY:
      g_value_set_boxed (value, self->body);
      break;
    case PROP_SUBPROTOCOL:
      g_value_set_string (value, self->subprotocol);
      break;
    case PROP_COMPRESSION:
      g_value_set_object (value, self->compression);
      break;
    case PROP_REMOTE_ADDRESS:
      g_value_set_object (value, ensure_remote_address (self));
      break;
    case PROP_TLS_CERTIFICATE:
      g_value_set_object (value, self->tls_certificate);
      break;
    case PROP_TIMINGS:
      g_value_set_variant (value, self->timings);
      break;
    default:
      get_request_property (self, property, value);
    }
}

/* Once there is a response or a decision, compression has been negotiated: a change is ignored. */
static void
set_compression (WspHandshake *self,
                 const GValue *value)
{
  if (self->status != WSP_STATUS_UNDECIDED || self->response != NULL)
    return;

  g_set_object (&self->compression, g_value_get_object (value));
  g_clear_object (&self->used_compression);
}

static void
wsp_handshake_set_property (GObject      *object,
                            guint         property,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  WspHandshake *self = WSP_HANDSHAKE (object);

  switch (property)
    {
    case PROP_REQUEST_HEADERS:
      wsp_handshake_keep_headers (&self->request, g_value_get_boxed (value));
      break;
    case PROP_RESPONSE_HEADERS:
      wsp_handshake_keep_headers (&self->response, g_value_get_boxed (value));
      break;
    case PROP_RESPONSE_STATUS:
      self->status = g_value_get_uint (value);
      break;
    case PROP_RESPONSE_BODY:
      wsp_handshake_keep_body (self, g_value_get_boxed (value));
      break;
    case PROP_SUBPROTOCOL:
      g_free (self->subprotocol);
      self->subprotocol = g_value_dup_string (value);
      break;
    case PROP_COMPRESSION:
      set_compression (self, value);
      break;
    case PROP_REMOTE_ADDRESS:
      self->native_length = 0;
      g_set_object (&self->remote_address, g_value_get_object (value));
      break;
    case PROP_TLS_CERTIFICATE:
      g_set_object (&self->tls_certificate, g_value_get_object (value));
      break;
    case PROP_TIMINGS:
      g_clear_pointer (&self->timings, g_variant_unref);
      self->timings = g_value_dup_variant (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
install_request (void)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * WspHandshake:role:
   *
   * The role of this side of the handshake.
   *
   * Since: 0.1
   */
  properties[PROP_ROLE] =
    g_param_spec_enum ("role", NULL, NULL, WSP_TYPE_ROLE, WSP_ROLE_CLIENT, flags);

  /**
   * WspHandshake:uri:
   *
   * The URI that a client connects to, without user name and password; %NULL on a server.
   *
   * Since: 0.1
   */
  properties[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, flags);

  /**
   * WspHandshake:path: (getter get_path)
   *
   * The requested path as it was sent; %NULL on a client.
   *
   * Since: 0.1
   */
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);

  /**
   * WspHandshake:query:
   *
   * The query of the request, without its question mark; %NULL for none.
   *
   * Since: 0.1
   */
  properties[PROP_QUERY] = g_param_spec_string ("query", NULL, NULL, NULL, flags);

  /**
   * WspHandshake:host:
   *
   * The value of `Host`.
   *
   * Since: 0.1
   */
  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, flags);

  /**
   * WspHandshake:origin:
   *
   * The value of `Origin`: the origin of the page whose script sent the request; %NULL for none.
   *
   * Since: 0.1
   */
  properties[PROP_ORIGIN] = g_param_spec_string ("origin", NULL, NULL, NULL, flags);

  /**
   * WspHandshake:offered-protocols:
   *
   * The subprotocols that the client offers, best first.
   *
   * Since: 0.1
   */
  properties[PROP_OFFERED_PROTOCOLS] =
    g_param_spec_boxed ("offered-protocols", NULL, NULL, G_TYPE_STRV, flags);
}

static void
install_response (void)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * WspHandshake:request-headers:
   *
   * The header fields of the request. On a client these are those that the program set until
   * the request is sent, then those that were sent.
   *
   * Since: 0.1
   */
  properties[PROP_REQUEST_HEADERS] =
    g_param_spec_boxed ("request-headers", NULL, NULL, WSP_TYPE_HEADERS, flags);

  /**
   * WspHandshake:response-headers: (getter get_response_headers)
   *
   * The header fields of the response.
   *
   * Since: 0.1
   */
  properties[PROP_RESPONSE_HEADERS] =
    g_param_spec_boxed ("response-headers", NULL, NULL, WSP_TYPE_HEADERS, flags);

  /**
   * WspHandshake:response-status:
   *
   * The HTTP status of the response; 0 while there is none.
   *
   * Since: 0.1
   */
  properties[PROP_RESPONSE_STATUS] =
    g_param_spec_uint ("response-status", NULL, NULL, 0, WSP_STATUS_LAST, WSP_STATUS_UNDECIDED,
                       flags);

  /**
   * WspHandshake:response-body:
   *
   * The body of a response that refuses the request: at most its first 64 KiB.
   *
   * Since: 0.1
   */
  properties[PROP_RESPONSE_BODY] =
    g_param_spec_boxed ("response-body", NULL, NULL, G_TYPE_BYTES, flags);

  /**
   * WspHandshake:subprotocol:
   *
   * The selected subprotocol; %NULL for none.
   *
   * Since: 0.1
   */
  properties[PROP_SUBPROTOCOL] = g_param_spec_string ("subprotocol", NULL, NULL, NULL, flags);

  /**
   * WspHandshake:compression:
   *
   * How messages are compressed if `permessage-deflate` is negotiated; %NULL neither offers nor
   * accepts it. With [class@Wsp.Server] the initial value is [property@Wsp.Server:compression],
   * and it may be changed until the request is decided; with [class@Wsp.Client] %NULL means
   * [property@Wsp.Client:compression]. The initial object is the one of the server: to change
   * values for one request, set another object. See RFC 7692.
   *
   * Since: 0.1
   */
  properties[PROP_COMPRESSION] =
    g_param_spec_object ("compression", NULL, NULL, WSP_TYPE_DEFLATE_OPTIONS, flags);
}

static void
install_transport (void)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * WspHandshake:remote-address:
   *
   * The address of the peer.
   *
   * Since: 0.1
   */
  properties[PROP_REMOTE_ADDRESS] =
    g_param_spec_object ("remote-address", NULL, NULL, G_TYPE_SOCKET_ADDRESS, flags);

  /**
   * WspHandshake:tls-certificate:
   *
   * The TLS certificate of the peer; %NULL for none.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_CERTIFICATE] =
    g_param_spec_object ("tls-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, flags);

  /**
   * WspHandshake:timings:
   *
   * The time of each step, by name: `begun`, `resolved`, `connected`, `secured`, `sent` and
   * `answered`, in microseconds of [func@GLib.get_monotonic_time]. Steps that were not needed
   * are missing.
   *
   * Since: 0.1
   */
  properties[PROP_TIMINGS] =
    g_param_spec_variant ("timings", NULL, "Microseconds of the monotonic clock, by name",
                          G_VARIANT_TYPE ("a{sx}"), NULL, flags);
}

static void
wsp_handshake_class_init (WspHandshakeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = wsp_handshake_finalize;
  object_class->get_property = wsp_handshake_get_property;
  object_class->set_property = wsp_handshake_set_property;

  install_request ();
  install_response ();
  install_transport ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

void
wsp_handshake_notify_status (WspHandshake *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESPONSE_STATUS]);
}

const WspUri *
wsp_handshake_peek_uri (WspHandshake *self)
{
  return self->uri;
}

static void
wsp_handshake_init (WspHandshake *self)
{
}

/**
 * wsp_handshake_new_client:
 * @uri: a URI with the scheme `ws`, `wss` or `ws+unix`
 * @subprotocols: (nullable) (array zero-terminated=1): subprotocols to offer, best first
 * @headers: (nullable): custom header fields; they are frozen
 * @error: place for an error
 *
 * Prepares the opening handshake of a client.
 *
 * A user name and password in @uri, percent-decoded, are sent as Basic credentials (RFC 7617)
 * with the first request, unless @headers have `Authorization`. They are sent to that origin
 * only, and no property has them.
 *
 * Fails with [error@Wsp.SessionError.INVALID_ARGUMENT] if @uri, a subprotocol or a header field
 * is not valid.
 *
 * See RFC 6455, sections 3 and 4.1.
 *
 * Returns: (transfer full): a new handshake
 *
 * Since: 0.1
 */
WspHandshake *
wsp_handshake_new_client (const char         *uri,
                          const char * const *subprotocols,
                          WspHeaders         *headers,
                          GError            **error)
{
  g_autoptr (WspUri) parsed = NULL;
  g_autoptr (WspSession) session = NULL;
  g_autoptr (WspHeaders) request = NULL;
  WspHandshake *self;

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  parsed = wsp_uri_parse (uri, error);
  if (parsed == NULL)
    return NULL;

  session = wsp_session_new (WSP_ROLE_CLIENT);
  request = wsp_session_begin_client_handshake (session, subprotocols, NULL, headers, error);
  if (request == NULL)
    return NULL;

  self = g_object_new (WSP_TYPE_HANDSHAKE, NULL);
  self->uri = g_steal_pointer (&parsed);
  self->subprotocols = g_strdupv ((char **) subprotocols);
  wsp_handshake_keep_headers (&self->request, headers);
  return self;
}

static WscBytes
version_text (const char *version)
{
  return wsc_text (g_str_equal (version, "1.1") ? "HTTP/1.1" : version);
}

/* The request's purpose is checked first: one that does not ask for a WebSocket is NOT_WEBSOCKET,
 * whatever else is wrong with it. */
static WscFault
check_request (const char *method,
               const char *target,
               const char *version,
               WspHeaders *headers)
{
  g_autofree WscHeader *view = NULL;
  WspSessionOptions *options;
  WscFields fields;
  WscFault fault;

  fields.at = view = wsp_headers_view (headers, &fields.n);
  fault = wsc_request_purpose_check (fields);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_line_check (wsc_text (method), wsc_text (target), version_text (version));
  if (fault != WSC_FAULT_NONE)
    return fault;

  options = wsp_limits_ref_options (wsp_limits_get_default (), WSP_SESSION_SETTING_SERVER);
  fault = wsc_server_handshake_check (&options->options, view, fields.n);
  wsp_session_options_unref (options);
  return fault;
}

/**
 * wsp_handshake_new_server:
 * @method: the method of the request
 * @target: the request target: a path with its query, or a whole URI
 * @version: the HTTP version, `HTTP/1.1` or `1.1`
 * @headers: the header fields of the request; they are frozen
 * @error: place for an error
 *
 * Creates a handshake for a request that your own HTTP server has read.
 *
 * Fails with [error@Wsp.SessionError.NOT_WEBSOCKET] for a request that does not ask for a
 * WebSocket: your HTTP server answers it. Fails with [error@Wsp.SessionError.INVALID_FORMAT],
 * [error@Wsp.SessionError.VERSION_NOT_SUPPORTED] or [error@Wsp.SessionError.TOO_BIG] for a
 * WebSocket request that breaks a rule.
 *
 * See RFC 6455, section 4.2.1.
 *
 * Returns: (transfer full): a new handshake
 *
 * Since: 0.1
 */
WspHandshake *
wsp_handshake_new_server (const char *method,
                          const char *target,
                          const char *version,
                          WspHeaders *headers,
                          GError    **error)
{
  WspHandshake *self;

  g_return_val_if_fail (method != NULL, NULL);
  g_return_val_if_fail (target != NULL, NULL);
  g_return_val_if_fail (version != NULL, NULL);
  g_return_val_if_fail (headers != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (wsp_handshake_fail (error, check_request (method, target, version, headers)))
    return NULL;

  self = g_object_new (WSP_TYPE_HANDSHAKE, NULL);
  self->role = WSP_ROLE_SERVER;
  set_request (self, wsc_text (target), headers);
  return self;
}

/**
 * wsp_handshake_get_path: (get-property path)
 * @self: a handshake
 *
 * Gets the requested path as it was sent.
 *
 * Returns: (nullable): the path, %NULL on a client
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
