/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Closing time: how long the closing handshake may still take (RFC 6455 7.1.1).  This file only
 * computes times and verdicts; the driver cancels and aborts.
 *
 * After close_timeout the verdict is to drop the Sends that have not begun, so that the Close can
 * be sent.  After a second close_timeout the verdict is to give up; if no Send waits, it is to give
 * up after the first.  Windows mode has no time limit.
 *
 * closing_deadline is 0 exactly while no closing handshake is being timed.
 *
 * docs/rationales/stream-and-engine.md has the reasons. */

#include "core/stream/stream.h"

#define USEC_PER_MS INT64_C (1000)
/* milliseconds that a server has to send its last bytes after a fault */
#define DRAIN_AFTER_FAULT 1000

/* Time limit in microseconds; 0: the closing handshake has no time limit now. */
static int64_t
get_time_limit (const WscStream *self,
                WscBacklog       backlog)
{
  bool has_ended = self->phase == WSC_PHASE_CLOSED || self->phase == WSC_PHASE_FAILED;
  bool is_closing = self->phase == WSC_PHASE_CLOSE_SENT ||
                    (has_ended && backlog == WSC_BACKLOG_WAITING);
  uint32_t timeout = self->options->close_timeout;

  if (self->options->mode == WSC_MODE_WINDOWS || !is_closing)
    return 0;

  if (self->phase == WSC_PHASE_FAILED && self->options->role == WSC_ROLE_SERVER &&
      timeout > DRAIN_AFTER_FAULT)
    timeout = DRAIN_AFTER_FAULT;
  return timeout * USEC_PER_MS;
}

int64_t
wsc_stream_get_closing_deadline (const WscStream *self,
                                 WscBacklog       backlog)
{
  return get_time_limit (self, backlog) > 0 ? self->closing_deadline : WSC_NO_DEADLINE;
}

WscClosingVerdict
wsc_stream_check_closing (WscStream *self,
                          WscBacklog backlog)
{
  const int64_t limit = get_time_limit (self, backlog), now = self->keepalive.now;

  if (limit == 0)
    self->closing_deadline = 0;
  else if (self->closing_deadline == 0)
    self->closing_deadline = now + limit;
  if (limit == 0 || now < self->closing_deadline)
    return WSC_CLOSING_GO_ON;

  if (self->has_dropped_waiting || backlog == WSC_BACKLOG_EMPTY)
    return WSC_CLOSING_GIVE_UP;

  self->has_dropped_waiting = 1;
  self->closing_deadline = now + limit;
  return WSC_CLOSING_DROP_WAITING;
}
