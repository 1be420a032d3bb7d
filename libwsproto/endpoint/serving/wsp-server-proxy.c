/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Begins to serve accepted sockets.  If a listener expects the head of the PROXY protocol, it is
 * read first, before TLS: exactly its bytes are taken from the socket.
 *
 * A client that waits for its head is in the worker's proxied, and counts for
 * max-pending-handshakes there.  It has handshake-timeout for the head and all that follows.
 *
 * docs/rationales/server.md has the reasons. */
#include "endpoint/serving/wsp-server-private.h"

#include <errno.h>
#include <libwsproto/base/wsp-error.h>
#include <unistd.h>

#include "endpoint/opening/wsp-proxy-head-private.h"
#include "endpoint/opening/wsp-server-tls-private.h"
#include "endpoint/opening/wsp-trusted-proxies-private.h"
#include "log/wsp-excerpt-private.h"
#include "reactor/wsp-reactor-private.h"

#define MAX_SHOWN 80            /* bytes of a head that is none */
#define FIRST_PEEK 256          /* bytes; longer heads have TLVs */

typedef struct
{
  WspWatch         watch;       /* the first member: its address is that of the struct */
  WspTimer         timer;
  GList            link;        /* link in the worker's list of proxied clients */
  WspServerClient *client;
  WspServerRules  *rules;
  WspListenFlags   flags;
  int              fd;
  WspServerPeer    peer;
  guint            n_bytes;
  guint8           bytes[WSP_PROXY_HEAD_MAX_LENGTH];
} ProxiedClient;

static WspTransport *
server_proxy_make_transport (WspWorker     *worker,
                             WspListenFlags flags,
                             int            fd)
{
  g_autoptr (WspServerRules) rules = NULL;

  if (!(flags & WSP_LISTEN_FLAGS_TLS))
    return wsp_transport_new_for_fd (worker->reactor, fd);

  rules = wsp_server_ref_rules (worker->server);
  return wsp_server_tls_begin (&rules->tls, worker->reactor, fd);
}

static void
server_proxy_begin_handshake (WspServerClient     *client,
                              WspListenFlags       flags,
                              int                  fd,
                              const WspServerPeer *peer)
{
  WspTransport *transport = server_proxy_make_transport (client->worker, flags, fd);

  if (transport != NULL)
    wsp_server_handshake_begin (client, transport, peer);
  else
    wsp_server_client_leave (client);
}

static GSocketAddress *
server_proxy_dup_address (const WspNativeAddress *address)
{
  return address->any.sa_family != AF_UNSPEC
         ? g_socket_address_new_from_native ((gpointer) address, sizeof *address)
         : NULL;
}

/* Frees self, but neither its client nor its socket. */
static void
server_proxy_forget (ProxiedClient *self)
{
  WspWorker *worker = self->client->worker;

  wsp_reactor_unwatch (worker->reactor, &self->watch);
  wsp_reactor_unset_timer (worker->reactor, &self->timer);
  g_queue_unlink (&worker->proxied, &self->link);
  wsp_server_rules_unref (self->rules);
  g_free (self);
}

static void
server_proxy_drop (ProxiedClient *self)
{
  WspServerClient *client = self->client;
  int fd = self->fd;

  server_proxy_forget (self);
  close (fd);
  wsp_server_client_leave (client);
}

/* Takes the error. */
static void
server_proxy_fail (ProxiedClient *self,
                   GError        *error,
                   const char    *limit)
{
  wsp_worker_report_failure (self->client->worker, self->rules,
                             server_proxy_dup_address (&self->peer.address), error, limit);
  server_proxy_drop (self);
}

void
wsp_worker_drop_proxied (WspWorker *self)
{
  while (!g_queue_is_empty (&self->proxied))
    server_proxy_drop (g_queue_peek_head (&self->proxied));
}

static void
fail_by_head (ProxiedClient *self,
              gsize          length)
{
  g_autofree char *shown = wsp_excerpt_quote (self->bytes, length, MAX_SHOWN);

  server_proxy_fail (self, g_error_new (WSP_ERROR, WSP_ERROR_INVALID_FORMAT,
                                        "Invalid PROXY head: expected version 1 or 2 of the PROXY protocol, "
                                        "received %s (WSP_LISTEN_FLAGS_PROXY_PROTOCOL is for listeners behind "
                                        "a load balancer that sends it)", shown), NULL);
}

/* Serves the client whose head this is.  Without an IP address the address stays that of the load
 * balancer, but only what is_local was sent by the load balancer. */
static void
server_proxy_end_head (WspServerClient     *client,
                       WspServerRules      *rules,
                       WspListenFlags       flags,
                       int                  fd,
                       const WspServerPeer *peer,
                       const WspProxyHead  *head)
{
  WspServerPeer known = *peer;

  if (!head->is_local)
    known.source = head->client;
  if (wsp_native_address_is_ip (&head->client))
    {
      known.address = head->client;
      wsp_server_client_count_address (client, rules, &head->client.any);
    }
  server_proxy_begin_handshake (client, flags, fd, &known);
}

static gssize
server_proxy_receive (int     fd,
                      guint8 *bytes,
                      gsize   size,
                      int     flags)
{
  gssize n;

  do
    n = recv (fd, bytes, size, flags);
  while (n < 0 && errno == EINTR);

  return n;
}

/* Takes bytes that were peeked, all of them: the rest would be read as the begin of TLS or HTTP.
 * They are there, so a call that finds none is repeated. */
static void
server_proxy_take (int     fd,
                   guint8 *bytes,
                   gsize   size)
{
  gsize taken = 0;

  while (taken < size)
    {
      gssize n = server_proxy_receive (fd, bytes + taken, size - taken, 0);

      if (n == 0 || (n < 0 && errno != EAGAIN))
        return;

      taken += MAX (n, 0);
    }
}

static void
server_proxy_end_waiting (ProxiedClient      *self,
                          const WspProxyHead *head)
{
  g_autoptr (WspServerRules) rules = wsp_server_rules_ref (self->rules);
  WspServerClient *client = self->client;
  const WspServerPeer peer = self->peer;
  WspListenFlags flags = self->flags;
  int fd = self->fd;

  server_proxy_forget (self);
  server_proxy_end_head (client, rules, flags, fd, &peer, head);
}

/* The bytes of the head that were peeked are taken from the socket, so that it is not ready again
 * for them. */
static void
server_proxy_on_ready (WspWatch      *watch,
                       WspWatchEvents events)
{
  ProxiedClient *self = (ProxiedClient *) watch;
  guint8 *at = self->bytes + self->n_bytes;
  gssize n = server_proxy_receive (self->fd, at, sizeof self->bytes - self->n_bytes, MSG_PEEK);
  WspProxyHead head;
  WspProxyHeadResult result;
  gsize used;

  if (n < 0 && errno == EAGAIN)
    return;

  if (n <= 0)
    {
      server_proxy_fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                                                    "Peer ended the connection before its PROXY head was "
                                                    "complete"), NULL);
      return;
    }

  used = self->n_bytes + n;
  result = wsp_proxy_head_parse (self->bytes, used, &head, &used);
  if (result == WSP_PROXY_HEAD_INVALID)
    {
      fail_by_head (self, used);
      return;
    }

  server_proxy_take (self->fd, at, used - self->n_bytes);
  self->n_bytes = used;
  if (result == WSP_PROXY_HEAD_COMPLETE)
    server_proxy_end_waiting (self, &head);
}

static void
server_proxy_on_expired (WspTimer *timer)
{
  ProxiedClient *self = WSP_OWNER_OF (timer, ProxiedClient, timer);

  const char *limit;
  GError *error = wsp_server_client_make_timeout (self->client, self->rules, self->peer.begun,
                                                  "No PROXY head received", &limit);

  server_proxy_fail (self, error, limit);
}

static void
server_proxy_read_member (gpointer member)
{
  ProxiedClient *self = member;

  server_proxy_on_ready (&self->watch, WSP_WATCH_READ);
}

static void
server_proxy_end_member (gpointer member)
{
  ProxiedClient *self = member;
  WspWorker *worker = self->client->worker;
  const char *limit;
  GError *error = wsp_worker_make_pending_error (worker, &worker->proxied, self->rules, &limit);

  server_proxy_fail (self, error, limit);
}

static void
wait_for_head (WspServerClient     *client,
               WspServerRules      *rules,
               WspListenFlags       flags,
               int                  fd,
               const WspServerPeer *peer)
{
  static const WspWaiting waiting = { server_proxy_read_member, server_proxy_end_member };
  ProxiedClient *self = g_new (ProxiedClient, 1);
  WspWorker *worker = client->worker;

  memset (self, 0, G_STRUCT_OFFSET (ProxiedClient, bytes));
  self->client = client;
  self->rules = wsp_server_rules_ref (rules);
  self->flags = flags;
  self->fd = fd;
  self->peer = *peer;
  self->link.data = self;
  self->timer.expired = server_proxy_on_expired;
  g_queue_push_tail_link (&worker->proxied, &self->link);
  if (!wsp_reactor_watch (worker->reactor, &self->watch, fd, WSP_WATCH_READ, server_proxy_on_ready))
    {
      server_proxy_drop (self);
      return;
    }

  wsp_reactor_set_timer (worker->reactor, &self->timer,
                         wsp_server_client_get_deadline (client, rules, peer->begun, peer->begun));
  wsp_worker_make_room (worker, &worker->proxied, rules, &waiting);
}

/* Usually the head has arrived with the connection: then nothing waits, and nothing is allocated.
 * FALSE: it has not. */
static gboolean
take_whole_head (WspServerClient     *client,
                 WspServerRules      *rules,
                 WspListenFlags       flags,
                 int                  fd,
                 const WspServerPeer *peer)
{
  WspProxyHead head;
  guint8 bytes[FIRST_PEEK];
  gssize n = server_proxy_receive (fd, bytes, sizeof bytes, MSG_PEEK);
  gsize used;

  if (n <= 0 || wsp_proxy_head_parse (bytes, n, &head, &used) != WSP_PROXY_HEAD_COMPLETE)
    return FALSE;

  server_proxy_take (fd, bytes, used);
  server_proxy_end_head (client, rules, flags, fd, peer, &head);
  return TRUE;
}

static void
refuse_stranger (WspServerClient     *client,
                 WspServerRules      *rules,
                 int                  fd,
                 const WspServerPeer *peer)
{
  GSocketAddress *address = server_proxy_dup_address (&peer->address);
  g_autofree char *shown =
    address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address))
                    : g_strdup ("a Unix socket");
  GError *error =
    g_error_new (WSP_ERROR, WSP_ERROR_REJECTED,
                 "PROXY protocol refused: expected a peer of WspServer:trusted-proxies, "
                 "received %s (list the address of the load balancer)", shown);

  wsp_worker_report_failure (client->worker, rules, address, error, NULL);
  close (fd);
  wsp_server_client_leave (client);
}

void
wsp_server_serve_socket (WspServerClient        *client,
                         WspListenFlags          flags,
                         int                     fd,
                         const WspNativeAddress *address)
{
  WspServerPeer peer = {
    .source = *address,
    .begun = wsp_reactor_get_time (client->worker->reactor),
    .is_proxied = (flags & WSP_LISTEN_FLAGS_PROXY_PROTOCOL) != 0,
  };

  if (wsp_native_address_is_ip (address))
    peer.address = *address;
  if (!peer.is_proxied)
    {
      server_proxy_begin_handshake (client, flags, fd, &peer);
      return;
    }

  g_autoptr (WspServerRules) rules = wsp_server_ref_rules (client->worker->server);

  if (!wsp_trusted_proxies_may_use_proxy (rules->trusted, &address->any))
    refuse_stranger (client, rules, fd, &peer);
  else if (!take_whole_head (client, rules, flags, fd, &peer))
    wait_for_head (client, rules, flags, fd, &peer);
}
