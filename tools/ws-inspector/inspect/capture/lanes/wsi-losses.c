/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/lanes/wsi-losses.h"

#define N_DIRECTIONS 2

void
wsi_losses_clear (WsiLosses *self)
{
  g_clear_pointer (&self->bytes, g_hash_table_unref);
  g_clear_pointer (&self->actions, g_hash_table_unref);
}

guint
wsi_losses_count (const WsiLosses *self)
{
  return (self->bytes != NULL ? N_DIRECTIONS * g_hash_table_size (self->bytes) : 0) +
         (self->actions != NULL ? g_hash_table_size (self->actions) : 0);
}

gboolean
wsi_losses_are_none (const WsiLosses *self)
{
  return wsi_losses_count (self) == 0;
}

static void
add_bytes (WsiLosses      *self,
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
add_action (WsiLosses      *self,
            const WsiEntry *entry)
{
  gsize n_before;

  if (self->actions == NULL)
    self->actions = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  n_before = GPOINTER_TO_SIZE (g_hash_table_lookup (self->actions, entry->conversation));
  g_hash_table_replace (self->actions, g_object_ref (entry->conversation),
                        GSIZE_TO_POINTER (n_before + 1));
}

void
wsi_losses_add (WsiLosses      *self,
                const WsiEntry *entry)
{
  if (entry->kind == WSI_ENTRY_ACTION)
    add_action (self, entry);
  else
    add_bytes (self, entry);
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

static void
tell_actions (WsiConversation *conversation,
              gsize            n_actions,
              gint64           time_us,
              WsiLossFunc      function,
              gpointer         user_data)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_ACTIONS_LEFT_OUT,
    .conversation = g_object_ref (conversation),
    .length = n_actions,
    .time_us = time_us,
  };

  function (user_data, &entry);
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
  if (self->actions != NULL)
    {
      g_hash_table_iter_init (&iter, self->actions);
      while (g_hash_table_iter_next (&iter, &conversation, &lost))
        tell_actions (conversation, GPOINTER_TO_SIZE (lost), time_us, function, user_data);
    }
  wsi_losses_clear (self);
}
