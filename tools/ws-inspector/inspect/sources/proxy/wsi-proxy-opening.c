/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The target is connected before the client is read: its bytes wait with the system. */

#include "inspect/sources/proxy/wsi-proxy-private.h"

#include "inspect/sources/trust/wsi-tls-sentence.h"

#define TIMEOUT_S 30                    /* of each step */

typedef struct
{
  const WsiProxyTarget *target;
  GIOStream            *front, *back;
  GCancellable         *cancellable;
  WsiProxyOpeningFunc   function;
  gpointer              user_data;
} Opening;

static void
set_timeout (GIOStream *stream,
             guint      timeout_s)
{
  g_autoptr (GIOStream) base = NULL;

  if (G_IS_TLS_CONNECTION (stream))
    g_object_get (stream, "base-io-stream", &base, NULL);
  else
    base = g_object_ref (stream);
  g_socket_set_timeout (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)), timeout_s);
}

/* Closes nothing: a stream that was not taken over is closed with its last reference. */
static void
end (Opening           *self,
     WsiProxyOpened     opened,
     GIOStream         *front,
     GIOStream         *back,
     const WsiSentence *sentence)
{
  if (front != NULL)
    set_timeout (front, 0);
  if (back != NULL)
    set_timeout (back, 0);
  self->function (opened, front, back, sentence, self->user_data);
  g_clear_object (&self->front);
  g_clear_object (&self->back);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
fail_target (Opening      *self,
             const GError *error)
{
  g_autofree char *target = g_strdup_printf ("%s://%s:%u", self->target->is_tls ? "wss" : "ws",
                                             self->target->host, self->target->port);
  GTlsCertificateFlags flaws = self->back != NULL
                               ? g_tls_connection_get_peer_certificate_errors
                                 (G_TLS_CONNECTION (self->back))
                               : G_TLS_CERTIFICATE_NO_FLAGS;
  g_autofree WsiSentence *sentence =
    wsi_tls_sentence_dup_of_server (WSI_TLS_PEER_TARGET, target, error, flaws);

  end (self, WSI_PROXY_NO_TARGET, self->front, NULL,
       sentence != NULL ? sentence : WSI_SENTENCE (CANNOT_CONNECT, target, error->message));
}

static void
on_back_ready (GObject      *stream,
               GAsyncResult *result,
               gpointer      data)
{
  Opening *self = data;
  g_autoptr (GError) error = NULL;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (stream), result, &error))
    end (self, WSI_PROXY_OPENED, self->front, self->back, NULL);
  else
    fail_target (self, error);
}

/* Another certificate than the target's is refused, as ever.  If the database were set later, GIO
 * would read the system's list first. */
static void
begin_tls_with_target (Opening           *self,
                       GSocketConnection *connection)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GSocketConnectable) identity =
    g_network_address_new (self->target->host, self->target->port);
  g_autoptr (GTlsDatabase) database = self->target->database != NULL
                                      ? g_object_ref (self->target->database)
                                      : g_tls_backend_get_default_database (backend);
  g_autoptr (GError) error = NULL;

  self->back = g_initable_new (g_tls_backend_get_client_connection_type (backend), NULL, &error,
                               "base-io-stream", connection, "server-identity", identity,
                               "require-close-notify", FALSE, "database", database, NULL);
  if (self->back == NULL)
    {
      fail_target (self, error);
      return;
    }

  g_tls_connection_handshake_async (G_TLS_CONNECTION (self->back), G_PRIORITY_DEFAULT,
                                    self->cancellable, on_back_ready, self);
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  Opening *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);

  if (connection == NULL)
    {
      fail_target (self, error);
    }
  else if (self->target->is_tls)
    {
      begin_tls_with_target (self, connection);
    }
  else
    {
      self->back = G_IO_STREAM (g_steal_pointer (&connection));
      end (self, WSI_PROXY_OPENED, self->front, self->back, NULL);
    }
}

static void
connect_target (Opening *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) place =
    g_network_address_new (self->target->host, self->target->port);

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_socket_client_connect_async (client, place, self->cancellable, on_connected, self);
}

static void
on_front_ready (GObject      *stream,
                GAsyncResult *result,
                gpointer      data)
{
  Opening *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree WsiSentence *sentence = NULL;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (stream), result, &error))
    {
      connect_target (self);
      return;
    }

  sentence = wsi_tls_sentence_dup_of_client (error);
  end (self, WSI_PROXY_NO_CLIENT, self->front, NULL, sentence);
}

/* A client sends no certificate: without a database GIO reads no list. */
static void
begin_tls_with_client (Opening           *self,
                       GSocketConnection *client)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GError) error = NULL;

  self->front = g_initable_new (g_tls_backend_get_server_connection_type (backend), NULL, &error,
                                "base-io-stream", client, "certificate", self->target->certificate,
                                "require-close-notify", FALSE, "database", NULL, NULL);
  if (self->front == NULL)
    {
      end (self, WSI_PROXY_NO_CLIENT, NULL, NULL, WSI_SENTENCE (ERROR, error->message));
      return;
    }

  g_tls_connection_handshake_async (G_TLS_CONNECTION (self->front), G_PRIORITY_DEFAULT,
                                    self->cancellable, on_front_ready, self);
}

void
wsi_proxy_open (const WsiProxyTarget *target,
                GSocketConnection    *client,
                GCancellable         *cancellable,
                WsiProxyOpeningFunc   function,
                gpointer              user_data)
{
  Opening *self = g_new0 (Opening, 1);

  self->target = target;
  self->cancellable = g_object_ref (cancellable);
  self->function = function;
  self->user_data = user_data;
  set_timeout (G_IO_STREAM (client), TIMEOUT_S);
  if (target->certificate != NULL)
    {
      begin_tls_with_client (self, client);
      return;
    }

  self->front = G_IO_STREAM (g_object_ref (client));
  connect_target (self);
}
