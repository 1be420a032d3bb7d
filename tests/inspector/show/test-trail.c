/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The way back from jumps. */
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/wsi-trail.h"
#include "lib/rows.h"

static WsiTrailPlace *
make_place (const char *page,
            const char *filter,
            guint32     conversation,
            guint64     row,
            gboolean    is_following)
{
  WsiTrailPlace *place = g_new0 (WsiTrailPlace, 1);

  *place = (WsiTrailPlace) { g_strdup (page), g_strdup (filter), conversation, row, is_following };
  return place;
}

static WsiTrailPlace *
make_row (guint64 row)
{
  return make_place ("frames", NULL, 0, row, FALSE);
}

static void
assert_back (WsiTrail *trail,
             guint64   here,
             guint64   row)
{
  g_autoptr (WsiTrailPlace) from = make_row (here);
  g_autoptr (WsiTrailPlace) place = wsi_trail_go_back (trail, from);

  if (row == WSI_NO_RECORD)
    g_assert_null (place);
  else
    g_assert_cmpuint (place->row, ==, row);
}

static void
test_order (void)
{
  g_autoptr (WsiTrail) trail = wsi_trail_new ();

  assert_back (trail, 1, WSI_NO_RECORD);
  for (guint64 row = 1; row <= 3; row++)
    wsi_trail_leave (trail, make_row (row));
  assert_back (trail, 9, 3);
  assert_back (trail, 3, 2);
  wsi_trail_leave (trail, make_row (7));
  assert_back (trail, 9, 7);
  assert_back (trail, 7, 1);
  assert_back (trail, 1, WSI_NO_RECORD);
}

/* A jump that leads nowhere is none. */
static void
test_same_place (void)
{
  g_autoptr (WsiTrail) trail = wsi_trail_new ();

  wsi_trail_leave (trail, make_row (1));
  wsi_trail_leave (trail, make_row (2));
  wsi_trail_leave (trail, make_row (2));
  assert_back (trail, 2, 1);
  assert_back (trail, 1, WSI_NO_RECORD);
}

static const struct
{
  const char *name;
  const char *page, *filter;
  guint32     conversation;
  guint64     row;
  gboolean    is_following;
  gboolean    is_other;         /* TRUE if it differs from page "frames", filter "ping", connection
                                 * 1, row 1 */
} places[] = {
  { "same", "frames", "ping", 1, 1, FALSE, FALSE },
  { "page", "problems", "ping", 1, 1, FALSE, TRUE },
  { "filter", "frames", "pong", 1, 1, FALSE, TRUE },
  { "no-filter", "frames", NULL, 1, 1, FALSE, TRUE },
  { "connection", "frames", "ping", 2, 1, FALSE, TRUE },
  { "row", "frames", "ping", 1, 2, FALSE, TRUE },
  { "no-row", "frames", "ping", 1, WSI_NO_RECORD, FALSE, TRUE },
  { "following", "frames", "ping", 1, 1, TRUE, TRUE },
};

static void
test_difference (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiTrail) trail = wsi_trail_new ();
  g_autoptr (WsiTrailPlace) here = make_place ("frames", "ping", 1, 1, FALSE);
  g_autoptr (WsiTrailPlace) back = NULL;

  wsi_trail_leave (trail, make_place (places[i].page, places[i].filter,
                                      places[i].conversation, places[i].row,
                                      places[i].is_following));
  back = wsi_trail_go_back (trail, here);
  g_assert_cmpint (back != NULL, ==, places[i].is_other);
}

/* A list that follows is at the end, whichever row was selected last. */
static void
test_following (void)
{
  g_autoptr (WsiTrail) trail = wsi_trail_new ();
  g_autoptr (WsiTrailPlace) here = make_place ("frames", NULL, 0, 5, TRUE);

  wsi_trail_leave (trail, make_place ("frames", NULL, 0, 1, TRUE));
  g_assert_null (wsi_trail_go_back (trail, here));
}

static void
test_bound (void)
{
  g_autoptr (WsiTrail) trail = wsi_trail_new ();

  for (guint64 row = 1; row <= WSI_TRAIL_MAX + 3; row++)
    wsi_trail_leave (trail, make_row (row));
  for (guint64 row = WSI_TRAIL_MAX + 3; row > 3; row--)
    assert_back (trail, WSI_TRAIL_MAX + 9, row);
  assert_back (trail, 1, WSI_NO_RECORD);
  wsi_trail_leave (trail, make_row (1));
  wsi_trail_clear (trail);
  assert_back (trail, 2, WSI_NO_RECORD);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/trail/leads-back-in-order", test_order);
  g_test_add_func ("/inspector/trail/the-same-place-is-none", test_same_place);
  ADD_ROWS ("/inspector/trail/another-place", places, test_difference);
  g_test_add_func ("/inspector/trail/one-place-while-it-follows", test_following);
  g_test_add_func ("/inspector/trail/forgets-the-oldest", test_bound);
  return g_test_run ();
}
