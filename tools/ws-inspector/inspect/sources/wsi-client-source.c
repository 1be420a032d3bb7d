/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-client-source.h"

#include "inspect/sources/trust/wsi-tls-sentence.h"
#include "inspect/sources/wsi-echo.h"

struct _WsiClientSource
{
  WsiSource      parent_instance;

  WspClient     *client;
  WspHandshake  *handshake;
  WspConnection *connection;    /* connection to the server; NULL: it is not open yet */
  gboolean       is_connecting;
  WsiTlsPeer     tls_peer;      /* peer that TLS has begun with: the server or a proxy */
  GTlsCertificateFlags flaws;   /* errors of a certificate that no handler has accepted */
  WsiReply       reply;
};

G_DEFINE_FINAL_TYPE (WsiClientSource, wsi_client_source, WSI_TYPE_SOURCE)

static void
client_source_on_closed (WspConnection *connection,
                         WsiSource     *self)
{
  wsi_source_report (self, WSI_SOURCE_ENDED, NULL);
}

static void
client_source_begin_reading (WsiClientSource *self)
{
  switch (self->reply)
    {
    case WSI_REPLY_NOTHING:
      wsp_connection_start_receiving (self->connection);
      break;
    case WSI_REPLY_ECHO:
      wsi_echo_attach (self->connection);
      break;
    }
}

static void
client_source_report_failure (WsiClientSource *self,
                              const GError    *error)
{
  WsiSource *source = WSI_SOURCE (self);
  g_autofree WsiSentence *sentence = NULL;

  if (wsp_handshake_get_response_status (self->handshake) == 0)
    sentence = wsi_tls_sentence_dup_of_server (self->tls_peer, wsi_source_get_uri (source), error,
                                               self->flaws);
  wsi_source_report (source, WSI_SOURCE_FAILED,
                     sentence != NULL ? sentence : WSI_SENTENCE (ERROR, error->message));
}

gboolean
wsi_client_source_is_refused_by_proxy (WsiClientSource *self)
{
  return self->tls_peer == WSI_TLS_PEER_PROXY &&
         wsp_handshake_get_response_status (self->handshake) != 0;
}

/* Ends the recording of a connection that was given up here, and so has not failed. */
static void
cut_recording (WsiClientSource *self)
{
  WsiRecorder *recorder = wsi_source_get_recorder (WSI_SOURCE (self));

  if (recorder != NULL)
    wsi_recorder_close_all (recorder, WSI_SENTENCE (RECORDING_ENDED));
}

/* Handles the connection; after an abort only the last reference is missing. */
static void
client_source_on_connected (GObject      *client,
                            GAsyncResult *result,
                            gpointer      data)
{
  g_autoptr (WsiClientSource) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    wsp_client_open_finish (WSP_CLIENT (client), result, &error);

  self->is_connecting = FALSE;
  if (g_cancellable_is_cancelled (wsi_source_get_cancellable (WSI_SOURCE (self))))
    {
      if (connection != NULL)
        wsp_connection_abort (connection);
      cut_recording (self);
      wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_ENDED, NULL);
      return;
    }

  if (connection == NULL)
    {
      client_source_report_failure (self, error);
      return;
    }

  self->connection = g_steal_pointer (&connection);
  g_signal_connect (self->connection, "closed", G_CALLBACK (client_source_on_closed), self);
  wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_RUNNING, NULL);
  client_source_begin_reading (self);
}

/* TLS with a proxy begins before the proxy is asked for the server. */
static void
note_peer (WsiClientSource   *self,
           WspHandshake      *handshake,
           GSocketClientEvent event)
{
  if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING)
    self->tls_peer = WSI_TLS_PEER_PROXY;
  else if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED)
    self->tls_peer = WSI_TLS_PEER_SECURED_SERVER;
  else if (event != G_SOCKET_CLIENT_COMPLETE)
    self->tls_peer = WSI_TLS_PEER_SERVER;
}

static gboolean
note_flaws (WsiClientSource     *self,
            WspHandshake        *handshake,
            GSocketConnectable  *peer,
            GTlsCertificate     *certificate,
            GTlsCertificateFlags flaws)
{
  self->flaws = flaws;
  return FALSE;
}

static void
wsi_client_source_begin (WsiSource *source)
{
  WsiClientSource *self = WSI_CLIENT_SOURCE (source);

  self->is_connecting = TRUE;
  self->flaws = G_TLS_CERTIFICATE_NO_FLAGS;
  g_signal_connect_object (self->client, "event", G_CALLBACK (note_peer), self,
                           G_CONNECT_SWAPPED);
  /* the handler is called when no other one has accepted the certificate */
  g_signal_connect_object (self->client, "accept-certificate", G_CALLBACK (note_flaws), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  wsp_client_open_async (self->client, self->handshake, NULL, wsi_source_get_cancellable (source),
                         client_source_on_connected, g_object_ref (self));
}

/* Ends the client; while it connects, the connecting is cancelled. */
static void
wsi_client_source_end (WsiSource *source)
{
  WsiClientSource *self = WSI_CLIENT_SOURCE (source);

  if (self->connection != NULL)
    wsp_connection_close_async (self->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
}

/* The thread of a source waits for GIO's threads to notice that it was cancelled. */
static void
wsi_client_source_abort (WsiSource *source)
{
  WsiClientSource *self = WSI_CLIENT_SOURCE (source);

  while (self->is_connecting && wsi_source_get_place (source) == WSI_PLACE_THREAD)
    g_main_context_iteration (wsi_source_get_context (source), TRUE);
  if (self->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->connection, self);
      wsp_connection_abort (self->connection);
    }
  g_clear_object (&self->connection);
  g_clear_object (&self->client);
}

static void
wsi_client_source_finalize (GObject *object)
{
  WsiClientSource *self = WSI_CLIENT_SOURCE (object);

  g_clear_object (&self->client);
  g_clear_object (&self->handshake);
  G_OBJECT_CLASS (wsi_client_source_parent_class)->finalize (object);
}

static void
wsi_client_source_class_init (WsiClientSourceClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_client_source_finalize;
  source_class->kind = WSI_SOURCE_KIND_CLIENT;
  source_class->begin = wsi_client_source_begin;
  source_class->end = wsi_client_source_end;
  source_class->abort = wsi_client_source_abort;
}

static void
wsi_client_source_init (WsiClientSource *self)
{
}

WsiClientSource *
wsi_client_source_new (WsiRecorder  *recorder,
                       WsiPlace      place,
                       WspHandshake *handshake)
{
  WsiClientSource *self = g_object_new (WSI_TYPE_CLIENT_SOURCE, NULL);
  WsiSource *source = WSI_SOURCE (self);

  wsi_source_construct (source, recorder, place);
  wsi_source_set_uri (source, wsp_handshake_get_uri (handshake));       /* shown without login */
  self->handshake = g_object_ref (handshake);
  g_main_context_push_thread_default (wsi_source_get_context (source));
  self->client = wsp_client_new ();
  g_main_context_pop_thread_default (wsi_source_get_context (source));
  if (recorder != NULL)
    wsp_client_add_tap (self->client, WSP_TAP (recorder));
  return self;
}

WspHandshake *
wsi_client_source_get_handshake (WsiClientSource *self)
{
  return self->handshake;
}

WspClient *
wsi_client_source_get_client (WsiClientSource *self)
{
  return self->client;
}

void
wsi_client_source_set_reply (WsiClientSource *self,
                             WsiReply         reply)
{
  self->reply = reply;
}

void
wsi_client_source_compress (WsiClientSource *self)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();

  wsp_client_set_deflate (self->client, options);
}

WspConnection *
wsi_client_source_get_connection (WsiClientSource *self)
{
  return self->connection;
}
