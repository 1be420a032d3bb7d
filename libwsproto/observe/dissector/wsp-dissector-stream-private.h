/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One direction of a connection: bytes in, records out. */
#pragma once

#include "observe/dissector/wsp-dissector-frame-private.h"
#include "observe/dissector/wsp-dissector-head-private.h"
#include "observe/dissector/wsp-dissector-search-private.h"

#include "core/handshake/deflate-offer.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_STREAM_HEAD,              /* the head of the opening handshake */
  WSP_STREAM_HEADER,            /* the header of a frame */
  WSP_STREAM_PAYLOAD,
  WSP_STREAM_TEXT,              /* a text like HTTP in the place of a frame, up to its empty line */
  WSP_STREAM_SEARCH,            /* a search for a header, after missing bytes or such a text */
  WSP_STREAM_UNDISSECTED,       /* bytes that are not dissected: after a refusal, a malformed head, or a length of 2^63 or more */
} WspStreamState;

typedef struct
{
  WscDeflateParameters deflate; /* parameters of permessage-deflate; all zero: no compression */
  gboolean             has_unknown;     /* an unknown extension was negotiated */
} WspNegotiated;

typedef struct _WspDissectorStream WspDissectorStream;

struct _WspDissectorStream
{
  WspStreamState      state;
  guint64             frames_begin;     /* the offset of the first byte after the head */
  guint64             offset;   /* offset of the next byte; while a header is incomplete, that of its first byte */
  guint8              cut_header[WSC_MAX_HEADER_LENGTH];
  gsize               n_cut;
  gboolean            is_early;         /* the header began before the response was complete */
  gboolean            is_replaying;     /* bytes that were searched are being dissected */
  gint64              held_us;          /* the latest time of those bytes of the frame in progress that earlier pushes had */
  guint               n_guessed;        /* frames that are still marked as guessed */
  WscFault            bytes_fault;      /* why the bytes are in no frame */
  WscHeadEnd          text_end;
  gsize               n_text;           /* bytes of the text that were read so far */
  WspHeads            heads;
  WspFrames           frames;
  WspHeaderSearch     search;
  WspDissectorStream *other;    /* stream of the other direction */
};

void wsp_dissector_stream_init   (WspDissectorStream *self,
                                  WspDirection        direction,
                                  WscRole             receiver,
                                  WspStreamState      state,
                                  WspKeptRecords     *records);
/* Sets what was negotiated, for both directions; call it once. */
void wsp_dissector_stream_set_negotiated (WspDissectorStream  *self,
                                          const WspNegotiated *negotiated);
/* It is not known what both sides negotiated. */
void wsp_dissector_stream_set_unknown (WspDissectorStream *self);
void wsp_dissector_stream_clear  (WspDissectorStream *self);
/* Frees the payloads of the previous push, which is necessary before the three calls below. */
void wsp_dissector_stream_forget (WspDissectorStream *self);
void wsp_dissector_stream_take   (WspDissectorStream *self,
                                  GBytes             *bytes,
                                  gint64              time_us);
void wsp_dissector_stream_continue_at (WspDissectorStream      *self,
                                       const WspDissectorPlace *place,
                                       gint64                   time_us);
/* length G_MAXUINT64: unknown */
void wsp_dissector_stream_skip   (WspDissectorStream *self,
                                  guint64             length,
                                  gint64              time_us);
/* Does nothing unless it searches. */
void wsp_dissector_stream_expect_header (WspDissectorStream *self,
                                         gint64              time_us);
void wsp_dissector_stream_end    (WspDissectorStream *self,
                                  gint64              time_us);

G_END_DECLS
