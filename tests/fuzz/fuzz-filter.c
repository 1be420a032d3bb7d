/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The text of a filter: if it parses, its print parses to an equal tree, and the plan matches the
 * same records as the filter as it is written.  The completion at every place begins there. */

#include "fuzz/fuzz-input.h"

#include "inspect/filter/grammar/wsi-parser.h"
#include "inspect/filter/wsi-filter.h"
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

static void
check_matches (WsiFields  *fields,
               const char *text)
{
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiFilter) planned = wsi_filter_new_with_fields (fields, text,
                                                              WSI_PLAN_CHEAPEST_FIRST, NULL);
  g_autoptr (WsiFilter) as_written = wsi_filter_new_with_fields (fields, text,
                                                                 WSI_PLAN_AS_WRITTEN, NULL);

  for (guint64 i = 0; i <= N_RECORDS; i++)
    REQUIRE (wsi_filter_match (planned, store, i) == wsi_filter_match (as_written, store, i));
}

static void
check_text (WsiFields  *fields,
            const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiNode) node = wsi_parser_parse (fields, text, &error), again = NULL;
  g_autofree char *printed = NULL, *reprinted = NULL;

  REQUIRE ((node == NULL) == (error != NULL));
  if (node == NULL)
    {
      REQUIRE (wsi_filter_error_get_column (error) >= 1);
      REQUIRE (wsi_filter_error_get_column (error) <= strlen (text) + 1);
      REQUIRE (g_utf8_validate (error->message, -1, NULL));
      return;
    }

  /* Escapes and names in full may make the print longer than a text may be. */
  printed = wsi_node_print (node);
  if (strlen (printed) > WSI_FILTER_MAX_LENGTH)
    return;
  again = wsi_parser_parse (fields, printed, NULL);
  REQUIRE (again != NULL);
  REQUIRE (wsi_node_is_equal (node, again));
  reprinted = wsi_node_print (again);
  REQUIRE (strcmp (printed, reprinted) == 0);
  check_matches (fields, text);
}

static void
check_completion (WsiFields  *fields,
                  const char *text)
{
  gsize length = strlen (text), start;

  for (gsize i = 0; i <= MIN (length, 64); i++)
    {
      g_autoptr (GArray) list = wsi_completion_list (fields, text, i, &start);

      REQUIRE (start <= i);
      for (guint j = 0; j < list->len; j++)
        REQUIRE (strncmp (g_array_index (list, WsiCompletion, j).text, text + start,
                          i - start) == 0);
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
