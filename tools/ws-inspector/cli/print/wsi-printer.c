/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-printer.h"

#include <string.h>

#include "cli/decoded/wsi-awaited.h"
#include "cli/print/wsi-event-view.h"
#include "cli/print/wsi-handshake-text.h"
#include "cli/print/wsi-output.h"
#include "inspect/capture/wsi-open-messages.h"
#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-sentence.h"

#define RECORDS_PER_TEST 256

struct _WsiPrinter
{
  GObject      parent_instance;

  WsiStore    *store;
  WsiRecorder *recorder;
  WsiListing  *listing;
  WsiMatcher  *matcher;         /* matcher of the frames; NULL = all frames are printed */
  gboolean     waits_for_notes; /* the last row is tested only when the next row has come */
  guint64      next, end;       /* rows that are not printed or tested yet */
  WsiAwaited  *awaited;         /* rows that the filter tests again with a reply; NULL = none */
  guint64      comments_end;    /* comments of earlier rows are known */
  WsiTimes     times;
  WsiNumbering numbering;
  WsiConversation *latest;      /* conversation of the last frame; NULL = none */
  WsiOpenMessages *open_messages;
};

G_DEFINE_FINAL_TYPE (WsiPrinter, wsi_printer, G_TYPE_OBJECT)

/* A filter prints only the frames of a capture, and events that it names.  No event is printed
 * after the last frame that a limit permits. */
static gboolean
shows_events (WsiPrinter *self)
{
  return !wsi_listing_is_full (self->listing) &&
         (self->matcher == NULL || self->times == WSI_TIMES_LIVE);
}

static WsiRedactor *
get_redactor (WsiPrinter * self)
{
  return self->listing->redactor;
}

static void
add_handshake_event (WsiPrinter               *self,
                     WsiConversation          *conversation,
                     const WsiHandshakeReport *report)
{
  WsiJsonPrinter event;

  wsi_listing_begin_event (&event, "handshake", wsi_conversation_get_number (conversation));
  wsi_event_view_add_handshake (&event, self->listing, self->store, conversation);
  wsi_handshake_text_write (report, get_redactor (self), self->listing->options->handshake,
                            &event);
  wsi_listing_add_event (self->listing, &event);
}

/* Makes the beginning of each line about a connection. */
static char *
make_title (WsiPrinter      *self,
            WsiConversation *conversation)
{
  if (self->numbering == WSI_NUMBERING_NONE)
    return g_strdup ("");

  return g_strdup_printf ("#%u ", wsi_conversation_get_number (conversation));
}

/* A failed handshake of our own client is not printed here: the verb prints its diagnosis, and the
 * heads follow at the end. */
static void
printer_print_handshake (WsiPrinter               *self,
                         WsiConversation          *conversation,
                         const WsiHandshakeReport *report)
{
  g_autofree char *title = make_title (self, conversation);

  if (self->listing->options->handshake == WSI_DETAIL_FULL)
    {
      wsi_handshake_text_print_full (report, get_redactor (self));
    }
  else if (!wsi_handshake_text_has_failed (report))
    {
      wsi_handshake_text_print_line (report, conversation, title, get_redactor (self));
    }
  else if (self->numbering == WSI_NUMBERING_CONNECTIONS)
    {
      wsi_handshake_text_print_failed (report, title, get_redactor (self));
      wsi_handshake_text_print_heads (report, get_redactor (self));
    }
}

static void
print_response (WsiPrinter      *self,
                WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);

  if (report == NULL || wsi_listing_is_full (self->listing))
    return;

  if (wsi_listing_is_json (self->listing))
    add_handshake_event (self, conversation, report);
  else if (wsi_listing_is_text (self->listing))
    printer_print_handshake (self, conversation, report);
}

/* Prints the received part of an incomplete response. */
static void
print_end (WsiPrinter      *self,
           WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);
  gboolean is_brief = self->listing->options->handshake == WSI_DETAIL_BRIEF;
  gboolean is_printed = self->numbering == WSI_NUMBERING_CONNECTIONS &&
                        wsi_conversation_is_answered (conversation);
  g_autofree char *title = make_title (self, conversation);
  g_autofree char *sentence =
    wsi_sentence_to_string (wsi_conversation_get_sentence (conversation));
  g_autofree char *line = g_strconcat (title, sentence, NULL);

  if (report != NULL && is_brief && !is_printed && wsi_handshake_text_has_failed (report))
    wsi_handshake_text_print_heads (report, get_redactor (self));
  else if (report != NULL && !wsi_conversation_is_answered (conversation))
    wsi_handshake_text_print_full (report, get_redactor (self));
  wsi_output_sentence (get_redactor (self), line);
}

static void
add_end_event (WsiPrinter      *self,
               WsiConversation *conversation)
{
  g_autofree char *sentence =
    wsi_sentence_to_string (wsi_conversation_get_sentence (conversation));
  g_autofree char *open =
    wsi_redactor_hide_text (get_redactor (self), sentence != NULL ? sentence : "");
  static const char *const endings[] = {
    [WSI_ENDING_NONE] = "null", [WSI_ENDING_CLEAN] = "true", [WSI_ENDING_ABNORMAL] = "false",
    [WSI_ENDING_CUT] = "null",
  };
  WsiJsonPrinter event;

  wsi_listing_begin_event (&event, "end", wsi_conversation_get_number (conversation));
  wsi_event_view_add_end (&event, self->listing, self->store, conversation);
  wsi_json_printer_literal (&event, "clean", endings[wsi_conversation_get_ending (conversation)]);
  wsi_json_printer_string (&event, "text", open);
  wsi_listing_add_event (self->listing, &event);
}

static void
printer_print_ended (WsiPrinter      *self,
                     WsiConversation *conversation)
{
  if (wsi_listing_is_json (self->listing))
    add_end_event (self, conversation);
  else if (wsi_listing_is_text (self->listing))
    print_end (self, conversation);
}

/* Whether this connection is printed; 0 = an event of all connections. */
static gboolean
may_print_of (WsiPrinter *self,
              guint32     conversation)
{
  gint64 wanted = self->listing->options->connection;

  return wanted < 0 || conversation == wanted || conversation == 0;
}

/* The address, or the host of a recording without addresses, such as that of a browser; NULL:
 * neither is known. */
static char *
printer_dup_server (WsiConversation *conversation)
{
  const char *server = wsi_conversation_get_server (conversation);
  const char *text = wsi_conversation_get_uri (conversation);
  g_autoptr (GUri) uri = server == NULL && text != NULL
                         ? g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  int port = uri != NULL ? g_uri_get_port (uri) : -1;
  g_autoptr (GString) found = g_string_new (NULL);

  if (server != NULL || host == NULL || *host == '\0')
    return g_strdup (server);

  g_string_append_printf (found, strchr (host, ':') != NULL ? "[%s]" : "%s", host);
  if (port > 0)
    g_string_append_printf (found, ":%d", port);
  return g_string_free (g_steal_pointer (&found), FALSE);
}

static void
printer_print_connection (WsiPrinter      *self,
                          WsiConversation *conversation)
{
  const char *client = wsi_conversation_get_client (conversation);
  g_autofree char *server = printer_dup_server (conversation);
  const char *tls = wsi_conversation_get_tls (conversation);
  g_autofree char *line = g_strdup_printf ("Connection #%u%s%s%s%s%s%s",
                                           wsi_conversation_get_number (conversation),
                                           client != NULL ? " from " : "",
                                           client != NULL ? client : "",
                                           server != NULL ? " to " : "",
                                           server != NULL ? server : "",
                                           wsi_conversation_is_decrypted (conversation)
                                           ? ", decrypted from "
                                           : tls != NULL ? ", inside " : "",
                                           tls != NULL ? tls : "");

  wsi_output_sentence (get_redactor (self), line);
}

/* With payloads alone, only those of the peers are printed: wsinspect itself has sent the
 * others. */
static gboolean
may_print (WsiPrinter           *self,
           guint32               conversation,
           const WspFrameRecord *frame)
{
  WsiSide side = self->listing->options->side;

  if (!may_print_of (self, conversation) ||
      (side == WSI_SIDE_SENT && frame->direction != WSP_DIRECTION_SENT) ||
      (side == WSI_SIDE_RECEIVED && frame->direction != WSP_DIRECTION_RECEIVED))
    return FALSE;

  if (self->listing->options->format == WSI_PRINT_PAYLOAD && self->times == WSI_TIMES_LIVE &&
      frame->direction == WSP_DIRECTION_SENT)
    return FALSE;

  return wsi_listing_wants (self->listing, frame);
}

/* NULL: the store does not know this conversation any more. */
static WsiConversation *
find_conversation (WsiPrinter *self,
                   guint32     number)
{
  if (self->latest == NULL || wsi_conversation_get_number (self->latest) != number)
    {
      g_clear_object (&self->latest);
      self->latest = wsi_store_dup_conversation (self->store, number);
    }
  return self->latest;
}

static void
view_times (WsiPrinter      *self,
            const WsiRecord *record,
            WsiFrameView    *view)
{
  WsiConversation *conversation = find_conversation (self, record->conversation);
  gboolean has_time = self->times != WSI_TIMES_NONE;
  gint64 begin_us;

  view->time_us = has_time && wsi_store_get_begin (self->store, &begin_us)
                  ? record->time_us - begin_us : WSI_NO_TIME;
  if (conversation != NULL && has_time)
    view->wall_us = record->time_us;
}

/* -1: the record is not a pong, or answers no ping that was seen. */
static gint64
printer_get_round_trip (const WsiRecord *record)
{
  return (record->flags & WSI_RECORD_ROUND_TRIP) != 0 ? (gint64) record->round_trip_us : -1;
}

/* NULL: the row has no comment, or the comment is not printed with the row. */
static char *
printer_dup_comment (WsiPrinter *self,
                     guint64     number)
{
  gboolean is_wanted = wsi_listing_is_json (self->listing) ||
                       wsi_event_view_has_comments (self->listing);
  g_autofree char *comment = is_wanted ? wsi_store_dup_comment (self->store, number) : NULL;

  return comment != NULL ? wsi_redactor_hide_text (get_redactor (self), comment) : NULL;
}

static void
printer_print_view (WsiPrinter      *self,
                    const WsiRecord *record,
                    WsiFrameView    *view)
{
  g_autofree char *comment = printer_dup_comment (self, view->number - 1);

  view->comment = comment;
  view->record = record;
  view->store = self->store;
  view_times (self, record, view);
  if (self->numbering == WSI_NUMBERING_CONNECTIONS)
    view->conversation = record->conversation;
  wsi_listing_add_frame (self->listing, view);
}

/* Returns NULL unless record is the last of several frames of a message and the listing prints
 * whole messages. */
static GBytes *
dup_ended_message (WsiPrinter      *self,
                   const WsiRecord *record)
{
  if ((record->flags & WSI_RECORD_FRAGMENT) == 0 || !wsi_record_is_fin (record) ||
      !wsi_listing_wants_message (self->listing))
    return NULL;

  return wsi_store_dup_message (self->store, record->message, self->listing->max_decoded);
}

/* Payload in memory is not copied: its bytes stay until the next record is appended. */
static GBytes *
printer_get_payload (WsiPrinter      *self,
                     guint64          number,
                     const WsiRecord *record,
                     WsiView          view)
{
  gsize max_length = wsi_listing_get_max_payload (self->listing), length;
  const guint8 *at = wsi_store_peek_payload (self->store, record, view, &length);

  return at != NULL ? g_bytes_new_static (at, MIN (length, max_length))
                    : wsi_store_dup_payload (self->store, number, view, max_length);
}

static void
print_frame (WsiPrinter      *self,
             guint64          number,
             const WsiRecord *record)
{
  WsiFrameView view = { .number = number + 1, .round_trip_us = printer_get_round_trip (record) };
  WsiView bytes = self->listing->options->is_masked ? WSI_VIEW_WIRE : WSI_VIEW_INFLATED;
  g_autoptr (GBytes) payload = NULL, message = NULL;

  wsi_record_to_frame (record, &view.frame);
  view.wire_length = wsi_record_get_wire_length (record);
  if (!may_print (self, record->conversation, &view.frame))
    return;

  view.payload = payload = printer_get_payload (self, number, record, bytes);
  view.message = message = dup_ended_message (self, record);
  if (record->fault != 0)
    view.n_faults = MIN (wsi_store_get_faults (self->store, number, view.faults, WSI_MAX_FAULTS),
                         WSI_MAX_FAULTS);
  printer_print_view (self, record, &view);
}

/* Prints a message that is not complete, with the time and the faults of its last frame so far. */
static void
print_message (const WsiOpenMessage *message,
               gpointer              printer)
{
  WsiPrinter *self = printer;
  const WsiMessageInfo *info = &message->info;
  const WsiRecord *first = wsi_store_get_record (self->store, info->first);
  WsiFrameView view = {
    .number = info->last + 1, .round_trip_us = printer_get_round_trip (&message->record),
    .wire_length = info->wire_length, .n_frames = info->n_frames,
    .is_unfinished = !info->is_complete,
  };
  g_autoptr (GBytes) payload = NULL;

  wsi_record_to_frame (first != NULL ? first : &message->record, &view.frame);
  view.frame.opcode = info->opcode;
  view.frame.flags |= message->flags | (info->is_stopped ? WSP_FRAME_FLAGS_STOPPED : 0);
  if (self->listing->fields != NULL)
    view.frame.payload_length = wsi_store_get_payload_length (self->store, info);
  view.frame.inflated_length = info->length;
  if (!may_print (self, info->conversation, &view.frame))
    return;

  payload = wsi_store_dup_message (self->store, info->message,
                                   wsi_listing_get_max_payload (self->listing));
  view.payload = payload;
  if (message->record.fault != 0)
    view.n_faults = MIN (wsi_store_get_faults (self->store, info->last, view.faults,
                                               WSI_MAX_FAULTS), WSI_MAX_FAULTS);
  printer_print_view (self, &message->record, &view);
}

static void
print_frame_or_message (WsiPrinter      *self,
                        guint64          number,
                        const WsiRecord *record)
{
  if (wsi_listing_is_by_message (self->listing) && record->message != 0)
    wsi_open_messages_take (self->open_messages, number, record);
  else
    print_frame (self, number, record);
}

/* Prints an event that the filter has chosen; without a filter, events are printed by signals. */
static void
print_chosen_event (WsiPrinter      *self,
                    guint64          number,
                    const WsiRecord *record)
{
  WsiConversation *conversation = find_conversation (self, record->conversation);

  if (wsi_listing_is_full (self->listing))
    return;

  if (conversation != NULL && record->event == WSI_EVENT_RESPONSE)
    print_response (self, conversation);
  else if (conversation != NULL && record->event == WSI_EVENT_ENDED)
    printer_print_ended (self, conversation);
  else
    wsi_event_view_print (self->listing, self->store, number);
}

static void
print_record (WsiPrinter *self,
              guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (self->store, number);

  if (record->kind != WSI_RECORD_KIND_EVENT)
    print_frame_or_message (self, number, record);
  else if (!may_print_of (self, record->conversation))
    return;
  else if (shows_events (self))
    wsi_event_view_print (self->listing, self->store, number);
  else if (self->matcher != NULL && wsi_filter_asks_for_events (self->listing->filter))
    print_chosen_event (self, number, record);
}

/* Prints rows that match only now.  A row that has left the store cannot be printed any more. */
static void
print_late (WsiPrinter *self)
{
  g_autoptr (GArray) late = wsi_matcher_take_late (self->matcher);

  for (guint i = 0; late != NULL && i < late->len; i++)
    {
      guint64 number = g_array_index (late, guint64, i);

      if (number >= wsi_store_get_first (self->store))
        print_record (self, number);
    }
}

/* Many records are tested at once, because that reads the store once. */
static void
print_matching (WsiPrinter *self,
                guint64     end)
{
  guint64 hits[RECORDS_PER_TEST];

  for (; self->next < end; self->next = MIN (self->next + RECORDS_PER_TEST, end))
    {
      gsize n_hits = wsi_matcher_match_range (self->matcher, self->next,
                                              MIN (self->next + RECORDS_PER_TEST, end), hits);

      print_late (self);
      for (gsize i = 0; i < n_hits; i++)
        print_record (self, hits[i]);
    }
}

/* Learns from all records, because one that is not printed may explain others. */
static void
printer_learn (WsiPrinter *self,
               guint64     first,
               guint64     end)
{
  WsiInterpreter *interpreter = self->listing->decoded.interpreter;

  for (guint64 i = first; i < end; i++)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, i);

      wsi_interpreter_learn (interpreter, i, record);
      if (self->awaited != NULL)
        wsi_awaited_take (self->awaited, interpreter, i, record);
    }
}

/* Prints the comment of a row, unless the row still waits: then a frame of JSON has the comment as
 * a member. */
static void
printer_print_comment (WsiPrinter *self,
                       guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (self->store, number);
  gboolean is_member = number >= self->next && record->kind != WSI_RECORD_KIND_EVENT &&
                       wsi_listing_is_json (self->listing);

  if (!is_member && shows_events (self) && may_print_of (self, record->conversation))
    wsi_event_view_print_comment (self->listing, self->store, number);
}

/* Prints all rows up to end.  Each row is learned just before it is printed. */
static void
printer_print_all (WsiPrinter *self,
                   guint64     end)
{
  for (self->next = MAX (self->next, wsi_store_get_first (self->store)); self->next < end;
       self->next++)
    {
      printer_learn (self, self->next, self->next + 1);
      print_record (self, self->next);
      if (self->next < self->comments_end)
        printer_print_comment (self, self->next);
    }
}

static void
print_rest (WsiPrinter *self,
            guint64     end)
{
  if (self->matcher != NULL)
    print_matching (self, end);
  else
    printer_print_all (self, end);
}

static void
printer_on_ended (WsiPrinter      *self,
                  WsiConversation *conversation)
{
  print_rest (self, wsi_awaited_find_end (self->awaited, self->next, self->end));
  wsi_open_messages_end_conversation (self->open_messages,
                                      wsi_conversation_get_number (conversation));
  if (shows_events (self))
    printer_print_ended (self, conversation);
}

static void
printer_on_conversation (WsiPrinter      *self,
                         WsiConversation *conversation)
{
  if (!may_print_of (self, wsi_conversation_get_number (conversation)))
    return;

  g_signal_connect_object (conversation, "ended", G_CALLBACK (printer_on_ended), self,
                           G_CONNECT_SWAPPED);
  if (!shows_events (self))
    return;

  if (self->numbering == WSI_NUMBERING_CONNECTIONS && wsi_listing_is_text (self->listing))
    printer_print_connection (self, conversation);
  g_signal_connect_object (conversation, "handshake", G_CALLBACK (print_response), self,
                           G_CONNECT_SWAPPED);
}

/* A comment is printed after its row, so it waits if the row is not printed yet. */
static void
printer_on_noted (WsiPrinter *self,
                  guint64     number,
                  WsiNote     note)
{
  if (note != WSI_NOTE_COMMENT)
    return;

  if (number < self->next)
    printer_print_comment (self, number);
  else
    self->comments_end = number + 1;
}

/* The last row waits if its comment may still come. */
static void
printer_on_appended (WsiPrinter *self,
                     guint64     first,
                     guint64     n_records)
{
  self->next = MAX (self->next, wsi_store_get_first (self->store));
  self->end = first + n_records;
  if (self->matcher == NULL)
    {
      printer_print_all (self, self->end - self->waits_for_notes);
      return;
    }

  printer_learn (self, first, self->end);
  print_matching (self, MIN (wsi_awaited_find_end (self->awaited, self->next, self->end),
                             self->end - self->waits_for_notes));
}

static void
printer_on_dropped (WsiPrinter *self,
                    guint64     n_dropped)
{
  WsiJsonPrinter event;

  if (wsi_listing_is_text (self->listing))
    {
      g_autofree char *count = wsi_output_count (n_dropped, "frame", 0);

      wsi_output_line ("       DROPPED: %s so far", count);
    }
  else if (wsi_listing_is_json (self->listing))
    {
      wsi_listing_begin_event (&event, "dropped", 0);
      wsi_json_printer_number (&event, "frames", n_dropped);
      wsi_listing_add_event (self->listing, &event);
    }
}

static void
wsi_printer_finalize (GObject *object)
{
  WsiPrinter *self = WSI_PRINTER (object);

  g_clear_pointer (&self->matcher, wsi_matcher_free);
  g_clear_pointer (&self->awaited, wsi_awaited_free);
  wsi_open_messages_free (self->open_messages);
  g_clear_object (&self->latest);
  g_clear_object (&self->store);
  g_clear_object (&self->recorder);
  G_OBJECT_CLASS (wsi_printer_parent_class)->finalize (object);
}

static void
wsi_printer_class_init (WsiPrinterClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_printer_finalize;
}

static void
wsi_printer_init (WsiPrinter *self)
{
}

/* Prints everything that the recorder adds to the store from now on. */
WsiPrinter *
wsi_printer_new (WsiStore    *store,
                 WsiRecorder *recorder,
                 WsiListing  *listing,
                 WsiTimes     times,
                 WsiNumbering numbering)
{
  WsiPrinter *self = g_object_new (WSI_TYPE_PRINTER, NULL);

  self->store = g_object_ref (store);
  self->recorder = g_object_ref (recorder);
  self->listing = listing;
  self->open_messages = wsi_open_messages_new (store, print_message, self);
  if (listing->filter != NULL)
    {
      self->matcher = wsi_matcher_new (listing->filter, store);
      wsi_matcher_copy_choices (self->matcher, listing->decoded.interpreter);
      if (times != WSI_TIMES_LIVE && wsi_filter_asks_for_replies (listing->filter))
        self->awaited = wsi_awaited_new (store);
    }
  self->next = self->end = wsi_store_get_end (store);
  self->waits_for_notes = times == WSI_TIMES_RECORDED && wsi_event_view_needs_notes (listing);
  wsi_interpreter_set_store (listing->decoded.interpreter, store);
  self->times = times;
  self->numbering = numbering;
  g_signal_connect_object (recorder, "conversation", G_CALLBACK (printer_on_conversation), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "appended", G_CALLBACK (printer_on_appended), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "noted", G_CALLBACK (printer_on_noted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "dropped", G_CALLBACK (printer_on_dropped), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/* Prints messages that are not finished, and ends the listing. */
void
wsi_printer_end (WsiPrinter *self)
{
  print_rest (self, self->end);
  wsi_open_messages_end (self->open_messages);
  wsi_listing_end (self->listing);
}
