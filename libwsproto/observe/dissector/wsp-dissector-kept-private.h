/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bounded memory of a dissector: queued records, and the payloads of one push. */
#pragma once

#include "observe/wsp-frame-record.h"

#include "core/bytes/byte-buffer.h"

G_BEGIN_DECLS

typedef struct
{
  WscByteBuffer records;        /* of WspFrameRecord, the oldest first */
  guint         n_lent;         /* of them, from the front: forgotten before the next append */
  guint64       n_dropped;      /* frames whose record or payload is not complete */
} WspKeptRecords;               /* all zero: empty */

/* FALSE: there is no room, or no memory. */
gboolean              wsp_kept_records_append (WspKeptRecords       *self,
                                               const WspFrameRecord *record);
guint                 wsp_kept_records_get_n  (const WspKeptRecords *self);
/* The oldest record, and those after it; valid until the next append. */
const WspFrameRecord *wsp_kept_records_peek   (const WspKeptRecords *self);
void                  wsp_kept_records_forget (WspKeptRecords *self,
                                               guint           n);
/* Like peek, but the records are no longer queued. */
const WspFrameRecord *wsp_kept_records_lend   (WspKeptRecords *self,
                                               guint          *n);

void                  wsp_kept_records_clear  (WspKeptRecords *self);

typedef struct
{
  WscBytes bytes;
  guint64  offset;              /* of the first one in its direction */
} WspWindow;                    /* all zero: empty */

typedef enum
{
  WSP_WINDOW_PUSHED,            /* the bytes of the last push */
  WSP_WINDOW_SEARCHED,          /* bytes in which a header was found */
  WSP_N_WINDOWS,
} WspWindowId;

/* Payloads as they are on the wire, for one direction.  A payload that is in one window is not
 * copied. */
typedef struct
{
  WspWindow     windows[WSP_N_WINDOWS];
  GBytes       *pushed;         /* owns the bytes of its window */
  WscByteBuffer held;           /* of one frame, whose bytes are not in one window */
  guint64       held_frame;     /* its offset */
  gboolean      is_holding;
  gboolean      is_short;       /* no memory: only the beginning of it is held */
} WspKeptWire;                  /* all zero: empty */

void     wsp_kept_wire_set_pushed (WspKeptWire *self,
                                   GBytes      *bytes,
                                   guint64      offset);
gboolean wsp_kept_wire_holds      (const WspKeptWire *self,
                                   guint64            frame);
/* Appends to what is held of the frame.  Another one's is freed first. */
void     wsp_kept_wire_hold       (WspKeptWire *self,
                                   guint64      frame,
                                   WscBytes     bytes);
/* The payload of a frame; at most as much as is kept of one.  FALSE: it is not kept. */
gboolean wsp_kept_wire_find       (const WspKeptWire *self,
                                   guint64            frame,
                                   guint64            begin,
                                   guint64            length,
                                   WscBytes          *payload);
void     wsp_kept_wire_forget_windows (WspKeptWire *self);
void     wsp_kept_wire_forget_held    (WspKeptWire *self);

/* Inflated payloads, for one direction. */
typedef struct
{
  WscByteBuffer bytes;          /* of the complete payloads, then of the one in progress */
  WscByteBuffer entries;        /* where the complete ones are, by rising offset */
  gsize         begin;          /* of the payload in progress, in the bytes */
} WspKeptInflated;              /* all zero: empty */

/* FALSE: only the beginning of the payload is kept. */
gboolean wsp_kept_inflated_append (WspKeptInflated *self,
                                   WscBytes         bytes);
/* Ends the payload of the frame at offset and begins the next.  FALSE: there is no memory. */
gboolean wsp_kept_inflated_end    (WspKeptInflated *self,
                                   guint64          offset);
/* Before another push: frees the complete payloads, and the memory of large ones. */
void     wsp_kept_inflated_forget (WspKeptInflated *self);
/* FALSE: there is none. */
gboolean wsp_kept_inflated_find   (const WspKeptInflated *self,
                                   guint64                offset,
                                   WscBytes              *payload);
void     wsp_kept_inflated_clear  (WspKeptInflated *self);

G_END_DECLS
