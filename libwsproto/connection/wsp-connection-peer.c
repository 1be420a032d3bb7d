/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The peer of a connection: its address, what TLS has negotiated, its opening handshake. */
#include "connection/wsp-connection-private.h"
#include "connection/report/wsp-report-private.h"
#include "connection/wsp-connection-transport-private.h"

GSocketAddress *
wsp_connection_dup_remote_address (WspConnection *self)
{
  WspTransport *transport = self->link.transport;

  return transport != NULL ? wsp_transport_dup_remote_address (transport) : NULL;
}

char *
wsp_connection_name_peer (WspConnection *self)
{
  g_autoptr (GSocketAddress) address = wsp_connection_dup_remote_address (self);

  return wsp_report_name_peer (address);
}

void
wsp_connection_set_handshake_source (WspConnection      *self,
                                     WspHandshakeSource *source)
{
  g_assert (self->handshake == NULL);
  self->handshake_source = source;
  self->has_handshake_source = TRUE;
}

WspHandshake *
wsp_connection_need_handshake (WspConnection *self)
{
  if (self->has_handshake_source)
    {
      self->has_handshake_source = FALSE;
      self->handshake = self->handshake_source->make (self->handshake_source);
    }

  return self->handshake;
}

void
wsp_connection_drop_handshake (WspConnection *self)
{
  if (self->has_handshake_source)
    self->handshake_source = NULL;
  self->has_handshake_source = FALSE;
  g_clear_object (&self->handshake);
}

GTlsProtocolVersion
wsp_connection_get_tls_protocol (WspConnection *self)
{
  g_auto (WspTransportTls) tls = { .version = G_TLS_PROTOCOL_VERSION_UNKNOWN };

  if (self->link.transport != NULL)
    wsp_transport_describe_tls (self->link.transport, &tls);
  return tls.version;
}

char *
wsp_connection_dup_tls_ciphersuite (WspConnection *self)
{
  g_auto (WspTransportTls) tls = { .ciphersuite = NULL };

  if (self->link.transport != NULL)
    wsp_transport_describe_tls (self->link.transport, &tls);
  return g_steal_pointer (&tls.ciphersuite);
}
