/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-server-source.h"

#include "inspect/sources/trust/wsi-tls-sentence.h"
#include "inspect/sources/wsi-descriptors.h"
#include "inspect/sources/wsi-echo.h"
#include "inspect/store/wsi-sentence.h"

#include <string.h>

#define SHUTDOWN_GRACE_MS 2000

struct _WsiServerSource
{
  WsiSource     parent_instance;

  WspServer    *server;
  GCancellable *cancellable;    /* cancellable of the shutdown */
  gboolean      is_stopping;    /* the shutdown is in progress */
};

G_DEFINE_FINAL_TYPE (WsiServerSource, wsi_server_source, WSI_TYPE_SOURCE)

static void
server_source_on_connection (WspServer     *server,
                             WspConnection *connection)
{
  wsi_echo_attach (connection);
}

/* The client has sent nothing that is recorded.  NULL: it has left. */
static WsiSentence *
describe_silence (const GError *error)
{
  if (error->domain == G_TLS_ERROR)
    return wsi_tls_sentence_dup_of_client (error);

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
         ? wsi_sentence_copy (WSI_SENTENCE (NO_REQUEST_IN_TIME)) : NULL;
}

static void
server_source_on_handshake_failed (WspServer      *server,
                                   GSocketAddress *address,
                                   WspHandshake   *handshake,
                                   const GError   *error,
                                   WsiSource      *self)
{
  const WsiSentence *sentence = wsi_tls_sentence_of_client (error);
  WsiRecorder *recorder = wsi_source_get_recorder (self);
  g_autofree WsiSentence *silence = describe_silence (error);

  wsi_source_report (self, WSI_SOURCE_RUNNING,
                     sentence != NULL ? sentence : WSI_SENTENCE (ERROR, error->message));
  if (recorder != NULL)
    wsi_recorder_explain_failure (recorder, silence);
}

static void
wsi_server_source_begin (WsiSource *source)
{
  WsiServerSource *self = WSI_SERVER_SOURCE (source);

  g_signal_connect (self->server, "handshake-failed",
                    G_CALLBACK (server_source_on_handshake_failed), self);
  wsi_source_report (source, WSI_SOURCE_RUNNING, NULL);
}

static void
on_shut_down (GObject      *server,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (WsiSource) self = data;

  WSI_SERVER_SOURCE (self)->is_stopping = FALSE;
  wsp_server_shutdown_finish (WSP_SERVER (server), result, NULL);
  wsi_source_report (self, WSI_SOURCE_ENDED, NULL);
}

static void
wsi_server_source_end (WsiSource *source)
{
  WsiServerSource *self = WSI_SERVER_SOURCE (source);

  self->is_stopping = TRUE;
  wsp_server_shutdown_async (self->server, WSP_CLOSE_CODE_GOING_AWAY, NULL, SHUTDOWN_GRACE_MS,
                             self->cancellable, on_shut_down, g_object_ref (self));
}

static void
server_source_note_end (GObject      *server,
                        GAsyncResult *result,
                        gpointer      is_stopping)
{
  *(gboolean *) is_stopping = FALSE;
}

/* Waits for the end: nothing runs the context of a thread that has ended, so open connections would
 * stay, and with them their records. */
static void
wait_for_end (WsiSource      *source,
              const gboolean *is_stopping)
{
  while (*is_stopping && wsi_source_get_place (source) == WSI_PLACE_THREAD)
    g_main_context_iteration (wsi_source_get_context (source), TRUE);
}

/* Aborts the server; a shutdown that is in progress is cut short. */
static void
wsi_server_source_abort (WsiSource *source)
{
  WsiServerSource *self = WSI_SERVER_SOURCE (source);
  gboolean is_aborting = wsi_source_get_place (source) == WSI_PLACE_THREAD;

  g_cancellable_cancel (self->cancellable);
  g_signal_handlers_disconnect_by_data (self->server, self);
  wait_for_end (source, &self->is_stopping);
  wsp_server_shutdown_async (self->server, WSP_CLOSE_CODE_GOING_AWAY, NULL, 0, NULL,
                             is_aborting ? server_source_note_end : NULL, &is_aborting);
  wait_for_end (source, &is_aborting);
  g_clear_object (&self->server);
}

static void
wsi_server_source_finalize (GObject *object)
{
  WsiServerSource *self = WSI_SERVER_SOURCE (object);

  g_clear_object (&self->server);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (wsi_server_source_parent_class)->finalize (object);
}

static void
wsi_server_source_class_init (WsiServerSourceClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_server_source_finalize;
  source_class->kind = WSI_SOURCE_KIND_SERVER;
  source_class->begin = wsi_server_source_begin;
  source_class->end = wsi_server_source_end;
  source_class->abort = wsi_server_source_abort;
}

static void
wsi_server_source_init (WsiServerSource *self)
{
  self->cancellable = g_cancellable_new ();
}

WsiServerSource *
wsi_server_source_new (WsiRecorder *recorder,
                       WsiPlace     place)
{
  WsiServerSource *self = g_object_new (WSI_TYPE_SERVER_SOURCE, NULL);
  WsiSource *source = WSI_SOURCE (self);

  wsi_source_construct (source, recorder, place);
  g_main_context_push_thread_default (wsi_source_get_context (source));
  self->server = wsp_server_new ();
  g_main_context_pop_thread_default (wsi_source_get_context (source));
  if (recorder != NULL)
    wsp_server_add_tap (self->server, WSP_TAP (recorder));
  g_signal_connect (self->server, "connection", G_CALLBACK (server_source_on_connection), NULL);
  return self;
}

WspServer *
wsi_server_source_get_server (WsiServerSource *self)
{
  return self->server;
}

/* address: an IP address; NULL: the loopback addresses.  Port 0 chooses a free one.  Returns the
 * port, 0 = error. */
guint16
wsi_server_source_listen_at (WsiServerSource *self,
                             const char      *address,
                             guint16          port,
                             GError         **error)
{
  GMainContext *context = wsi_source_get_context (WSI_SOURCE (self));
  const char *host = address != NULL ? address : "127.0.0.1";
  gboolean is_ipv6 = strchr (host, ':') != NULL;
  gboolean has_tls = wsp_server_get_tls_certificate (self->server) != NULL;
  g_autofree char *uri = NULL;

  wsi_descriptors_raise_limit ();
  g_main_context_push_thread_default (context);
  WspListener *listener = wsp_server_listen_inet (self->server, address, port,
                                                  has_tls ? WSP_LISTEN_FLAGS_TLS
                                                          : WSP_LISTEN_FLAGS_DEFAULT, error);

  g_main_context_pop_thread_default (context);
  if (listener == NULL)
    return 0;

  port = wsp_listener_get_port (listener);
  uri = g_strdup_printf ("%s://%s%s%s:%u/", has_tls ? "wss" : "ws",
                         is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port);
  wsi_source_set_uri (WSI_SOURCE (self), uri);
  return port;
}

guint16
wsi_server_source_listen (WsiServerSource *self,
                          guint16          port,
                          GError         **error)
{
  return wsi_server_source_listen_at (self, NULL, port, error);
}
