/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Keepalive: whether a ping is due, and whether the peer has timed out (RFC 6455 5.5.2).  This file
 * only computes times and verdicts.
 *
 * Messages and pings of the peer count as activity; a pong counts only if its payload is that of
 * the last ping of this side.
 *
 * The time never goes back: an earlier time is ignored. */

#include "core/stream/keepalive.h"

#include <string.h>

#define USEC_PER_MS INT64_C (1000)

int64_t
wsc_keepalive_get_deadline (const WscKeepalive *self,
                            const WscOptions   *options)
{
  if (options->keepalive_interval == 0)
    return WSC_NO_DEADLINE;

  if (!wsc_keepalive_is_waiting (self))
    return self->last_in + options->keepalive_interval * USEC_PER_MS;

  /* Without keepalive-timeout the peer never times out, and pings are repeated. */
  return self->ping_sent
         + (options->keepalive_timeout > 0 ? options->keepalive_timeout
            : options->keepalive_interval) * USEC_PER_MS;
}

WscKeepaliveVerdict
wsc_keepalive_check (WscKeepalive     *self,
                     const WscOptions *options,
                     int64_t           now)
{
  if (now > self->now)
    self->now = now < WSC_LAST_TIME ? now : WSC_LAST_TIME;
  if (self->last_in == 0)
    self->last_in = self->now;
  if (self->now < wsc_keepalive_get_deadline (self, options))
    return WSC_KEEPALIVE_QUIET;

  if (wsc_keepalive_is_waiting (self) && options->keepalive_timeout > 0)
    return WSC_KEEPALIVE_PEER_SILENT;
  return WSC_KEEPALIVE_PING_DUE;
}

void
wsc_keepalive_ping_sent (WscKeepalive *self)
{
  self->ping_sent = self->now;

  /* Input that was received before this ping does not count as a reply to the ping. */
  if (self->last_in >= self->ping_sent)
    self->last_in = self->ping_sent - 1;
}

bool
wsc_keepalive_is_pong (const WscKeepalive *self,
                       WscBytes            payload)
{
  return payload.length == sizeof self->payload &&
         memcmp (payload.at, self->payload, sizeof self->payload) == 0;
}

int64_t
wsc_keepalive_take_ping_time (WscKeepalive *self,
                              WscBytes      pong)
{
  int64_t time = self->ping_sent;

  if (!wsc_keepalive_is_pong (self, pong))
    return 0;

  self->ping_sent = 0;
  return time;
}

bool
wsc_keepalive_may_ping (WscKeepalive     *self,
                        const WscOptions *options)
{
  /* Without a clock no second ends, so pings are not counted. */
  if (options->max_pings_per_second == 0 || self->now == 0)
    return true;

  const uint32_t now = (uint32_t) (self->now / 1000);

  /* The difference wraps around after 2^32 milliseconds.  A ping in the one second after that wrap
   * is added to an old count, which was within the limit. */
  if (now - self->pings_since >= 1000)
    {
      self->pings_since = now;
      self->n_pings = 0;
    }
  return ++self->n_pings <= options->max_pings_per_second;
}
