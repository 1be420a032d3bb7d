/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/listing.h"

static const char *const events[] = {
  "none", "opened", "request", "response", "close", "gap", "fault", "dropped", "evicted", "paused",
  "resumed", "note",
};
static const char *const kinds[] = {
  "continuation", "text", "binary", "Close", "ping", "pong", "reserved", "bytes",
};

static void
add_event (GString         *listing,
           WsiStore        *store,
           guint64          number,
           const WsiRecord *record)
{
  g_autofree char *text = wsi_store_dup_event_text (store, number);

  g_string_append_printf (listing, "%u %s", record->conversation, events[record->event]);
  if (record->event == WSI_EVENT_GAP)
    g_string_append_printf (listing, " %c%" G_GUINT64_FORMAT, "><-"[record->direction],
                            record->payload_length);
  else if (text != NULL && *text != '\0')
    g_string_append_printf (listing, ": %s", text);
}

static void
add_frame (GString         *listing,
           WsiStore        *store,
           guint64          number,
           const WsiRecord *record)
{
  g_autoptr (GBytes) payload = wsi_store_dup_payload (store, number, WSI_VIEW_UNMASKED, G_MAXSIZE);

  g_string_append_printf (listing, "%u %c %s", record->conversation, "><-"[record->direction],
                          kinds[record->kind]);
  if (payload != NULL && g_bytes_get_size (payload) > 0)
    g_string_append_printf (listing, " '%.*s'", (int) g_bytes_get_size (payload),
                            (const char *) g_bytes_get_data (payload, NULL));
  if (record->flags & WSI_RECORD_GUESSED)
    g_string_append (listing, " guessed");
  if (record->flags & WSI_RECORD_CUT)
    g_string_append (listing, " cut");
}

char *
listing_make (WsiStore *store)
{
  GString *listing = g_string_new (NULL);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if (listing->len > 0)
        g_string_append (listing, "; ");
      if (record->kind == WSI_RECORD_KIND_EVENT)
        add_event (listing, store, i, record);
      else
        add_frame (listing, store, i, record);
    }
  return g_string_free (listing, FALSE);
}
