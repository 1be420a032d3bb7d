/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-seen-move.h"

#include "inspect/filter/wsi-filter.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"

static gboolean
seen_move_is_wanted (WsiStore            *store,
                     const WsiSeenWanted *wanted,
                     guint64              number)
{
  const WsiRecord *record = wsi_store_get_record (store, number);
  guint position;

  if (record == NULL)
    return FALSE;

  switch (wanted->kind)
    {
    case WSI_SEEN_FAULT:
      return record->fault != 0;
    case WSI_SEEN_CONVERSATION:
      return record->conversation == wanted->conversation;
    case WSI_SEEN_HIT:
      return wsi_frame_model_find (wanted->hits, number, &position) &&
             wsi_frame_model_get_number (wanted->hits, position) == number;
    }

  g_assert_not_reached ();
}

gboolean
wsi_seen_move (WsiFrameModel       *model,
               WsiStore            *store,
               const WsiSeenWanted *wanted,
               WsiMoveDirection     direction,
               guint64              from,
               guint64             *number)
{
  gint64 n_rows = g_list_model_get_n_items (G_LIST_MODEL (model));
  gint64 step = direction == WSI_MOVE_FORWARD ? 1 : -1, at = step > 0 ? -1 : n_rows;
  guint reading, position;
  gboolean is_found = FALSE;

  if (from != WSI_NO_RECORD && wsi_frame_model_find (model, from, &position))
    at = position;
  reading = wsi_store_begin_reading (store);
  for (at += step; at >= 0 && at < n_rows && !is_found; at += step)
    {
      *number = wsi_frame_model_get_number (model, (guint) at);
      is_found = seen_move_is_wanted (store, wanted, *number);
    }
  wsi_store_end_reading (store, reading);
  return is_found;
}
