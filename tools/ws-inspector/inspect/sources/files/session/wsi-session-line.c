/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/session/wsi-session-line.h"

#include <string.h>

const char *const wsi_session_line_names[WSI_N_LINE_MEMBERS] = {
  [WSI_LINE_TYPE] = "type",
  [WSI_LINE_VERSION] = "version",
  [WSI_LINE_WALL_US] = "wall_us",
  [WSI_LINE_MONOTONIC_US] = "monotonic_us",
  [WSI_LINE_CONN] = "conn",
  [WSI_LINE_T] = "t",
  [WSI_LINE_NO] = "no",
  [WSI_LINE_ROLE] = "role",
  [WSI_LINE_SOURCE] = "source",
  [WSI_LINE_CLIENT] = "client",
  [WSI_LINE_SERVER] = "server",
  [WSI_LINE_URI] = "uri",
  [WSI_LINE_HANDSHAKE] = "handshake",
  [WSI_LINE_TLS] = "tls",
  [WSI_LINE_EXTENSIONS] = "extensions",
  [WSI_LINE_EVENT] = "event",
  [WSI_LINE_ENDING] = "ending",
  [WSI_LINE_TCP] = "tcp",
  [WSI_LINE_TCP_T] = "tcp_t",
  [WSI_LINE_DIR] = "dir",
  [WSI_LINE_FIN] = "fin",
  [WSI_LINE_RSV] = "rsv",
  [WSI_LINE_OPCODE] = "opcode",
  [WSI_LINE_HEADER] = "header",
  [WSI_LINE_KEY] = "key",
  [WSI_LINE_LENGTH] = "length",
  [WSI_LINE_MISSING] = "missing",
  [WSI_LINE_CUT] = "cut",
  [WSI_LINE_HIDDEN] = "hidden",
  [WSI_LINE_WITHHELD] = "withheld",
  [WSI_LINE_MARK] = "mark",
  [WSI_LINE_TEXT] = "text",
  [WSI_LINE_SENTENCE] = "sentence",
  [WSI_LINE_BASE64] = "base64",
  [WSI_LINE_WIRE] = "wire",
};

const char *
wsi_session_line_get_string (const WsiJsonField *line,
                             WsiLineMember       member)
{
  return wsi_json_field_get_string (&line[member]);
}

gint64
wsi_session_line_get_number (const WsiJsonField *line,
                             WsiLineMember       member,
                             gint64              alternative)
{
  return wsi_json_field_get_number (&line[member], alternative);
}

gboolean
wsi_session_line_is_true (const WsiJsonField *line,
                          WsiLineMember       member)
{
  return wsi_json_field_is_true (&line[member]);
}

gboolean
wsi_session_line_has (const WsiJsonField *line,
                      WsiLineMember       member)
{
  return wsi_json_field_is_there (&line[member]);
}

gboolean
wsi_session_line_is_named (const WsiJsonField *line,
                           WsiLineMember       member,
                           const char         *value)
{
  return wsi_json_field_is_text (&line[member], value);
}

gboolean
wsi_session_line_get_direction (const WsiJsonField *line,
                                WspDirection       *direction)
{
  gboolean is_sent = wsi_session_line_is_named (line, WSI_LINE_DIR, "sent");

  *direction = is_sent ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
  return is_sent || wsi_session_line_is_named (line, WSI_LINE_DIR, "recv");
}

/* GLib refuses to decode fewer than two characters, which are no byte. */
WsiLineBytes
wsi_session_line_take_base64 (WsiJsonField *line,
                              WsiLineMember member)
{
  WsiJsonField *field = &line[member];

  if (field->kind != WSI_JSON_STRING)
    return (WsiLineBytes) { NULL, 0 };

  if (strlen (field->text) > 1)
    g_base64_decode_inplace (field->text, &field->length);
  else
    field->length = 0;
  return (WsiLineBytes) { (const guint8 *) field->text, field->length };
}

WsiLineBytes
wsi_session_line_take_bytes (WsiJsonField *line)
{
  const WsiJsonField *text = &line[WSI_LINE_TEXT];

  return text->kind == WSI_JSON_STRING
         ? (WsiLineBytes) { (const guint8 *) text->text, text->length }
         : wsi_session_line_take_base64 (line, WSI_LINE_BASE64);
}
