/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/list/wsi-record-move.h"

gboolean
wsi_record_move_to_fault (WsiStore *store,
                          guint64   from,
                          guint64  *number)
{
  guint reading = wsi_store_begin_reading (store);
  guint64 end = wsi_store_get_end (store), at = MAX (from, wsi_store_get_first (store));
  gboolean is_found = FALSE;

  while (at < end && !is_found)
    {
      guint64 n = 0, i = 0;
      const WsiRecord *run = wsi_store_get_run (store, at, &n);

      if (run == NULL)
        break;
      while (i < n && run[i].fault == 0)
        i++;
      at += i;
      is_found = i < n && at < end;
    }

  wsi_store_end_reading (store, reading);
  if (is_found)
    *number = at;
  return is_found;
}

static gboolean
find_of_conversation (WsiStore        *store,
                      guint64          from,
                      WsiMoveDirection direction,
                      guint32          conversation,
                      guint64         *number)
{
  guint64 first = wsi_store_get_first (store), end = wsi_store_get_end (store), at = from;

  while (direction == WSI_MOVE_FORWARD ? at + 1 < end : at > first)
    {
      const WsiRecord *record;

      at += direction == WSI_MOVE_FORWARD ? 1 : -1;
      record = wsi_store_get_record (store, at);
      if (record == NULL || record->conversation != conversation)
        continue;
      *number = at;
      return TRUE;
    }
  return FALSE;
}

gboolean
wsi_record_move_in_conversation (WsiStore        *store,
                                 guint64          from,
                                 WsiMoveDirection direction,
                                 guint64         *number)
{
  guint reading = wsi_store_begin_reading (store);
  const WsiRecord *record = wsi_store_get_record (store, from);
  gboolean is_found = record != NULL
                      && find_of_conversation (store, from, direction, record->conversation,
                                               number);

  wsi_store_end_reading (store, reading);
  return is_found;
}
