/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How long closing may take: each phase, and what follows when the time is over. */
#include "core/stream/stream.h"

#include "lib/tap.h"

#define MS INT64_C (1000)
#define BEGIN (100 * MS)        /* when closing is checked first */

#define AUTOMATIC WSC_MODE_AUTOMATIC
#define WINDOWS WSC_MODE_WINDOWS
#define EMPTY WSC_BACKLOG_EMPTY
#define WAITING WSC_BACKLOG_WAITING

static const struct
{
  const char *name;
  WscPhase    phase;
  WscRole     role;
  WscMode     mode;
  WscBacklog  backlog;
  uint32_t    timeout;
  uint32_t    limit;            /* time limit in milliseconds; 0: the phase has none */
  WscClosingVerdict verdict;    /* verdict when the limit is over */
} rows[] = {
  { "open-is-not-timed", WSC_PHASE_OPEN, WSC_ROLE_CLIENT, AUTOMATIC, WAITING, 5000, 0,
    WSC_CLOSING_GO_ON },
  { "peers-close-alone-is-not-timed", WSC_PHASE_CLOSE_RECEIVED, WSC_ROLE_CLIENT, AUTOMATIC,
    WAITING, 5000, 0, WSC_CLOSING_GO_ON },
  { "aborted-is-not-timed", WSC_PHASE_ABORTED, WSC_ROLE_CLIENT, AUTOMATIC, WAITING, 5000, 0,
    WSC_CLOSING_GO_ON },
  { "sent-close-waits-for-its-answer", WSC_PHASE_CLOSE_SENT, WSC_ROLE_CLIENT, AUTOMATIC, EMPTY,
    5000, 5000, WSC_CLOSING_GIVE_UP },
  { "close-that-has-to-wait-goes-first", WSC_PHASE_CLOSE_SENT, WSC_ROLE_SERVER, AUTOMATIC, WAITING,
    5000, 5000, WSC_CLOSING_DROP_WAITING },
  { "closed-and-sent-is-not-timed", WSC_PHASE_CLOSED, WSC_ROLE_SERVER, AUTOMATIC, EMPTY, 5000, 0,
    WSC_CLOSING_GO_ON },
  { "closed-sends-what-is-left", WSC_PHASE_CLOSED, WSC_ROLE_SERVER, AUTOMATIC, WAITING, 5000, 5000,
    WSC_CLOSING_DROP_WAITING },
  { "failed-and-sent-is-not-timed", WSC_PHASE_FAILED, WSC_ROLE_CLIENT, AUTOMATIC, EMPTY, 5000, 0,
    WSC_CLOSING_GO_ON },
  { "failed-client-sends-what-is-left", WSC_PHASE_FAILED, WSC_ROLE_CLIENT, AUTOMATIC, WAITING,
    5000, 5000, WSC_CLOSING_DROP_WAITING },
  { "failed-server-has-a-second", WSC_PHASE_FAILED, WSC_ROLE_SERVER, AUTOMATIC, WAITING, 5000,
    1000, WSC_CLOSING_DROP_WAITING },
  { "failed-server-has-less-where-that-is-the-limit", WSC_PHASE_FAILED, WSC_ROLE_SERVER, AUTOMATIC,
    WAITING, 20, 20, WSC_CLOSING_DROP_WAITING },
  { "failed-server-without-a-limit-is-not-timed", WSC_PHASE_FAILED, WSC_ROLE_SERVER, AUTOMATIC,
    WAITING, 0, 0, WSC_CLOSING_GO_ON },
  { "limit-0-is-none", WSC_PHASE_CLOSE_SENT, WSC_ROLE_CLIENT, AUTOMATIC, WAITING, 0, 0,
    WSC_CLOSING_GO_ON },
  { "largest-limit", WSC_PHASE_CLOSE_SENT, WSC_ROLE_CLIENT, AUTOMATIC, EMPTY, INT32_MAX, INT32_MAX,
    WSC_CLOSING_GIVE_UP },
  { "windows-mode-is-not-timed", WSC_PHASE_CLOSE_SENT, WSC_ROLE_CLIENT, WINDOWS, WAITING, 5000, 0,
    WSC_CLOSING_GO_ON },
};

static WscClosingVerdict
judge_at (WscStream *stream,
          int64_t    now,
          WscBacklog backlog)
{
  stream->keepalive.now = now;
  return wsc_stream_check_closing (stream, backlog);
}

/* It goes on until the limit has passed, and then it does as the verdict says. */
static bool
takes_its_limit (WscStream        *stream,
                 int64_t           since,
                 int64_t           limit,
                 WscBacklog        backlog,
                 WscClosingVerdict verdict)
{
  const int64_t deadline = since + limit;

  return wsc_stream_get_closing_deadline (stream, backlog) == deadline &&
         judge_at (stream, deadline - 1, backlog) == WSC_CLOSING_GO_ON &&
         judge_at (stream, deadline, backlog) == verdict;
}

static bool
is_untimed (WscStream *stream,
            WscBacklog backlog)
{
  return wsc_stream_get_closing_deadline (stream, backlog) == WSC_NO_DEADLINE &&
         judge_at (stream, BEGIN, backlog) == WSC_CLOSING_GO_ON &&
         judge_at (stream, WSC_LAST_TIME, backlog) == WSC_CLOSING_GO_ON &&
         wsc_stream_get_closing_deadline (stream, backlog) == WSC_NO_DEADLINE;
}

static bool
is_row_right (size_t row)
{
  const WscOptions options = { .role = rows[row].role, .mode = rows[row].mode,
                               .close_timeout = rows[row].timeout };
  const int64_t limit = rows[row].limit * MS;
  const WscBacklog backlog = rows[row].backlog;
  WscStream stream = { .options = &options, .phase = (uint8_t) rows[row].phase };

  if (limit == 0)
    return is_untimed (&stream, backlog);

  return wsc_stream_get_closing_deadline (&stream, backlog) == 0 &&
         judge_at (&stream, BEGIN, backlog) == WSC_CLOSING_GO_ON &&
         takes_its_limit (&stream, BEGIN, limit, backlog, rows[row].verdict) &&
         (rows[row].verdict != WSC_CLOSING_DROP_WAITING ||
          takes_its_limit (&stream, BEGIN + limit, limit, backlog,
                           WSC_CLOSING_GIVE_UP));
}

static const WscOptions client = { .role = WSC_ROLE_CLIENT, .mode = WSC_MODE_AUTOMATIC,
                                   .close_timeout = 5000 };

static void
test_pauses (void)
{
  WscStream stream = { .options = &client, .phase = WSC_PHASE_FAILED };

  judge_at (&stream, BEGIN, WAITING);
  judge_at (&stream, 200 * MS, EMPTY);
  tap_point (wsc_stream_get_closing_deadline (&stream, WAITING) == 0,
             "/core/closing-time/drained/next-closing-is-timed-anew");
  judge_at (&stream, 300 * MS, WAITING);
  tap_point (takes_its_limit (&stream, 300 * MS, 5000 * MS, WAITING, WSC_CLOSING_DROP_WAITING),
             "/core/closing-time/drained/next-closing-has-the-whole-time");
  judge_at (&stream, 6000 * MS, EMPTY);
  judge_at (&stream, 7000 * MS, WAITING);
  tap_point (takes_its_limit (&stream, 7000 * MS, 5000 * MS, WAITING, WSC_CLOSING_GIVE_UP),
             "/core/closing-time/drained/waiting-is-dropped-once");
}

/* Any number may be given as the time. */
static void
test_end_of_time (void)
{
  WscStream early = { .options = &client, .phase = WSC_PHASE_CLOSE_SENT }, late = early;

  wsc_stream_set_time (&early, INT64_MIN);
  wsc_stream_check_closing (&early, EMPTY);
  tap_point (wsc_stream_get_closing_deadline (&early, EMPTY) == 5000 * MS,
             "/core/closing-time/time/negative-counts-as-0");
  wsc_stream_set_time (&late, INT64_MAX);
  wsc_stream_check_closing (&late, EMPTY);
  tap_point (wsc_stream_get_closing_deadline (&late, EMPTY) == WSC_LAST_TIME + 5000 * MS,
             "/core/closing-time/time/last-one-has-a-deadline-after-it");
}

int
main (void)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    tap_point (is_row_right (i), "/core/closing-time/limit/%s", rows[i].name);
  test_pauses ();
  test_end_of_time ();
  return tap_end ();
}
