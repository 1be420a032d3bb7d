/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/observe/wsp-tap.h>

G_BEGIN_DECLS

/**
 * WspFrameKind:
 * @WSP_FRAME_KIND_CONTINUATION: continues a message
 * @WSP_FRAME_KIND_TEXT: a text message, or its beginning
 * @WSP_FRAME_KIND_BINARY: a binary message, or its beginning
 * @WSP_FRAME_KIND_CLOSE: closes the connection
 * @WSP_FRAME_KIND_PING: requests a pong
 * @WSP_FRAME_KIND_PONG: answers a ping
 * @WSP_FRAME_KIND_RESERVED: an opcode without a meaning
 *
 * The kinds of frames, by opcode.
 *
 * See RFC 6455, section 5.2.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_FRAME_KIND_CONTINUATION,
  WSP_FRAME_KIND_TEXT,
  WSP_FRAME_KIND_BINARY,
  WSP_FRAME_KIND_CLOSE,
  WSP_FRAME_KIND_PING,
  WSP_FRAME_KIND_PONG,
  WSP_FRAME_KIND_RESERVED,
} WspFrameKind;

#define WSP_TYPE_FRAME_RECORD (wsp_frame_record_get_type ())

typedef struct _WspFrameRecord WspFrameRecord;

/**
 * WspFrameRecord:
 * @time_us: the time of its last byte, as passed to [method@Wsp.Dissector.push]
 * @offset: where its header begins in the bytes of its direction, the HTTP head included
 * @payload_length: bytes of payload on the wire
 * @inflated_length: bytes of payload after decompression; the same as @payload_length
 *   for a frame that is not compressed; the bytes so far if inflating was stopped
 * @masking_key: the four bytes of the masking key as a number, the first one highest
 * @fault: the broken rule, 0 if none was; see [method@Wsp.FrameRecord.describe_fault]
 * @close_code: the code of a Close frame, 1005 if it has none; 0 for other frames, and for
 *   one whose payload was dropped
 * @direction: a [enum@Wsp.Direction]
 * @fin: 1 if this is the last frame of its message
 * @rsv: the three reserved bits as a number, RSV1 is 4
 * @opcode: 0 to 15
 * @masked: 1 if the payload is masked
 * @header_length: bytes of the header, 2 to 14
 *
 * One dissected frame: a plain value, so that there can be a million of them.
 *
 * Since: 0.1
 */
struct _WspFrameRecord
{
  gint64  time_us;
  guint64 offset;
  guint64 payload_length;
  guint64 inflated_length;
  guint32 masking_key;
  guint32 fault;
  guint16 close_code;
  guint8  direction;
  guint8  fin;
  guint8  rsv;
  guint8  opcode;
  guint8  masked;
  guint8  header_length;
};

WSP_AVAILABLE_IN_ALL
GType           wsp_frame_record_get_type         (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
WspFrameRecord *wsp_frame_record_copy             (const WspFrameRecord *self);
WSP_AVAILABLE_IN_ALL
void            wsp_frame_record_free             (WspFrameRecord *self);
WSP_AVAILABLE_IN_ALL
const char     *wsp_frame_record_describe_fault   (const WspFrameRecord *self);
WSP_AVAILABLE_IN_ALL
WspFrameKind    wsp_frame_record_get_kind         (const WspFrameRecord *self);
WSP_AVAILABLE_IN_ALL
GBytes         *wsp_frame_record_dup_close_reason (const WspFrameRecord *self,
                                                   GBytes               *payload);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspFrameRecord, wsp_frame_record_free)

G_END_DECLS
