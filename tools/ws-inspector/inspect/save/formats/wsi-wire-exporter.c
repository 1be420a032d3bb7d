/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-wire-exporter.h"

#include <string.h>

#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-frame-bytes.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-sentence.h"

#define CLOSE_CODE_LENGTH 2
#define END_OF_HEAD "\r\n\r\n"

/* The parts of a connection that were written. */
typedef enum
{
  WRITTEN_OPEN = 1 << 0,
  WRITTEN_REQUEST = 1 << 1,
  WRITTEN_RESPONSE = 1 << 2,
  WITHHELD_SENT = 1 << 3,       /* payloads are withheld from some row on */
  WITHHELD_RECEIVED = 1 << 4,
  INFLATED_SENT = 1 << 5,       /* messages are written inflated from some row on */
  INFLATED_RECEIVED = 1 << 6,
} Written;

static char *
wire_exporter_hide (WsiWireExporter *self,
                    const char      *text)
{
  return text != NULL ? wsi_redactor_hide_text (self->exporter.redactor, text) : NULL;
}

static gboolean
wire_exporter_begin (WsiWireExporter *self,
                     GError         **error)
{
  if (self->has_begun)
    return TRUE;

  self->has_begun = TRUE;
  return self->class->begin (self, error);
}

static Written
get_written (WsiWireExporter  *self,
             const WsiWireRow *row)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->connections,
                                                GUINT_TO_POINTER (row->record.conversation)));
}

static void
set_written (WsiWireExporter  *self,
             const WsiWireRow *row,
             Written           more)
{
  g_hash_table_insert (self->connections, GUINT_TO_POINTER (row->record.conversation),
                       GUINT_TO_POINTER (get_written (self, row) | more));
}

static gboolean
wire_exporter_write_head (WsiWireExporter  *self,
                          const WsiWireRow *row,
                          GBytes           *head,
                          GError          **error)
{
  g_autoptr (GBytes) open = wsi_redactor_hide_head (self->exporter.redactor, head);

  return self->class->head (self, row, open, error);
}

static gboolean
write_head_of (WsiWireExporter  *self,
               const WsiWireRow *row,
               Written           which,
               GError          **error)
{
  g_autoptr (GBytes) head = which == WRITTEN_REQUEST
                            ? wsi_conversation_dup_request (row->conversation)
                            : wsi_conversation_dup_response (row->conversation);

  if (head == NULL || (get_written (self, row) & which) != 0)
    return TRUE;

  set_written (self, row, which);
  return wire_exporter_write_head (self, row, head, error);
}

/* Writes a head whose own row is another one, or is missing. */
static gboolean
write_head_without_row (WsiWireExporter  *self,
                        const WsiWireRow *row,
                        Written           which,
                        GError          **error)
{
  gboolean is_client = wsi_conversation_get_role (row->conversation) == WSP_ROLE_CLIENT;
  WsiWireRow head = *row;

  head.record.event = WSI_EVENT_NONE;
  head.record.direction = is_client == (which == WRITTEN_REQUEST) ? WSP_DIRECTION_SENT
                                                                  : WSP_DIRECTION_RECEIVED;
  return write_head_of (self, &head, which, error);
}

/* The known part of a direction's head comes before all that follows it. */
static gboolean
write_head_before (WsiWireExporter  *self,
                   const WsiWireRow *row,
                   GError          **error)
{
  gboolean is_client = wsi_conversation_get_role (row->conversation) == WSP_ROLE_CLIENT;
  gboolean is_sent = row->record.direction == WSP_DIRECTION_SENT;

  return write_head_without_row (self, row,
                                 is_client == is_sent ? WRITTEN_REQUEST : WRITTEN_RESPONSE, error);
}

static gboolean
wire_exporter_write_gap (WsiWireExporter  *self,
                         const WsiWireRow *row,
                         GError          **error)
{
  return write_head_before (self, row, error) && self->class->gap (self, row, error);
}

/* Makes a frame of a compressed message one of a message that is not compressed, with this
 * payload. */
static void
set_inflated (WsiRecord *record,
              gsize      length)
{
  guint extended = wsi_frame_bytes_choose_extended (length);
  guint8 first = length <= WSI_MAX_SHORT_LENGTH ? (guint8) length
                 : extended == 2 ? WSI_LENGTH_IN_16_BITS : WSI_LENGTH_IN_64_BITS;

  record->byte0 &= (guint8) ~WSI_RSV1;
  record->byte1 = (record->byte1 & WSI_MASKED) | first;
  record->header_length = (guint8) (WSI_SHORT_HEADER + extended +
                                    (wsi_record_is_masked (record) ? WSI_KEY_LENGTH : 0));
  record->payload_length = length;
  record->stored_length = (guint32) MIN (length, G_MAXUINT32);
  record->flags &= (guint16) ~(WSI_RECORD_COMPRESSED | WSI_RECORD_INFLATED | WSI_RECORD_CUT |
                               WSI_RECORD_GAP | WSI_RECORD_TRUNCATED);
}

/* The code of a Close frame is not hidden. */
static gboolean
is_hidden_whole (WsiWireExporter *self,
                 const WsiRecord *record)
{
  return wsi_record_is_frame (record) &&
         wsi_redactor_hides_payload (self->exporter.redactor, record) &&
         record->payload_length > (record->kind == WSP_FRAME_KIND_CLOSE ? CLOSE_CODE_LENGTH : 0);
}

/* Later messages of a direction may need the bytes before to be inflated: from the first one on
 * with something to hide, all are written inflated.  A hidden value is withheld if the first frames
 * of its message are already written. */
static void
wire_exporter_hide_message (WsiWireExporter *self,
                            WsiWireRow      *row)
{
  Written inflated = row->record.direction == WSP_DIRECTION_SENT ? INFLATED_SENT
                                                                 : INFLATED_RECEIVED;
  gboolean is_compressed = wsi_record_is_inflated (&row->record);
  gboolean is_begun = row->record.kind == WSP_FRAME_KIND_CONTINUATION;

  row->payload = wsi_hidden_messages_dup_frame (self->messages, row->number, &row->record);
  row->record.is_hidden |= row->payload != NULL || is_hidden_whole (self, &row->record);
  if (!is_compressed)
    return;

  if (row->payload != NULL && is_begun && (get_written (self, row) & inflated) == 0)
    {
      g_clear_pointer (&row->payload, g_bytes_unref);
      row->is_withheld = TRUE;
      return;
    }
  if (row->payload != NULL)
    set_written (self, row, inflated);
  else if ((get_written (self, row) & inflated) != 0)
    row->payload = wsi_store_dup_payload (self->exporter.store, row->number, WSI_VIEW_INFLATED,
                                          G_MAXSIZE);
  else
    return;

  row->is_withheld = row->payload == NULL;
  if (row->payload != NULL)
    set_inflated (&row->record, g_bytes_get_size (row->payload));
}

static gboolean
wire_exporter_write_frame (WsiWireExporter  *self,
                           const WsiWireRow *row,
                           GError          **error)
{
  WsiWireRow shown = *row;
  g_autoptr (GBytes) payload = NULL;

  if (!write_head_before (self, row, error))
    return FALSE;

  wire_exporter_hide_message (self, &shown);
  payload = shown.payload;
  return self->class->frame (self, &shown, error);
}

static gboolean
is_interim (const char *line)
{
  const char *status = line != NULL ? strchr (line, ' ') : NULL;

  return status != NULL && status[1] == '1' && !g_str_has_prefix (status, " 101");
}

/* The row has all of an interim response but for the empty line. */
static gboolean
write_interim_head (WsiWireExporter  *self,
                    const WsiWireRow *row,
                    const char       *text,
                    GError          **error)
{
  g_autofree char *head = g_strconcat (text, END_OF_HEAD, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (head, strlen (head));

  return strlen (head) == row->record.payload_length
    ? wire_exporter_write_head (self, row, bytes, error)
                                                     : self->class->gap (self, row, error);
}

/* Heads that had not ended when the connection did. */
static gboolean
write_rest_of_heads (WsiWireExporter  *self,
                     const WsiWireRow *row,
                     GError          **error)
{
  return write_head_without_row (self, row, WRITTEN_REQUEST, error) &&
         write_head_without_row (self, row, WRITTEN_RESPONSE, error);
}

static gboolean
wire_exporter_write_close (WsiWireExporter  *self,
                           const WsiWireRow *row,
                           const char       *text,
                           GError          **error)
{
  if (!write_rest_of_heads (self, row, error))
    return FALSE;

  g_hash_table_remove (self->connections, GUINT_TO_POINTER (row->record.conversation));
  return self->class->close (self, row, text, error);
}

static gboolean
wire_exporter_write_event (WsiWireExporter *self,
                           WsiWireRow      *row,
                           GError         **error)
{
  g_autofree WsiSentence *sentence = wsi_store_dup_event_sentence (self->exporter.store,
                                                                   row->number);
  g_autofree char *text = wsi_sentence_to_string (sentence);
  WsiEvent event = row->conversation != NULL ? row->record.event : WSI_EVENT_NONE;
  g_autofree char *open = NULL;

  if (event == WSI_EVENT_REQUEST)
    return write_head_of (self, row, WRITTEN_REQUEST, error);
  if (event == WSI_EVENT_RESPONSE)
    return is_interim (text) ? write_interim_head (self, row, text, error)
                             : write_head_of (self, row, WRITTEN_RESPONSE, error);
  if (event == WSI_EVENT_GAP)
    return wire_exporter_write_gap (self, row, error);

  open = wire_exporter_hide (self, text);
  row->sentence = sentence;
  return event == WSI_EVENT_ENDED ? wire_exporter_write_close (self, row, open, error)
                                  : self->class->event (self, row, open, error);
}

static gboolean
wire_exporter_write_comment (WsiWireExporter  *self,
                             const WsiWireRow *row,
                             GError          **error)
{
  g_autofree char *comment = wsi_store_dup_comment (self->exporter.store, row->number);
  g_autofree char *open = wire_exporter_hide (self, comment);

  return open == NULL || self->class->comment (self, row, open, error);
}

static gboolean
wire_exporter_write_mark (WsiWireExporter *self,
                          guint64          number,
                          GError         **error)
{
  guint mark = wsi_store_get_mark (self->exporter.store, number);

  return self->class->mark == NULL || self->class->mark (self, number, mark, error);
}

/* The heads that come before the first row that is left; it may be the row of a head itself. */
static gboolean
write_heads_before (WsiWireExporter  *self,
                    const WsiWireRow *row,
                    GError          **error)
{
  switch (row->record.kind == WSI_RECORD_KIND_EVENT ? row->record.event : WSI_EVENT_NONE)
    {
    case WSI_EVENT_OPENED:
    case WSI_EVENT_REQUEST:
      return TRUE;

    case WSI_EVENT_RESPONSE:
      return write_head_without_row (self, row, WRITTEN_REQUEST, error);

    default:
      return write_rest_of_heads (self, row, error);
    }
}

/* Writes the beginning of a connection.  If its first rows are gone, what is known of it is written
 * before the first one that is left. */
static gboolean
write_beginning (WsiWireExporter  *self,
                 const WsiWireRow *row,
                 GError          **error)
{
  WsiWireRow opening = *row;

  if (row->conversation == NULL || (get_written (self, row) & WRITTEN_OPEN) != 0)
    return TRUE;

  set_written (self, row, WRITTEN_OPEN);
  opening.record.time_us = wsi_conversation_get_begin_time (row->conversation);
  return self->class->open (self, &opening, error) && write_heads_before (self, row, error);
}

static gboolean
wire_exporter_add (WsiExporter *exporter,
                   guint64      number,
                   GError     **error)
{
  WsiWireExporter *self = (WsiWireExporter *) exporter;
  guint reading = wsi_store_begin_reading (exporter->store);
  const WsiRecord *found = wsi_store_get_record (exporter->store, number);
  WsiWireRow row = { .record = found != NULL ? *found : (WsiRecord) { 0 }, .number = number };
  gboolean is_event = row.record.kind == WSI_RECORD_KIND_EVENT;
  g_autoptr (WsiConversation) conversation = NULL;

  wsi_store_end_reading (exporter->store, reading);
  conversation = wsi_store_dup_conversation (exporter->store, row.record.conversation);
  row.conversation = conversation;
  if (conversation == NULL && !is_event)        /* the row is gone */
    return TRUE;

  self->last = row.record;
  self->n_added = number + 1;
  return wire_exporter_begin (self, error) && write_beginning (self, &row, error) &&
         (is_event ? wire_exporter_write_event (self, &row, error)
          : wire_exporter_write_frame (self, &row, error)) &&
         wire_exporter_write_comment (self, &row, error) &&
         (wsi_store_get_mark (exporter->store, number) == 0 ||
          wire_exporter_write_mark (self, number, error));
}

static gboolean
wire_exporter_write_late_comment (WsiWireExporter *self,
                                  guint64          number,
                                  GError         **error)
{
  g_autofree char *comment = wsi_store_dup_comment (self->exporter.store, number);
  g_autofree char *open = wire_exporter_hide (self, comment);

  return self->class->late_comment (self, number, open, error);
}

static gboolean
has_comment (WsiWireExporter *self,
             guint64          number)
{
  g_autofree char *text = wsi_store_dup_comment (self->exporter.store, number);

  return text != NULL;
}

static gboolean
wire_exporter_comment (WsiWireExporter *self,
                       guint64          number,
                       GError         **error)
{
  g_autoptr (WsiConversation) conversation = NULL;
  WsiWireRow row = { .record = self->last, .number = number };

  /* The number of a row in the file is another one where rows were left out. */
  if (self->class->late_comment != NULL &&
      (self->n_added != number + 1 || !has_comment (self, number)))
    return wire_exporter_write_late_comment (self, number, error);

  if (self->n_added != number + 1)
    return TRUE;

  conversation = wsi_store_dup_conversation (self->exporter.store, row.record.conversation);
  row.conversation = conversation;
  return wire_exporter_write_comment (self, &row, error);
}

/* Writes a note on a row, unless the row is yet to be written with its notes. */
static gboolean
wire_exporter_note (WsiExporter *exporter,
                    guint64      number,
                    WsiNote      note,
                    GError     **error)
{
  WsiWireExporter *self = (WsiWireExporter *) exporter;

  if (self->n_added <= number)
    return TRUE;

  return note == WSI_NOTE_MARK ? wire_exporter_write_mark (self, number, error)
    : wire_exporter_comment (self, number, error);
}

static gboolean
wire_exporter_end (WsiExporter *exporter,
                   GError     **error)
{
  return wire_exporter_begin ((WsiWireExporter *) exporter, error);
}

static void
wire_exporter_clear (WsiExporter *exporter)
{
  WsiWireExporter *self = (WsiWireExporter *) exporter;

  self->class->clear (self);
  wsi_hidden_messages_free (self->messages);
  g_hash_table_unref (self->connections);
}

gpointer
wsi_wire_exporter_alloc (gsize               size,
                         const WsiWireClass *class,
                         WsiStore           *store,
                         WsiRedactor        *redactor,
                         GOutputStream      *stream)
{
  static const WsiExporterClass exporter_class =
  { wire_exporter_add, wire_exporter_end, wire_exporter_clear, wire_exporter_note };
  WsiWireExporter *self = wsi_exporter_alloc (size, &exporter_class, store, redactor, stream);

  self->class = class;
  self->connections = g_hash_table_new (NULL, NULL);
  self->messages = wsi_hidden_messages_new (store, redactor);
  return self;
}

/* The number of missing bytes, for which a record has no room if the frame is very long. */
guint64
wsi_wire_row_count_missing (const WsiWireRow *row)
{
  const WsiRecord *record = &row->record;

  if ((record->flags & (WSI_RECORD_GAP | WSI_RECORD_CUT)) == 0)
    return 0;

  return (record->flags & WSI_RECORD_TRUNCATED) != 0
         ? wsi_record_get_n_missing (record) : record->payload_length - record->stored_length;
}

gboolean
wsi_wire_exporter_withholds (WsiWireExporter  *self,
                             const WsiWireRow *row)
{
  Written withheld = row->record.direction == WSP_DIRECTION_SENT ? WITHHELD_SENT
                                                                 : WITHHELD_RECEIVED;

  if (row->is_withheld)
    return TRUE;

  if (row->record.kind == WSP_FRAME_KIND_CLOSE ||
      !wsi_redactor_hides_payload (self->exporter.redactor, &row->record))
    return FALSE;

  if ((row->record.flags & (WSI_RECORD_COMPRESSED | WSI_RECORD_OPAQUE)) != 0)
    set_written (self, row, withheld);
  return (get_written (self, row) & withheld) != 0;
}
