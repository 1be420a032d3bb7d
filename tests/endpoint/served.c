/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/served.h"

#include "connection/wire.h"
#include "lib/listen.h"

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Served        *self)
{
  self->n_connections++;
  GTlsProtocolVersion version;

  g_object_get (connection, "tls-protocol", &version, NULL);
  self->is_secure = version != G_TLS_PROTOCOL_VERSION_UNKNOWN;
  wsp_connection_start_receiving (connection);
}

static void
on_handshake_failed (WspServer      *server,
                     GSocketAddress *address,
                     WspHandshake   *handshake,
                     GError         *error,
                     Served         *self)
{
  self->n_failures++;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  g_set_object (&self->address, address);
}

Served *
served_new (void)
{
  Served *self = g_new0 (Served, 1);

  self->server = wsp_server_new ();
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_handshake_failed), self);
  return self;
}

Served *
served_listen (void)
{
  Served *self = served_new ();

  self->port = listen_on_free_port (self->server, NULL);
  return self;
}

void
served_free (Served *self)
{
  g_clear_object (&self->held);
  g_clear_object (&self->server);
  g_clear_object (&self->address);
  g_clear_error (&self->error);
  run_pending ();
  g_free (self);
}
