/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "handshake/wsp-handshake-parts-private.h"

#include <libwsproto/session/wsp-session.h>
#include <string.h>

#include "base/wsp-error-private.h"
#include "core/handshake/http-head.h"
#include "core/handshake/token-list.h"
#include "http/wsp-headers-private.h"
#include "limits/wsp-limits-private.h"

/**
 * WspHandshake:
 *
 * One opening handshake as data: request, response, peer and times. It does no input or output.
 *
 * For a client, create the handshake with [ctor@Wsp.Handshake.new_client] and pass it to the call
 * that connects. The call fills in what was received; you can read it even after a failure. A
 * server passes the handshake to the program, which decides with [method@Wsp.Handshake.accept] or
 * [method@Wsp.Handshake.reject], at once or after [method@Wsp.Handshake.defer]. An ordinary HTTP
 * request to a server is a [class@Wsp.HttpRequest].
 *
 * While a client or a server works on a handshake, the handshake belongs to the main context of
 * that client or server. Before and after that time, use the handshake from one thread at a time.
 * See RFC 6455, section 4.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspHandshake, wsp_handshake, G_TYPE_OBJECT)

static void
wsp_handshake_finalize (GObject *object)
{
  WspHandshake *self = WSP_HANDSHAKE (object);

  g_clear_pointer (&self->uri, wsp_uri_free);
  g_free (self->method);
  g_free (self->path);
  g_free (self->site);
  g_free (self->query);
  g_strfreev (self->subprotocols);
  g_free (self->subprotocol);
  g_strfreev (self->extensions);
  g_clear_object (&self->deflate);
  g_clear_object (&self->used_deflate);
  wsp_handshake_keep_headers (&self->request, NULL);
  wsp_handshake_keep_headers (&self->response, NULL);
  wsp_handshake_keep_headers (&self->custom, NULL);
  g_clear_pointer (&self->head, g_bytes_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->remote_address);
  g_clear_object (&self->local_address);
  g_clear_pointer (&self->tls_peer_certificate, wsp_peer_certificate_unref);
  G_OBJECT_CLASS (wsp_handshake_parent_class)->finalize (object);
}

static void
wsp_handshake_class_init (WspHandshakeClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->finalize = wsp_handshake_finalize;
  wsp_handshake_install_properties (object_class);
}

const WspUri *
wsp_handshake_peek_uri (WspHandshake *self)
{
  return self->uri;
}

void
wsp_handshake_record_response (WspHandshake *self,
                               guint         status,
                               WspHeaders   *headers)
{
  gboolean is_new = status != self->status;

  self->status = status;
  wsp_handshake_keep_headers (&self->response, headers);
  if (is_new)
    wsp_handshake_notify_status (self);
}

void
wsp_handshake_record_subprotocol (WspHandshake *self,
                                  const char   *subprotocol)
{
  g_free (self->subprotocol);
  self->subprotocol = g_strdup (subprotocol);
}

void
wsp_handshake_record_route (WspHandshake *self,
                            GQuark        route)
{
  self->route = route;
}

GQuark
wsp_handshake_peek_route (WspHandshake *self)
{
  return self->route;
}

void
wsp_handshake_record_address (WspHandshake   *self,
                              GSocketAddress *address)
{
  self->native_length = 0;
  g_set_object (&self->remote_address, address);
}

GSocketAddress *
wsp_handshake_peek_local_address (WspHandshake *self)
{
  return self->local_address;
}

void
wsp_handshake_record_peer_certificate (WspHandshake        *self,
                                       WspPeerCertificate  *certificate,
                                       GTlsCertificateFlags errors)
{
  g_clear_pointer (&self->tls_peer_certificate, wsp_peer_certificate_unref);
  self->tls_peer_certificate = wsp_peer_certificate_ref (certificate);
  self->tls_peer_errors = errors;
}

void
wsp_handshake_record_time (WspHandshake    *self,
                           WspHandshakeStep step,
                           gint64           time_us)
{
  memset (&self->times[step], 0, (WSP_HANDSHAKE_N_STEPS - step) * sizeof self->times[0]);
  self->times[step] = time_us;
}

static void
wsp_handshake_init (WspHandshake *self)
{
  self->n_forks = wsp_n_forks;
}

/* A request without subprotocols and fields of the program needs no check. */
static gboolean
handshake_check_offer (const char * const *subprotocols,
                       WspHeaders         *headers,
                       GError            **error)
{
  g_autoptr (WspSession) session = NULL;
  g_autoptr (WspHeaders) request = NULL;

  if (subprotocols == NULL && headers == NULL)
    return TRUE;

  session = wsp_session_new (WSP_ROLE_CLIENT);
  request = wsp_session_begin_client_handshake (session, subprotocols, NULL, headers, error);
  return request != NULL;
}

/**
 * wsp_handshake_new_client:
 * @uri: (transfer none): a URI with the scheme `ws`, `wss` or `ws+unix`
 * @subprotocols: (transfer none) (nullable) (array zero-terminated=1): subprotocols to offer, best
 *   first
 * @headers: (transfer none) (nullable): custom header fields; they are frozen
 * @error: return location for an error
 *
 * Prepares the opening handshake of a client.
 *
 * A user name and password in @uri, percent-decoded, are sent as Basic credentials (RFC 7617)
 * with the first request, unless @headers have `Authorization`. The credentials are sent to the
 * origin of @uri only, and no property has them.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] if @uri, a subprotocol or a header field
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
  WspHandshake *self;

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  parsed = wsp_uri_parse (uri, error);
  if (parsed == NULL)
    return NULL;

  if (!handshake_check_offer (subprotocols, headers, error))
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

/* The request's purpose is checked first: a request that does not ask for a WebSocket is
 * NOT_WEBSOCKET, whatever else is wrong with it. */
static WscFault
handshake_check_request (const char *method,
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
 * @method: (transfer none): the method of the request
 * @target: (transfer none): the request target: a path with its query, or a whole URI
 * @version: (transfer none): the HTTP version, `HTTP/1.1` or `1.1`
 * @headers: (transfer none): the header fields of the request; they are frozen
 * @error: return location for an error
 *
 * Creates a handshake for a request that your own HTTP server has read, for
 * [method@Wsp.Server.process_handshake] and [method@Wsp.Server.adopt].
 *
 * Fails with [error@Wsp.Error.NOT_WEBSOCKET] for a request that does not ask for a
 * WebSocket: your HTTP server responds to this request. Fails with
 * [error@Wsp.Error.INVALID_FORMAT], [error@Wsp.Error.VERSION_NOT_SUPPORTED] or
 * [error@Wsp.Error.TOO_BIG] for a WebSocket request that breaks a rule.
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

  if (wsp_handshake_fail (error, handshake_check_request (method, target, version, headers)))
    return NULL;

  self = g_object_new (WSP_TYPE_HANDSHAKE, NULL);
  self->role = WSP_ROLE_SERVER;
  wsp_handshake_set_request (self, wsc_text (method), wsc_text (target), headers);
  return self;
}

/**
 * wsp_handshake_set_addresses:
 * @self: a handshake that was made with [ctor@Wsp.Handshake.new_server]
 * @local: (transfer none) (nullable): the address that the client connected to; %NULL: not known
 * @remote: (transfer none) (nullable): the address of the client; %NULL: not known
 *
 * Sets where the request came from, for [method@Wsp.Server.process_handshake]: it checks `Host`
 * against pages that have rebound their name if @local is a loopback address, and counts the
 * connections of
 * @remote. See RFC 6455, section 10.2.
 *
 * Since: 0.1
 */
void
wsp_handshake_set_addresses (WspHandshake   *self,
                             GSocketAddress *local,
                             GSocketAddress *remote)
{
  g_return_if_fail (WSP_IS_HANDSHAKE (self));
  g_return_if_fail (self->role == WSP_ROLE_SERVER && self->funcs == NULL);
  g_return_if_fail (local == NULL || G_IS_SOCKET_ADDRESS (local));
  g_return_if_fail (remote == NULL || G_IS_SOCKET_ADDRESS (remote));

  g_set_object (&self->local_address, local);
  wsp_handshake_record_address (self, remote);
}

WspHandshake *
wsp_handshake_new_checked (GBytes                  *head,
                           const WspHandshakeFuncs *funcs,
                           gpointer                 owner)
{
  WspHandshake *self = g_object_new (WSP_TYPE_HANDSHAKE, NULL);

  self->role = WSP_ROLE_SERVER;
  self->head = g_bytes_ref (head);
  self->funcs = funcs;
  self->owner = owner;
  if (funcs != NULL)
    self->thread = g_thread_self ();
  return self;
}
