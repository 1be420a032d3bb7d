/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The frames of one direction: headers and pieces of payload in, records out. */
#pragma once

#include "observe/dissector/wsp-dissector-kept-private.h"
#include "observe/dissector/wsp-dissector.h"

#include "core/bytes/utf8.h"
#include "core/frames/compression.h"
#include "core/frames/frame-header.h"
#include "core/frames/frame-sequence.h"
#include "core/limits.h"

G_BEGIN_DECLS

typedef enum                    /* the compression of the message in progress */
{
  WSP_FRAMES_PLAIN,
  WSP_FRAMES_INFLATING,
  WSP_FRAMES_ABANDONED,         /* inflating was stopped in this frame: the rest of the frame is not shown */
  /* The payload is shown as it is on the wire, because it cannot be inflated; if it is not known
   * what was negotiated, an extension may have changed it. */
  WSP_FRAMES_COMPRESSED,
} WspFramesCompression;

typedef struct
{
  WspDirection      direction;
  WscOptions        options;    /* options of the receiver of this direction */
  WscFrameAllowance allowed;
  gboolean          is_opaque;  /* an unknown extension was negotiated */
  gboolean          is_unknown; /* it is not known what was negotiated */
  gboolean          has_closed; /* a Close frame has ended */
  WscFrameSequence  sequence;
  gboolean          is_sequence_unknown;        /* it is not known whether a message is in progress, as after missing bytes */
  WscUtf8           utf8;
  gboolean          is_text_broken;     /* the fault was noted for this message, or its text is not checked */
  guint8            message_opcode;
  WspFrameRecord    record;     /* the frame in progress */
  guint32           key;
  guint64           n_received; /* bytes of the payload of that frame */
  guint64           payload_left;
  WscCompression   *compression;        /* inflates compressed messages; NULL: compression was not negotiated */
  WspFramesCompression compressed;
  WscCompression   *trial;      /* inflates a message that has RSV1 although nothing was negotiated; NULL: there is none */
  gboolean          has_tried;  /* a message was already inflated on trial */
  gboolean          is_window_lost;     /* no later message can be inflated */
  guint64           inflate_left;       /* bytes that this push may still produce by inflating */
  WspKeptWire       wire;
  WspKeptInflated   inflated;
  WspKeptRecords   *records;    /* records that were made */
} WspFrames;

void     wsp_frames_init           (WspFrames      *self,
                                    WspDirection    direction,
                                    WscRole         receiver,
                                    WspKeptRecords *records);
void     wsp_frames_clear          (WspFrames *self);
/* Set what both sides negotiated: first nothing, then each extension once. */
void     wsp_frames_set_none       (WspFrames *self);
void     wsp_frames_set_deflate    (WspFrames                  *self,
                                    const WscDeflateParameters *agreed);
void     wsp_frames_set_opaque     (WspFrames *self);
/* Call it if it is not known what was negotiated: no reserved bit or opcode is a fault.  A
 * search expects what permessage-deflate permits. */
void     wsp_frames_set_unknown    (WspFrames *self);
/* Call it before another push: frees the payloads of the last push. */
void     wsp_frames_forget         (WspFrames *self);
/* Call it before n_bytes are taken: limits the length to which they may inflate. */
void     wsp_frames_allow_inflating (WspFrames *self,
                                     gsize      n_bytes);

void     wsp_frames_begin          (WspFrames            *self,
                                    const WscFrameHeader *header,
                                    guint64               offset);
void     wsp_frames_take_payload   (WspFrames *self,
                                    WscBytes   bytes);
/* Ends the frame or the rest of a payload. */
void     wsp_frames_end            (WspFrames *self,
                                    gint64     time_us);
/* Ends the frame without the rest of its payload; why is GAP or CUT. */
void     wsp_frames_end_early      (WspFrames    *self,
                                    WspFrameFlags why,
                                    gint64        time_us);
/* Call it after wsp_frames_end_early (): the rest of the payload begins at offset. */
void     wsp_frames_begin_rest     (WspFrames *self,
                                    guint64    offset,
                                    guint64    n_missing,
                                    guint64    n_left);
/* Call it when frames are missing before the next frame. */
void     wsp_frames_lose           (WspFrames *self);
/* Continues where place says, with the next frame or, if place has bytes left, with the rest of a
 * payload, which begins at offset. */
void     wsp_frames_continue_at    (WspFrames               *self,
                                    const WspDissectorPlace *place,
                                    guint64                  offset);
void     wsp_frames_add_cut_header (WspFrames *self,
                                    WscBytes   header,
                                    guint64    offset,
                                    gint64     time_us);
/* Adds a record of bytes that belong to no frame. */
void     wsp_frames_add_bytes      (WspFrames *self,
                                    guint64    offset,
                                    guint64    length,
                                    WscFault   fault,
                                    gint64     time_us);
/* Finds the payload as it is on the wire.  FALSE: the payload is not kept. */
gboolean wsp_frames_find_wire      (const WspFrames      *self,
                                    const WspFrameRecord *record,
                                    WscBytes             *payload);

G_END_DECLS
