/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The header of one frame, as it is on the wire (RFC 6455 5.2). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint8  fin;                  /* FIN bit, 1 or 0 */
  guint8  rsv;                  /* the reserved bits as a number: RSV1 is 4 */
  guint8  opcode;               /* opcode, 0 to 15 */
  guint8  masked;               /* mask bit, 1 or 0 */
  guint8  header_length;        /* length of the header, 2 to 14; 0: to be written in the shortest form */
  guint32 masking_key;          /* masking key, its first byte highest; 0 if the frame is not masked */
  guint64 payload_length;
} WspFrameHeader;

/* Reads the header at the beginning of bytes, and checks no rule: bits, opcodes and long forms of a
 * length are returned as they are.  NULL without an error: bytes has only a part of the header.
 * Fails with INVALID_FORMAT if the highest bit of a 64-bit length is set.  (transfer full) */
WspFrameHeader *wsp_frame_header_parse (GBytes  *bytes,
                                        GError **error);
/* Writes the length in its shortest form, or in the longer form that header_length stands for.
 * (transfer full) */
GBytes         *wsp_frame_header_write (const WspFrameHeader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspFrameHeader, g_free)

G_END_DECLS
