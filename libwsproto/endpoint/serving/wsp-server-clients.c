/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The clients of a server, which are counted and listed from accept until they have left.
 *
 * A client is counted, for the server, its worker and its address, from wsp_server_client_new ()
 * to forget_client ().
 *
 * A client with a connection stores its position in the worker's clients, so that leaving takes
 * constant time.
 */
#include "endpoint/serving/wsp-server-private.h"

#include "base/wsp-count-private.h"
#include "endpoint/opening/wsp-trusted-proxies-private.h"
#include "endpoint/serving/wsp-connection-list-private.h"
#include "reactor/wsp-reactor-private.h"

#include "connection/wsp-connection-transport-private.h"

/* The owner of an IPv6 address usually has all of its network of 64 bits.  FALSE: the address is
 * not counted. */
static gboolean
get_counted (const struct sockaddr *address,
             guint8                *bytes)
{
  if (wsp_native_address_get_bytes (address, bytes) == NULL)
    return FALSE;

  if (!IN6_IS_ADDR_V4MAPPED ((const struct in6_addr *) bytes))
    memset (bytes + 8, 0, WSP_ADDRESS_LENGTH - 8);
  return TRUE;
}

static guint
address_hash (gconstpointer key)
{
  const WspAddressCount *self = key;
  guint32 words[4];

  memcpy (words, self->bytes, sizeof words);
  return words[0] ^ words[1] ^ words[2] * 31 ^ words[3] * 2654435761u;
}

static gboolean
address_equal (gconstpointer left,
               gconstpointer right)
{
  const WspAddressCount *one = left, *other = right;

  return memcmp (one->bytes, other->bytes, sizeof one->bytes) == 0;
}

/* Call this with addresses_lock held. */
static WspAddressCount *
count_address (WspServer    *server,
               const guint8 *bytes)
{
  WspAddressCount key;
  WspAddressCount *count;

  if (server->addresses == NULL)
    server->addresses = g_hash_table_new_full (address_hash, address_equal, g_free, NULL);

  memcpy (key.bytes, bytes, sizeof key.bytes);
  count = g_hash_table_lookup (server->addresses, &key);
  if (count == NULL)
    {
      count = g_new0 (WspAddressCount, 1);
      memcpy (count->bytes, bytes, sizeof count->bytes);
      g_hash_table_add (server->addresses, count);
    }

  count->n_clients++;
  return count;
}

gboolean
wsp_server_is_full (WspServer            *self,
                    const WspServerRules *rules)
{
  return self->n_clients - self->n_extra >= rules->max_connections;
}

gboolean
wsp_server_may_accept (WspServer            *self,
                       const WspServerRules *rules)
{
  return self->n_extra < WSP_SPARE_DESCRIPTORS / 2 || !wsp_server_is_full (self, rules);
}

gboolean
wsp_server_is_address_full (WspServer             *self,
                            const WspServerRules  *rules,
                            const struct sockaddr *address)
{
  const WspAddressCount *count;
  WspAddressCount key;
  gboolean is_full;

  if (rules->max_per_address == 0 || !get_counted (address, key.bytes))
    return FALSE;

  g_mutex_lock (&self->addresses_lock);
  count = self->addresses != NULL ? g_hash_table_lookup (self->addresses, &key) : NULL;
  is_full = count != NULL && count->n_clients >= rules->max_per_address;
  g_mutex_unlock (&self->addresses_lock);
  return is_full;
}

void
wsp_server_client_count_address (WspServerClient       *self,
                                 const WspServerRules  *rules,
                                 const struct sockaddr *address)
{
  WspServer *server = self->worker->server;
  guint8 bytes[WSP_ADDRESS_LENGTH];

  if (self->address != NULL || rules->max_per_address == 0 ||
      !get_counted (address, bytes) ||
      wsp_trusted_proxies_have (rules->trusted, address))
    return;

  g_mutex_lock (&server->addresses_lock);
  self->address = count_address (server, bytes);
  self->exceeds_address_limit = self->address->n_clients > rules->max_per_address;
  g_mutex_unlock (&server->addresses_lock);
}

WspServerClient *
wsp_server_client_new (WspServer             *server,
                       WspWorker             *worker,
                       const WspServerRules  *rules,
                       const struct sockaddr *address)
{
  WspServerClient *self = g_slice_new0 (WspServerClient);

  self->worker = worker;
  self->list_position = WSP_NOT_LISTED;
  if (address != NULL)
    wsp_server_client_count_address (self, rules, address);
  self->is_extra = wsp_server_is_full (server, rules);
  server->n_extra += self->is_extra;
  server->n_clients++;
  worker->n_clients++;
  wsp_count_add (&((WspWorker *) server->workers->pdata[0])->counts->accepted, 1);
  return self;
}

static void
uncount_client (WspServer       *server,
                WspServerClient *client)
{
  if (client->list_position != WSP_NOT_LISTED)
    client->worker->n_connections--;
  if (client->address != NULL)
    {
      g_mutex_lock (&server->addresses_lock);
      if (--client->address->n_clients == 0)
        g_hash_table_remove (server->addresses, client->address);
      g_mutex_unlock (&server->addresses_lock);
    }

  client->worker->n_clients--;
  server->n_extra -= client->is_extra;
  server->n_clients--;
}

/* A connection is unreffed in the context of its worker.  Handlers of items-changed run last: they
 * may drop the server, or wait for the end of a shutdown. */
static void
forget_client (gpointer receiver,
               gpointer content)
{
  g_autoptr (WspServer) server = g_object_ref (receiver);
  g_autoptr (WspConnectionList) list = g_object_ref (server->connections);
  WspServerClient *client = content;
  g_autoptr (WspConnection) connection = client->connection;
  guint position = client->list_position;
  gboolean was_listed = position != WSP_NOT_LISTED;

  uncount_client (server, client);
  if (was_listed)
    wsp_connection_list_remove (list, client);
  if (connection != NULL)
    wsp_worker_invoke (client->worker, NULL, g_steal_pointer (&connection), g_object_unref);
  g_slice_free (WspServerClient, client);

  server->funcs->client_left (server);
  if (was_listed && !wsp_reactor_is_inherited (server->reactor))
    wsp_connection_list_notify_removed (list, position);
}

void
wsp_server_client_leave (WspServerClient *self)
{
  GPtrArray *clients = self->worker->clients;
  WspWorkerCounts *counts = self->worker->counts;

  if (self->connection == NULL)
    {
      wsp_count_add (&counts->gone, 1);
    }
  else
    {
      wsp_server_client_leave_groups (self);
      wsp_worker_counts_add_end (counts, wsp_connection_get_end_code (self->connection));
      wsp_connection_leave_tally (self->connection);
      wsp_server_client_end_age (self);
      g_ptr_array_remove_index_fast (clients, self->position);
      if (self->position < clients->len)
        ((WspServerClient *) clients->pdata[self->position])->position = self->position;
    }

  wsp_worker_invoke_main (self->worker, forget_client, self, NULL);
}

static void
on_connection_leaving (WspConnection *connection,
                       gpointer       owner)
{
  WspServerClient *client = owner;

  if (wsp_connection_get_owner_number (connection) == 0)
    return;

  /* To free a message of a group may drop the server, and the client with it. */
  g_autoptr (WspServer) held = wsp_worker_hold (client->worker);

  wsp_server_client_leave_groups (client);
}

static void
on_connection_ended (WspConnection *connection,
                     gpointer       owner)
{
  wsp_server_client_leave (owner);
}

const WspConnectionOwnerFuncs wsp_server_client_funcs = {
  .leaving = on_connection_leaving,
  .ended = on_connection_ended,
};

static void
list_connection (gpointer receiver,
                 gpointer content)
{
  WspServer *server = receiver;
  WspServerClient *client = content;

  client->worker->n_connections++;
  wsp_connection_list_add (server->connections, client);
}

static gboolean
server_clients_serves (WspWorker       *self,
                       WspServerClient *client,
                       WspConnection   *connection)
{
  guint position;

  return g_ptr_array_find (self->clients, client, &position) && client->connection == connection;
}

/* on_connection_ended () runs after the handlers of `closed`, which still find the connection in
 * the list.  A tap may end the connection before it is listed. */
void
wsp_server_client_open (WspServerClient      *self,
                        WspConnection        *connection,
                        WspHeadLog           *log,
                        const WspServerRules *rules)
{
  WspWorker *worker = self->worker;

  self->connection = g_object_ref (connection);
  self->position = self->worker->clients->len;
  g_ptr_array_add (self->worker->clients, self);
  wsp_count_add (&worker->counts->opened, 1);
  wsp_connection_join_tally (connection, &self->owner);
  wsp_server_client_begin_age (self, rules);
  wsp_connection_set_slow_rule (connection, rules->slow_policy, rules->max_send_delay);
  if (log != NULL)
    wsp_head_log_notify (log, rules->taps, G_OBJECT (connection));
  if (log == NULL || server_clients_serves (worker, self, connection))
    wsp_worker_invoke_main (worker, list_connection, self, NULL);
}

void
wsp_worker_close_late (WspWorker     *self,
                       WspConnection *connection)
{
  if (self->closes_new)
    wsp_connection_close_quietly (connection, self->close_code, self->close_reason);
}
