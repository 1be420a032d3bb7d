/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bounded memory of a dissector: queued records, and the payloads of one push. */
#pragma once

#include "observe/wsp-frame-record.h"

#include "core/bytes/byte-buffer.h"

G_BEGIN_DECLS

typedef struct
{
  WscByteBuffer records;        /* records (WspFrameRecord), the oldest first */
  guint         n_lent;         /* the number of lent records at the front; forgotten before the next append */
  guint64       n_dropped;      /* frames whose record or payload is not complete */
} WspKeptRecords;               /* all zero: empty */

/* FALSE: there is no room, or no memory. */
gboolean              wsp_kept_records_append (WspKeptRecords       *self,
                                               const WspFrameRecord *record);
/* Returns the queued records, the oldest first, which are no longer queued then; valid until the
 * next append. */
const WspFrameRecord *wsp_kept_records_lend   (WspKeptRecords *self,
                                               guint          *n);
void                  wsp_kept_records_clear  (WspKeptRecords *self);

typedef struct
{
  WscBytes bytes;
  guint64  offset;              /* offset of the first byte in its direction */
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
  WscByteBuffer held;           /* the payload of one frame, which is not in one window */
  guint64       held_frame;     /* the offset of that frame */
  gboolean      is_holding;
  gboolean      is_short;       /* there was no memory: only the beginning of the payload is held */
} WspKeptWire;                  /* all zero: empty */

void     wsp_kept_wire_set_pushed (WspKeptWire *self,
                                   GBytes      *bytes,
                                   guint64      offset);
gboolean wsp_kept_wire_holds      (const WspKeptWire *self,
                                   guint64            frame);
/* Appends bytes to the held payload of the frame.  The held payload of another frame is freed
 * first. */
void     wsp_kept_wire_hold       (WspKeptWire *self,
                                   guint64      frame,
                                   WscBytes     bytes);
/* Finds the payload of a frame; of a long payload only the beginning.  FALSE: the payload is not
 * kept. */
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
  WscByteBuffer bytes;          /* complete payloads, then the payload in progress */
  WscByteBuffer entries;        /* the places of the complete payloads in bytes, by rising offset of their frames */
  gsize         begin;          /* where the payload in progress begins in bytes */
} WspKeptInflated;              /* all zero: empty */

/* FALSE: only the beginning of the payload is kept. */
gboolean wsp_kept_inflated_append (WspKeptInflated *self,
                                   WscBytes         bytes);
/* Ends the payload of the frame at offset and begins the next.  FALSE: there is no memory. */
gboolean wsp_kept_inflated_end    (WspKeptInflated *self,
                                   guint64          offset);
/* Call it before another push: frees the complete payloads. */
void     wsp_kept_inflated_forget (WspKeptInflated *self);
/* FALSE: no payload of a frame at offset is kept. */
gboolean wsp_kept_inflated_find   (const WspKeptInflated *self,
                                   guint64                offset,
                                   WscBytes              *payload);
void     wsp_kept_inflated_clear  (WspKeptInflated *self);

G_END_DECLS
