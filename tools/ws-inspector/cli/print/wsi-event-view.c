/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-event-view.h"

#include "cli/print/wsi-output.h"

/* Prints events of rows; other events are signals of the recorder and of conversations. */
static const char *
name_event (WsiEvent event)
{
  switch (event)
    {
    case WSI_EVENT_GAP:
      return "gap";
    case WSI_EVENT_FAULT:
      return "fault";
    case WSI_EVENT_PAUSED:
      return "paused";
    case WSI_EVENT_RESUMED:
      return "resumed";
    case WSI_EVENT_NOTE:
      return "note";
    case WSI_EVENT_NONE:
    case WSI_EVENT_OPENED:
    case WSI_EVENT_REQUEST:
    case WSI_EVENT_RESPONSE:
    case WSI_EVENT_ENDED:
    case WSI_EVENT_DROPPED:
    case WSI_EVENT_EVICTED:
      return NULL;
    }

  g_assert_not_reached ();
}

void
wsi_event_view_print (WsiListing *listing,
                      WsiStore   *store,
                      guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (store, number);
  const char *name = name_event ((WsiEvent) record->event);
  g_autofree char *text = name != NULL ? wsi_store_dup_event_text (store, number) : NULL;
  g_autofree char *open = wsi_redactor_hide_text (listing->redactor, text != NULL ? text : "");

  if (name == NULL)
    return;

  if (wsi_listing_is_text (listing))
    {
      g_autofree char *upper = g_ascii_strup (name, -1);
      g_autofree char *title = record->conversation != 0
                               ? g_strdup_printf ("#%u ", record->conversation) : g_strdup ("");
      g_autofree char *line = g_strdup_printf ("       %s: %s%s", upper, title, open);

      wsi_output_sentence (listing->redactor, line);
    }
  else if (wsi_listing_is_json (listing))
    {
      WsiJsonLine event;

      wsi_listing_begin_event (&event, name, record->conversation);
      if (record->direction != WSI_NO_DIRECTION)
        wsi_json_line_string (&event, "dir",
                              record->direction == WSP_DIRECTION_SENT ? "sent" : "recv");
      if (record->event == WSI_EVENT_GAP && record->payload_length > 0)
        wsi_json_line_number (&event, "bytes", record->payload_length);
      wsi_json_line_string (&event, "text", open);
      wsi_listing_add_event (listing, &event);
    }
}

void
wsi_event_view_print_comment (WsiListing *listing,
                              WsiStore   *store,
                              guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (store, number);
  g_autofree char *comment = wsi_store_dup_comment (store, number);
  g_autofree char *open = wsi_redactor_hide_text (listing->redactor,
                                                  comment != NULL ? comment : "");

  if (comment == NULL)
    return;

  if (wsi_listing_is_text (listing))
    {
      g_autofree char *line = g_strdup_printf ("       COMMENT: %" G_GUINT64_FORMAT " %s",
                                               number + 1, open);

      wsi_output_sentence (listing->redactor, line);
    }
  else if (wsi_listing_is_json (listing))
    {
      WsiJsonLine event;

      wsi_listing_begin_event (&event, "comment", record->conversation);
      wsi_json_line_number (&event, "row", number + 1);
      wsi_json_line_string (&event, "text", open);
      wsi_listing_add_event (listing, &event);
    }
}

gboolean
wsi_event_view_has_comments (const WsiListing *listing)
{
  for (guint i = 0; listing->fields != NULL && i < listing->fields->len; i++)
    {
      const char *name = ((const WsiColumn *) listing->fields->pdata[i])->name;

      if (g_str_equal (name, "comment") || g_str_equal (name, "tag"))
        return TRUE;
    }

  return FALSE;
}

gboolean
wsi_event_view_needs_notes (const WsiListing *listing)
{
  return wsi_event_view_has_comments (listing) ||
         (listing->filter != NULL && wsi_filter_asks_for_notes (listing->filter));
}
