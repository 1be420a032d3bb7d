/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The longest time between two calls of poll () while a client connects that has none of the
 * authorities yet: until then the main loop serves nobody else.  The time in which the thread
 * waited for a processor does not count, so that other programs change little. */

#include "bench-client.h"

static double begin, delay, longest;    /* begin 0: it is in poll () */

static void
end_stretch (void)
{
  const double now = client_now (), now_delayed = client_delay ();

  if (begin > 0)
    longest = MAX (longest, now - begin - (now_delayed - delay));
  begin = 0;
}

static int
poll_between (GPollFD *fds,
              guint    n_fds,
              int      timeout)
{
  int result;

  end_stretch ();
  result = g_poll (fds, n_fds, timeout);
  delay = client_delay ();
  begin = client_now ();
  return result;
}

static void
end (Bench   *bench,
     gpointer data)
{
  end_stretch ();
  g_print ("{\"n\": 1, \"longest\": %.9f}\n", longest);
  g_main_loop_quit (bench->loop);
}

/* GIO, its modules and this library have initialized what they need. */
static void
begin_again (Bench   *bench,
             gpointer data)
{
  g_object_unref (bench->client);
  bench->client = bench_create_client (bench->options->trust);
  g_main_context_set_poll_func (NULL, poll_between);
  bench_open (bench, 2, end, NULL);
}

void
bench_begin_standstill (Bench *bench)
{
  if (bench->options->first != NULL)
    {
      g_object_unref (bench->client);
      bench->client = bench_create_client (bench->options->first);
    }
  bench_open (bench, 1, begin_again, NULL);
}
