/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/export/wsi-session-writer.h"

#include "inspect/export/wsi-json-text.h"

#include <string.h>

#define END_OF_HEAD "\r\n\r\n"
#define MASKED 0x80

/* The parts of a connection that were written. */
typedef enum
{
  WRITTEN_OPEN = 1 << 0,
  WRITTEN_REQUEST = 1 << 1,
  WRITTEN_RESPONSE = 1 << 2,
} Written;

typedef struct
{
  WsiWriter    writer;
  GHashTable  *connections;     /* number to Written, until it is closed */
  JsonBuilder *line;
  gboolean     has_begun;
} WsiSessionWriter;

static void
begin_line (WsiSessionWriter *self,
            const char       *type)
{
  json_builder_reset (self->line);
  json_builder_begin_object (self->line);
  wsi_json_add_string (self->line, "type", type);
}

static gboolean
end_line (WsiSessionWriter *self,
          GError          **error)
{
  json_builder_end_object (self->line);
  return wsi_json_write (self->line, self->writer.stream, error);
}

static void
add_direction (WsiSessionWriter *self,
               guint             direction)
{
  wsi_json_add_string (self->line, "dir", direction == WSP_DIRECTION_SENT ? "sent" : "recv");
}

static void
begin_row (WsiSessionWriter *self,
           const char       *type,
           WsiConversation  *conversation,
           const WsiRecord  *record)
{
  begin_line (self, type);
  if (conversation == NULL)
    return;

  wsi_json_add_number (self->line, "conn", record->conversation);
  wsi_json_add_number (self->line, "t",
                       wsi_conversation_to_wall_time (conversation, record->time_us));
}

static char *
hide (WsiSessionWriter *self,
      const char       *text)
{
  return text != NULL ? wsi_redactor_hide_text (self->writer.redactor, text) : NULL;
}

static gboolean
write_first_line (WsiSessionWriter *self,
                  GError          **error)
{
  if (self->has_begun)
    return TRUE;

  self->has_begun = TRUE;
  begin_line (self, "wsinspect-session");
  wsi_json_add_number (self->line, "version", WSI_SESSION_VERSION);
  wsi_json_add_number (self->line, "wall_us", 0);
  wsi_json_add_number (self->line, "monotonic_us", 0);
  return end_line (self, error);
}

static gboolean
write_open (WsiSessionWriter *self,
            WsiConversation  *conversation,
            GError          **error)
{
  const WsiRecord begin = {
    .conversation = wsi_conversation_get_number (conversation),
    .time_us = wsi_conversation_get_begin_time (conversation),
  };
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;
  g_autofree char *open = hide (self, wsi_conversation_get_uri (conversation));
  gboolean is_missing =
    wsi_conversation_get_handshake_presence (conversation) == WSI_HANDSHAKE_MISSING;

  begin_row (self, "open", conversation, &begin);
  wsi_json_add_string (self->line, "role", is_client ? "client" : "server");
  wsi_json_add_string (self->line, "source", wsi_conversation_get_source (conversation));
  wsi_json_add_string (self->line, "client", wsi_conversation_get_client (conversation));
  wsi_json_add_string (self->line, "server", wsi_conversation_get_server (conversation));
  wsi_json_add_string (self->line, "uri", open);
  wsi_json_add_string (self->line, "handshake", is_missing ? "missing" : "read");
  if (is_missing)
    wsi_json_add_string (self->line, "extensions", wsi_conversation_get_extensions (conversation));
  return end_line (self, error);
}

static gboolean
write_head (WsiSessionWriter *self,
            WsiConversation  *conversation,
            const WsiRecord  *record,
            GBytes           *head,
            GError          **error)
{
  g_autoptr (GBytes) open = wsi_redactor_hide_head (self->writer.redactor, head);

  begin_row (self, "head", conversation, record);
  add_direction (self, record->direction);
  wsi_json_add_bytes (self->line, open);
  return end_line (self, error);
}

static gboolean
write_gap (WsiSessionWriter *self,
           WsiConversation  *conversation,
           const WsiRecord  *record,
           GError          **error)
{
  begin_row (self, "gap", conversation, record);
  add_direction (self, record->direction);
  if (record->payload_length > 0)
    wsi_json_add_number (self->line, "length", record->payload_length);
  return end_line (self, error);
}

static Written
get_written (WsiSessionWriter *self,
             const WsiRecord  *record)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->connections,
                                                GUINT_TO_POINTER (record->conversation)));
}

static void
set_written (WsiSessionWriter *self,
             const WsiRecord  *record,
             Written           more)
{
  g_hash_table_insert (self->connections, GUINT_TO_POINTER (record->conversation),
                       GUINT_TO_POINTER (get_written (self, record) | more));
}

/* The row has all of an interim response but for the empty line. */
static gboolean
write_interim_head (WsiSessionWriter *self,
                    WsiConversation  *conversation,
                    const WsiRecord  *record,
                    const char       *text,
                    GError          **error)
{
  g_autofree char *head = g_strconcat (text, END_OF_HEAD, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (head, strlen (head));

  return strlen (head) == record->payload_length
         ? write_head (self, conversation, record, bytes, error)
         : write_gap (self, conversation, record, error);
}

static gboolean
write_head_of (WsiSessionWriter *self,
               WsiConversation  *conversation,
               const WsiRecord  *record,
               Written           which,
               GError          **error)
{
  g_autoptr (GBytes) head = which == WRITTEN_REQUEST ? wsi_conversation_dup_request (conversation)
                                                     : wsi_conversation_dup_response (conversation);

  if (head == NULL || (get_written (self, record) & which) != 0)
    return TRUE;

  set_written (self, record, which);
  return write_head (self, conversation, record, head, error);
}

static gboolean
is_interim (const char *line)
{
  const char *status = line != NULL ? strchr (line, ' ') : NULL;

  return status != NULL && status[1] == '1' && !g_str_has_prefix (status, " 101");
}

/* Heads that had not ended when the connection did. */
static gboolean
write_rest_of_heads (WsiSessionWriter *self,
                     WsiConversation  *conversation,
                     const WsiRecord  *record,
                     GError          **error)
{
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;
  WsiRecord head = *record;

  head.direction = is_client ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
  if (!write_head_of (self, conversation, &head, WRITTEN_REQUEST, error))
    return FALSE;

  head.direction = is_client ? WSP_DIRECTION_RECEIVED : WSP_DIRECTION_SENT;
  return write_head_of (self, conversation, &head, WRITTEN_RESPONSE, error);
}

static gboolean
write_close (WsiSessionWriter *self,
             WsiConversation  *conversation,
             const WsiRecord  *record,
             const char       *text,
             GError          **error)
{
  gboolean is_clean = wsi_conversation_get_ending (conversation) == WSI_ENDING_CLEAN;
  g_autofree char *open = hide (self, text);

  if (!write_rest_of_heads (self, conversation, record, error))
    return FALSE;

  g_hash_table_remove (self->connections, GUINT_TO_POINTER (record->conversation));
  begin_row (self, "close", conversation, record);
  wsi_json_add_string (self->line, "ending", is_clean ? "clean" : "abnormal");
  wsi_json_add_string (self->line, "text", open);
  return end_line (self, error);
}

static gboolean
write_other_event (WsiSessionWriter *self,
                   WsiConversation  *conversation,
                   const WsiRecord  *record,
                   const char       *text,
                   GError          **error)
{
  static const char *const names[] = {
    [WSI_EVENT_FAULT] = "fault", [WSI_EVENT_DROPPED] = "dropped", [WSI_EVENT_EVICTED] = "evicted",
    [WSI_EVENT_PAUSED] = "paused", [WSI_EVENT_RESUMED] = "resumed", [WSI_EVENT_NOTE] = "note",
  };
  const char *name = record->event < G_N_ELEMENTS (names) ? names[record->event] : NULL;
  g_autofree char *open = hide (self, text);

  if (name == NULL)
    return TRUE;

  begin_row (self, "event", conversation, record);
  wsi_json_add_string (self->line, "event", name);
  wsi_json_add_string (self->line, "text", open);
  return end_line (self, error);
}

static gboolean
write_event (WsiSessionWriter *self,
             WsiConversation  *conversation,
             const WsiRecord  *record,
             guint64           number,
             GError          **error)
{
  g_autofree char *text = wsi_store_dup_event_text (self->writer.store, number);

  if (conversation == NULL)
    return write_other_event (self, NULL, record, text, error);
  if (record->event == WSI_EVENT_REQUEST)
    return write_head_of (self, conversation, record, WRITTEN_REQUEST, error);
  if (record->event == WSI_EVENT_RESPONSE && is_interim (text))
    return write_interim_head (self, conversation, record, text, error);
  if (record->event == WSI_EVENT_RESPONSE)
    return write_head_of (self, conversation, record, WRITTEN_RESPONSE, error);
  if (record->event == WSI_EVENT_GAP)
    return write_gap (self, conversation, record, error);
  if (record->event == WSI_EVENT_CLOSE)
    return write_close (self, conversation, record, text, error);

  return write_other_event (self, conversation, record, text, error);
}

static void
add_payload (WsiSessionWriter *self,
             const WsiRecord  *record,
             GBytes           *payload)
{
  g_autoptr (GBytes) shown =
    wsi_redactor_hide_payload (self->writer.redactor, record->kind, payload);

  if (shown == NULL)
    wsi_json_add_true (self->line, "withheld");
  else
    wsi_json_add_bytes (self->line, shown);
}

/* Compressed bytes cannot be replaced: strict redaction withholds them. */
static void
add_inflated (WsiSessionWriter *self,
              const WsiRecord  *record,
              guint64           number)
{
  g_autoptr (GBytes) wire = NULL;
  g_autoptr (GBytes) inflated = NULL;

  if (wsi_redactor_get_level (self->writer.redactor) == WSI_REDACTION_STRICT)
    {
      wsi_json_add_true (self->line, "withheld");
      return;
    }

  wire = wsi_store_dup_payload (self->writer.store, number, WSI_VIEW_UNMASKED, G_MAXSIZE);
  inflated = wsi_store_dup_payload (self->writer.store, number, WSI_VIEW_INFLATED, G_MAXSIZE);
  add_payload (self, record, inflated);
  if (wire != NULL)
    wsi_json_add_base64 (self->line, "wire", wire);
}

/* A length with the highest bit set is not valid, and is no number of JSON in most programs. */
static void
add_length (WsiSessionWriter *self,
            guint64           length)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, length);

  if (length > G_MAXINT64)
    wsi_json_add_string (self->line, "length", text);
  else
    wsi_json_add_number (self->line, "length", length);
}

static void
add_header (WsiSessionWriter *self,
            const WsiRecord  *record)
{
  json_builder_set_member_name (self->line, "fin");
  json_builder_add_boolean_value (self->line, wsi_record_is_fin (record));
  wsi_json_add_number (self->line, "rsv", record->byte0 >> 4 & 7);
  wsi_json_add_number (self->line, "opcode", record->byte0 & 15);
  wsi_json_add_number (self->line, "header", record->header_length);
  if ((record->byte1 & MASKED) != 0)
    {
      g_autofree char *key = g_strdup_printf ("%08x", record->masking_key);

      wsi_json_add_string (self->line, "key", key);
    }
  add_length (self, record->payload_length);
}

/* A record has no room for the number of a very long frame. */
static guint64
count_missing (const WsiRecord *record)
{
  return (record->flags & WSI_RECORD_TRUNCATED) != 0
         ? wsi_record_get_n_missing (record) : record->payload_length - record->stored_length;
}

static void
add_flags (WsiSessionWriter *self,
           const WsiRecord  *record,
           guint64           number)
{
  guint faults[WSI_MAX_FAULTS];
  guint n_faults = wsi_store_get_faults (self->writer.store, number, faults, WSI_MAX_FAULTS);

  if ((record->flags & (WSI_RECORD_GAP | WSI_RECORD_CUT)) != 0)
    wsi_json_add_number (self->line, "missing", count_missing (record));
  if ((record->flags & WSI_RECORD_CUT) != 0)
    wsi_json_add_true (self->line, "cut");
  if ((record->flags & WSI_RECORD_GUESSED) != 0)
    wsi_json_add_true (self->line, "guessed");
  if (n_faults == 0)
    return;

  json_builder_set_member_name (self->line, "faults");
  json_builder_begin_array (self->line);
  for (guint i = 0; i < MIN (n_faults, WSI_MAX_FAULTS); i++)
    json_builder_add_string_value (self->line, wsp_fault_describe (faults[i]));
  json_builder_end_array (self->line);
}

static gboolean
write_frame (WsiSessionWriter *self,
             WsiConversation  *conversation,
             const WsiRecord  *record,
             guint64           number,
             GError          **error)
{
  gboolean is_frame = wsi_record_is_frame (record);
  gboolean is_message = (record->flags & WSI_RECORD_NO_FRAME) != 0;

  begin_row (self, is_message ? "message" : is_frame ? "frame" : "bytes", conversation, record);
  add_direction (self, record->direction);
  wsi_json_add_number (self->line, "no", number + 1);
  if (is_message)
    wsi_json_add_number (self->line, "opcode", record->byte0 & 15);
  else if (is_frame)
    add_header (self, record);
  else
    wsi_json_add_number (self->line, "length", record->payload_length);
  add_flags (self, record, number);

  if (wsi_record_is_inflated (record))
    add_inflated (self, record, number);
  else
    {
      WsiView view = is_frame ? WSI_VIEW_UNMASKED : WSI_VIEW_WIRE;
      g_autoptr (GBytes) payload =
        wsi_store_dup_payload (self->writer.store, number, view, G_MAXSIZE);

      add_payload (self, record, payload);
    }
  return end_line (self, error);
}

static gboolean
write_comment (WsiSessionWriter *self,
               guint64           number,
               GError          **error)
{
  g_autofree char *comment = wsi_store_dup_comment (self->writer.store, number);

  if (comment == NULL)
    return TRUE;

  begin_line (self, "comment");
  wsi_json_add_string (self->line, "text", comment);
  return end_line (self, error);
}

/* If its first rows are gone, what is known of it is written before the first one that is left. */
static gboolean
write_beginning (WsiSessionWriter *self,
                 WsiConversation  *conversation,
                 const WsiRecord  *record,
                 GError          **error)
{
  if (conversation == NULL || (get_written (self, record) & WRITTEN_OPEN) != 0)
    return TRUE;

  set_written (self, record, WRITTEN_OPEN);
  if (!write_open (self, conversation, error))
    return FALSE;

  return (record->kind == WSI_RECORD_KIND_EVENT && record->event == WSI_EVENT_OPENED) ||
         write_rest_of_heads (self, conversation, record, error);
}

static gboolean
add (WsiWriter *writer,
     guint64    number,
     GError   **error)
{
  WsiSessionWriter *self = (WsiSessionWriter *) writer;
  guint reading = wsi_store_begin_reading (self->writer.store);
  const WsiRecord *found = wsi_store_get_record (self->writer.store, number);
  WsiRecord record = found != NULL ? *found : (WsiRecord) { 0 };
  gboolean is_event = record.kind == WSI_RECORD_KIND_EVENT;
  g_autoptr (WsiConversation) conversation = NULL;

  wsi_store_end_reading (self->writer.store, reading);
  conversation = wsi_store_dup_conversation (self->writer.store, record.conversation);
  if (found == NULL || (conversation == NULL && !is_event))
    return TRUE;

  return write_first_line (self, error) &&
         write_beginning (self, conversation, &record, error) &&
         (is_event ? write_event (self, conversation, &record, number, error)
                   : write_frame (self, conversation, &record, number, error)) &&
         write_comment (self, number, error);
}

static gboolean
end (WsiWriter *writer,
     GError   **error)
{
  return write_first_line ((WsiSessionWriter *) writer, error);
}

static void
clear (WsiWriter *writer)
{
  WsiSessionWriter *self = (WsiSessionWriter *) writer;

  g_hash_table_unref (self->connections);
  g_object_unref (self->line);
}

WsiWriter *
wsi_session_writer_new (WsiStore      *store,
                        WsiRedactor   *redactor,
                        GOutputStream *stream)
{
  static const WsiWriterClass class = { add, end, clear };
  WsiSessionWriter *self = wsi_writer_alloc (sizeof *self, &class, store, redactor, stream);

  self->connections = g_hash_table_new (NULL, NULL);
  self->line = json_builder_new ();
  return &self->writer;
}
