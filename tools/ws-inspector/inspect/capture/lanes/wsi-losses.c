/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/lanes/wsi-losses.h"

#define N_DIRECTIONS 2

void
wsi_losses_clear (WsiLosses *self)
{
  g_clear_pointer (&self->bytes, g_hash_table_unref);
}

guint
wsi_losses_count (const WsiLosses *self)
{
  return self->bytes != NULL ? N_DIRECTIONS * g_hash_table_size (self->bytes) : 0;
}

gboolean
wsi_losses_are_none (const WsiLosses *self)
{
  return wsi_losses_count (self) == 0;
}

void
wsi_losses_add (WsiLosses      *self,
                const WsiEntry *entry)
{
  guint64 *missing;

  if (self->bytes == NULL)
    self->bytes = g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
  missing = g_hash_table_lookup (self->bytes, entry->conversation);
  if (missing == NULL)
    {
      missing = g_new0 (guint64, N_DIRECTIONS);
      g_hash_table_insert (self->bytes, g_object_ref (entry->conversation), missing);
    }
  missing[entry->direction] += g_bytes_get_size (entry->bytes);
}

static void
tell_gaps (WsiConversation *conversation,
           const guint64   *missing,
           gint64           time_us,
           WsiLossFunc      function,
           gpointer         user_data)
{
  for (guint i = 0; i < N_DIRECTIONS; i++)
    {
      const WsiEntry gap = {
        .kind = WSI_ENTRY_SKIP,
        .conversation = conversation,
        .direction = i,
        .length = missing[i],
        .time_us = time_us,
      };

      if (missing[i] == 0)
        continue;

      g_object_ref (conversation);
      function (user_data, &gap);
    }
}

void
wsi_losses_tell_before (WsiLosses      *self,
                        const WsiEntry *entry,
                        WsiLossFunc     function,
                        gpointer        user_data)
{
  const guint64 *missing =
    self->bytes != NULL ? g_hash_table_lookup (self->bytes, entry->conversation) : NULL;

  if (missing == NULL)
    return;

  tell_gaps (entry->conversation, missing, entry->time_us, function, user_data);
  g_hash_table_remove (self->bytes, entry->conversation);
}

void
wsi_losses_tell (WsiLosses  *self,
                 gint64      time_us,
                 WsiLossFunc function,
                 gpointer    user_data)
{
  GHashTableIter iter;
  gpointer conversation, lost;

  if (self->bytes != NULL)
    {
      g_hash_table_iter_init (&iter, self->bytes);
      while (g_hash_table_iter_next (&iter, &conversation, &lost))
        tell_gaps (conversation, lost, time_us, function, user_data);
    }
  wsi_losses_clear (self);
}
