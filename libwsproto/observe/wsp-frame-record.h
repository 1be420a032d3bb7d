/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The record of one dissected frame, or of bytes that belong to no frame.  A record is a small,
 * plain struct, so that a program can keep a million of them. */
#pragma once

#include <libwsproto/base/wsp-enums.h>

G_BEGIN_DECLS

typedef enum                    /* by opcode (RFC 6455 5.2) */
{
  WSP_FRAME_KIND_CONTINUATION,
  WSP_FRAME_KIND_TEXT,
  WSP_FRAME_KIND_BINARY,
  WSP_FRAME_KIND_CLOSE,
  WSP_FRAME_KIND_PING,
  WSP_FRAME_KIND_PONG,
  WSP_FRAME_KIND_RESERVED,      /* an opcode without a meaning */
  WSP_FRAME_KIND_BYTES,         /* bytes that are not a frame */
} WspFrameKind;

/* Facts about a record that are not in the header of its frame. */
typedef enum
{
  WSP_FRAME_FLAGS_NONE = 0,
  /* Not a frame, but bytes that belong to no frame: after a refusal, after a malformed head, after
   * a Close, or after missing bytes before the next frame was found. */
  WSP_FRAME_FLAGS_BYTES = 1 << 0,
  /* With BYTES: the rest of the payload of the frame before, after missing bytes.  The masking key
   * is rotated, so that it begins with the first of these bytes. */
  WSP_FRAME_FLAGS_REST = 1 << 1,
  /* Bytes are missing before the frame, and its place was guessed. */
  WSP_FRAME_FLAGS_GUESSED = 1 << 2,
  /* The stream ended inside the frame, or an unknown number of its bytes is missing. */
  WSP_FRAME_FLAGS_CUT = 1 << 3,
  /* Bytes of the payload are missing.  The bytes after them have a record of their own. */
  WSP_FRAME_FLAGS_GAP = 1 << 4,
  /* Only the beginning of the payload was kept. */
  WSP_FRAME_FLAGS_TRUNCATED = 1 << 5,
  /* The frame belongs to a compressed message. */
  WSP_FRAME_FLAGS_COMPRESSED = 1 << 6,
  /* With COMPRESSED: the payload cannot be inflated, because bytes before it are missing or
   * invalid. INFLATED is the same view as UNMASKED. */
  WSP_FRAME_FLAGS_NOT_INFLATED = 1 << 7,
  /* An unknown extension was negotiated, or a reserved bit or opcode was used and it is not known
   * what was negotiated: the meaning of the payload is unknown. */
  WSP_FRAME_FLAGS_OPAQUE = 1 << 8,
  /* With COMPRESSED: inflating was stopped at a limit.  The payload inflates to more than
   * inflated_length. */
  WSP_FRAME_FLAGS_STOPPED = 1 << 9,
} WspFrameFlags;

typedef enum                    /* how to show a payload */
{
  WSP_PAYLOAD_VIEW_WIRE,
  WSP_PAYLOAD_VIEW_UNMASKED,
  WSP_PAYLOAD_VIEW_INFLATED,    /* without the mask, and inflated if the message is compressed */
} WspPayloadView;

typedef struct
{
  gint64  time_us;              /* the latest time of the bytes of the record */
  guint64 offset;               /* offset of the header in the bytes of its direction, the HTTP head included */
  guint64 payload_length;       /* length of the payload, as the header says; without a frame the number of bytes */
  guint64 inflated_length;      /* payload_length if not compressed; the bytes so far if inflating was stopped */
  guint64 n_missing;            /* bytes of payload_length that are missing, or follow missing bytes */
  guint32 masking_key;          /* masking key, its first byte highest */
  guint32 faults;               /* the broken rules, as a set: read it with wsp_frame_record_get_fault () */
  guint16 fault;                /* the rule that was found first; 0: no rule was broken */
  guint16 close_code;           /* code of a Close, 1005 if it has none; 0 for other frames, and if the code is missing */
  guint16 flags;                /* facts that are not in the header (WspFrameFlags) */
  guint8  direction;            /* direction of the frame (WspDirection) */
  guint8  fin;
  guint8  rsv;                  /* the reserved bits as a number: RSV1 is 4 */
  guint8  opcode;
  guint8  masked;
  guint8  header_length;        /* length of the header, 2 to 14; fewer if the header was cut; 0 without a frame */
  guint8  message_opcode;       /* opcode of the message that a data frame belongs to; 0 for other
                                   frames, and if its beginning is missing */
  guint8  unused[3];
} WspFrameRecord;

/* The number of rules that the frame breaks. */
guint        wsp_frame_record_get_n_faults     (const WspFrameRecord *self);
/* The number of a rule, for wsp-fault.h.  The rule at index 0 was found first: an endpoint fails
 * the connection with it.  0: no rule is at the index. */
guint        wsp_frame_record_get_fault        (const WspFrameRecord *self,
                                                guint                 index);
WspFrameKind wsp_frame_record_get_kind         (const WspFrameRecord *self);
/* Gets the reason of a Close from its payload without the mask.  The reason is not checked, and may
 * be empty.  NULL for other frames, and without a payload.  (transfer full) */
GBytes      *wsp_frame_record_dup_close_reason (const WspFrameRecord *self,
                                                GBytes               *payload);
/* Sets seconds to the time after which the reason of a server's Close wants the client back; 0 = at
 * once.  FALSE: the reason does not begin with this mark, or no client obeys it, because the Close
 * is not whole, breaks a rule, or is a client's. */
gboolean     wsp_frame_record_get_retry_after  (const WspFrameRecord *self,
                                                GBytes               *payload,
                                                guint                *seconds);

G_END_DECLS
