/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-record-move.h"
#include "inspector/opened.h"

#define SEGMENT_LENGTH 16384
#define N_RECORDS (3 * SEGMENT_LENGTH + 5)
#define FIRST_FAULT 7
#define MAX_IN_SLICE 20000
#define LAST_FAULT (2 * SEGMENT_LENGTH)

static WsiStore *
make_store (guint64 max_records)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  WsiStore *store = wsi_store_new (max_records, 0);
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);

  for (guint i = 0; i < N_RECORDS; i++)
    {
      const WspFrameRecord frame = {
        .header_length = 2,
        .fault = i == FIRST_FAULT || i == LAST_FAULT ? 3 : 0,
      };
      const WsiFrame kept = { .frame = &frame };

      wsi_store_append (store, conversation, &kept);
    }
  return store;
}

static void
assert_next (WsiStore *store,
             guint64   from,
             gint64    expected)
{
  guint64 number = G_MAXUINT64;

  g_assert_cmpint (wsi_record_move_to_fault (store, from, &number), ==, expected >= 0);
  if (expected >= 0)
    g_assert_cmpuint (number, ==, expected);
  else
    g_assert_cmpuint (number, ==, G_MAXUINT64);
}

static void
test_faults (void)
{
  g_autoptr (WsiStore) store = make_store (WSI_DEFAULT_MAX_RECORDS);

  assert_next (store, 0, FIRST_FAULT);
  assert_next (store, FIRST_FAULT, FIRST_FAULT);
  assert_next (store, FIRST_FAULT + 1, LAST_FAULT);
  assert_next (store, LAST_FAULT, LAST_FAULT);
  assert_next (store, LAST_FAULT + 1, -1);
  assert_next (store, N_RECORDS, -1);
  assert_next (store, G_MAXUINT64, -1);
}

static void
test_gone (void)
{
  g_autoptr (WsiStore) store = make_store (2 * SEGMENT_LENGTH);

  g_assert_cmpuint (wsi_store_get_first (store), >, FIRST_FAULT);
  assert_next (store, 0, LAST_FAULT);
}

static void
test_empty (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, 0);

  assert_next (store, 0, -1);
}

static WsiMoveResult
move (WsiStore        *store,
      guint32          conversation,
      WsiMoveDirection direction,
      guint64         *at)
{
  WsiMoveResult result;

  do
    {
      guint64 before = *at;

      result = wsi_record_move_in_conversation (store, conversation, direction, at);
      g_assert_cmpuint (MAX (*at, before) - MIN (*at, before), <=, MAX_IN_SLICE);
    }
  while (result == WSI_MOVE_GOES_ON);
  return result;
}

/* Between its last two records are those of another one. */
static void
test_conversation (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiStore) store = make_store (WSI_DEFAULT_MAX_RECORDS);
  g_autoptr (WsiConversation) other = opened_conversation (store, &opening, 1);
  const WspFrameRecord frame = { .header_length = 2 };
  const WsiFrame kept = { .frame = &frame };
  guint64 at = N_RECORDS - 1;

  for (guint i = 0; i < N_RECORDS; i++)
    wsi_store_append (store, other, &kept);
  g_assert_cmpint (move (store, 1, WSI_MOVE_FORWARD, &at), ==, WSI_MOVE_AT_END);
  at = N_RECORDS - 1;
  g_assert_cmpint (wsi_record_move_in_conversation (store, 1, WSI_MOVE_FORWARD, &at), ==,
                   WSI_MOVE_GOES_ON);
  g_assert_cmpint (move (store, 2, WSI_MOVE_FORWARD, &at), ==, WSI_MOVE_FOUND);
  at = 2 * N_RECORDS - 1;
  g_assert_cmpint (move (store, 1, WSI_MOVE_BACKWARD, &at), ==, WSI_MOVE_FOUND);
  g_assert_cmpuint (at, ==, N_RECORDS - 1);
  at = 0;
  g_assert_cmpint (move (store, 1, WSI_MOVE_BACKWARD, &at), ==, WSI_MOVE_AT_END);
  g_assert_cmpint (move (store, 1, WSI_MOVE_FORWARD, &at), ==, WSI_MOVE_FOUND);
  g_assert_cmpuint (at, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inspector/record-move/finds-the-next-fault", test_faults);
  g_test_add_func ("/inspector/record-move/begins-with-what-is-left", test_gone);
  g_test_add_func ("/inspector/record-move/an-empty-store-has-none", test_empty);
  g_test_add_func ("/inspector/record-move/in-a-conversation-is-sliced", test_conversation);
  return g_test_run ();
}
