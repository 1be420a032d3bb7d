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

G_STATIC_ASSERT (G_N_ELEMENTS (((WspServerStats *) NULL)->closed) == WSP_N_END_CODES);

G_DEFINE_BOXED_TYPE (WspServerStats, wsp_server_stats, wsp_server_stats_copy,
                     wsp_server_stats_free)

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
  self->send_queue_bytes += wsp_count_get (&tally->queued);
  self->messages_skipped += wsp_count_get (&tally->skipped);
}

static void
add_refusals (WspServerStats *self,
              const WspCount *refused)
{
  self->refused_by_max_connections += wsp_count_get (&refused[WSP_REFUSAL_MAX_CONNECTIONS]);
  self->refused_by_max_connections_per_address +=
    wsp_count_get (&refused[WSP_REFUSAL_MAX_CONNECTIONS_PER_ADDRESS]);
  self->refused_by_max_pending_handshakes +=
    wsp_count_get (&refused[WSP_REFUSAL_MAX_PENDING_HANDSHAKES]);
  self->refused_by_handshake_timeout += wsp_count_get (&refused[WSP_REFUSAL_HANDSHAKE_TIMEOUT]);
  self->refused_by_head_limits += wsp_count_get (&refused[WSP_REFUSAL_HEAD]);
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

      self->closed[i] += n;
      n_ended += n;
    }
  add_refusals (self, counts->refused);

  opened = wsp_count_get (&counts->opened);
  self->connections_open += server_stats_subtract (opened, n_ended);
  *n_opened += opened;
  *n_gone += wsp_count_get (&counts->gone);
  self->connections_accepted += wsp_count_get (&counts->accepted);
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
 * wsp_server_dup_stats:
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
wsp_server_dup_stats (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);

  WspServerStats *stats = g_new0 (WspServerStats, 1);
  guint64 n_opened = 0, n_gone = 0;

  for (WspWorkerCounts *counts = g_atomic_pointer_get (&self->counts); counts != NULL;
       counts = counts->next)
    {
      if (are_own (self, counts))
        wsp_tally_update (&counts->tally);
      add_counts (stats, counts, &n_opened, &n_gone);
    }

  stats->handshakes_pending =
    server_stats_subtract (stats->connections_accepted, n_opened + n_gone);
  return stats;
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
wsp_server_stats_get_closed (const WspServerStats *self,
                             guint                 code)
{
  g_return_val_if_fail (self != NULL, 0);

  guint found = wsp_end_code_find (code);

  return found < WSP_N_END_CODES ? self->closed[found] : 0;
}

/**
 * wsp_server_stats_copy:
 * @self: stats
 *
 * Copies stats, also those that a program has in a variable of its own.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
WspServerStats *
wsp_server_stats_copy (const WspServerStats *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * wsp_server_stats_free:
 * @self: (transfer full): stats that the library has made
 *
 * Frees stats.
 *
 * Since: 0.1
 */
void
wsp_server_stats_free (WspServerStats *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}
