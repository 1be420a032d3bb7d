/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The notes of a store about its records: a note goes when its record is evicted, and not
 * before. */

#include "inspect/store/wsi-notes.h"
#include "lib/rows.h"

#define N_RECORDS 10
#define FIRST_KEPT 5

typedef void     (*SetFunc) (WsiNotes *notes,
                             guint64   number);
typedef gboolean (*HasFunc) (WsiNotes *notes,
                             guint64   number);

typedef struct
{
  const char *name;
  SetFunc     set;
  HasFunc     has;
} Kind;

static void
set_comment (WsiNotes *notes,
             guint64   number)
{
  wsi_notes_set_comment (notes, number, "noted");
}

static gboolean
has_comment (WsiNotes *notes,
             guint64   number)
{
  g_autofree char *text = wsi_notes_dup_comment (notes, number);

  return text != NULL;
}

static void
set_mark (WsiNotes *notes,
          guint64   number)
{
  wsi_notes_set_mark (notes, number, 1);
}

static gboolean
has_mark (WsiNotes *notes,
          guint64   number)
{
  return wsi_notes_get_mark (notes, number) != 0;
}

static void
set_reply (WsiNotes *notes,
           guint64   number)
{
  wsi_notes_set_reply (notes, number, number + N_RECORDS);
}

static gboolean
has_reply (WsiNotes *notes,
           guint64   number)
{
  guint64 reply;

  return wsi_notes_get_reply (notes, number, &reply);
}

static gboolean
is_reply (WsiNotes *notes,
          guint64   number)
{
  guint64 request;

  return wsi_notes_get_request (notes, number + N_RECORDS, &request);
}

static void
set_error (WsiNotes *notes,
           guint64   number)
{
  wsi_notes_set_error (notes, number, "rpc.error", "No");
}

static gboolean
has_error (WsiNotes *notes,
           guint64   number)
{
  g_autofree char *text = wsi_notes_dup_error (notes, number);
  guint64 from = 0, numbers[N_RECORDS];
  guint n = wsi_notes_get_errors (notes, &from, numbers, N_RECORDS);
  gboolean is_listed = FALSE;

  for (guint i = 0; i < n; i++)
    is_listed |= numbers[i] == number;
  g_assert_true (is_listed == (text != NULL));
  g_assert_true (is_listed == (wsi_notes_get_error (notes, number) != NULL));
  return is_listed;
}

static const Kind kinds[] = {
  { "comment", set_comment, has_comment },
  { "mark", set_mark, has_mark },
  { "reply", set_reply, has_reply },
  { "error", set_error, has_error },
};

/* In two steps, as the store removes its records. */
static void
test_forgotten (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (WsiNotes) notes = wsi_notes_new ();

  for (guint64 i = 0; i < N_RECORDS; i++)
    kind->set (notes, i);
  wsi_notes_forget (notes, 0, 2);
  wsi_notes_forget (notes, 2, FIRST_KEPT);

  for (guint64 i = 0; i < N_RECORDS; i++)
    g_assert_cmpint (kind->has (notes, i), ==, i >= FIRST_KEPT);
}

/* A thread that reads a record may note something after it is gone. */
static void
test_late (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (WsiNotes) notes = wsi_notes_new ();

  wsi_notes_forget (notes, 0, FIRST_KEPT);
  for (guint64 i = 0; i < N_RECORDS; i++)
    kind->set (notes, i);

  for (guint64 i = 0; i < N_RECORDS; i++)
    g_assert_cmpint (kind->has (notes, i), ==, i >= FIRST_KEPT);
}

/* A reply whose request is gone answers nothing, and one that is gone is none. */
static void
test_late_reply (void)
{
  g_autoptr (WsiNotes) notes = wsi_notes_new ();
  guint64 from = 0;
  WsiPair pair;

  wsi_notes_forget (notes, 0, FIRST_KEPT);
  set_reply (notes, FIRST_KEPT - 1);

  g_assert_false (is_reply (notes, FIRST_KEPT - 1));
  wsi_notes_set_reply (notes, N_RECORDS, FIRST_KEPT - 1);
  g_assert_false (has_reply (notes, N_RECORDS));
  g_assert_cmpuint (wsi_notes_get_pairs (notes, &from, &pair, 1), ==, 0);
}

typedef struct
{
  const char *name;
  WsiPair     pairs[4];
  guint       n_pairs;
  guint64     end;              /* end of the records that are gone */
  guint64     from, next;       /* record that is asked for; record where the next question
                                 * begins */
  guint       n_left;           /* number of the last pairs that are left */
} PairCase;

static const PairCase pair_cases[] = {
  { "none-is-gone", { { 0, 1 }, { 2, 3 } }, 2, 0, 0, 2, 2 },
  { "goes-with-its-reply", { { 0, 1 }, { 2, 4 }, { 5, 6 } }, 3, 5, 0, 3, 1 },
  { "stays-until-its-reply-is-gone", { { 0, 5 }, { 1, 6 } }, 2, 5, 0, 2, 2 },
  { "goes-in-the-order-in-which-it-was-found", { { 0, 9 }, { 1, 2 } }, 2, 5, 0, 2, 2 },
  { "that-are-known-are-not-found-again", { { 0, 1 }, { 2, 4 }, { 5, 6 }, { 7, 8 } }, 4, 5, 3, 4, 1 },
  { "all-are-known", { { 0, 1 }, { 2, 4 } }, 2, 0, 2, 2, 0 },
};

static void
test_pairs (gconstpointer data)
{
  const PairCase *test = data;
  g_autoptr (WsiNotes) notes = wsi_notes_new ();
  guint64 from = test->from;
  WsiPair left[G_N_ELEMENTS (test->pairs)];

  for (guint i = 0; i < test->n_pairs; i++)
    wsi_notes_set_reply (notes, test->pairs[i].request, test->pairs[i].reply);
  wsi_notes_forget (notes, 0, test->end);

  g_assert_cmpuint (wsi_notes_get_pairs (notes, &from, left, G_N_ELEMENTS (left)), ==,
                    test->n_left);
  g_assert_cmpuint (from, ==, test->next);
  g_assert_cmpmem (left, test->n_left * sizeof *left,
                   test->pairs + test->n_pairs - test->n_left, test->n_left * sizeof *left);
}

/* Each filter finds the same replies. */
static void
test_pair_again (void)
{
  g_autoptr (WsiNotes) notes = wsi_notes_new ();
  guint64 from = 0;
  WsiPair left[4];

  wsi_notes_set_reply (notes, 1, 2);
  wsi_notes_set_reply (notes, 1, 2);

  g_assert_cmpuint (wsi_notes_get_pairs (notes, &from, left, 4), ==, 1);
}

static void
add_fragment (WsiNotes *notes,
              guint64   first,
              guint64   last)
{
  const WsiMessageInfo info = { .message = 1, .first = first, .last = last };

  wsi_notes_set_message (notes, &info);
}

/* Those of the records that are left, also after the larger half of the numbers was removed. */
static void
test_fragments (void)
{
  g_autoptr (WsiNotes) notes = wsi_notes_new ();
  guint64 left[N_RECORDS];
  WsiMessageInfo info;

  for (guint64 i = 1; i < N_RECORDS; i++)
    add_fragment (notes, 0, i);
  for (guint64 i = 0; i < N_RECORDS; i++)
    {
      g_assert_cmpuint (wsi_notes_get_fragments (notes, 1, 0, left, N_RECORDS), ==, N_RECORDS - i);
      g_assert_cmpuint (left[0], ==, i);
      g_assert_cmpuint (wsi_notes_get_fragments (notes, 1, N_RECORDS - 1, left, N_RECORDS), ==, 1);
      g_assert_cmpuint (left[0], ==, N_RECORDS - 1);
      wsi_notes_forget_fragment (notes, 1, i);
    }

  g_assert_cmpuint (wsi_notes_get_fragments (notes, 1, 0, left, N_RECORDS), ==, 0);
  g_assert_false (wsi_notes_get_message (notes, 1, &info));
}

/* The first ones of a comment that has more, the last of them first. */
static void
test_many_tags (void)
{
  g_autoptr (WsiNotes) notes = wsi_notes_new ();
  g_auto (GStrv) tags = NULL;
  g_autofree char *joined = NULL;

  g_assert_true (wsi_notes_set_comment (notes, 0, "#13 #4"));
  g_assert_false (wsi_notes_set_comment (notes, 0, "#13 #4"));
  wsi_notes_set_comment (notes, 1, "#1 #2 #3 #4 #5 #6 #7 #8 #9 #10 #11 #12 #13");
  tags = wsi_notes_dup_tags (notes);
  joined = g_strjoinv (" ", tags);

  g_assert_cmpstr (joined, ==, "12 11 10 9 8 7 6 5 4 3 2 1");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *gone =
        g_strconcat ("/inspector/notes/go-with-records/", kinds[i].name, NULL);
      g_autofree char *late = g_strconcat ("/inspector/notes/come-too-late/", kinds[i].name, NULL);

      g_test_add_data_func (gone, &kinds[i], test_forgotten);
      g_test_add_data_func (late, &kinds[i], test_late);
    }
  g_test_add_func ("/inspector/notes/come-too-late/a-reply-of-a-request", test_late_reply);
  ADD_EACH_ROW ("/inspector/notes/pair/%s", pair_cases, test_pairs);
  g_test_add_func ("/inspector/notes/pair/is-noted-once", test_pair_again);
  g_test_add_func ("/inspector/notes/fragments/are-those-of-the-records-that-are-left",
                   test_fragments);
  g_test_add_func ("/inspector/notes/tags/are-the-latest", test_many_tags);

  return g_test_run ();
}
