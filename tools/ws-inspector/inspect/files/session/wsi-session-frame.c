/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/files/session/wsi-session-frame.h"

#include <string.h>

#define FIN 0x80
#define MASKED 0x80
#define SHORT_HEADER 2
#define MAX_SHORT_LENGTH 125
#define LENGTH_IN_16_BITS 126
#define LENGTH_IN_64_BITS 127

static gboolean
read_key (WsiSessionFrame    *self,
          const WsiJsonField *line)
{
  const char *text = wsi_session_line_get_string (line, WSI_LINE_KEY);
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
read_length (const WsiJsonField *line,
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

  return (wsi_session_line_is_true (line, WSI_LINE_FIN) ? FIN : 0) | (rsv & 7) << 4 | (opcode & 15);
}

/* n_more: bytes of the length in addition to the seven bits. */
static void
write_header (WsiSessionFrame    *self,
              const WsiJsonField *line,
              guint               n_more)
{
  guint8 mask = wsi_session_line_has (line, WSI_LINE_KEY) ? MASKED : 0;
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
wsi_session_frame_read (WsiSessionFrame    *self,
                        const WsiJsonField *line)
{
  guint n_key = wsi_session_line_has (line, WSI_LINE_KEY) ? WSI_MASKING_KEY_LENGTH : 0;
  gint64 rsv = wsi_session_line_get_number (line, WSI_LINE_RSV, -1);
  gint64 opcode = wsi_session_line_get_number (line, WSI_LINE_OPCODE, -1);
  gint64 n_header = wsi_session_line_get_number (line, WSI_LINE_HEADER, -1);
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

/* A key of zeros changes nothing. */
static void
mask (guint8       *to,
      WsiLineBytes  payload,
      const guint8 *key)
{
  guint32 word, key_word;
  gsize i = 0;

  memcpy (&key_word, key, sizeof key_word);
  for (; i + sizeof word <= payload.length; i += sizeof word)
    {
      memcpy (&word, payload.at + i, sizeof word);
      word ^= key_word;
      memcpy (to + i, &word, sizeof word);
    }
  for (; i < payload.length; i++)
    to[i] = payload.at[i] ^ key[i % WSI_MASKING_KEY_LENGTH];
}

GBytes *
wsi_session_frame_make_bytes (const WsiSessionFrame *self,
                              WsiLineBytes           payload)
{
  guint8 *wire = g_malloc (self->length + payload.length);

  memcpy (wire, self->bytes, self->length);
  mask (wire + self->length, payload, self->key);
  return g_bytes_new_take (wire, self->length + payload.length);
}
