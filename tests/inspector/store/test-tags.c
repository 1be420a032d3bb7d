/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-tags.h"
#include "lib/rows.h"

static const struct
{
  const char *name, *comment, *tags;
} lists[] = {
  { "no-comment-has-none", NULL, "" },
  { "words-are-none", "a todo", "" },
  { "each-in-its-order", "#b and #a", "b a" },
  { "each-once", "#a #b #a", "a b" },
  { "none-within-a-word", "x#no http://h/#no", "" },
  { "number-sign-alone-is-none", "# ## #", "" },
  { "ends-where-a-word-ends", "#todo: (#no) #not-now_2, #\xc3\xa9t\xc3\xa9!", "todo not-now_2 \xc3\xa9t\xc3\xa9" },
};

static void
test_list (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_auto (GStrv) tags = wsi_tags_list (lists[i].comment);
  g_autofree char *joined = g_strjoinv (" ", tags);

  g_assert_cmpstr (joined, ==, lists[i].tags);
}

static const struct
{
  const char *name, *comment, *tags, *result;
} changes[] = {
  { "the-first-begins-a-comment", NULL, "todo", "#todo" },
  { "none-leave-none", "#todo", "", NULL },
  { "none-of-no-comment", NULL, "", NULL },
  { "text-stays-before-them", "look here", "a b", "look here #a #b" },
  { "those-that-were-there-are-replaced", "#old look #older here", "new", "look here #new" },
  { "blanks-around-them-go", "#a   look", "", "look" },
  { "each-once", "x", "a a b a", "x #a #b" },
  { "other-characters-are-left-out", NULL, "#a! !? b#c", "#a #bc" },
};

static void
test_change (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_auto (GStrv) tags = g_strsplit (changes[i].tags, " ", -1);
  g_autofree char *comment = wsi_tags_change (changes[i].comment, (const char *const *) tags);

  g_assert_cmpstr (comment, ==, changes[i].result);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/tags/list", lists, test_list);
  ADD_ROWS ("/inspector/tags/change", changes, test_change);
  return g_test_run ();
}
