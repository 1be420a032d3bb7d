/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-frame-bytes.h"

#include <string.h>

static void
write_big_endian (guint8 *to,
                  guint   n,
                  guint64 number)
{
  for (guint i = 0; i < n; i++)
    to[i] = number >> 8 * (n - 1 - i);
}

gsize
wsi_frame_bytes_write_header (guint8        header[WSI_MAX_HEADER],
                              guint8        byte0,
                              guint         extended,
                              guint64       length,
                              const guint8 *key)
{
  gsize n = WSI_SHORT_HEADER + extended;

  header[0] = byte0;
  header[1] = (key != NULL ? WSI_MASKED : 0) | (extended == 0 ? length : extended == 2
                                                ? WSI_LENGTH_IN_16_BITS : WSI_LENGTH_IN_64_BITS);
  write_big_endian (header + WSI_SHORT_HEADER, extended, length);
  if (key == NULL)
    return n;

  memcpy (header + n, key, WSI_KEY_LENGTH);
  return n + WSI_KEY_LENGTH;
}

void
wsi_frame_bytes_write_key (guint8  bytes[WSI_KEY_LENGTH],
                           guint32 key)
{
  write_big_endian (bytes, WSI_KEY_LENGTH, key);
}

void
wsi_frame_bytes_mask (guint8       *to,
                      const guint8 *from,
                      gsize         length,
                      const guint8  key[WSI_KEY_LENGTH])
{
  guint32 word, key_word;
  gsize i = 0;

  memcpy (&key_word, key, sizeof key_word);
  for (; i + sizeof word <= length; i += sizeof word)
    {
      memcpy (&word, from + i, sizeof word);
      word ^= key_word;
      memcpy (to + i, &word, sizeof word);
    }
  for (; i < length; i++)
    to[i] = from[i] ^ key[i % WSI_KEY_LENGTH];
}
