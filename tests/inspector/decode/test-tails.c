/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The store of tails: packets that one message has begun and a later one ends. */

#include "inspect/decode/choosing/wsi-tails.h"

#define N_CONVERSATIONS 1000
#define LENGTH (16 * 1024)      /* more than 4 MiB of all */

static void
leave (WsiTails *tails,
       guint32   conversation,
       guint     direction,
       gsize     length)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (length), length);
  const WsiUnfinished unfinished = { bytes, conversation };

  wsi_tails_leave (tails, conversation, direction, &unfinished);
}

/* The message that goes on has it, and no message after that. */
static void
test_take (void)
{
  WsiTails *tails = wsi_tails_new ();

  leave (tails, 7, 1, 10);
  g_assert_null (wsi_tails_take (tails, 7, 0, 1));
  g_assert_null (wsi_tails_take (tails, 8, 1, 2));
  g_assert_cmpuint (wsi_tails_take (tails, 7, 1, 3)->n_skipped, ==, 7);
  g_assert_null (wsi_tails_take (tails, 7, 1, 4));
  g_assert_cmpuint (wsi_tails_get (tails, 3)->n_skipped, ==, 7);
  g_assert_null (wsi_tails_get (tails, 4));
  wsi_tails_free (tails);
}

static void
test_nothing (void)
{
  const WsiUnfinished nothing = { NULL, 0 };
  WsiTails *tails = wsi_tails_new ();

  leave (tails, 7, 1, 10);
  wsi_tails_leave (tails, 7, 1, &nothing);
  g_assert_null (wsi_tails_take (tails, 7, 1, 1));
  wsi_tails_free (tails);
}

/* The tail that a message goes on with already stays. */
static void
test_forget_latest (void)
{
  WsiTails *tails = wsi_tails_new ();

  leave (tails, 7, 0, 10);
  g_assert_nonnull (wsi_tails_take (tails, 7, 0, 3));
  leave (tails, 7, 0, 10);
  leave (tails, 8, 1, 10);
  wsi_tails_forget_latest (tails);
  g_assert_null (wsi_tails_take (tails, 7, 0, 4));
  g_assert_null (wsi_tails_take (tails, 8, 1, 5));
  g_assert_nonnull (wsi_tails_get (tails, 3));
  wsi_tails_free (tails);
}

static void
test_oldest (void)
{
  WsiTails *tails = wsi_tails_new ();
  guint n_known = 0;

  for (guint i = 1; i <= N_CONVERSATIONS; i++)
    leave (tails, i, 0, LENGTH);
  g_assert_null (wsi_tails_take (tails, 1, 0, 1));
  g_assert_nonnull (wsi_tails_take (tails, N_CONVERSATIONS, 0, N_CONVERSATIONS));
  for (guint i = 1; i <= N_CONVERSATIONS; i++)
    n_known += i == N_CONVERSATIONS || wsi_tails_take (tails, i, 0, i) != NULL;
  g_assert_cmpuint (n_known, >, 200);
  g_assert_cmpuint (n_known, <=, 256);
  wsi_tails_free (tails);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/tails/belong-to-the-next-message-of-the-direction", test_take);
  g_test_add_func ("/inspector/tails/nothing-left-replaces-them", test_nothing);
  g_test_add_func ("/inspector/tails/latest-are-forgotten-where-messages-are-missing",
                   test_forget_latest);
  g_test_add_func ("/inspector/tails/oldest-are-forgotten", test_oldest);

  return g_test_run ();
}
