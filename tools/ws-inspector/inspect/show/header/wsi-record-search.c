/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-record-search.h"

guint64
wsi_record_search_time (WsiStore *store,
                        gint64    time_us)
{
  guint reading = wsi_store_begin_reading (store);
  guint64 first = wsi_store_get_first (store), end = wsi_store_get_end (store);

  while (first < end)
    {
      guint64 middle = first + (end - first) / 2;
      const WsiRecord *record = wsi_store_get_record (store, middle);

      if (record == NULL || record->time_us < time_us)
        first = middle + 1;
      else
        end = middle;
    }
  wsi_store_end_reading (store, reading);
  return first;
}
