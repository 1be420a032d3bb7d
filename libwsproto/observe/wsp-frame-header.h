/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_FRAME_HEADER (wsp_frame_header_get_type ())

typedef struct _WspFrameHeader WspFrameHeader;

/**
 * WspFrameHeader:
 * @fin: 1 if this is the last frame of its message, else 0
 * @rsv: the three reserved bits as a number, RSV1 is 4
 * @opcode: 0 to 15
 * @masked: 1 if the payload is masked, else 0
 * @header_length: bytes of the header on the wire, 2 to 14; 0 to write the header in its
 *   shortest form
 * @masking_key: the four bytes of the masking key as a number, the first byte highest; 0
 *   if the frame is not masked
 * @payload_length: bytes of payload
 *
 * The header of one frame, as it is on the wire.
 *
 * See RFC 6455, section 5.2. A header is a plain struct: one thread at a time may use it, and each
 * thread may have a copy.
 *
 * Since: 0.1
 */
struct _WspFrameHeader
{
  guint8  fin;
  guint8  rsv;
  guint8  opcode;
  guint8  masked;
  guint8  header_length;
  guint32 masking_key;
  guint64 payload_length;
};

WSP_AVAILABLE_IN_ALL
GType           wsp_frame_header_get_type (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
WspFrameHeader *wsp_frame_header_new      (void);
WSP_AVAILABLE_IN_ALL
WspFrameHeader *wsp_frame_header_copy     (const WspFrameHeader *self);
WSP_AVAILABLE_IN_ALL
void            wsp_frame_header_free     (WspFrameHeader *self);
WSP_AVAILABLE_IN_ALL
WspFrameHeader *wsp_frame_header_parse    (GBytes  *bytes,
                                           GError **error);
WSP_AVAILABLE_IN_ALL
GBytes         *wsp_frame_header_write    (const WspFrameHeader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspFrameHeader, wsp_frame_header_free)

G_END_DECLS
