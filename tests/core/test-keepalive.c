/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/stream/keepalive.h"
#include "lib/tap.h"

#define SECOND INT64_C (1000000)

static const WscOptions options = { .keepalive_interval = 30000, .keepalive_timeout = 20000,
                                    .max_pings_per_second = 3 };

static void
test_idle (void)
{
  WscKeepalive self = { 0 };

  tap_point (wsc_keepalive_check (&self, &options, 100 * SECOND) == WSC_KEEPALIVE_QUIET &&
             wsc_keepalive_get_deadline (&self, &options) == 130 * SECOND,
             "/core/keepalive/idle/first-deadline-is-one-interval-away");
  tap_point (wsc_keepalive_check (&self, &options, 130 * SECOND - 1) == WSC_KEEPALIVE_QUIET,
             "/core/keepalive/idle/not-due-before-the-interval");
  tap_point (wsc_keepalive_check (&self, &options, 130 * SECOND) == WSC_KEEPALIVE_PING_DUE,
             "/core/keepalive/idle/due-at-the-interval");
  wsc_keepalive_ping_sent (&self);
  tap_point (wsc_keepalive_get_deadline (&self, &options) == 150 * SECOND &&
             wsc_keepalive_check (&self, &options, 150 * SECOND - 1) == WSC_KEEPALIVE_QUIET,
             "/core/keepalive/ping/peer-has-the-timeout-to-answer");
  tap_point (wsc_keepalive_check (&self, &options, 150 * SECOND) == WSC_KEEPALIVE_PEER_SILENT,
             "/core/keepalive/ping/peer-is-dead-at-the-timeout");
}

static void
test_life (void)
{
  WscKeepalive self = { 0 };

  wsc_keepalive_check (&self, &options, 100 * SECOND);
  wsc_keepalive_check (&self, &options, 130 * SECOND);
  wsc_keepalive_ping_sent (&self);
  wsc_keepalive_check (&self, &options, 140 * SECOND);
  wsc_keepalive_note_input (&self);
  tap_point (wsc_keepalive_check (&self, &options, 150 * SECOND) == WSC_KEEPALIVE_QUIET &&
             wsc_keepalive_get_deadline (&self, &options) == 170 * SECOND,
             "/core/keepalive/ping/SEC-67-any-byte-is-activity");
  tap_point (wsc_keepalive_check (&self, &options, 20 * SECOND) == WSC_KEEPALIVE_QUIET &&
             self.now == 150 * SECOND,
             "/core/keepalive/time/never-runs-backwards");
}

/* Several things happen at the time of a ping: their order counts. */
static void
test_same_time (void)
{
  WscKeepalive self = { 0 };

  wsc_keepalive_check (&self, &options, 100 * SECOND);
  wsc_keepalive_check (&self, &options, 130 * SECOND);
  wsc_keepalive_note_input (&self);
  wsc_keepalive_ping_sent (&self);
  tap_point (wsc_keepalive_is_waiting (&self) &&
             wsc_keepalive_get_deadline (&self, &options) == 150 * SECOND,
             "/core/keepalive/same-time/input-before-the-ping-is-no-answer");
  wsc_keepalive_note_input (&self);
  tap_point (!wsc_keepalive_is_waiting (&self) &&
             wsc_keepalive_get_deadline (&self, &options) == 160 * SECOND,
             "/core/keepalive/same-time/input-after-the-ping-is-an-answer");
}

/* The clock may have any value: deadlines are after it. */
static void
test_end_of_time (void)
{
  WscKeepalive self = { 0 };
  int64_t deadline;

  wsc_keepalive_check (&self, &options, INT64_MAX);
  deadline = wsc_keepalive_get_deadline (&self, &options);
  wsc_keepalive_ping_sent (&self);
  tap_point (deadline > self.now && wsc_keepalive_get_deadline (&self, &options) > self.now &&
             wsc_keepalive_check (&self, &options, INT64_MIN) == WSC_KEEPALIVE_QUIET,
             "/core/keepalive/time/last-possible-one-has-deadlines-after-it");
}

/* The round trip is measured from the ping to its pong, whatever is received in between. */
static void
test_ping_time (void)
{
  WscKeepalive self = { 0 };
  const WscBytes pong = { self.payload, sizeof self.payload };
  const uint8_t other[WSC_KEEPALIVE_PAYLOAD] = { 1 };

  tap_point (wsc_keepalive_take_ping_time (&self, pong) == 0,
             "/core/keepalive/ping-time/none-before-the-first-ping");
  wsc_keepalive_check (&self, &options, 100 * SECOND);
  wsc_keepalive_check (&self, &options, 130 * SECOND);
  wsc_keepalive_ping_sent (&self);
  wsc_keepalive_check (&self, &options, 135 * SECOND);
  wsc_keepalive_note_input (&self);
  wsc_keepalive_check (&self, &options, 140 * SECOND);
  tap_point (!wsc_keepalive_is_waiting (&self),
             "/core/keepalive/ping-time/no-ping-waits-after-other-input");
  tap_point (wsc_keepalive_take_ping_time (&self, (WscBytes) { other, sizeof other }) == 0 &&
             wsc_keepalive_take_ping_time (&self, (WscBytes) { self.payload, 7 }) == 0,
             "/core/keepalive/ping-time/not-of-another-pong");
  tap_point (wsc_keepalive_take_ping_time (&self, pong) == 130 * SECOND &&
             wsc_keepalive_take_ping_time (&self, pong) == 0,
             "/core/keepalive/ping-time/of-its-pong-once");
}

static void
test_off (void)
{
  WscOptions off = { 0 }, no_timeout = { .keepalive_interval = 1000 };
  WscKeepalive self = { 0 }, endless = { 0 };

  tap_point (wsc_keepalive_check (&self, &off, 1000 * SECOND) == WSC_KEEPALIVE_QUIET &&
             wsc_keepalive_get_deadline (&self, &off) == WSC_NO_DEADLINE,
             "/core/keepalive/off/WIN-K-06-interval-0-never-pings");

  wsc_keepalive_check (&endless, &no_timeout, SECOND);
  wsc_keepalive_check (&endless, &no_timeout, 2 * SECOND);
  wsc_keepalive_ping_sent (&endless);
  tap_point (wsc_keepalive_check (&endless, &no_timeout, 3 * SECOND - 1) == WSC_KEEPALIVE_QUIET,
             "/core/keepalive/off/without-timeout-no-ping-before-the-interval");
  tap_point (wsc_keepalive_check (&endless, &no_timeout, 3 * SECOND) == WSC_KEEPALIVE_PING_DUE,
             "/core/keepalive/off/without-timeout-pings-go-on-and-no-peer-times-out");
}

static void
test_flood (void)
{
  WscKeepalive self = { 0 };
  WscOptions off = { 0 };
  bool is_right = true;

  wsc_keepalive_check (&self, &options, 10 * SECOND);
  for (int i = 0; i < 3; i++)
    is_right = is_right && wsc_keepalive_may_ping (&self, &options);
  tap_point (is_right && !wsc_keepalive_may_ping (&self, &options),
             "/core/keepalive/flood/fourth-ping-in-a-second-refused");
  wsc_keepalive_check (&self, &options, 11 * SECOND);
  tap_point (wsc_keepalive_may_ping (&self, &options),
             "/core/keepalive/flood/next-second-counts-anew");
  is_right = true;
  for (int i = 0; i < 1000; i++)
    is_right = is_right && wsc_keepalive_may_ping (&self, &off);
  tap_point (is_right, "/core/keepalive/flood/no-limit-unless-asked-for");
}

int
main (void)
{
  test_idle ();
  test_life ();
  test_same_time ();
  test_end_of_time ();
  test_ping_time ();
  test_off ();
  test_flood ();
  return tap_end ();
}
