/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/models/wsi-conversation-model.h"
#include "inspector/opened.h"

#define SEGMENT_LENGTH 16384
#define N_OPEN_AT_ONCE 10000

/* Follows the signals as a view does. */
typedef struct
{
  GPtrArray *seen;              /* connections in the order of the model (WsiConversation) */
  guint      n_signals;
} Watch;

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Watch      *watch)
{
  g_ptr_array_remove_range (watch->seen, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (watch->seen, position + i, g_list_model_get_item (model, position + i));
  watch->n_signals++;
  g_assert_cmpuint (watch->seen->len, ==, g_list_model_get_n_items (model));
}

static WsiConversation *
open_one (WsiStore *store)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };

  return opened_conversation (store, &opening, 1);
}

static void
append (WsiStore        *store,
        WsiConversation *conversation,
        guint            n_records)
{
  for (guint i = 0; i < n_records; i++)
    {
      const WspFrameRecord frame = { .offset = i, .header_length = 2 };
      const WsiFrame kept = { .frame = &frame };

      wsi_store_append (store, conversation, &kept);
    }
}

/* The view and the model hold these numbers, in this order. */
static void
assert_numbers (WsiConversationModel *model,
                Watch                *watch,
                const guint          *numbers,
                guint                 n_numbers)
{
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, n_numbers);
  for (guint i = 0; i < n_numbers; i++)
    {
      g_autoptr (WsiConversation) conversation = g_list_model_get_item (G_LIST_MODEL (model), i);

      g_assert_cmpuint (wsi_conversation_get_number (conversation), ==, numbers[i]);
      g_assert_true (watch->seen->pdata[i] == conversation);
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), n_numbers));
}

static void
watch_clear (Watch *watch)
{
  g_ptr_array_unref (watch->seen);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watch, watch_clear)

static void
watch_init (Watch                *watch,
            WsiConversationModel *model)
{
  watch->seen = g_ptr_array_new_with_free_func (g_object_unref);
  watch->n_signals = 0;
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), watch);
}

static void
test_many (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, 0);
  g_autoptr (WsiConversationModel) model = wsi_conversation_model_new (store);
  g_auto (Watch) watch = { 0 };

  watch_init (&watch, model);
  for (guint i = 0; i < N_OPEN_AT_ONCE; i++)
    g_object_unref (open_one (store));
  g_assert_cmpuint (watch.n_signals, ==, 0);

  wsi_conversation_model_update (model);
  wsi_conversation_model_update (model);
  g_assert_cmpuint (watch.n_signals, ==, 1);
  g_assert_cmpuint (watch.seen->len, ==, N_OPEN_AT_ONCE);
}

static void
test_made_later (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, 0);
  g_autoptr (WsiConversation) conversation = open_one (store);
  g_autoptr (WsiConversationModel) model = wsi_conversation_model_new (store);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1);
}

/* The first, the third and the fourth of five have ended, and lose their records: the rest stays
 * in order, and one signal tells it. */
static void
test_forgotten (void)
{
  const guint all[] = { 1, 2, 3, 4, 5 }, left[] = { 2, 5 }, with_new[] = { 2, 5, 6 };
  g_autoptr (WsiStore) store = wsi_store_new (2 * SEGMENT_LENGTH, 0);
  g_autoptr (WsiConversationModel) model = wsi_conversation_model_new (store);
  g_auto (Watch) watch = { 0 };

  watch_init (&watch, model);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (WsiConversation) conversation = open_one (store);

      append (store, conversation, 1);
      if (i != 1 && i != 4)
        wsi_conversation_release (conversation);
    }
  wsi_conversation_model_update (model);
  assert_numbers (model, &watch, all, G_N_ELEMENTS (all));

  append (store, watch.seen->pdata[4], 2 * SEGMENT_LENGTH);
  assert_numbers (model, &watch, all, G_N_ELEMENTS (all));      /* until it is updated */
  wsi_conversation_model_update (model);
  assert_numbers (model, &watch, left, G_N_ELEMENTS (left));
  g_assert_cmpuint (watch.n_signals, ==, 2);

  g_object_unref (open_one (store));
  wsi_conversation_model_update (model);
  assert_numbers (model, &watch, with_new, G_N_ELEMENTS (with_new));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inspector/conversation-model/many-are-one-signal", test_many);
  g_test_add_func ("/inspector/conversation-model/begins-with-what-is-there", test_made_later);
  g_test_add_func ("/inspector/conversation-model/forgotten-ones-leave-it-in-order",
                   test_forgotten);
  return g_test_run ();
}
