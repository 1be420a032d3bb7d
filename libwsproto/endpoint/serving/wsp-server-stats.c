/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The numbers of a server, which any thread takes.
 *
 * No worker is asked: each has counted for itself, and the sums are made here.  The counts are read
 * in an order in which a number that is a difference does not fall below 0: clients that have left
 * are read before those that have come.  Where a count of another thread is seen late, the
 * difference is 0.
 *
 * docs/rationales/server.md has the reasons. */
#include <libwsproto/endpoint/serving/wsp-server-stats.h>

#include "base/wsp-count-private.h"
#include "endpoint/serving/wsp-server-private.h"
#include "reactor/wsp-reactor-private.h"

struct _WspServerStats
{
  gatomicrefcount ref_count;
  guint64         open, pending, accepted;
  guint64         refused[WSP_N_REFUSALS];
  guint64         ended[WSP_N_END_CODES];
  guint64         messages_received, messages_sent;
  guint64         bytes_received, bytes_sent;
  guint64         queued, skipped;
};

G_DEFINE_BOXED_TYPE (WspServerStats, wsp_server_stats, wsp_server_stats_ref,
                     wsp_server_stats_unref)

static guint64
server_stats_subtract (guint64 count,
                       guint64 left)
{
  return count > left ? count - left : 0;
}

static void
add_traffic (WspServerStats *self,
             const WspTally *tally)
{
  self->messages_received += wsp_count_get (&tally->messages_received);
  self->messages_sent += wsp_count_get (&tally->messages_sent);
  self->bytes_received += wsp_count_get (&tally->bytes_received);
  self->bytes_sent += wsp_count_get (&tally->bytes_sent);
  self->queued += wsp_count_get (&tally->queued);
  self->skipped += wsp_count_get (&tally->skipped);
}

static void
add_counts (WspServerStats        *self,
            const WspWorkerCounts *counts,
            guint64               *n_opened,
            guint64               *n_gone)
{
  guint64 n_ended = 0, opened;

  for (guint i = 0; i < WSP_N_END_CODES; i++)
    {
      guint64 n = wsp_count_get (&counts->ended[i]);

      self->ended[i] += n;
      n_ended += n;
    }
  for (guint i = 0; i < WSP_N_REFUSALS; i++)
    self->refused[i] += wsp_count_get (&counts->refused[i]);

  opened = wsp_count_get (&counts->opened);
  self->open += server_stats_subtract (opened, n_ended);
  *n_opened += opened;
  *n_gone += wsp_count_get (&counts->gone);
  self->accepted += wsp_count_get (&counts->accepted);
  add_traffic (self, &counts->tally);
}

/* TRUE: the caller is the thread of the counts, so it may add what is not added yet.  The counts of
 * the main worker are last, and belong to the thread that iterates the context of the server. */
static gboolean
are_own (WspServer       *self,
         WspWorkerCounts *counts)
{
  return counts->next == NULL ? wsp_reactor_was_iterated_here (self->reactor)
                              : g_atomic_pointer_get (&counts->thread) == wsp_thread_get_id ();
}

/**
 * wsp_server_get_stats:
 * @self: a server
 *
 * Takes a snapshot of the counters of the server. Any thread may call this, if its reference is not
 * the last one, and no thread waits: each worker counts for itself, and its counters are only read.
 *
 * Messages and bytes of the connections of the calling thread are exact. Those of other threads are
 * at most half a second old, and of connections that have ended exact. Counters never go
 * down, also when the threads of [method@Wsp.Server.start_workers] end. The numbers of a moment in
 * which clients come and go need not fit each other.
 *
 * Returns: (transfer full): the stats; they do not change any more
 *
 * Since: 0.1
 */
WspServerStats *
wsp_server_get_stats (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);

  WspServerStats *stats = g_new0 (WspServerStats, 1);
  guint64 n_opened = 0, n_gone = 0;

  g_atomic_ref_count_init (&stats->ref_count);
  for (WspWorkerCounts *counts = g_atomic_pointer_get (&self->counts); counts != NULL;
       counts = counts->next)
    {
      if (are_own (self, counts))
        wsp_tally_update (&counts->tally);
      add_counts (stats, counts, &n_opened, &n_gone);
    }

  stats->pending = server_stats_subtract (stats->accepted, n_opened + n_gone);
  return stats;
}

/**
 * wsp_server_stats_get_open:
 * @self: stats
 *
 * Gets the number of connections that are open or closing, as in [property@Wsp.Server:connections].
 *
 * Returns: connections
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_open (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->open;
}

/**
 * wsp_server_stats_get_pending:
 * @self: stats
 *
 * Gets the number of clients that were accepted and have no connection yet: those in the opening
 * handshake, and those that get a response other than status 101.
 *
 * Returns: number of clients
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_pending (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->pending;
}

/**
 * wsp_server_stats_get_accepted:
 * @self: stats
 *
 * Gets the number of clients that were accepted: sockets of listeners, and streams of
 * [method@Wsp.Server.accept_stream] and [method@Wsp.Server.adopt]. Requests for ordinary HTTP are
 * counted, too.
 *
 * Returns: number of clients
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_accepted (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->accepted;
}

/**
 * wsp_server_stats_get_refused_by_max_connections:
 * @self: stats
 *
 * Gets how many clients were refused because of [property@Wsp.Server:max-connections].
 *
 * Returns: number of clients
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_refused_by_max_connections (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->refused[WSP_REFUSAL_MAX_CONNECTIONS];
}

/**
 * wsp_server_stats_get_refused_by_max_connections_per_address:
 * @self: stats
 *
 * Gets how many clients were refused because of
 * [property@Wsp.Server:max-connections-per-address].
 *
 * Returns: number of clients
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_refused_by_max_connections_per_address (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->refused[WSP_REFUSAL_MAX_CONNECTIONS_PER_ADDRESS];
}

/**
 * wsp_server_stats_get_refused_by_max_pending_handshakes:
 * @self: stats
 *
 * Gets how many clients were refused because of [property@Wsp.Server:max-pending-handshakes]. See
 * RFC 6455, section 4.2.
 *
 * Returns: number of clients
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_refused_by_max_pending_handshakes (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->refused[WSP_REFUSAL_MAX_PENDING_HANDSHAKES];
}

/**
 * wsp_server_stats_get_refused_by_handshake_timeout:
 * @self: stats
 *
 * Gets how many clients were refused because of [property@Wsp.Limits:handshake-timeout]. See RFC
 * 6455, section 4.2.
 *
 * Returns: number of clients
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_refused_by_handshake_timeout (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->refused[WSP_REFUSAL_HANDSHAKE_TIMEOUT];
}

/**
 * wsp_server_stats_get_refused_by_head_limits:
 * @self: stats
 *
 * Gets how many clients were refused because of [property@Wsp.Limits:max-head-size] or
 * [property@Wsp.Limits:max-header-fields].
 *
 * Returns: number of clients
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_refused_by_head_limits (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->refused[WSP_REFUSAL_HEAD];
}

/**
 * wsp_server_stats_get_closed:
 * @self: stats
 * @code: a close code below 1016; any of 3000 to 3999, or of 4000 to 4999, for all of them
 *
 * Gets how many connections have ended with @code. The code of a connection is the one of the Close
 * that was first, from either side: 1005 if this Close had no code, and 1006 if neither side sent a
 * Close. See RFC 6455, section 7.4.1.
 *
 * Returns: connections; 0 for other codes, which no Close may have
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_closed (WspServerStats *self,
                             guint           code)
{
  g_return_val_if_fail (self != NULL, 0);

  guint found = wsp_end_code_find (code);

  return found < WSP_N_END_CODES ? self->ended[found] : 0;
}

/**
 * wsp_server_stats_get_messages_received:
 * @self: stats
 *
 * Gets the number of messages that were received whole, of all connections.
 *
 * Returns: messages
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_messages_received (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->messages_received;
}

/**
 * wsp_server_stats_get_messages_sent:
 * @self: stats
 *
 * Gets the number of messages that were accepted for sending, of all connections, as
 * [method@Wsp.ConnectionStats.get_messages_sent] counts them.
 *
 * Returns: messages
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_messages_sent (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->messages_sent;
}

/**
 * wsp_server_stats_get_bytes_received:
 * @self: stats
 *
 * Gets the number of bytes that were read, of all connections, as
 * [method@Wsp.ConnectionStats.get_bytes_received] counts them: with the headers of frames, without
 * opening handshakes, and without the encryption of TLS.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_bytes_received (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->bytes_received;
}

/**
 * wsp_server_stats_get_bytes_sent:
 * @self: stats
 *
 * Gets the number of bytes that were passed to the operating system, of all connections, as
 * [method@Wsp.ConnectionStats.get_bytes_sent] counts them.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_bytes_sent (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->bytes_sent;
}

/**
 * wsp_server_stats_get_queued:
 * @self: stats
 *
 * Gets the size of all send queues together, counted as for
 * [property@Wsp.Limits:max-send-queue].
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_queued (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->queued;
}

/**
 * wsp_server_stats_get_skipped:
 * @self: stats
 *
 * Gets how many messages of broadcasts were not sent to receivers that were slow, as
 * [method@Wsp.ConnectionStats.get_messages_skipped] counts them: one for each message and receiver.
 *
 * Returns: messages
 *
 * Since: 0.1
 */
guint64
wsp_server_stats_get_skipped (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->skipped;
}

/**
 * wsp_server_stats_ref:
 * @self: stats
 *
 * Takes one more reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
WspServerStats *
wsp_server_stats_ref (WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * wsp_server_stats_unref:
 * @self: (transfer full): stats
 *
 * Gives up a reference; the last one frees them.
 *
 * Since: 0.1
 */
void
wsp_server_stats_unref (WspServerStats *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}
