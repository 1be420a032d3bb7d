/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-session-exporter.h"

#include <libwsproto/wsproto.h>

#include "inspect/save/formats/parts/wsi-json-text.h"
#include "inspect/save/formats/wsi-wire-exporter.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"

typedef struct
{
  WsiWireExporter wire;
  JsonBuilder  *line;
} WsiSessionExporter;

static void
session_exporter_begin_line (WsiSessionExporter *self,
                             const char         *type)
{
  json_builder_reset (self->line);
  json_builder_begin_object (self->line);
  wsi_json_add_string (self->line, "type", type);
}

static gboolean
end_line (WsiSessionExporter *self,
          GError            **error)
{
  json_builder_end_object (self->line);
  return wsi_json_write (self->line, self->wire.exporter.stream, error);
}

static void
session_exporter_add_direction (WsiSessionExporter *self,
                                const WsiWireRow   *row)
{
  wsi_json_add_string (self->line, "dir",
                       row->record.direction == WSP_DIRECTION_SENT ? "sent" : "recv");
}

/* Whether a line is that of the row: a connection and its heads may be written before a row of
 * another kind.  The row of such a head has no event: byte0, which has the same place, is not read
 * as one. */
static gboolean
is_of_row (const char       *type,
           const WsiWireRow *row)
{
  gboolean is_event = row->record.kind == WSI_RECORD_KIND_EVENT;
  WsiEvent event = row->record.event;

  if (g_str_equal (type, "open"))
    return is_event && event == WSI_EVENT_OPENED;

  return !g_str_equal (type, "head") || event == WSI_EVENT_REQUEST || event == WSI_EVENT_RESPONSE;
}

static void
begin_row (WsiSessionExporter *self,
           const char         *type,
           const WsiWireRow   *row)
{
  session_exporter_begin_line (self, type);
  if (row->conversation != NULL)
    wsi_json_add_number (self->line, "conn", row->record.conversation);
  wsi_json_add_number (self->line, "t", row->record.time_us);
  if (is_of_row (type, row))
    wsi_json_add_number (self->line, "no", row->number + 1);
}

static gboolean
write_first_line (WsiWireExporter *wire,
                  GError         **error)
{
  WsiSessionExporter *self = (WsiSessionExporter *) wire;

  session_exporter_begin_line (self, "wsinspect-session");
  wsi_json_add_number (self->line, "version", WSI_SESSION_VERSION);
  wsi_json_add_number (self->line, "wall_us", 0);
  wsi_json_add_number (self->line, "monotonic_us", 0);
  return end_line (self, error);
}

static gboolean
session_exporter_write_open (WsiWireExporter  *wire,
                             const WsiWireRow *row,
                             GError          **error)
{
  WsiSessionExporter *self = (WsiSessionExporter *) wire;
  WsiConversation *conversation = row->conversation;
  const char *uri = wsi_conversation_get_uri (conversation);
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;
  WsiRedactor *redactor = wire->exporter.redactor;
  g_autofree char *open = uri != NULL ? wsi_redactor_hide_text (redactor, uri) : NULL;
  static const char *const presences[] = {
    [WSI_HANDSHAKE_READ] = "read", [WSI_HANDSHAKE_MISSING] = "missing",
    [WSI_HANDSHAKE_TOLD] = "told",
  };
  WsiHandshakePresence presence = wsi_conversation_get_handshake_presence (conversation);

  begin_row (self, "open", row);
  wsi_json_add_string (self->line, "role", is_client ? "client" : "server");
  wsi_json_add_string (self->line, "source", wsi_conversation_get_source (conversation));
  wsi_json_add_string (self->line, "client", wsi_conversation_get_client (conversation));
  wsi_json_add_string (self->line, "server", wsi_conversation_get_server (conversation));
  wsi_json_add_string (self->line, "uri", open);
  wsi_json_add_string (self->line, "tls", wsi_conversation_get_tls (conversation));
  wsi_json_add_string (self->line, "handshake", presences[presence]);
  if (presence == WSI_HANDSHAKE_MISSING)
    wsi_json_add_string (self->line, "extensions", wsi_conversation_get_extensions (conversation));
  return end_line (self, error);
}

static gboolean
session_exporter_write_head (WsiWireExporter  *wire,
                             const WsiWireRow *row,
                             GBytes           *head,
                             GError          **error)
{
  WsiSessionExporter *self = (WsiSessionExporter *) wire;

  begin_row (self, "head", row);
  session_exporter_add_direction (self, row);
  wsi_json_add_bytes (self->line, head);
  return end_line (self, error);
}

static gboolean
session_exporter_write_gap (WsiWireExporter  *wire,
                            const WsiWireRow *row,
                            GError          **error)
{
  WsiSessionExporter *self = (WsiSessionExporter *) wire;

  begin_row (self, "gap", row);
  session_exporter_add_direction (self, row);
  if (row->record.payload_length > 0)
    wsi_json_add_number (self->line, "length", row->record.payload_length);
  return end_line (self, error);
}

static gboolean
session_exporter_write_close (WsiWireExporter  *wire,
                              const WsiWireRow *row,
                              const char       *text,
                              GError          **error)
{
  static const char *const hows[] = {
    [WSI_TCP_ENDING_NONE] = NULL, [WSI_TCP_ENDING_FIN] = "fin", [WSI_TCP_ENDING_RESET] = "rst",
  };
  WsiSessionExporter *self = (WsiSessionExporter *) wire;
  WspDirection direction;
  WsiTcpEnding how = wsi_conversation_get_tcp_ending (row->conversation, &direction);

  begin_row (self, "close", row);
  if (how != WSI_TCP_ENDING_NONE)
    {
      wsi_json_add_string (self->line, "dir",
                           direction == WSP_DIRECTION_SENT ? "sent" : "recv");
      wsi_json_add_string (self->line, "tcp", hows[how]);
      wsi_json_add_number (self->line, "tcp_t",
                           wsi_conversation_get_tcp_end_time (row->conversation));
    }
  wsi_json_add_string (self->line, "ending",
                       wsi_ending_get_name (wsi_conversation_get_ending (row->conversation)));
  wsi_json_add_sentence (self->line, text, row->sentence);
  return end_line (self, error);
}

static gboolean
session_exporter_write_event (WsiWireExporter  *wire,
                              const WsiWireRow *row,
                              const char       *text,
                              GError          **error)
{
  static const char *const names[] = {
    [WSI_EVENT_FAULT] = "fault", [WSI_EVENT_DROPPED] = "dropped", [WSI_EVENT_EVICTED] = "evicted",
    [WSI_EVENT_PAUSED] = "paused", [WSI_EVENT_RESUMED] = "resumed", [WSI_EVENT_NOTE] = "note",
  };
  WsiSessionExporter *self = (WsiSessionExporter *) wire;
  const char *name = row->record.event < G_N_ELEMENTS (names) ? names[row->record.event] : NULL;

  if (name == NULL)
    return TRUE;

  begin_row (self, "event", row);
  wsi_json_add_string (self->line, "event", name);
  wsi_json_add_sentence (self->line, text, row->sentence);
  return end_line (self, error);
}

static void
session_exporter_add_payload (WsiSessionExporter *self,
                              const WsiWireRow   *row,
                              GBytes             *payload)
{
  g_autoptr (GBytes) shown =
    wsi_redactor_hide_payload (self->wire.exporter.redactor, &row->record, payload);

  if (shown == NULL)
    wsi_json_add_true (self->line, "withheld");
  else
    wsi_json_add_bytes (self->line, shown);
}

static void
add_inflated (WsiSessionExporter *self,
              const WsiWireRow   *row)
{
  WsiExporter *exporter = &self->wire.exporter;
  g_autoptr (GBytes) wire =
    wsi_store_dup_payload (exporter->store, row->number, WSI_VIEW_UNMASKED, G_MAXSIZE);
  g_autoptr (GBytes) inflated =
    wsi_store_dup_payload (exporter->store, row->number, WSI_VIEW_INFLATED, G_MAXSIZE);

  session_exporter_add_payload (self, row, inflated);
  if (wire != NULL)
    wsi_json_add_base64 (self->line, "wire", wire);
}

/* Adds a length; one with the highest bit set is not valid, and is not a number of JSON in most
 * programs. */
static void
add_length (WsiSessionExporter *self,
            guint64             length)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, length);

  if (length > G_MAXINT64)
    wsi_json_add_string (self->line, "length", text);
  else
    wsi_json_add_number (self->line, "length", length);
}

static void
session_exporter_add_header (WsiSessionExporter *self,
                             const WsiRecord    *record)
{
  json_builder_set_member_name (self->line, "fin");
  json_builder_add_boolean_value (self->line, wsi_record_is_fin (record));
  wsi_json_add_number (self->line, "rsv", record->byte0 >> 4 & 7);
  wsi_json_add_number (self->line, "opcode", wsi_record_get_opcode (record));
  wsi_json_add_number (self->line, "header", record->header_length);
  if (wsi_record_is_masked (record))
    {
      g_autofree char *key = g_strdup_printf ("%08x", record->masking_key);

      wsi_json_add_string (self->line, "key", key);
    }
  add_length (self, record->payload_length);
}

static void
add_flags (WsiSessionExporter *self,
           const WsiWireRow   *row)
{
  if ((row->record.flags & (WSI_RECORD_GAP | WSI_RECORD_CUT)) != 0)
    wsi_json_add_number (self->line, "missing", wsi_wire_row_count_missing (row));
  if ((row->record.flags & WSI_RECORD_CUT) != 0)
    wsi_json_add_true (self->line, "cut");
  if ((row->record.flags & WSI_RECORD_GUESSED) != 0)
    wsi_json_add_true (self->line, "guessed");
  if (row->record.is_hidden)
    wsi_json_add_true (self->line, "hidden");
}

static void
session_exporter_add_frame (WsiSessionExporter *self,
                            const WsiWireRow   *row)
{
  WsiView view = wsi_record_is_frame (&row->record) ? WSI_VIEW_UNMASKED : WSI_VIEW_WIRE;
  g_autoptr (GBytes) payload = NULL;

  if (wsi_wire_exporter_withholds (&self->wire, row))
    {
      wsi_json_add_true (self->line, "withheld");
      return;
    }
  if (row->payload != NULL)
    {
      wsi_json_add_bytes (self->line, row->payload);
      return;
    }
  if (wsi_record_is_inflated (&row->record))
    {
      add_inflated (self, row);
      return;
    }

  payload = wsi_store_dup_payload (self->wire.exporter.store, row->number, view, G_MAXSIZE);
  session_exporter_add_payload (self, row, payload);
}

static gboolean
session_exporter_write_frame (WsiWireExporter  *wire,
                              const WsiWireRow *row,
                              GError          **error)
{
  WsiSessionExporter *self = (WsiSessionExporter *) wire;
  gboolean is_frame = wsi_record_is_frame (&row->record);
  gboolean is_message = (row->record.flags & WSI_RECORD_NO_FRAME) != 0;

  begin_row (self, is_message ? "message" : is_frame ? "frame" : "bytes", row);
  session_exporter_add_direction (self, row);
  if (is_message)
    wsi_json_add_number (self->line, "opcode", wsi_record_get_opcode (&row->record));
  else if (is_frame)
    session_exporter_add_header (self, &row->record);
  else
    wsi_json_add_number (self->line, "length", row->record.payload_length);
  add_flags (self, row);
  session_exporter_add_frame (self, row);
  return end_line (self, error);
}

static gboolean
session_exporter_write_comment (WsiWireExporter      *wire,
                                const WsiWireRow *row G_GNUC_UNUSED,
                                const char           *text,
                                GError              **error)
{
  WsiSessionExporter *self = (WsiSessionExporter *) wire;

  session_exporter_begin_line (self, "comment");
  wsi_json_add_string (self->line, "text", text);
  return end_line (self, error);
}

static gboolean
session_exporter_write_late_comment (WsiWireExporter *wire,
                                     guint64          number,
                                     const char      *text,
                                     GError         **error)
{
  WsiSessionExporter *self = (WsiSessionExporter *) wire;

  session_exporter_begin_line (self, "comment");
  wsi_json_add_number (self->line, "no", number + 1);
  wsi_json_add_string (self->line, "text", text);
  return end_line (self, error);
}

static gboolean
session_exporter_write_mark (WsiWireExporter *wire,
                             guint64          number,
                             guint            mark,
                             GError         **error)
{
  WsiSessionExporter *self = (WsiSessionExporter *) wire;

  session_exporter_begin_line (self, "mark");
  wsi_json_add_number (self->line, "no", number + 1);
  wsi_json_add_number (self->line, "mark", mark);
  return end_line (self, error);
}

static void
session_exporter_clear (WsiWireExporter *wire)
{
  g_object_unref (((WsiSessionExporter *) wire)->line);
}

WsiExporter *
wsi_session_exporter_new (WsiStore      *store,
                          WsiRedactor   *redactor,
                          GOutputStream *stream)
{
  static const WsiWireClass class = {
    write_first_line, session_exporter_write_open, session_exporter_write_head,
    session_exporter_write_gap, session_exporter_write_frame, session_exporter_write_event,
    session_exporter_write_close,
    session_exporter_write_comment, session_exporter_write_late_comment,
    session_exporter_write_mark, session_exporter_clear,
  };
  WsiSessionExporter *self =
    wsi_wire_exporter_alloc (sizeof *self, &class, store, redactor, stream);

  self->line = json_builder_new ();
  return &self->wire.exporter;
}
