/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-event-view.h"

#include <inttypes.h>

#include "cli/print/wsi-frame-view.h"
#include "cli/print/wsi-output.h"

#define MAX_ROWS_BEFORE 1024    /* rows before an event that are looked at */

/* Prints events of rows; other events are signals of the recorder and of conversations. */
static const char *
event_view_name_event (WsiEvent event)
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

static void
add_seconds (WsiJsonPrinter *event,
             const char     *name,
             gint64          time_us)
{
  g_autofree char *text = g_strdup_printf ("%s%" PRId64 ".%06d", time_us < 0 ? "-" : "",
                                           ABS (time_us) / G_USEC_PER_SEC,
                                           (int) (ABS (time_us) % G_USEC_PER_SEC));

  wsi_json_printer_literal (event, name, text);
}

/* Adds times in the same form as those of frames. */
static void
event_view_add_times (WsiJsonPrinter *event,
                      WsiStore       *store,
                      gint64          time_us)
{
  const WsiFrameView view = { .wall_us = time_us };
  g_autofree char *text = wsi_frame_format_time (&view);
  gint64 begin_us;

  if (wsi_store_get_begin (store, &begin_us))
    add_seconds (event, "t", time_us - begin_us);
  if (text != NULL)
    wsi_json_printer_string (event, "time", text);
}

static void
event_view_add_hidden (WsiJsonPrinter *event,
                       const char     *name,
                       const char     *text,
                       WsiRedactor    *redactor)
{
  g_autofree char *open = text != NULL ? wsi_redactor_hide_text (redactor, text) : NULL;

  if (open != NULL)
    wsi_json_printer_string (event, name, open);
}

/* Adds the place and time of an event.  conversation: NULL = the event has none; time_us 0,
 * silence_us -1: not known; direction may be WSI_NO_DIRECTION. */
static void
event_view_add_facts (WsiJsonPrinter  *event,
                      WsiListing      *listing,
                      WsiStore        *store,
                      WsiConversation *conversation,
                      guint            direction,
                      gint64           time_us,
                      gint64           silence_us)
{
  if (time_us != 0)
    event_view_add_times (event, store, time_us);
  if (direction != WSI_NO_DIRECTION)
    wsi_json_printer_string (event, "dir", direction == WSP_DIRECTION_SENT ? "sent" : "recv");
  if (conversation != NULL)
    {
      event_view_add_hidden (event, "client", wsi_conversation_get_client (conversation),
                             listing->redactor);
      event_view_add_hidden (event, "server", wsi_conversation_get_server (conversation),
                             listing->redactor);
      event_view_add_hidden (event, "url", wsi_conversation_get_uri (conversation),
                             listing->redactor);
    }
  if (silence_us >= 0)
    add_seconds (event, "idle", silence_us);
}

void
wsi_event_view_add_handshake (WsiJsonPrinter  *event,
                              WsiListing      *listing,
                              WsiStore        *store,
                              WsiConversation *conversation)
{
  gint64 begin_us = wsi_conversation_get_begin_time (conversation);
  gint64 time_us = wsi_conversation_get_handshake_time (conversation);
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;
  WspDirection of_response = is_client ? WSP_DIRECTION_RECEIVED : WSP_DIRECTION_SENT;

  if (time_us != 0)
    event_view_add_facts (event, listing, store, conversation, of_response, time_us,
                          begin_us != 0 ? MAX (time_us - begin_us, 0) : -1);
  else
    event_view_add_facts (event, listing, store, conversation, WSI_NO_DIRECTION, begin_us, -1);
}

/* The direction is that of the first FIN or RST, else that of the first Close frame. */
void
wsi_event_view_add_end (WsiJsonPrinter  *event,
                        WsiListing      *listing,
                        WsiStore        *store,
                        WsiConversation *conversation)
{
  WspDirection ender;
  WsiTcpEnding how = wsi_conversation_get_tcp_ending (conversation, &ender);
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;
  guint direction = how != WSI_TCP_ENDING_NONE ? ender : wsi_conversation_get_closer (conversation);

  event_view_add_facts (event, listing, store, conversation, direction,
                        wsi_conversation_get_end_time (conversation),
                        wsi_conversation_get_silence (conversation));
  wsi_json_printer_string (event, "state",
                           wsi_state_get_name (wsi_conversation_get_state (conversation)));
  if (how != WSI_TCP_ENDING_NONE)
    wsi_json_printer_string (event, how == WSI_TCP_ENDING_RESET ? "rst" : "fin",
                             is_client == (ender == WSP_DIRECTION_SENT) ? "client" : "server");
}

/* The time since the row of the connection before this one; -1: that is too far away. */
static gint64
find_silence (WsiStore        *store,
              guint64          number,
              const WsiRecord *record)
{
  guint64 first = MAX (wsi_store_get_first (store), number - MIN (number, MAX_ROWS_BEFORE));

  for (guint64 i = number; record->conversation != 0 && i > first; i--)
    {
      const WsiRecord *before = wsi_store_get_record (store, i - 1);

      if (before->conversation == record->conversation)
        return MAX (record->time_us - before->time_us, 0);
    }
  return -1;
}

void
wsi_event_view_print (WsiListing *listing,
                      WsiStore   *store,
                      guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (store, number);
  const char *name = event_view_name_event ((WsiEvent) record->event);
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
      g_autoptr (WsiConversation) conversation =
        wsi_store_dup_conversation (store, record->conversation);
      WsiJsonPrinter event;

      wsi_listing_begin_event (&event, name, record->conversation);
      event_view_add_facts (&event, listing, store, conversation, record->direction,
                            record->time_us, find_silence (store, number, record));
      if (record->event == WSI_EVENT_GAP && record->payload_length > 0)
        wsi_json_printer_number (&event, "bytes", record->payload_length);
      wsi_json_printer_string (&event, "text", open);
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
      WsiJsonPrinter event;

      wsi_listing_begin_event (&event, "comment", record->conversation);
      wsi_json_printer_number (&event, "row", number + 1);
      wsi_json_printer_string (&event, "text", open);
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
