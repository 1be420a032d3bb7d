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
 * @WSP_FRAME_KIND_BYTES: not a frame: bytes that belong to no frame, or the rest of a payload
 *   after missing bytes
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
  WSP_FRAME_KIND_BYTES,
} WspFrameKind;

/**
 * WspFrameFlags:
 * @WSP_FRAME_FLAGS_NONE: a whole frame
 * @WSP_FRAME_FLAGS_BYTES: not a frame, but bytes that belong to no frame: after a refusal, after a
 *   malformed head, after a Close, or after missing bytes before the next frame was found
 * @WSP_FRAME_FLAGS_REST: with %WSP_FRAME_FLAGS_BYTES: the bytes are the rest of the payload of the
 *   frame before, after missing bytes. The masking key is rotated, so that it begins with the first
 *   of these bytes.
 * @WSP_FRAME_FLAGS_GUESSED: bytes are missing before the frame, and its place was guessed
 * @WSP_FRAME_FLAGS_CUT: the stream ended inside the frame, or an unknown number of bytes is missing
 *   in the frame
 * @WSP_FRAME_FLAGS_GAP: bytes of the payload are missing. The bytes after the missing bytes have a
 *   record of their own.
 * @WSP_FRAME_FLAGS_TRUNCATED: only the beginning of the payload was kept
 * @WSP_FRAME_FLAGS_COMPRESSED: the frame belongs to a compressed message
 * @WSP_FRAME_FLAGS_NOT_INFLATED: with %WSP_FRAME_FLAGS_COMPRESSED: the payload cannot be inflated,
 *   because bytes before it are missing or invalid. %WSP_PAYLOAD_VIEW_INFLATED is the same as
 *   %WSP_PAYLOAD_VIEW_UNMASKED.
 * @WSP_FRAME_FLAGS_OPAQUE: an unknown extension was negotiated: the meaning of the payload is
 *   unknown
 *
 * The facts about a record that are not in the header of its frame.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_FRAME_FLAGS_NONE = 0,
  WSP_FRAME_FLAGS_BYTES = 1 << 0,
  WSP_FRAME_FLAGS_REST = 1 << 1,
  WSP_FRAME_FLAGS_GUESSED = 1 << 2,
  WSP_FRAME_FLAGS_CUT = 1 << 3,
  WSP_FRAME_FLAGS_GAP = 1 << 4,
  WSP_FRAME_FLAGS_TRUNCATED = 1 << 5,
  WSP_FRAME_FLAGS_COMPRESSED = 1 << 6,
  WSP_FRAME_FLAGS_NOT_INFLATED = 1 << 7,
  WSP_FRAME_FLAGS_OPAQUE = 1 << 8,
} WspFrameFlags;

/**
 * WspPayloadView:
 * @WSP_PAYLOAD_VIEW_WIRE: as on the wire
 * @WSP_PAYLOAD_VIEW_UNMASKED: with the mask removed
 * @WSP_PAYLOAD_VIEW_INFLATED: with the mask removed, and inflated if the message is compressed
 *
 * How to show a payload.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_PAYLOAD_VIEW_WIRE,
  WSP_PAYLOAD_VIEW_UNMASKED,
  WSP_PAYLOAD_VIEW_INFLATED,
} WspPayloadView;

#define WSP_TYPE_FRAME_RECORD (wsp_frame_record_get_type ())

typedef struct _WspFrameRecord WspFrameRecord;

/**
 * WspFrameRecord:
 * @time_us: the latest time of the bytes of the record, as passed to [method@Wsp.Dissector.push]
 * @offset: where the header begins in the bytes of its direction, including the HTTP head
 * @payload_length: bytes of payload, as the header says; for a record that is not a frame, the
 *   number of bytes
 * @inflated_length: bytes of payload after decompression; the same as @payload_length
 *   for a frame that is not compressed; the bytes so far if inflating was stopped
 * @n_missing: bytes of @payload_length that are not in this record, because they are missing or
 *   follow missing bytes
 * @masking_key: the four bytes of the masking key as a number, the first byte highest
 * @faults: the broken rules, as a set: read it with [method@Wsp.FrameRecord.get_fault]
 * @fault: the broken rule that was found first, 0 if no rule was broken; see
 *   [func@Wsp.fault_describe]
 * @close_code: the code of a Close frame, 1005 if the frame has no code; 0 for other frames, and if
 *   the code is missing
 * @flags: [flags@Wsp.FrameFlags]
 * @direction: a [enum@Wsp.Direction]
 * @fin: 1 if this is the last frame of its message
 * @rsv: the three reserved bits as a number, RSV1 is 4
 * @opcode: 0 to 15
 * @masked: 1 if the payload is masked
 * @header_length: bytes of the header, 2 to 14; fewer if the header was cut, 0 if the record is not
 *   a frame
 * @message_opcode: the opcode of the message that a data frame belongs to; 0 for other frames, and
 *   if the beginning of the message is missing
 *
 * One dissected frame. Bytes that belong to no frame have records too, with
 * %WSP_FRAME_FLAGS_BYTES. A record is a small, plain struct, so that a program can keep a million
 * of them: one thread at a time may use a record, and each thread may have a copy.
 *
 * Since: 0.1
 */
struct _WspFrameRecord
{
  gint64  time_us;
  guint64 offset;
  guint64 payload_length;
  guint64 inflated_length;
  guint64 n_missing;
  guint32 masking_key;
  guint32 faults;
  guint16 fault;
  guint16 close_code;
  guint16 flags;
  guint8  direction;
  guint8  fin;
  guint8  rsv;
  guint8  opcode;
  guint8  masked;
  guint8  header_length;
  guint8  message_opcode;

  /*< private >*/
  guint8  unused[3];
};

WSP_AVAILABLE_IN_ALL
GType           wsp_frame_record_get_type         (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
WspFrameRecord *wsp_frame_record_copy             (const WspFrameRecord *self);
WSP_AVAILABLE_IN_ALL
void            wsp_frame_record_free             (WspFrameRecord *self);
WSP_AVAILABLE_IN_ALL
guint           wsp_frame_record_get_n_faults     (const WspFrameRecord *self);
WSP_AVAILABLE_IN_ALL
guint           wsp_frame_record_get_fault        (const WspFrameRecord *self,
                                                   guint                 index);
WSP_AVAILABLE_IN_ALL
const char     *wsp_frame_record_describe_fault   (const WspFrameRecord *self);
WSP_AVAILABLE_IN_ALL
WspFrameKind    wsp_frame_record_get_kind         (const WspFrameRecord *self);
WSP_AVAILABLE_IN_ALL
GBytes         *wsp_frame_record_dup_close_reason (const WspFrameRecord *self,
                                                   GBytes               *payload);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspFrameRecord, wsp_frame_record_free)

G_END_DECLS
