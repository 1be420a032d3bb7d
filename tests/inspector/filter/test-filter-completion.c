/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-completion.h"
#include "lib/rows.h"

#include <string.h>

static const WsiName kinds[] = { { "text", 1 }, { "ping", 9 }, { NULL, 0 } };

static const WsiField rows[] = {
  { .name = "kind", .description = "Kind", .type = WSI_VALUE_NAME, .names = kinds },
  { .name = "text", .description = "Text", .type = WSI_VALUE_TEXT },
  { .name = "fin", .description = "Last", .type = WSI_VALUE_BOOLEAN },
  { .name = "json", .description = "Member", .type = WSI_VALUE_BOOLEAN, .path_form = WSI_PATH_MEMBERS },
};

static const WsiFlag flags[] = { { "ping", "kind", 9, "Ping" }, { "text", "kind", 1, "Text" } };

/* The place is where "|" is. */
static const struct
{
  const char *name, *text, *candidates;
  gsize       start;
} completions[] = {
  { "nothing-yet", "|", "ping text kind fin json not", 0 },
  { "beginning-of-a-name", "fi|", "fin", 0 },
  { "beginning-that-nothing-has", "x|", "", 0 },
  { "name-of-a-flag-and-a-field-is-offered-once", "te|", "text", 0 },
  { "whole-name", "kind|", "kind", 0 },
  { "operators-that-fit", "kind |", "== != in and or", 5 },
  { "operators-of-a-text", "text |", "== != contains matches startswith in and or", 5 },
  { "beginning-of-an-operator", "text c|", "contains", 5 },
  { "beginning-of-a-sign", "kind !|", "!=", 5 },
  { "operators-of-a-member", "json.a |", "== != in and or", 7 },
  { "operators-of-an-index", "json[0].b |", "== != in and or", 10 },
  { "blanks-in-an-index", "json[ 0 ].b |", "== != in and or", 12 },
  { "names-of-values", "kind == |", "text ping", 8 },
  { "beginning-of-a-value", "kind == p|", "ping", 8 },
  { "yes-and-no", "fin == |", "yes no", 7 },
  { "values-in-a-set", "kind in {|", "text ping", 9 },
  { "more-values-in-a-set", "kind in {ping, t|", "text", 15 },
  { "links-after-a-value", "kind == ping |", "and or", 13 },
  { "links-after-a-set", "kind in {ping} |", "and or", 15 },
  { "beginning-of-a-link", "kind == ping a|", "and", 13 },
  { "links-after-a-word", "price |", "and or", 6 },
  { "links-after-a-string", "\"price\" |", "and or", 8 },
  { "condition-after-a-link", "fin and k|", "kind", 8 },
  { "condition-after-a-bracket", "(fi|", "fin", 1 },
  { "condition-after-not", "not fi|", "fin", 4 },
  { "within-a-string-no-names", "text == \"fi|", "", 8 },
  { "within-a-string-to-search-for-nothing", "\"fi|", "", 3 },
  { "after-a-backslash-nothing", "text == \"fi\\|", "", 12 },
  { "text-after-the-place-does-not-count", "fi| == yes", "fin", 0 },
};

static void
test_completion (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  gsize position = strchr (completions[i].text, '|') - completions[i].text;
  g_autofree char *text = g_strconcat (completions[i].text, NULL);
  g_autoptr (WsiFields) fields = wsi_fields_new ();
  g_auto (WsiCompletionPlace) place = { 0 };
  g_autoptr (GArray) list = NULL;
  g_autoptr (GString) found = g_string_new (NULL);

  memmove (text + position, text + position + 1, strlen (text + position));
  wsi_fields_add (fields, rows, G_N_ELEMENTS (rows));
  wsi_fields_add_flags (fields, flags, G_N_ELEMENTS (flags));
  list = wsi_completion_list (fields, text, position, &place);
  for (guint j = 0; j < list->len; j++)
    g_string_append_printf (found, "%s%s", j > 0 ? " " : "",
                            g_array_index (list, WsiCompletion, j).text);

  g_assert_cmpstr (found->str, ==, completions[i].candidates);
  g_assert_cmpuint (place.start, ==, completions[i].start);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/filter-completion", completions, test_completion);
  return g_test_run ();
}
