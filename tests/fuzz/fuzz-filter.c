/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The text of a filter: if it parses, so does the text in brackets, to an equal tree.  Its opposite
 * matches the other records.  The completion at every place begins there. */

#include "fuzz/fuzz-input.h"

#include "inspect/filter/grammar/wsi-parser.h"
#include "inspect/filter/wsi-filter.h"
#include "inspector/filter/filter-tree.h"
#include "inspector/opened.h"

#include <string.h>

#define N_RECORDS 4

static WsiStore *
make_store (void)
{
  static const char *const payloads[N_RECORDS] = {
    "", "price 7", "aaaaaaaaaaaaaaaaaaaaaaaab", "\xff",
  };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://a/b" };
  WsiStore *store = wsi_store_new (N_RECORDS, 4096);
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);

  for (guint i = 0; i < N_RECORDS; i++)
    {
      gsize length = strlen (payloads[i]);
      const WspFrameRecord frame = { .opcode = i == 0 ? 9 : 1, .fin = 1, .header_length = 2,
                                     .payload_length = length, .inflated_length = length };
      const WsiFrame appended = { .frame = &frame, .payload = (const guint8 *) payloads[i],
                                  .n_payload = length };

      wsi_store_append (store, conversation, &appended);
    }
  return store;
}

static WsiMatcher *
make_matcher (WsiStore   *store,
              const char *text)
{
  g_autoptr (WsiFilter) filter = wsi_filter_new (text, NULL);

  return filter != NULL ? wsi_matcher_new (filter, store) : NULL;
}

/* A term that decides nothing may change the order of the others. */
static void
check_matches (const char *text)
{
  g_autoptr (WsiStore) store = make_store ();
  g_autofree char *negated = g_strdup_printf ("not (%s)", text);
  g_autofree char *repeated = g_strdup_printf ("((%s) or no == 0) and (%s)", text, text);
  g_autoptr (WsiMatcher) plain = make_matcher (store, text);
  g_autoptr (WsiMatcher) opposite = make_matcher (store, negated);
  g_autoptr (WsiMatcher) twice = make_matcher (store, repeated);

  /* The longer ones may be longer, or deeper, than a filter may be. */
  for (guint64 i = 0; i <= N_RECORDS; i++)
    {
      gboolean is_match = wsi_matcher_match (plain, i);

      REQUIRE (i < N_RECORDS || !is_match);
      REQUIRE (opposite == NULL || wsi_matcher_match (opposite, i) == (i < N_RECORDS && !is_match));
      REQUIRE (twice == NULL || wsi_matcher_match (twice, i) == is_match);
    }
}

static void
check_text (WsiFields  *fields,
            const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiNode) node = wsi_parser_parse (fields, text, &error), again = NULL;
  g_autofree char *bracketed = g_strdup_printf ("(%s)", text);

  REQUIRE ((node == NULL) == (error != NULL));
  if (node == NULL)
    {
      REQUIRE (wsi_filter_error_get_column (error) >= 1);
      REQUIRE (wsi_filter_error_get_column (error) <= strlen (text) + 1);
      REQUIRE (g_utf8_validate (error->message, -1, NULL));
      return;
    }

  again = wsi_parser_parse (fields, bracketed, NULL);
  REQUIRE (again == NULL || filter_tree_is_equal (node, again));
  check_matches (text);
}

static void
check_completion (WsiFields  *fields,
                  const char *text)
{
  gsize length = strlen (text);

  for (gsize i = 0; i <= MIN (length, 64); i++)
    {
      g_auto (WsiCompletionPlace) place = { 0 };
      g_autoptr (GArray) list = wsi_completion_list (fields, text, i, &place);

      REQUIRE (place.start <= i);
      for (guint j = 0; j < list->len; j++)
        REQUIRE (strncmp (g_array_index (list, WsiCompletion, j).text, text + place.start,
                          i - place.start) == 0);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();

  check_text (fields, text);
  check_completion (fields, text);
  return 0;
}
