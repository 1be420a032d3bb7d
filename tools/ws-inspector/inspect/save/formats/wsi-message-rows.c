/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-message-rows.h"

#include "inspect/store/wsi-record.h"

/* The message of a fragment; 0 = the row is no fragment, or it is gone. */
static guint32
message_rows_get_message (WsiStore *store,
                          guint64   number)
{
  guint reading = wsi_store_begin_reading (store);
  const WsiRecord *record = wsi_store_get_record (store, number);
  guint32 message = record != NULL && (record->flags & WSI_RECORD_FRAGMENT) != 0 ? record->message
                                                                               : 0;

  wsi_store_end_reading (store, reading);
  return message;
}

/* Finds the rows in one way through all of them, since fragments of several connections
 * alternate. */
GArray *
wsi_message_rows_new (WsiStore     *store,
                      GArray       *rows,
                      GCancellable *cancellable)
{
  g_autoptr (GHashTable) messages = g_hash_table_new (NULL, NULL);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 first = wsi_store_get_first (store), end = wsi_store_get_end (store);
  guint at = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      guint32 message = message_rows_get_message (store, g_array_index (rows, guint64, i));

      if (message != 0)
        g_hash_table_add (messages, GUINT_TO_POINTER (message));
    }
  /* The rows that are gone are the first ones. */
  while (at < rows->len && g_array_index (rows, guint64, at) < first)
    at++;
  for (guint64 number = first; number < end && !g_cancellable_is_cancelled (cancellable); number++)
    {
      gboolean is_listed;
      guint32 message;

      is_listed = at < rows->len && g_array_index (rows, guint64, at) == number;
      at += is_listed;
      message = is_listed ? 0 : message_rows_get_message (store, number);
      if (is_listed || g_hash_table_contains (messages, GUINT_TO_POINTER (message)))
        g_array_append_val (all, number);
    }
  return all;
}
