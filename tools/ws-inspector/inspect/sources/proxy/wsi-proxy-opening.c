/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Connects a client of the proxy to the target.  The target is connected before the client is read:
 * its bytes wait with the system.
 *
 *   TLS with the client --> connecting --> TLS with the target
 *
 * securing is the leg of which the TLS handshake is under way, and the timer is set meanwhile. */

#include "inspect/sources/proxy/wsi-proxy-private.h"

#include <errno.h>
#include <unistd.h>

#include "inspect/sources/trust/wsi-tls-sentence.h"
#include "reactor/tls/wsp-transport-tls-private.h"
#include "reactor/wsp-reactor-private.h"
#include "reactor/wsp-transport-private.h"

#define TIMEOUT_S 30                    /* time-out of each step, in seconds */

struct _WsiProxyOpening
{
  const WsiProxyTarget *target;
  WspReactor           *reactor;
  WspTransport         *front, *back;   /* transports to client and target; NULL: not yet */
  WspTransport         *securing;       /* transport in its TLS handshake; NULL: neither */
  WspTimer              timer;
  GTlsCertificateFlags  flaws;          /* errors of the target's certificate */
  GCancellable         *cancellable;
  WsiProxyOpeningFunc   function;
  gpointer              user_data;
};

static void
proxy_opening_end (WsiProxyOpening   *self,
                   WsiProxyOpened     opened,
                   const WsiSentence *sentence)
{
  if (opened != WSI_PROXY_OPENED && self->back != NULL)
    wsp_transport_close (g_steal_pointer (&self->back), WSP_TRANSPORT_CLOSE_NOW);
  self->function (self, opened, self->front, self->back, sentence, self->user_data);
  g_object_unref (self->cancellable);
  wsp_reactor_unref (self->reactor);
  g_free (self);
}

static void
fail_client (WsiProxyOpening *self,
             const GError    *error)
{
  g_autofree WsiSentence *sentence = wsi_tls_sentence_dup_of_client (error);

  proxy_opening_end (self, WSI_PROXY_NO_CLIENT, sentence);
}

/* GIO does not refuse the certificate of a session that it resumes. */
static void
take_flaws_of_gio (WsiProxyOpening *self)
{
  GTlsCertificateFlags errors;
  g_autoptr (WspPeerCertificate) certificate =
    wsp_transport_dup_peer_certificate (self->back, &errors);

  self->flaws |= errors;
}

static char *
proxy_opening_dup_target (WsiProxyOpening *self)
{
  return g_strdup_printf ("%s://%s:%u", self->target->is_tls ? "wss" : "ws", self->target->host,
                          self->target->port);
}

static void
fail_target (WsiProxyOpening *self,
             const GError    *error)
{
  g_autofree char *target = proxy_opening_dup_target (self);
  g_autofree WsiSentence *sentence =
    wsi_tls_sentence_dup_of_server (WSI_TLS_PEER_TARGET, target, error, self->flaws);

  proxy_opening_end (self, WSI_PROXY_NO_TARGET,
                     sentence != NULL ? sentence
                     : WSI_SENTENCE (CANNOT_CONNECT, target, error->message));
}

static void
stop_securing (WsiProxyOpening *self)
{
  wsp_transport_set_events (self->securing, WSP_WATCH_NOTHING);
  wsp_reactor_unset_timer (self->reactor, &self->timer);
  self->securing = NULL;
}

static void
fail_securing (WsiProxyOpening *self,
               const GError    *error)
{
  stop_securing (self);
  if (self->back == NULL)
    fail_client (self, error);
  else
    fail_target (self, error);
}

static void
proxy_opening_on_expired (WspTimer *timer)
{
  WsiProxyOpening *self = WSP_OWNER_OF (timer, WsiProxyOpening, timer);
  g_autoptr (GError) error =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                         g_dgettext ("glib20", "Socket I/O timed out"));

  fail_securing (self, error);
}

/* ready is called when the handshake has ended: only then can the leg be written to. */
static void
begin_securing (WsiProxyOpening *self,
                WspTransport    *leg,
                WspTransportFunc ready)
{
  self->securing = leg;
  self->timer.expired = proxy_opening_on_expired;
  wsp_reactor_set_timer (self->reactor, &self->timer,
                         wsp_reactor_get_time (self->reactor) + TIMEOUT_S * G_USEC_PER_SEC);
  wsp_transport_set_owner (leg, ready, self);
  wsp_transport_set_events (leg, WSP_WATCH_WRITE);
}

static void
end_secured (WsiProxyOpening *self)
{
  g_autofree char *target = proxy_opening_dup_target (self);
  g_autofree WsiSentence *sentence = NULL;

  if (self->flaws != G_TLS_CERTIFICATE_NO_FLAGS)
    sentence = wsi_tls_sentence_dup_of_accepted (target, self->flaws);
  stop_securing (self);
  proxy_opening_end (self, WSI_PROXY_OPENED, sentence);
}

static void
on_back_ready (WspTransport  *leg,
               WspWatchEvents events,
               gpointer       owner)
{
  WsiProxyOpening *self = owner;
  g_autoptr (GError) error = NULL;

  take_flaws_of_gio (self);
  if (wsp_transport_write (leg, NULL, 0, &error) != WSP_TRANSPORT_FAILED &&
      self->flaws != G_TLS_CERTIFICATE_NO_FLAGS && !self->target->accepts_any)
    error = g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "not trusted");
  if (error != NULL)
    fail_securing (self, error);
  else
    end_secured (self);
}

static gboolean
proxy_opening_accept_certificate (void)
{
  return TRUE;
}

/* GIO does TLS on the stream; name and value: of the property that the type has in addition. */
static WspTransport *
make_with_gio (WsiProxyOpening *self,
               GType            type,
               GIOStream       *stream,
               GTlsDatabase    *database,
               const char      *name,
               gpointer         value,
               GError         **error)
{
  g_autoptr (GIOStream) tls =
    g_initable_new (type, NULL, error, "base-io-stream", stream, "require-close-notify", FALSE,
                    "database", database, name, value, NULL);

  if (tls != NULL && self->target->accepts_any)
    g_signal_connect (tls, "accept-certificate", G_CALLBACK (proxy_opening_accept_certificate),
                      NULL);
  return tls != NULL
         ? wsp_transport_new_for_stream (self->reactor, tls, WSP_STREAM_IS_OURS, error) : NULL;
}

/* Makes TLS with the target by GIO; if the database were set later, GIO would read the system's
 * list first. */
static WspTransport *
make_back_with_gio (WsiProxyOpening    *self,
                    GSocketConnection  *connection,
                    GSocketConnectable *identity,
                    GError            **error)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GTlsDatabase) database = self->target->database != NULL
                                      ? g_object_ref (self->target->database)
                                      : g_tls_backend_get_default_database (backend);

  g_socket_set_timeout (g_socket_connection_get_socket (connection), 0);
  return make_with_gio (self, g_tls_backend_get_client_connection_type (backend),
                        G_IO_STREAM (connection), database, "server-identity", identity, error);
}

/* Handles a certificate that is not trusted. */
static gboolean
proxy_opening_on_certificate (WspTransport        *leg,
                              GTlsCertificate     *certificate,
                              GTlsCertificateFlags errors,
                              gpointer             owner)
{
  WsiProxyOpening *self = owner;

  self->flaws = errors;
  return self->target->accepts_any;
}

static WspTransport *
make_back (WsiProxyOpening   *self,
           GSocketConnection *connection,
           GError           **error)
{
  g_autoptr (GSocketConnectable) identity =
    wsp_transport_make_tls_identity (self->target->host, self->target->port);
  const WspTlsTarget expected = {
    .identity = identity,
    .database = self->target->database,
    .accept = proxy_opening_on_certificate,
    .skips_alpn = TRUE,
  };
  int fd;

  if (self->target->is_tls && self->target->back_tls == NULL)
    return make_back_with_gio (self, connection, identity, error);

  fd = wsp_transport_dup_descriptor (connection, error);
  if (fd < 0)
    return NULL;

  return self->target->is_tls
         ? wsp_transport_new_for_tls_client (self->reactor, fd, self->target->back_tls, &expected)
         : wsp_transport_new_for_fd (self->reactor, fd);
}

static void
proxy_opening_use_connected (WsiProxyOpening   *self,
                             GSocketConnection *connection)
{
  g_autoptr (GError) error = NULL;

  self->back = make_back (self, connection, &error);
  if (self->back == NULL)
    fail_target (self, error);
  else if (self->target->is_tls)
    begin_securing (self, self->back, on_back_ready);
  else
    proxy_opening_end (self, WSI_PROXY_OPENED, NULL);
}

static void
proxy_opening_on_connected (GObject      *client,
                            GAsyncResult *result,
                            gpointer      data)
{
  WsiProxyOpening *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);

  if (connection != NULL)
    proxy_opening_use_connected (self, connection);
  else
    fail_target (self, error);
}

static void
connect_target (WsiProxyOpening *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) place =
    g_network_address_new (self->target->host, self->target->port);

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_socket_client_connect_async (client, place, self->cancellable, proxy_opening_on_connected,
                                 self);
}

static void
on_front_ready (WspTransport  *leg,
                WspWatchEvents events,
                gpointer       owner)
{
  WsiProxyOpening *self = owner;
  g_autoptr (GError) error = NULL;

  if (wsp_transport_write (leg, NULL, 0, &error) == WSP_TRANSPORT_FAILED)
    {
      fail_securing (self, error);
      return;
    }

  stop_securing (self);
  connect_target (self);
}

/* Makes TLS with the client by GIO; a client sends no certificate, so without a database GIO reads
 * no list. */
static WspTransport *
make_front_with_gio (WsiProxyOpening *self,
                     int              fd,
                     GError         **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);
  g_autoptr (GSocketConnection) connection = NULL;

  if (socket == NULL)
    {
      close (fd);
      return NULL;
    }

  connection = g_socket_connection_factory_create_connection (socket);
  return make_with_gio (self,
                        g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()),
                        G_IO_STREAM (connection), NULL, "certificate", self->target->certificate,
                        error);
}

static WspTransport *
make_front (WsiProxyOpening *self,
            int              fd,
            GError         **error)
{
  if (self->target->certificate == NULL)
    return wsp_transport_new_for_fd (self->reactor, fd);

  return self->target->front_tls != NULL
         ? wsp_transport_new_for_tls (self->reactor, fd, self->target->front_tls)
         : make_front_with_gio (self, fd, error);
}

void
wsi_proxy_target_set_up_tls (WsiProxyTarget *self)
{
  g_autoptr (GBytes) ticket_key = wsp_tls_make_ticket_key ();
  const WspTlsSettings settings = {
    .certificate = self->certificate,
    .ticket_key = ticket_key,
    .skips_alpn = TRUE,
  };

  if (self->certificate != NULL)
    self->front_tls = wsp_tls_context_new (&settings, NULL);
  if (self->is_tls)
    self->back_tls = wsp_tls_context_get_client (NULL, NULL);
}

WsiProxyOpening *
wsi_proxy_opening_new (const WsiProxyTarget *target,
                       WspReactor           *reactor,
                       GCancellable         *cancellable,
                       WsiProxyOpeningFunc   function,
                       gpointer              user_data)
{
  WsiProxyOpening *self = g_new0 (WsiProxyOpening, 1);

  self->target = target;
  self->reactor = wsp_reactor_ref (reactor);
  self->cancellable = g_object_ref (cancellable);
  self->function = function;
  self->user_data = user_data;
  return self;
}

void
wsi_proxy_opening_begin (WsiProxyOpening *self,
                         int              fd)
{
  g_autoptr (GError) error = NULL;

  wsp_transport_prepare_tcp (fd);
  self->front = make_front (self, fd, &error);
  if (self->front == NULL)
    proxy_opening_end (self, WSI_PROXY_NO_CLIENT, WSI_SENTENCE (ERROR, error->message));
  else if (self->target->certificate != NULL)
    begin_securing (self, self->front, on_front_ready);
  else
    connect_target (self);
}

void
wsi_proxy_opening_cancel (WsiProxyOpening *self)
{
  g_autoptr (GError) error =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, g_strerror (ECANCELED));

  if (self->securing != NULL)
    fail_securing (self, error);
}
