/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-row-value.h"

#include <string.h>

#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"

/* The message of a record, or its frame as a message. */
static WsiMessageInfo
row_value_get_message (WsiStore        *store,
                       WsiUnit          unit,
                       const WsiRecord *record)
{
  WsiMessageInfo info = {
    .length = wsi_record_get_length (record),
    .wire_length = wsi_record_get_wire_length (record),
  };

  if (unit == WSI_UNIT_MESSAGES)
    wsi_store_get_message (store, record->message, &info);
  return info;
}

/* A number of the kind's first letters, in which the names of kinds differ. */
static gint64
get_type (WsiStore        *store,
          WsiUnit          unit,
          const WsiRecord *record)
{
  const char *name = wsi_row_format_name_record (store, unit, record);
  guint64 letters = 0;

  memcpy (&letters, name, MIN (strlen (name), sizeof letters));
  return (gint64) GUINT64_FROM_BE (letters);
}

static gboolean
get_time_of (WsiStore *store,
             guint64   number,
             gint64   *time_us)
{
  const WsiRecord *record = wsi_store_get_record (store, number);

  if (record != NULL)
    *time_us = record->time_us;
  return record != NULL;
}

/* The time between a request and its reply, for both.  One of the two may be gone. */
static gboolean
row_value_get_reply_time (WsiStore        *store,
                          guint64          number,
                          const WsiRecord *record,
                          gint64          *value)
{
  guint64 other;
  gint64 time_us;

  *value = record->round_trip_us;
  if ((record->flags & WSI_RECORD_ROUND_TRIP) != 0)
    return TRUE;

  if (wsi_store_get_request (store, number, &other) && get_time_of (store, other, &time_us))
    *value = record->time_us - time_us;
  else if (wsi_store_get_reply (store, number, &other) && get_time_of (store, other, &time_us))
    *value = time_us - record->time_us;
  else
    return FALSE;
  return TRUE;
}

gboolean
wsi_row_value_get (WsiRowValue      self,
                   WsiStore        *store,
                   WsiUnit          unit,
                   guint64          number,
                   const WsiRecord *record,
                   gint64          *value)
{
  switch (self)
    {
    case WSI_ROW_NUMBER:
      *value = (gint64) number;
      return TRUE;
    case WSI_ROW_TIME:
      *value = record->time_us;
      return TRUE;
    case WSI_ROW_SIZE:
      *value = (gint64) row_value_get_message (store, unit, record).length;
      return record->kind != WSI_RECORD_KIND_EVENT;
    case WSI_ROW_WIRE:
      *value = (gint64) row_value_get_message (store, unit, record).wire_length;
      return *value > 0;
    case WSI_ROW_TYPE:
      *value = get_type (store, unit, record);
      return TRUE;
    case WSI_ROW_CONNECTION:
      *value = record->conversation;
      return record->conversation != 0;
    case WSI_ROW_REPLY:
      return row_value_get_reply_time (store, number, record, value);
    case WSI_ROW_NONE:
    case WSI_N_ROW_VALUES:
      break;
    }

  return FALSE;
}
