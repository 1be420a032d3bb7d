/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-draft-row.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/store/wsi-frame-bytes.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"

#define MAX_LENGTH (WSI_DRAFT_MAX_TEXT + 1)

/* NULL: not all of it is known. */
static GBytes *
dup_payload (WsiRow          *row,
             const WsiRecord *record)
{
  WsiStore *store = wsi_row_get_store (row);
  WsiMessageInfo info = { 0 };

  if (wsi_record_is_control (record))
    return wsi_row_dup_payload (row, MAX_LENGTH);

  wsi_store_get_message (store, record->message, &info);
  return info.is_complete && !info.is_cut
         ? wsi_store_dup_message (store, record->message, MAX_LENGTH) : NULL;
}

WsiDraft *
wsi_draft_new_of_row (WsiRow  *row,
                      GError **error)
{
  const WsiRecord *record = wsi_row_get_record (row);
  g_autoptr (GBytes) payload = wsi_record_is_frame (record) ? dup_payload (row, record) : NULL;

  if (payload != NULL)
    return wsi_draft_new_of_payload (record->message_opcode == WSI_OPCODE_TEXT
                                     ? WSP_MESSAGE_TYPE_TEXT
                                                                    : WSP_MESSAGE_TYPE_BINARY,
                                     payload, error);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("Cannot compose row %" PRIu64 ": expected a whole message, received no payload or "
                 "a part of one"),
               wsi_row_get_number (row) + 1);
  return NULL;
}
