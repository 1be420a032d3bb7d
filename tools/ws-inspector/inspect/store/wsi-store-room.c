/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Room for new rows: the oldest ones are removed when there are too many rows, or when the heads of
 * their conversations are too large. */
#include "inspect/store/wsi-store-private.h"

#define OPENED_BETWEEN_CHECKS 256
#define PARTS_BETWEEN_SWEEPS 8  /* parts of the conversations between two sweeps */
#define PARTS_OF_FACTS 16       /* parts of the facts, of which one is free after a sweep that has
                                 * removed rows */

/* Forgets those that are released and have no record from first on.  Returns the bytes of the
 * others. */
static gsize
sweep_conversations (WsiStore *self,
                     guint64   first)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GHashTableIter iter;
  gpointer conversation;
  gsize size = 0;

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    if (wsi_conversation_is_released (conversation) &&
        wsi_conversation_get_end_record (conversation) <= first)
      g_hash_table_iter_remove (&iter);
    else
      size += wsi_conversation_get_size (conversation);
  return size;
}

static void
evict_before (WsiStore   *self,
              guint64     first,
              WsiEviction eviction)
{
  guint64 before = wsi_record_list_get_first (self->rows);

  for (guint64 number = before; number < first; number++)
    {
      const WsiRecord *record = wsi_record_list_get (self->rows, number);

      if ((record->flags & WSI_RECORD_FRAGMENT) != 0)
        wsi_notes_forget_fragment (self->notes, record->message, number);
    }

  self->n_evicted[eviction] += first - before;
  wsi_record_list_evict (self->rows, first);
  wsi_notes_forget (self->notes, before, first);
}

/* Facts that removing rows releases: of a conversation that has no more rows then. */
typedef struct
{
  guint64 end_record;
  gsize   size;
} Facts;

static int
compare_facts (gconstpointer a,
               gconstpointer b)
{
  const Facts *one = a, *other = b;

  return (one->end_record > other->end_record) - (one->end_record < other->end_record);
}

/* Lists the facts of released conversations, in the order in which removing rows forgets them. */
static GArray *
list_facts (WsiStore *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Facts));
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GHashTableIter iter;
  gpointer conversation;

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    {
      const Facts facts = {
        wsi_conversation_get_end_record (conversation), wsi_conversation_get_size (conversation),
      };

      if (wsi_conversation_is_released (conversation))
        g_array_append_val (list, facts);
    }
  g_array_sort (list, compare_facts);
  return list;
}

/* Heads can be much larger than records: then records go for the sake of their conversations, but
 * not many more of them than release heads. */
static gsize
limit_facts (WsiStore *self)
{
  guint64 first = wsi_record_list_get_first (self->rows);
  gsize size = sweep_conversations (self, first);
  g_autoptr (GArray) list = NULL;

  if (size <= self->limits.max_facts)
    return size;

  list = list_facts (self);
  for (guint i = 0; i < list->len &&
       size > self->limits.max_facts - self->limits.max_facts / PARTS_OF_FACTS; i++)
    {
      const Facts *facts = &g_array_index (list, Facts, i);

      first = facts->end_record;
      size -= facts->size;
    }
  evict_before (self, CLAMP (first, wsi_record_list_get_first (self->rows),
                             wsi_record_list_get_end (self->rows)),
                WSI_EVICTION_FOR_FACTS);
  return sweep_conversations (self, first);
}

/* Sums up new facts, also of those whose heads have come since the last check.  Only the writer
 * changes the table. */
static gsize
sum_up_new_facts (WsiStore *self)
{
  for (; self->n_sized + OPENED_BETWEEN_CHECKS < self->n_conversations; self->n_sized++)
    {
      WsiConversation *conversation = g_hash_table_lookup (self->conversations,
                                                           GUINT_TO_POINTER (self->n_sized + 1));

      if (conversation != NULL)
        self->facts_size += wsi_conversation_get_size (conversation);
    }
  return self->facts_size;
}

/* Checks the facts of a part of the conversations: to look at all for each few that are opened
 * would cost a connection the more, the more there are. */
static void
check_facts (WsiStore *self)
{
  guint n_kept = g_hash_table_size (self->conversations);

  if (sum_up_new_facts (self) <= self->limits.max_facts &&
      self->n_conversations - self->n_swept < n_kept / PARTS_BETWEEN_SWEEPS)
    return;

  self->facts_size = limit_facts (self);
  self->n_sized = self->n_swept = self->n_conversations;
}

void
wsi_store_make_room_for_conversation (WsiStore *self)
{
  if (self->n_conversations % OPENED_BETWEEN_CHECKS == OPENED_BETWEEN_CHECKS - 1)
    check_facts (self);
}

void
wsi_store_make_room_for_row (WsiStore *self)
{
  if (!wsi_record_list_is_full (self->rows))
    return;

  evict_before (self, wsi_record_list_choose_first (self->rows), WSI_EVICTION_FOR_ROWS);
  sweep_conversations (self, wsi_record_list_get_first (self->rows));
}
