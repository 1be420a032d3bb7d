/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/session/wsi-session-frame.h"

#include <string.h>

static gboolean
read_key (WsiSessionFrame    *self,
          const WsiJsonField *line)
{
  const char *text = wsi_session_line_get_string (line, WSI_LINE_KEY);
  guint64 key = 0;

  if (text != NULL && (strlen (text) != 2 * WSI_KEY_LENGTH ||
                       !g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT32, &key, NULL)))
    return FALSE;

  wsi_frame_bytes_write_key (self->key, key);
  return TRUE;
}

/* Reads a length; one that is not valid is a string. */
static gboolean
session_frame_read_length (const WsiJsonField *line,
                           guint64            *length)
{
  const char *text = wsi_session_line_get_string (line, WSI_LINE_LENGTH);
  gint64 number = wsi_session_line_get_number (line, WSI_LINE_LENGTH, -1);

  *length = number;
  return number >= 0 ||
         (text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, length, NULL));
}

guint8
wsi_session_frame_make_first_byte (const WsiJsonField *line)
{
  gint64 rsv = wsi_session_line_get_number (line, WSI_LINE_RSV, 0);
  gint64 opcode = wsi_session_line_get_number (line, WSI_LINE_OPCODE, 0);

  return (wsi_session_line_is_true (line, WSI_LINE_FIN) ? WSI_FIN : 0) | (rsv & 7) << 4 |
         (opcode & WSI_OPCODE);
}

gboolean
wsi_session_frame_read (WsiSessionFrame    *self,
                        const WsiJsonField *line)
{
  guint n_key = wsi_session_line_has (line, WSI_LINE_KEY) ? WSI_KEY_LENGTH : 0;
  gint64 rsv = wsi_session_line_get_number (line, WSI_LINE_RSV, -1);
  gint64 opcode = wsi_session_line_get_number (line, WSI_LINE_OPCODE, -1);
  gint64 n_header = wsi_session_line_get_number (line, WSI_LINE_HEADER, -1);
  gint64 extended = n_header - WSI_SHORT_HEADER - n_key;
  guint64 length;

  if (rsv < 0 || rsv > 7 || opcode < 0 || opcode > WSI_OPCODE ||
      !session_frame_read_length (line, &length) ||
      !read_key (self, line) ||
      (extended != 0 && extended != 2 && extended != 8) ||
      extended < wsi_frame_bytes_choose_extended (length))
    return FALSE;

  self->payload_length = length;
  self->length =
    wsi_frame_bytes_write_header (self->bytes, wsi_session_frame_make_first_byte (line), extended,
                                  length, n_key > 0 ? self->key : NULL);
  return TRUE;
}

GBytes *
wsi_session_frame_make_bytes (const WsiSessionFrame *self,
                              WsiLineBytes           payload)
{
  guint8 *wire = g_malloc (self->length + payload.length);

  memcpy (wire, self->bytes, self->length);
  wsi_frame_bytes_mask (wire + self->length, payload.at, payload.length, self->key);
  return g_bytes_new_take (wire, self->length + payload.length);
}
