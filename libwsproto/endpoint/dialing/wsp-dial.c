/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Connects to a host.  GIO does names, happy eyeballs, SOCKS and TLS with proxies; wsp-tunnel.c
 * does CONNECT.  wsp-dial-tls.c decides whether the library or GIO does TLS with the server.
 *
 * done is called once, and no function of the owner after done.  The owner may free the dial in
 * each of its functions: code that calls one holds a reference, and checks owner afterwards.
 * In the child of a fork () nobody is notified: owner is NULL there, too.
 * With wss the owner gets a transport only if the TLS handshake has succeeded.  Bytes without TLS
 * are exchanged with proxies only.
 */
#include "endpoint/dialing/wsp-dial-private.h"

#include <gio/gunixsocketaddress.h>
#include <libwsproto/base/wsp-error.h>

#include "endpoint/dialing/wsp-dial-error-private.h"
#include "endpoint/dialing/wsp-dial-tls-private.h"
#include "endpoint/dialing/wsp-proxy-answers-private.h"
#include "endpoint/dialing/wsp-proxy-choice-private.h"
#include "endpoint/dialing/wsp-tunnel-private.h"
#include "log/wsp-log-private.h"

struct _WspDial
{
  grefcount           ref_count;        /* references: one of the owner, one for each pending call
                                           of GIO */
  const WspDialFuncs *funcs;
  gpointer            owner;            /* owner that is notified; NULL: it has freed the dial */

  WspReactor         *reactor;
  const WspUri       *uri;              /* URI to connect to; it belongs to the owner */
  WspDialSettings     settings;
  WspProxyCredentials proxy_credentials;
  WspLimits          *limits;
  GCancellable       *cancellable;
  GSocketConnectable *place;
  GSocketAddress     *address;          /* the address of the peer */
  WspTunnel          *tunnel;
  WspTransport       *transport;        /* transport with TLS of the library; NULL: none, or
                                           stolen */
  GSocketConnectable *tls_peer;         /* name and port that the certificate of the present TLS
                                           handshake must fit: the server's or the proxy's */
  GThread            *tls_thread;       /* the thread that began the present TLS handshake */
  GTlsCertificate    *refused;          /* the certificate that is not trusted, and why */
  GTlsCertificateFlags refused_for;
  gboolean            has_accepted;     /* the program accepted a certificate that is not trusted */
  gboolean            is_by_proxy;      /* the last address that was tried is a proxy's */
  gboolean            is_taken_over;    /* transport has a descriptor of its own */
  WspStreamOwner      stream_owner;
  WspDialResult       result;
};

void
wsp_dial_settings_clear (WspDialSettings *self)
{
  for (guint i = 0; i < WSP_DIAL_N_OBJECTS; i++)
    g_clear_object (&self->objects[i]);
}

static WspDial *
dial_ref (WspDial *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

static void
dial_unref (WspDial *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  wsp_dial_settings_clear (&self->settings);
  g_clear_object (&self->place);
  g_clear_object (&self->address);
  g_clear_object (&self->tls_peer);
  g_clear_object (&self->refused);
  g_clear_object (&self->result.stream);
  g_clear_pointer (&self->result.remaining_input, g_bytes_unref);
  g_clear_pointer (&self->result.body, g_bytes_unref);
  g_clear_error (&self->result.error);
  g_object_unref (self->cancellable);
  g_object_unref (self->limits);
  wsp_reactor_unref (self->reactor);
  g_free (self->proxy_credentials.value);
  g_free (self->proxy_credentials.proxy);
  g_free (self->result.proxy);
  g_free (self);
}

/* Call it when GIO or the program has called or returned. */
static void
check_process (WspDial *self)
{
  if (wsp_reactor_is_inherited (self->reactor))
    self->owner = NULL;
}

static void
notify_event (WspDial           *self,
              GSocketClientEvent event,
              GIOStream         *stream)
{
  check_process (self);
  if (self->owner != NULL &&
      self->funcs->event (self, event, self->place, stream, self->owner) == WSP_STREAM_IS_SHARED)
    self->stream_owner = WSP_STREAM_IS_SHARED;
  check_process (self);
}

static void
dial_finish (WspDial *self)
{
  const WspDialResult *result = &self->result;

  notify_event (self, G_SOCKET_CLIENT_COMPLETE, result->error == NULL ? result->stream : NULL);
  if (self->owner != NULL)
    self->funcs->done (self, self->owner);
}

static void
dial_fail (WspDial *self,
           GError  *error)
{
  self->result.error = error;
  dial_finish (self);
}

static gboolean
dial_ask_owner (WspDial             *self,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors)
{
  check_process (self);
  self->has_accepted = self->owner != NULL &&
                       self->funcs->accept_certificate (self, self->tls_peer, certificate, errors,
                                                        self->owner);
  check_process (self);
  if (self->has_accepted)
    return TRUE;

  g_set_object (&self->refused, certificate);
  self->refused_for = errors;
  return FALSE;
}

/* GIO emits `accept-certificate` in its own thread if it finds the default context between two
 * iterations.  The handshake goes on then, and check_certificate () asks. */
static gboolean
on_accept_certificate (GTlsConnection      *connection,
                       GTlsCertificate     *certificate,
                       GTlsCertificateFlags errors,
                       WspDial             *self)
{
  return self->tls_thread != g_thread_self () || dial_ask_owner (self, certificate, errors);
}

/* check_certificate () asks the owner where on_accept_certificate () has not.  GIO resumes a TLS
 * session that another client of the process began and accepted, and does not emit
 * `accept-certificate` then.  GIO still has the errors of the certificate. */
static gboolean
check_certificate (WspDial        *self,
                   GTlsConnection *connection,
                   GError        **error)
{
  GTlsCertificateFlags errors = g_tls_connection_get_peer_certificate_errors (connection);

  if (errors == 0 || self->has_accepted ||
      dial_ask_owner (self, g_tls_connection_get_peer_certificate (connection), errors))
    return TRUE;

  g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                       "Certificate is not accepted");
  return FALSE;
}

static void
fail_tls (WspDial *self,
          GError  *error)
{
  g_autofree char *place = wsp_place_name_uri (self->uri);

  wsp_dial_error_explain_tls (&error, WSP_DIAL_PEER_SERVER, place, self->refused,
                              self->refused_for);
  dial_fail (self, error);
}

static void
set_tls_peer (WspDial    *self,
              const char *host,
              guint16     port)
{
  g_clear_object (&self->tls_peer);
  self->tls_peer = wsp_transport_make_tls_peer (host, port);
}

/* TLS is added on top of the present stream: TLS of the server may run inside TLS of a proxy. */
static GTlsConnection *
make_tls (WspDial    *self,
          const char *host,
          guint16     port,
          GError    **error)
{
  GObject *database = self->settings.objects[WSP_DIAL_TLS_DATABASE];
  GTlsConnection *connection =
    wsp_dial_tls_new (self->result.stream, host, port,
                      database != NULL ? G_TLS_DATABASE (database) : NULL, error);

  set_tls_peer (self, host, port);
  self->has_accepted = FALSE;
  self->tls_thread = g_thread_self ();
  if (connection != NULL)
    g_signal_connect (connection, "accept-certificate", G_CALLBACK (on_accept_certificate), self);
  return connection;
}

/* TRUE: the TLS connection is now the stream.  FALSE: error is set. */
static gboolean
end_tls (WspDial        *self,
         GTlsConnection *connection,
         GAsyncResult   *result,
         GError        **error)
{
  g_signal_handlers_disconnect_by_data (connection, self);
  if (!g_tls_connection_handshake_finish (connection, result, error) ||
      !wsp_dial_tls_check_protocol (connection, error) ||
      !check_certificate (self, connection, error))
    return FALSE;

  g_set_object (&self->result.stream, G_IO_STREAM (connection));
  return TRUE;
}

static void
on_secured (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  WspDial *self = data;
  GError *error = NULL;

  check_process (self);
  if (end_tls (self, G_TLS_CONNECTION (source), result, &error))
    {
      notify_event (self, G_SOCKET_CLIENT_TLS_HANDSHAKED, self->result.stream);
      dial_finish (self);
    }
  else if (self->owner != NULL)
    {
      fail_tls (self, error);
    }
  else
    {
      g_error_free (error);
    }
  dial_unref (self);
}

static void
begin_tls_of_gio (WspDial *self)
{
  GObject **objects = self->settings.objects;
  GError *error = NULL;
  g_autoptr (GTlsConnection) connection = make_tls (self, self->uri->host, self->uri->port, &error);

  if (connection == NULL)
    {
      fail_tls (self, error);
      return;
    }

  if (objects[WSP_DIAL_TLS_CERTIFICATE] != NULL)
    g_tls_connection_set_certificate (connection,
                                      G_TLS_CERTIFICATE (objects[WSP_DIAL_TLS_CERTIFICATE]));
  if (objects[WSP_DIAL_TLS_INTERACTION] != NULL)
    {
      g_tls_connection_set_interaction (connection,
                                        G_TLS_INTERACTION (objects[WSP_DIAL_TLS_INTERACTION]));
      self->stream_owner = WSP_STREAM_IS_SHARED;        /* it gets the stream */
    }
  notify_event (self, G_SOCKET_CLIENT_TLS_HANDSHAKING, G_IO_STREAM (connection));
  if (self->owner == NULL)
    return;

  wsp_reactor_push_context (self->reactor);
  g_tls_connection_handshake_async (connection, G_PRIORITY_DEFAULT, self->cancellable, on_secured,
                                    dial_ref (self));
  wsp_reactor_pop_context (self->reactor);
}

static gboolean
dial_on_certificate (WspTransport        *transport,
                     GTlsCertificate     *certificate,
                     GTlsCertificateFlags errors,
                     gpointer             owner)
{
  WspDial *self = dial_ref (owner);
  gboolean is_accepted = dial_ask_owner (self, certificate, errors);

  dial_unref (self);
  return is_accepted;
}

/* The handshake has ended: only then can the transport be written to. */
static void
on_transport_ready (WspTransport  *transport,
                    WspWatchEvents events,
                    gpointer       owner)
{
  WspDial *self = dial_ref (owner);
  GError *error = NULL;

  wsp_transport_set_events (transport, WSP_WATCH_NOTHING);
  if (wsp_dial_tls_finish (transport, &error))
    {
      notify_event (self, G_SOCKET_CLIENT_TLS_HANDSHAKED, self->result.stream);
      if (self->owner != NULL)
        dial_finish (self);
    }
  else
    {
      fail_tls (self, error);
    }
  dial_unref (self);
}

/* Names the proxy, with a checksum of its user and password; NULL: there is no proxy.  A ticket
 * that came one way and is shown another way would tell that both are of the same client. */
static char *
name_way (WspDial *self)
{
  if (!G_IS_PROXY_ADDRESS (self->address))
    return NULL;

  GProxyAddress *proxy = G_PROXY_ADDRESS (self->address);
  g_autofree char *place = wsp_place_name_proxy (proxy);
  const char *user = g_proxy_address_get_username (proxy);
  const char *password = g_proxy_address_get_password (proxy);
  g_autofree char *login = g_strdup_printf ("%s:%s", user != NULL ? user : "",
                                            password != NULL ? password : "");
  g_autofree char *checksum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, login, -1);

  return g_strdup_printf ("%s %s %s", g_proxy_address_get_protocol (proxy), place, checksum);
}

static void
begin_tls_of_library (WspDial       *self,
                      WspTlsContext *context)
{
  g_autofree char *way = name_way (self);
  GError *error = NULL;

  notify_event (self, G_SOCKET_CLIENT_TLS_HANDSHAKING, self->result.stream);
  if (self->owner == NULL)
    return;

  set_tls_peer (self, self->uri->host, self->uri->port);
  self->transport =
    wsp_dial_tls_begin (self->reactor, self->result.stream, context, self->uri, way,
                        (GTlsDatabase *) self->settings.objects[WSP_DIAL_TLS_DATABASE],
                        dial_on_certificate, &error);
  if (self->transport == NULL)
    {
      fail_tls (self, error);
      return;
    }

  self->is_taken_over = TRUE;
  wsp_transport_set_owner (self->transport, on_transport_ready, self);
  wsp_transport_set_events (self->transport, WSP_WATCH_WRITE);
}

static void
begin_tls (WspDial *self)
{
  GObject **objects = self->settings.objects;
  GTlsCertificate *certificate = (GTlsCertificate *) objects[WSP_DIAL_TLS_CERTIFICATE];
  g_autoptr (GError) obstacle = NULL;
  GError *mistake = NULL;
  WspTlsContext *context =
    wsp_dial_tls_get_context (self->result.stream, certificate,
                              (GTlsInteraction *) objects[WSP_DIAL_TLS_INTERACTION], &obstacle);

  if (context == NULL && certificate != NULL && !wsp_tls_check_key (certificate, &mistake))
    {
      g_prefix_error (&mistake, "WspClient:tls-certificate: ");
      dial_fail (self, mistake);
      return;
    }

  if (context == NULL)
    {
      wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_INFO, &(WspLogFields) { 0 },
               "TLS with %s is left to GIO: %s", self->uri->text, obstacle->message);
      if (self->owner != NULL)
        begin_tls_of_gio (self);
      return;
    }

  begin_tls_of_library (self, context);
  wsp_tls_context_unref (context);
}

static void
go_on (WspDial *self)
{
  switch (self->uri->scheme)
    {
    case WSP_URI_SCHEME_WS:
    case WSP_URI_SCHEME_WS_UNIX:
      dial_finish (self);
      return;
    case WSP_URI_SCHEME_WSS:
      if (self->result.remaining_input != NULL)
        dial_fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PROXY_FAILED,
                                              "Proxy sent unexpected data before the TLS handshake"));
      else
        begin_tls (self);
      return;
    }
}

/* Returns the HTTP proxy that GIO has connected to, without having sent CONNECT.  NULL: there is no
 * proxy, or a SOCKS proxy, with which GIO has done everything. */
static GProxyAddress *
get_http_proxy (WspDial *self)
{
  if (G_IS_PROXY_ADDRESS (self->address))
    {
      GProxyAddress *proxy = G_PROXY_ADDRESS (self->address);

      if (g_str_has_prefix (g_proxy_address_get_protocol (proxy), "http"))
        return proxy;
    }

  return NULL;
}

/* GIO's errors do not say that the certificate was the proxy's. */
static void
fail_at_proxy (WspDial *self,
               GError  *error)
{
  g_autofree char *place = wsp_place_name_proxy (get_http_proxy (self));

  g_prefix_error (&error, "Proxy %s: ", place);
  dial_fail (self, error);
}

static void
take_tunnel (WspDial *self)
{
  g_autoptr (GIOStream) stream = wsp_tunnel_release (self->tunnel, &self->result.remaining_input);

  g_set_object (&self->result.stream, stream);
  g_clear_pointer (&self->tunnel, wsp_tunnel_free);
  notify_event (self, G_SOCKET_CLIENT_PROXY_NEGOTIATED, self->result.stream);
  if (self->owner != NULL)
    go_on (self);
}

static void
on_tunnel_refused (WspTunnel   *tunnel,
                   WscHttpHead *head,
                   gpointer     owner)
{
  WspDial *self = owner;

  self->funcs->refused (self, head, self->owner);
}

static void
on_tunnel_ready (WspTunnel *tunnel,
                 gpointer   owner)
{
  WspDial *self = dial_ref (owner);
  const GError *error = wsp_tunnel_get_error (tunnel);

  if (error != NULL)
    {
      self->result.limit = wsp_tunnel_get_limit (tunnel);
      self->result.body = wsp_tunnel_dup_body (tunnel);
      fail_at_proxy (self, g_error_copy (error));
    }
  else
    {
      take_tunnel (self);
    }
  dial_unref (self);
}

/* Credentials are for the proxy that asked for them. */
static gboolean
has_credentials_for_proxy (WspDial *self)
{
  const WspProxyCredentials *credentials = &self->proxy_credentials;

  return credentials->value != NULL &&
         (credentials->proxy == NULL || strcmp (credentials->proxy, self->result.proxy) == 0);
}

static void
ask_for_tunnel (WspDial *self)
{
  GProxyAddress *proxy = get_http_proxy (self);
  const char *user = g_proxy_address_get_username (proxy);
  g_autofree char *credentials = NULL;
  GError *error = NULL;
  WspTransport *transport = wsp_transport_new_for_stream (self->reactor, self->result.stream,
                                                          self->stream_owner, &error);

  if (transport == NULL)
    {
      fail_at_proxy (self, error);
      return;
    }

  if (has_credentials_for_proxy (self))
    credentials = g_strdup (self->proxy_credentials.value);
  else if (user != NULL)
    credentials = wsp_credentials_make_basic (user, g_proxy_address_get_password (proxy));

  self->tunnel = wsp_tunnel_new (self->reactor, transport, self->uri, credentials, self->limits,
                                 on_tunnel_refused, on_tunnel_ready, self);
}

static void
fail_before_proxy (WspDial *self,
                   GError  *error)
{
  g_autofree char *place = wsp_place_name_proxy (get_http_proxy (self));

  wsp_dial_error_explain_tls (&error, WSP_DIAL_PEER_PROXY, place, self->refused,
                              self->refused_for);
  fail_at_proxy (self, error);
}

static void
on_proxy_secured (GObject      *source,
                  GAsyncResult *result,
                  gpointer      data)
{
  WspDial *self = data;
  GError *error = NULL;

  check_process (self);
  if (!end_tls (self, G_TLS_CONNECTION (source), result, &error))
    fail_before_proxy (self, error);
  else if (self->owner != NULL)
    ask_for_tunnel (self);
  dial_unref (self);
}

/* TLS with a proxy is not left to GIO: GIO would check the certificate against the proxy's address
 * instead of its name, and would not emit accept-certificate. */
static void
begin_proxy_tls (WspDial *self)
{
  const char *uri = g_proxy_address_get_uri (get_http_proxy (self));
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (self->address));
  g_autofree char *host = NULL;
  g_autoptr (GTlsConnection) connection = NULL;
  GError *error = NULL;

  if (g_uri_split_network (uri, G_URI_FLAGS_NONE, NULL, &host, NULL, &error))
    connection = make_tls (self, host, port, &error);

  if (connection == NULL)
    {
      fail_before_proxy (self, error);
      return;
    }

  wsp_reactor_push_context (self->reactor);
  g_tls_connection_handshake_async (connection, G_PRIORITY_DEFAULT, self->cancellable,
                                    on_proxy_secured, dial_ref (self));
  wsp_reactor_pop_context (self->reactor);
}

static void
dial_begin_tunnel (WspDial *self)
{
  self->result.proxy = wsp_proxy_make_key (get_http_proxy (self));
  notify_event (self, G_SOCKET_CLIENT_PROXY_NEGOTIATING, self->result.stream);
  if (self->owner == NULL)
    return;

  if (strcmp (g_proxy_address_get_protocol (get_http_proxy (self)), "https") == 0)
    begin_proxy_tls (self);
  else
    ask_for_tunnel (self);
}

static void
dial_use_connected (WspDial *self)
{
  if (get_http_proxy (self) != NULL)
    dial_begin_tunnel (self);
  else
    go_on (self);
}

static void
dial_on_connected (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  WspDial *self = data;
  GError *error = NULL;
  GSocketConnection *stream =
    g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  check_process (self);
  if (stream == NULL && self->owner != NULL)
    {
      g_autofree char *place = wsp_place_name_uri (self->uri);

      wsp_dial_error_explain_connect (&error, place, self->is_by_proxy);
      dial_fail (self, error);
    }
  else if (stream == NULL)
    {
      g_error_free (error);
    }
  else
    {
      self->result.stream = G_IO_STREAM (stream);
      self->address = g_socket_connection_get_remote_address (stream, NULL);
      if (G_IS_PROXY_ADDRESS (self->address) && get_http_proxy (self) == NULL)
        self->stream_owner = WSP_STREAM_IS_SHARED;      /* a GProxy may be the program's */
      if (self->owner != NULL)
        dial_use_connected (self);
    }
  dial_unref (self);
}

static void
note_address (WspDial           *self,
              GSocketConnection *stream)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_remote_address (stream, NULL);

  self->is_by_proxy = G_IS_PROXY_ADDRESS (address);
}

/* GIO emits COMPLETE before tunnel and TLS; dial_finish () emits it after them. */
static void
dial_on_event (GSocketClient      *client,
               GSocketClientEvent  event,
               GSocketConnectable *place,
               GIOStream          *stream,
               WspDial            *self)
{
  if (event == G_SOCKET_CLIENT_CONNECTING)
    note_address (self, G_SOCKET_CONNECTION (stream));
  if (event != G_SOCKET_CLIENT_COMPLETE)
    notify_event (self, event, stream);
}

static void
dial_drop_reference (gpointer  data,
                     GClosure *closure)
{
  dial_unref (data);
}

static GSocketConnectable *
dial_make_place (const WspUri *uri)
{
  switch (uri->scheme)
    {
    case WSP_URI_SCHEME_WS:
    case WSP_URI_SCHEME_WSS:
      return g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname", uri->host, "port", uri->port,
                           "scheme", uri->scheme == WSP_URI_SCHEME_WSS ? "wss" : "ws", NULL);
    case WSP_URI_SCHEME_WS_UNIX:
      return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (uri->socket_path));
    }

  g_assert_not_reached ();
}

WspDial *
wsp_dial_new (WspReactor                *reactor,
              const WspUri              *uri,
              const WspDialSettings     *settings,
              const WspProxyCredentials *proxy_credentials,
              WspLimits                 *limits,
              const WspDialFuncs        *funcs,
              gpointer                   owner)
{
  WspDial *self = g_new0 (WspDial, 1);

  g_ref_count_init (&self->ref_count);
  self->funcs = funcs;
  self->owner = owner;
  self->reactor = wsp_reactor_ref (reactor);
  self->uri = uri;
  for (guint i = 0; i < WSP_DIAL_N_OBJECTS; i++)
    g_set_object (&self->settings.objects[i], settings->objects[i]);
  self->proxy_credentials.value = g_strdup (proxy_credentials->value);
  self->proxy_credentials.proxy = g_strdup (proxy_credentials->proxy);
  self->limits = g_object_ref (limits);
  self->cancellable = g_cancellable_new ();
  self->place = dial_make_place (uri);
  return self;
}

void
wsp_dial_begin (WspDial *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GObject **objects = self->settings.objects;

  g_signal_connect_data (client, "event", G_CALLBACK (dial_on_event), dial_ref (self),
                         dial_drop_reference, 0);
  if (self->uri->scheme == WSP_URI_SCHEME_WS_UNIX)
    {
      g_socket_client_set_enable_proxy (client, FALSE);
    }
  else
    {
      GObject *given = objects[WSP_DIAL_PROXY_RESOLVER];
      g_autoptr (GProxyResolver) choice = wsp_proxy_choice_new (
        given != NULL ? G_PROXY_RESOLVER (given) : wsp_proxy_answers_of (self->reactor));

      g_socket_client_set_proxy_resolver (client, choice);
      g_socket_client_add_application_proxy (client, "http");
      g_socket_client_add_application_proxy (client, "https");
      g_socket_client_set_local_address (client,
                                         (GSocketAddress *) objects[WSP_DIAL_LOCAL_ADDRESS]);
    }
  wsp_reactor_push_context (self->reactor);
  g_socket_client_connect_async (client, self->place, self->cancellable, dial_on_connected,
                                 dial_ref (self));
  wsp_reactor_pop_context (self->reactor);
}

/* A handler of `event` may have kept the stream, in a script until the next garbage collection: the
 * peer would not see the end before. */
static void
dial_close_descriptor (WspDial *self)
{
  if (!self->is_taken_over)
    return;

  g_socket_close (g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->result.stream)), NULL);
}

/* TRUE: GIO's thread of the parent waits for the descriptor of the cancellable, which both
 * processes have: it would wake, and never sleep again. */
static gboolean
is_parents_thread_waiting (WspDial *self)
{
  return wsp_reactor_is_inherited (self->reactor) && self->tls_thread != NULL;
}

void
wsp_dial_free (WspDial *self)
{
  WspTransport *transport = g_steal_pointer (&self->transport);

  self->owner = NULL;
  g_clear_pointer (&self->tunnel, wsp_tunnel_free);
  if (transport != NULL)
    wsp_transport_close (transport, WSP_TRANSPORT_CLOSE_NOW);
  if (wsp_reactor_is_inherited (self->reactor) && self->result.stream != NULL)
    wsp_stream_leave (self->result.stream);
  dial_close_descriptor (self);
  if (!is_parents_thread_waiting (self))
    g_cancellable_cancel (self->cancellable);
  dial_unref (self);
}

void
wsp_dial_read_refusal (WspDial *self)
{
  wsp_tunnel_read_refusal (self->tunnel);
}

const WspDialResult *
wsp_dial_get_result (WspDial *self)
{
  return &self->result;
}

WspTransport *
wsp_dial_steal_transport (WspDial *self,
                          GError **error)
{
  if (!self->is_taken_over)
    return wsp_transport_new_for_stream (self->reactor, self->result.stream, self->stream_owner,
                                         error);

  return wsp_transport_check_stream (self->result.stream, error)
         ? g_steal_pointer (&self->transport) : NULL;
}

GSocketAddress *
wsp_dial_get_address (WspDial *self)
{
  if (!G_IS_INET_SOCKET_ADDRESS (self->address) || G_IS_PROXY_ADDRESS (self->address))
    return NULL;

  return self->address;
}
