/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages to all connections of a server.  docs/rationales/broadcasts-and-groups.md has the
 * reasons. */
#include "endpoint/serving/wsp-server-private.h"

#include "connection/message/wsp-message.h"
#include "connection/wsp-connection-transport-private.h"
#include "reactor/wsp-reactor-private.h"

/* exclude: only compared, as the connection of another worker may have been freed. */
static guint
send_to_all (WspWorker    *worker,
             WspMessage   *message,
             WspSendFlags  flags,
             gconstpointer exclude)
{
  guint n_taken = 0;

  for (guint i = 0; i < worker->clients->len; i++)
    {
      WspServerClient *client = worker->clients->pdata[i];

      if (client->connection != exclude)
        n_taken += wsp_connection_offer (client->connection, message, flags);
    }

  return n_taken;
}

typedef struct                  /* for one worker */
{
  WspMessage   *message;
  WspSendFlags  flags;
  gconstpointer exclude;
} Broadcast;

static Broadcast *
broadcast_new (WspMessage   *message,
               WspSendFlags  flags,
               gconstpointer exclude)
{
  Broadcast *self = g_new (Broadcast, 1);

  self->message = wsp_message_ref (message);
  self->flags = flags;
  self->exclude = exclude;
  return self;
}

static void
broadcast_free (gpointer data)
{
  Broadcast *self = data;

  wsp_message_unref (self->message);
  g_free (self);
}

static void
broadcast_in_worker (gpointer receiver,
                     gpointer content)
{
  const Broadcast *broadcast = content;

  send_to_all (receiver, broadcast->message, broadcast->flags, broadcast->exclude);
}

/**
 * wsp_server_broadcast:
 * @self: a server
 * @message: (transfer none): a message
 * @flags: how to send it; no other bits than those of [flags@Wsp.SendFlags]
 * @exclude: (transfer none) (nullable): a connection that is not sent the message, such as the
 *   one that has sent it
 *
 * Sends @message to all open connections. The message is put into frames once, for any number of
 * connections. With permessage-deflate without context takeover of the server the message is also
 * compressed once for each window size. A connection that is closing does not get the message. One
 * that is slow does not get it either, and is closed or skipped, as
 * [property@Wsp.Server:slow-policy] says. Neither delays the others.
 *
 * With [method@Wsp.Server.start_workers] the message is passed on to the threads. Which of their
 * connections take it is found out later, in these threads. It may change places with messages that
 * the same caller sends to one connection with [method@Wsp.Connection.send_from_thread] or
 * [method@Wsp.Message.broadcast]; those keep their order.
 *
 * Returns: the number of connections that queued the message; with workers all their connections
 *   are counted, also @exclude and those that are closing or slow and do not get the message
 *
 * Since: 0.1
 */
guint
wsp_server_broadcast (WspServer     *self,
                      WspMessage    *message,
                      WspSendFlags   flags,
                      WspConnection *exclude)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);
  g_return_val_if_fail (message != NULL, 0);
  g_return_val_if_fail (wsp_send_flags_check (flags, NULL), 0);
  g_return_val_if_fail (exclude == NULL || WSP_IS_CONNECTION (exclude), 0);

  /* A tap may drop the server and the message. */
  g_autoptr (WspServer) held = g_object_ref (self);
  g_autoptr (WspMessage) held_message = wsp_message_ref (message);
  guint n_taken = send_to_all (self->workers->pdata[0], message, flags, exclude);

  for (guint i = 1; i < self->workers->len; i++)
    {
      WspWorker *worker = self->workers->pdata[i];

      n_taken += worker->n_connections;
      wsp_worker_invoke (worker, broadcast_in_worker, broadcast_new (message, flags, exclude),
                         broadcast_free);
    }

  return n_taken;
}
