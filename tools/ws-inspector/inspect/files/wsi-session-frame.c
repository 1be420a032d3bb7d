/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/files/wsi-session-frame.h"

#include "inspect/files/wsi-json-lines.h"
#include "inspect/memory/wsi-bytes.h"

#include <string.h>

#define FIN 0x80
#define MASKED 0x80
#define SHORT_HEADER 2
#define MAX_SHORT_LENGTH 125
#define LENGTH_IN_16_BITS 126
#define LENGTH_IN_64_BITS 127

static gboolean
read_key (WsiSessionFrame *self,
          JsonObject      *line)
{
  const char *text = wsi_json_get_string (line, "key");
  guint64 key = 0;

  if (text != NULL && (strlen (text) != 2 * WSI_MASKING_KEY_LENGTH ||
                       !g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT32, &key, NULL)))
    return FALSE;

  for (guint i = 0; i < WSI_MASKING_KEY_LENGTH; i++)
    self->key[i] = key >> (24 - 8 * i);
  return TRUE;
}

/* A length that is not valid is a string. */
static gboolean
read_length (JsonObject *line,
             guint64    *length)
{
  const char *text = wsi_json_get_string (line, "length");
  gint64 number = wsi_json_get_number (line, "length", -1);

  *length = number;
  return number >= 0 ||
         (text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, length, NULL));
}

guint8
wsi_session_frame_make_first_byte (JsonObject *line)
{
  gint64 rsv = wsi_json_get_number (line, "rsv", 0);
  gint64 opcode = wsi_json_get_number (line, "opcode", 0);

  return (wsi_json_is_true (line, "fin") ? FIN : 0) | (rsv & 7) << 4 | (opcode & 15);
}

/* n_more: bytes of the length in addition to the seven bits. */
static void
write_header (WsiSessionFrame *self,
              JsonObject      *line,
              guint            n_more)
{
  guint8 mask = json_object_has_member (line, "key") ? MASKED : 0;
  guint64 length = self->payload_length;

  self->bytes[0] = wsi_session_frame_make_first_byte (line);
  self->bytes[1] = mask | (n_more == 0 ? length : n_more == 2 ? LENGTH_IN_16_BITS
                                                              : LENGTH_IN_64_BITS);
  for (guint i = 0; i < n_more; i++)
    self->bytes[SHORT_HEADER + i] = length >> 8 * (n_more - 1 - i);
  if (mask != 0)
    memcpy (self->bytes + SHORT_HEADER + n_more, self->key, WSI_MASKING_KEY_LENGTH);
}

gboolean
wsi_session_frame_read (WsiSessionFrame *self,
                        JsonObject      *line)
{
  guint n_key = json_object_has_member (line, "key") ? WSI_MASKING_KEY_LENGTH : 0;
  gint64 rsv = wsi_json_get_number (line, "rsv", -1);
  gint64 opcode = wsi_json_get_number (line, "opcode", -1);
  gint64 n_header = wsi_json_get_number (line, "header", -1);
  gint64 n_more = n_header - SHORT_HEADER - n_key;
  guint64 length;

  if (rsv < 0 || rsv > 7 || opcode < 0 || opcode > 15 || !read_length (line, &length) ||
      !read_key (self, line) ||
      (n_more != 0 && n_more != 2 && n_more != 8) || (n_more == 0 && length > MAX_SHORT_LENGTH) ||
      (n_more == 2 && length > G_MAXUINT16))
    return FALSE;

  self->length = n_header;
  self->payload_length = length;
  write_header (self, line, n_more);
  return TRUE;
}

void
wsi_session_frame_append_masked (const WsiSessionFrame *self,
                                 GBytes                *payload,
                                 GByteArray            *wire)
{
  gsize length, begin = wire->len;
  const guint8 *at = wsi_bytes_get_data (payload, &length);

  if (length == 0)
    return;

  g_byte_array_append (wire, at, length);
  for (gsize i = 0; i < length; i++)
    wire->data[begin + i] ^= self->key[i % WSI_MASKING_KEY_LENGTH];
}
