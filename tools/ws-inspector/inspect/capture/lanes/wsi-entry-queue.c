/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/lanes/wsi-entry-queue.h"

#include <string.h>

#include "inspect/store/wsi-sentence.h"

#define ENTRY_SIZE 256                  /* bytes of an entry in memory, with those that it refers
                                         * to */
#define MIN_QUEUE 64                    /* entries for which a queue has room at first */
#define MAX_EMPTY_QUEUE 8192            /* entries of a queue that is kept while it is empty */

void
wsi_entry_queue_add (WsiEntryQueue  *queue,
                     const WsiEntry *entry)
{
  if (queue->n == queue->capacity)
    {
      queue->capacity = MAX (2 * queue->capacity, MIN_QUEUE);
      queue->entries = g_renew (WsiEntry, queue->entries, queue->capacity);
    }
  queue->entries[queue->n++] = *entry;
}

WsiEntry
wsi_entry_copy (const WsiEntry *entry)
{
  WsiEntry copy = *entry;

  if (copy.conversation != NULL)
    g_object_ref (copy.conversation);
  if (copy.bytes != NULL)
    g_bytes_ref (copy.bytes);
  copy.text = g_strdup (copy.text);
  copy.sentence = wsi_sentence_copy (copy.sentence);
  return copy;
}

void
wsi_entry_clear (WsiEntry *entry)
{
  g_clear_object (&entry->conversation);
  g_clear_pointer (&entry->bytes, g_bytes_unref);
  g_clear_pointer (&entry->text, g_free);
  g_clear_pointer (&entry->sentence, g_free);
}

void
wsi_entry_queue_clear (WsiEntryQueue *queue)
{
  for (gsize i = queue->first; i < queue->n; i++)
    wsi_entry_clear (&queue->entries[i]);
  g_clear_pointer (&queue->entries, g_free);
  *queue = (WsiEntryQueue) { 0 };
}

gboolean
wsi_entry_queue_is_empty (const WsiEntryQueue *queue)
{
  return queue->first == queue->n;
}

static gsize
get_size_of_sentence (const WsiSentence *sentence)
{
  gsize size = sizeof *sentence;

  for (guint i = 0; sentence->arguments[i] != NULL; i++)
    size += strlen (sentence->arguments[i]) + 1;
  return size;
}

gsize
wsi_entry_get_size (const WsiEntry *entry)
{
  return ENTRY_SIZE + (entry->bytes != NULL ? g_bytes_get_size (entry->bytes) : 0) +
         (entry->text != NULL ? strlen (entry->text) : 0) +
         (entry->sentence != NULL ? get_size_of_sentence (entry->sentence) : 0);
}

void
wsi_entry_queue_reset (WsiEntryQueue *queue)
{
  if (queue->capacity > MAX_EMPTY_QUEUE)
    wsi_entry_queue_clear (queue);
  queue->first = queue->n = 0;
}
