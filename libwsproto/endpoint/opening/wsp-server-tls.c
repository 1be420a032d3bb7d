/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-server-tls-private.h"

#include <unistd.h>

#include "reactor/wsp-transport-private.h"

void
wsp_server_tls_copy (WspServerTls       *self,
                     const WspServerTls *other)
{
  *self = *other;
  if (self->settings.certificate != NULL)
    g_object_ref (self->settings.certificate);
  if (self->settings.database != NULL)
    g_object_ref (self->settings.database);
  if (self->settings.ticket_key != NULL)
    g_bytes_ref (self->settings.ticket_key);
  if (self->refusal != NULL)
    self->refusal = g_error_copy (self->refusal);
  if (self->context != NULL)
    wsp_tls_context_ref (self->context);
}

void
wsp_server_tls_clear (WspServerTls *self)
{
  g_clear_object (&self->settings.certificate);
  g_clear_object (&self->settings.database);
  g_clear_pointer (&self->settings.ticket_key, g_bytes_unref);
  g_clear_error (&self->refusal);
  g_clear_pointer (&self->context, wsp_tls_context_unref);
}

gboolean
wsp_server_tls_check (WspServerTls    *self,
                      GTlsCertificate *certificate,
                      GError         **error)
{
  g_autoptr (GError) refusal = NULL;

  if (certificate == NULL || wsp_tls_check_key (certificate, &refusal))
    return TRUE;

  g_clear_error (&self->refusal);
  if (self->settings.certificate == NULL)
    self->refusal = g_error_copy (refusal);
  g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

static gboolean
server_tls_decide (WspServerTls *self,
                   GError      **error)
{
  g_clear_pointer (&self->context, wsp_tls_context_unref);
  if (self->settings.certificate == NULL)
    return TRUE;

  if (self->settings.ticket_key == NULL)
    {
      self->settings.ticket_key = wsp_tls_make_ticket_key ();
      self->has_own_key = TRUE;
    }

  self->context = wsp_tls_context_new (&self->settings, error);
  return self->context != NULL;
}

gboolean
wsp_server_tls_set (WspServerTls       *self,
                    WspServerTlsSetting setting,
                    gpointer            value,
                    GError            **error)
{
  switch (setting)
    {
    case WSP_SERVER_TLS_CERTIFICATE:
      g_set_object (&self->settings.certificate, value);
      g_clear_error (&self->refusal);
      break;
    case WSP_SERVER_TLS_DATABASE:
      g_set_object (&self->settings.database, value);
      break;
    case WSP_SERVER_TLS_MODE:
      self->settings.mode = GPOINTER_TO_UINT (value);
      break;
    case WSP_SERVER_TLS_TICKET_KEY:
      g_clear_pointer (&self->settings.ticket_key, g_bytes_unref);
      self->settings.ticket_key = value != NULL ? g_bytes_ref (value) : NULL;
      self->has_own_key = FALSE;
      break;
    }

  return server_tls_decide (self, error);
}

/* On servers GIO emits accept-certificate for valid certificates too. */
static gboolean
accept_if_valid (GTlsConnection      *connection,
                 GTlsCertificate     *certificate,
                 GTlsCertificateFlags errors)
{
  return errors == G_TLS_CERTIFICATE_NO_FLAGS;
}

/* The database is set at construction, even if it is NULL: otherwise GIO loads the system's list
 * for each connection. */
static GIOStream *
begin_with_gio (const WspTlsSettings *self,
                GIOStream            *stream)
{
  const char * const protocols[] = { "http/1.1", NULL };
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GTlsDatabase) database = NULL;
  GInitable *tls;

  if (self->mode != G_TLS_AUTHENTICATION_NONE)
    database = self->database != NULL ? g_object_ref (self->database)
                                      : g_tls_backend_get_default_database (backend);

  tls = g_initable_new (g_tls_backend_get_server_connection_type (backend), NULL, NULL,
                        "base-io-stream", stream, "certificate", self->certificate,
                        "database", database, "authentication-mode", self->mode, NULL);
  if (tls == NULL)
    return NULL;

  if (self->mode != G_TLS_AUTHENTICATION_NONE)
    g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_if_valid), NULL);
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  return (GIOStream *) tls;
}

WspTransport *
wsp_server_tls_begin (const WspServerTls *self,
                      WspReactor         *reactor,
                      int                 fd)
{
  if (self->context != NULL)
    return wsp_transport_new_for_tls (reactor, fd, self->context);

  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);

  if (socket == NULL)
    {
      close (fd);
      return NULL;
    }

  /* A TLS listener whose certificate was unset. */
  if (self->settings.certificate == NULL)
    return NULL;

  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GIOStream) tls = begin_with_gio (&self->settings, G_IO_STREAM (stream));

  return tls != NULL ? wsp_transport_new_for_stream (reactor, tls, WSP_STREAM_IS_OURS, NULL)
                     : NULL;
}
