/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/dialing/wsp-connect-queue-private.h"

static WspConnectQueue *queue;
static guint n_granted;

static void
count_grant (WspConnectPermit *permit)
{
  n_granted++;
}

static WspConnectPermitState
acquire (WspConnectPermit *permit,
         const char       *host)
{
  return wsp_connect_queue_acquire (queue, permit, host, count_grant);
}

/* Row 9: connects to one host follow in the order of the calls; one to another host starts at
 * once. */
static void
test_one_host (void)
{
  WspConnectPermit permit[4] = { 0 };

  n_granted = 0;
  queue = wsp_connect_queue_new ();
  g_assert_cmpint (acquire (&permit[0], "a 80"), ==, WSP_CONNECT_PERMIT_GRANTED);
  g_assert_cmpint (acquire (&permit[1], "a 80"), ==, WSP_CONNECT_PERMIT_QUEUED);
  g_assert_cmpint (acquire (&permit[2], "a 80"), ==, WSP_CONNECT_PERMIT_QUEUED);
  g_assert_cmpint (acquire (&permit[3], "b 80"), ==, WSP_CONNECT_PERMIT_GRANTED);

  wsp_connect_queue_release (queue, &permit[1]);
  g_assert_cmpuint (n_granted, ==, 0);
  wsp_connect_queue_release (queue, &permit[0]);
  g_assert_cmpuint (n_granted, ==, 1);
  g_assert_cmpint (permit[2].state, ==, WSP_CONNECT_PERMIT_GRANTED);
  wsp_connect_queue_release (queue, &permit[2]);
  wsp_connect_queue_release (queue, &permit[3]);
  wsp_connect_queue_release (queue, &permit[3]);
  wsp_connect_queue_free (queue);
}

/* Row 10: at most this many at a time, to any hosts. */
static void
test_max (void)
{
  WspConnectPermit permit[WSP_MAX_CONNECT_PERMITS + 3] = { { 0 } };

  n_granted = 0;
  queue = wsp_connect_queue_new ();
  for (guint i = 0; i < G_N_ELEMENTS (permit); i++)
    {
      g_autofree char *host = g_strdup_printf ("host%u 80", i);

      g_assert_cmpint (acquire (&permit[i], host), ==,
                       i < WSP_MAX_CONNECT_PERMITS ? WSP_CONNECT_PERMIT_GRANTED
                                                   : WSP_CONNECT_PERMIT_QUEUED);
    }

  wsp_connect_queue_release (queue, &permit[WSP_MAX_CONNECT_PERMITS + 1]);
  g_assert_cmpuint (n_granted, ==, 0);
  wsp_connect_queue_release (queue, &permit[0]);
  g_assert_cmpint (permit[WSP_MAX_CONNECT_PERMITS].state, ==, WSP_CONNECT_PERMIT_GRANTED);
  wsp_connect_queue_release (queue, &permit[1]);
  g_assert_cmpint (permit[WSP_MAX_CONNECT_PERMITS + 2].state, ==, WSP_CONNECT_PERMIT_GRANTED);
  g_assert_cmpuint (n_granted, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (permit); i++)
    wsp_connect_queue_release (queue, &permit[i]);
  wsp_connect_queue_free (queue);
}

/* Two connects to a host wait because of the other hosts: the host is in the row once. */
static void
test_two_behind_others (void)
{
  WspConnectPermit permit[WSP_MAX_CONNECT_PERMITS] = { { 0 } };
  WspConnectPermit same[2] = { { 0 } };

  n_granted = 0;
  queue = wsp_connect_queue_new ();
  for (guint i = 0; i < G_N_ELEMENTS (permit); i++)
    {
      g_autofree char *host = g_strdup_printf ("host%u 80", i);

      acquire (&permit[i], host);
    }
  g_assert_cmpint (acquire (&same[0], "a 80"), ==, WSP_CONNECT_PERMIT_QUEUED);
  g_assert_cmpint (acquire (&same[1], "a 80"), ==, WSP_CONNECT_PERMIT_QUEUED);
  for (guint i = 0; i < G_N_ELEMENTS (permit); i++)
    wsp_connect_queue_release (queue, &permit[i]);
  g_assert_cmpint (same[0].state, ==, WSP_CONNECT_PERMIT_GRANTED);
  g_assert_cmpint (same[1].state, ==, WSP_CONNECT_PERMIT_QUEUED);
  wsp_connect_queue_release (queue, &same[0]);
  g_assert_cmpint (same[1].state, ==, WSP_CONNECT_PERMIT_GRANTED);
  wsp_connect_queue_release (queue, &same[1]);
  wsp_connect_queue_free (queue);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/connect-queue/WS-9-one-connect-to-a-host", test_one_host);
  g_test_add_func ("/endpoint/connect-queue/WS-10-thirty-at-once", test_max);
  g_test_add_func ("/endpoint/connect-queue/two-to-a-host-that-waits-for-others",
                   test_two_behind_others);

  return g_test_run ();
}
