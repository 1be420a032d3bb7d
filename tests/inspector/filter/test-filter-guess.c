/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Fields that a user may mean by a filter that is being typed. */
#include "inspect/filter/wsi-filter-guess.h"

static const struct
{
  const char *name, *text;
  gboolean    is_half;
  const char *guess;            /* filter that is guessed; NULL: none */
} cases[] = {
  { "half-a-field", "opco", TRUE, NULL },
  { "field-without-a-comparison", "len", TRUE, NULL },
  { "field-with-a-path", "json.ty", TRUE, NULL },
  { "after-and", "ping and opco", TRUE, NULL },
  { "in-brackets", "(recv or opco", TRUE, NULL },
  { "negated", "not opco", TRUE, NULL },
  { "half-a-flag", "pin", TRUE, NULL },
  { "flag", "ping", FALSE, NULL },
  { "comparison", "len > 5", FALSE, NULL },
  { "value-that-begins-a-name", "json.a == op", FALSE, NULL },
  { "text-in-quotes", "\"opco\"", FALSE, NULL },
  { "text", "hello", FALSE, NULL },
  { "nothing", "", FALSE, NULL },
  { "open-quote", "\"op", FALSE, NULL },
  { "like-a-field", "opcdoe", FALSE, "opcode" },
  { "like-a-field-after-and", "ping and opcdoe", FALSE, "ping and opcode" },
  { "like-a-field-in-brackets", "(opcdoe) or ping", FALSE, "(opcode) or ping" },
  { "like-a-field-in-quotes", "\"opcdoe\"", FALSE, NULL },
};

static void
test_half (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  g_assert_cmpint (wsi_filter_ends_half (cases[i].text), ==, cases[i].is_half);
}

static void
test_guess (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *name = NULL;
  g_autofree char *guess = wsi_filter_dup_guess (cases[i].text, &name);

  if (cases[i].guess == NULL && cases[i].is_half)
    return;

  g_assert_cmpstr (guess, ==, cases[i].guess);
  g_assert_cmpstr (name, ==, cases[i].guess != NULL ? "opcode" : NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *half = g_strconcat ("/inspector/filter-guess/half/", cases[i].name, NULL);
      g_autofree char *guess = g_strconcat ("/inspector/filter-guess/meant/", cases[i].name, NULL);

      g_test_add_data_func (half, GSIZE_TO_POINTER (i), test_half);
      g_test_add_data_func (guess, GSIZE_TO_POINTER (i), test_guess);
    }
  return g_test_run ();
}
