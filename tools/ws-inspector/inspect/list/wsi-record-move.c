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
