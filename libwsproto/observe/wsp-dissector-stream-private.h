/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One direction of a connection: bytes in, records out. */
#pragma once

#include "observe/wsp-dissector-kept-private.h"

#include "core/bytes/utf8.h"
#include "core/frames/compression.h"
#include "core/frames/frame-header.h"
#include "core/frames/frame-sequence.h"
#include "core/handshake/http-head.h"
#include "core/limits.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_STREAM_HEAD,              /* the opening handshake */
  WSP_STREAM_HEADER,            /* of a frame */
  WSP_STREAM_PAYLOAD,
  WSP_STREAM_UNDISSECTED,       /* a refusal, or a length of 2^63 or more */
} WspStreamState;

typedef enum                    /* of the message in progress */
{
  WSP_STREAM_PLAIN,
  WSP_STREAM_INFLATING,
  WSP_STREAM_ABANDONED,          /* in this frame: the rest of it is not shown */
  WSP_STREAM_COMPRESSED,        /* and shown as it is, because it cannot be inflated */
} WspStreamCompression;

typedef struct _WspDissectorStream WspDissectorStream;

struct _WspDissectorStream
{
  WspStreamState   state;
  WspDirection     direction;
  WscHeadKind      head_kind;
  WscHttpHead     *head;        /* kept when it is complete */
  WscOptions       options;     /* of the receiver of this direction */
  WscFrameSequence sequence;
  WscUtf8          utf8;
  gboolean         is_text_broken;      /* noted once for each message */
  guint64          offset;      /* bytes so far */
  guint8           cut_header[WSC_MAX_HEADER_LENGTH];
  gsize            n_cut;
  WspFrameRecord   record;      /* the frame in progress */
  guint32          key;
  guint8           message_opcode;
  guint64          payload_left;
  WspDissectorStream *other;    /* the other direction */
  WscCompression  *compression; /* NULL: not negotiated */
  WspStreamCompression compressed;
  gboolean         is_window_lost;      /* no later message can be inflated */
  guint64          inflate_left;        /* bytes that this push may still produce by inflating */
  WspKeptPayloads  payloads;    /* unmasked and inflated */
  WspKeptRecords  *records;     /* output: of complete frames */
};

void     wsp_dissector_stream_init        (WspDissectorStream *self,
                                           WspDirection        direction,
                                           WscRole             receiver,
                                           WspStreamState      state);
/* Sets what both sides negotiated; call it once. */
void     wsp_dissector_stream_set_negotiated       (WspDissectorStream         *self,
                                                    const WscDeflateParameters *agreed);
void     wsp_dissector_stream_clear       (WspDissectorStream *self);
/* Frees the payloads of the previous push and takes the bytes of this one. */
void     wsp_dissector_stream_take        (WspDissectorStream *self,
                                           WscBytes            bytes,
                                           gint64              time_us,
                                           WspKeptRecords     *records);
void     wsp_dissector_stream_forget      (WspDissectorStream *self);

G_END_DECLS
