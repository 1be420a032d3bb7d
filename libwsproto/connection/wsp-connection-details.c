/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Makes the details of a connection, and checks whether it may be called; all other files of the
 * connection use this one. */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-held-connections-private.h"

const WspConnectionDetails wsp_connection_no_details;

static GParamSpec *notified[WSP_N_NOTIFIES];

void
wsp_connection_install_notify (WspConnectionNotifies property,
                               GParamSpec           *pspec)
{
  notified[property] = pspec;
}

void
wsp_connection_notify (WspConnection        *self,
                       WspConnectionNotifies property)
{
  g_object_notify_by_pspec (G_OBJECT (self), notified[property]);
}

WspConnectionDetails *
wsp_connection_ensure_details (WspConnection *self)
{
  if (self->details == NULL)
    {
      self->details = g_slice_new0 (WspConnectionDetails);
      self->details->connection = self;
    }

  return self->details;
}

void
wsp_received_pong_free (WspReceivedPong *self)
{
  g_bytes_unref (self->payload);
  g_slice_free (WspReceivedPong, self);
}

void
wsp_connection_details_free (WspConnectionDetails *details)
{
  g_queue_clear_full (&details->pongs, (GDestroyNotify) wsp_received_pong_free);
  g_clear_pointer (&details->ending.close_info, wsp_close_info_unref);
  g_clear_error (&details->ending.error);
  g_clear_error (&details->ending.output_error);
  g_free (details->ending.local_reason);
  g_free (details->origin.uri);
  g_clear_object (&details->origin.stream);
  g_clear_object (&details->remote_address);
  g_clear_object (&details->local_address);
  g_free (details->tls_ciphersuite);
  g_clear_pointer (&details->tls_peer_certificate, wsp_peer_certificate_unref);
  g_slice_free (WspConnectionDetails, details);
}

void
wsp_waiting_ping_free (WspWaitingPing *self)
{
  g_clear_object (&self->completion);
  g_bytes_unref (self->payload);
  g_free (self);
}

static void
connection_details_let_go (gpointer connection)
{
  wsp_connection_let_go (connection);
}

/* Ends when the connection is CLOSED, or with its main context. */
void
wsp_connection_hold (WspConnection *self)
{
  if (self->link.life.is_held)
    return;

  self->link.life.is_held = TRUE;
  wsp_held_connections_add (self->link.reactor, self, connection_details_let_go);
  g_object_ref (self);
}

/* If a turn is running, the connection is released when the turn has ended. */
void
wsp_connection_let_go (WspConnection *self)
{
  if (!self->link.life.is_held || self->link.turn != NULL)
    return;

  self->link.life.is_held = FALSE;
  wsp_held_connections_remove (self->link.reactor, self);
  g_object_unref (self);
}

gboolean
wsp_connection_finish_call (WspConnection *self,
                            GAsyncResult  *result,
                            gconstpointer  tag,
                            GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, tag), FALSE);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error) >= 0;
}
