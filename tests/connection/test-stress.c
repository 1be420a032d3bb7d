/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Random calls at random moments on both ends: each call has exactly one result, and nothing is
 * left.  SEC-103, SEC-104 */
#include "connection/wire.h"

#define N_ROUNDS 1500
#define N_CALLS 24

typedef struct
{
  guint n_begun, n_ended;
} Calls;

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Calls *calls = user_data;

  calls->n_ended++;
  g_assert_cmpuint (calls->n_ended, <=, calls->n_begun);
}

static void
on_received (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (WspMessage) message =
    wsp_connection_receive_finish (WSP_CONNECTION (source), result, NULL);

  on_ended (source, result, user_data);
}

static gboolean
cancel (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

static GCancellable *
make_cancellable (GRand *random)
{
  GCancellable *cancellable = g_cancellable_new ();

  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      g_cancellable_cancel (cancellable);
      break;
    case 1:
      g_timeout_add_full (G_PRIORITY_DEFAULT, 0, cancel, g_object_ref (cancellable),
                          g_object_unref);
      break;
    default:
      break;
    }

  return cancellable;
}

static void
call_something (WspConnection *connection,
                GRand         *random,
                const guint8  *noise,
                Calls         *calls)
{
  g_autoptr (GCancellable) cancellable = make_cancellable (random);
  gsize length = 1 << g_rand_int_range (random, 0, 19);

  calls->n_begun++;
  switch (g_rand_int_range (random, 0, 12))
    {
    case 0:
    case 1:
    case 2:
      wire_send_binary (connection, noise, length, cancellable, on_ended, calls);
      return;
    case 3:
    case 4:
    case 5:
      wsp_connection_receive_async (connection, cancellable, on_received, calls);
      return;
    case 6:
    case 7:
      wsp_connection_ping_async (connection, NULL, cancellable, on_ended, calls);
      return;
    case 8:
      wsp_connection_flush_async (connection, cancellable, on_ended, calls);
      return;
    case 9:
      if (g_rand_int_range (random, 0, 4) == 0)
        {
          wsp_connection_close_async (connection, 1000, NULL, cancellable, on_ended, calls);
          return;
        }
      break;
    case 10:
      if (g_rand_int_range (random, 0, 8) == 0)
        wsp_connection_abort (connection);
      break;
    default:
      wsp_connection_queue_text (connection, "text", NULL);
      break;
    }
  calls->n_begun--;
}

static void
run_round (GRand        *random,
           const guint8 *noise)
{
  WspConnection *ends[2];
  Calls calls = { 0, 0 };

  wire_pair (&ends[0], &ends[1]);
  for (guint i = 0; i < N_CALLS; i++)
    {
      call_something (ends[g_rand_boolean (random)], random, noise, &calls);
      if (g_rand_boolean (random))
        g_main_context_iteration (NULL, FALSE);
    }

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      wsp_connection_abort (ends[i]);
      g_object_add_weak_pointer (G_OBJECT (ends[i]), (gpointer *) &ends[i]);
      g_object_unref (ends[i]);
    }
  while (ends[0] != NULL || ends[1] != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (calls.n_ended, ==, calls.n_begun);
}

static void
test_random_calls (void)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autofree guint8 *noise = g_malloc0 (1 << 19);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < N_ROUNDS; i++)
    run_round (random, noise);
  run_pending ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/stress/random-calls/SEC-103-every-call-has-one-result",
                   test_random_calls);

  return g_test_run ();
}
