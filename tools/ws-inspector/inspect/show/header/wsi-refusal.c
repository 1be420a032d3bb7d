/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-refusal.h"

#include <string.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/show/header/wsi-record-search.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"

#define SWITCHING_PROTOCOLS 101
#define MAX_SCANNED 100000      /* records of all connections after the beginning of this one */

static gboolean
refusal_is_refused (WsiConversation *conversation)
{
  guint status = wsi_conversation_get_status (conversation);

  return status != 0 && status != SWITCHING_PROTOCOLS;
}

static gboolean
is_of_body (const WsiRecord *record,
            WsiConversation *conversation)
{
  guint direction = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT
                    ? WSP_DIRECTION_RECEIVED : WSP_DIRECTION_SENT;

  return record->conversation == wsi_conversation_get_number (conversation) &&
         (record->flags & (WSI_RECORD_BYTES | WSI_RECORD_OF_HEAD)) == WSI_RECORD_BYTES &&
         record->direction == direction;
}

static void
refusal_append_payload (WsiStore   *store,
                        guint64     number,
                        GByteArray *body,
                        gsize       max_length)
{
  g_autoptr (GBytes) part =
    wsi_store_dup_payload (store, number, WSI_VIEW_WIRE, max_length - body->len);

  if (part != NULL)
    g_byte_array_append (body, wsi_bytes_get_data (part, NULL), g_bytes_get_size (part));
}

GBytes *
wsi_refusal_dup_body (WsiStore        *store,
                      WsiConversation *conversation,
                      gsize            max_length,
                      gboolean        *truncated)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint64 first, end, n_bytes = 0;

  *truncated = FALSE;
  if (!refusal_is_refused (conversation))
    return NULL;

  first = wsi_record_search_time (store, wsi_conversation_get_begin_time (conversation));
  end = MIN (wsi_store_get_end (store), first + MAX_SCANNED);
  for (guint64 i = first; i < end; i++)
    {
      guint reading = wsi_store_begin_reading (store);
      const WsiRecord *record = wsi_store_get_record (store, i);
      gboolean is_part = record != NULL && is_of_body (record, conversation);

      n_bytes += is_part ? record->payload_length : 0;
      wsi_store_end_reading (store, reading);
      if (is_part)
        refusal_append_payload (store, i, body, max_length);
    }
  *truncated = n_bytes > body->len;
  return body->len > 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&body)) : NULL;
}

static char *
format_lines (const char *at,
              gsize       length)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length;)
    {
      gboolean is_line_end = at[i] == '\n' ||
                             (at[i] == '\r' && i + 1 < length && at[i + 1] == '\n');

      if (at[i] == '\n')
        g_string_append_c (text, '\n');
      i += is_line_end ? 1 : wsi_text_append_character (text, at, length, i);
    }

  return g_string_free (text, FALSE);
}

char *
wsi_refusal_format_body (GBytes *body)
{
  gsize length;
  const char *at = wsi_bytes_get_data (body, &length);

  return g_utf8_validate_len (at, length, NULL) ? format_lines (at, length)
                                                : wsi_hex_dump (body, WSI_MAX_SHOWN_BODY);
}
