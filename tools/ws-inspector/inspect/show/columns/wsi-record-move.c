/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-record-move.h"

#define RECORDS_AT_ONCE 20000

gboolean
wsi_record_move_to_fault (WsiStore *store,
                          guint64   from,
                          guint64  *number)
{
  guint reading = wsi_store_begin_reading (store);
  guint64 at = MAX (from, wsi_store_get_first (store)), n = 0;
  const WsiRecord *run;
  gboolean is_found = FALSE;

  while (!is_found && (run = wsi_store_get_run (store, at, &n)) != NULL)
    {
      guint64 i = 0;

      while (i < n && run[i].fault == 0)
        i++;
      at += i;
      is_found = i < n;
    }

  wsi_store_end_reading (store, reading);
  if (is_found)
    *number = at;
  return is_found;
}

static gboolean
record_move_is_at_end (WsiStore        *store,
                       guint64          at,
                       WsiMoveDirection direction)
{
  return direction == WSI_MOVE_FORWARD ? at + 1 >= wsi_store_get_end (store)
                                       : at <= wsi_store_get_first (store);
}

WsiMoveResult
wsi_record_move_in_conversation (WsiStore        *store,
                                 guint32          conversation,
                                 WsiMoveDirection direction,
                                 guint64         *at)
{
  guint reading = wsi_store_begin_reading (store);
  WsiMoveResult result = WSI_MOVE_GOES_ON;

  for (guint i = 0; i < RECORDS_AT_ONCE && result == WSI_MOVE_GOES_ON; i++)
    {
      const WsiRecord *record = NULL;

      if (record_move_is_at_end (store, *at, direction))
        result = WSI_MOVE_AT_END;
      else
        record = wsi_store_get_record (store, *at += direction == WSI_MOVE_FORWARD ? 1 : -1);
      if (record != NULL && record->conversation == conversation)
        result = WSI_MOVE_FOUND;
    }
  wsi_store_end_reading (store, reading);
  return result;
}
