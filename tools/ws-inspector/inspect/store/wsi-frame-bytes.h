/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bytes of a frame: header bits, lengths, opcodes and masking (RFC 6455 5.2, 5.3).  Other files
 * of the inspector use these names, and have no numbers of the protocol. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* First byte */
#define WSI_FIN 0x80
#define WSI_RSV1 0x40
#define WSI_RSV2 0x20
#define WSI_RSV3 0x10
#define WSI_OPCODE 0x0f
#define WSI_OPCODE_TEXT 0x1
#define WSI_OPCODE_BINARY 0x2
#define WSI_OPCODE_PONG 0xa
#define WSI_OPCODE_IS_CONTROL 0x8       /* bit of the opcode of a control frame */

/* Second byte */
#define WSI_MASKED 0x80
#define WSI_LENGTH 0x7f
#define WSI_MAX_SHORT_LENGTH 125
#define WSI_LENGTH_IN_16_BITS 126
#define WSI_LENGTH_IN_64_BITS 127

#define WSI_SHORT_HEADER 2              /* bytes before an extended length and a key */
#define WSI_KEY_LENGTH 4
#define WSI_MAX_HEADER 14

/* Bytes of the extended length that the second byte announces: 0, 2 or 8. */
static inline guint
wsi_frame_bytes_get_extended (guint8 byte1)
{
  guint length = byte1 & WSI_LENGTH;

  return length == WSI_LENGTH_IN_16_BITS ? 2 : length == WSI_LENGTH_IN_64_BITS ? 8 : 0;
}

/* The number of bytes of the extended length in the shortest header. */
static inline guint
wsi_frame_bytes_choose_extended (guint64 length)
{
  return length <= WSI_MAX_SHORT_LENGTH ? 0 : length <= G_MAXUINT16 ? 2 : 8;
}

/* Writes a header, and returns its length.  extended is 0, 2 or 8, also if the length would fit
 * into fewer bytes; key NULL: without a mask. */
gsize wsi_frame_bytes_write_header (guint8        header[WSI_MAX_HEADER],
                                    guint8        byte0,
                                    guint         extended,
                                    guint64       length,
                                    const guint8 *key);
void  wsi_frame_bytes_write_key    (guint8  bytes[WSI_KEY_LENGTH],
                                    guint32 key);
/* Masks or unmasks; to may be from.  A key of zeros changes nothing. */
void  wsi_frame_bytes_mask         (guint8       *to,
                                    const guint8 *from,
                                    gsize         length,
                                    const guint8  key[WSI_KEY_LENGTH]);

G_END_DECLS
