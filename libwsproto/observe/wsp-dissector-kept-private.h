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
  guint64       n_dropped;      /* frames whose record or payload is missing */
} WspKeptRecords;               /* all zero: empty */

/* FALSE: there is no room, or no memory. */
gboolean              wsp_kept_records_append (WspKeptRecords       *self,
                                               const WspFrameRecord *record);
guint                 wsp_kept_records_get_n  (const WspKeptRecords *self);
/* The oldest record, and those after it; valid until the next append. */
const WspFrameRecord *wsp_kept_records_peek   (const WspKeptRecords *self);
void                  wsp_kept_records_forget (WspKeptRecords *self,
                                               guint           n);

/* For one direction. */
typedef struct
{
  WscByteBuffer bytes;          /* of the complete payloads, then of the one in progress */
  WscByteBuffer entries;        /* where the complete ones are, by rising offset */
  gsize         begin;          /* of the payload in progress, in the bytes */
  gboolean      is_dropped;     /* the payload in progress cannot be kept */
} WspKeptPayloads;              /* all zero: empty */

/* A payload that does not fit is dropped as a whole. */
void     wsp_kept_payloads_append (WspKeptPayloads *self,
                                   WscBytes         bytes);
void     wsp_kept_payloads_drop   (WspKeptPayloads *self);
/* The payload in progress; nothing if it was dropped. */
WscBytes wsp_kept_payloads_peek   (const WspKeptPayloads *self);
/* Ends the payload of the frame at offset and begins the next.  FALSE: it was dropped. */
gboolean wsp_kept_payloads_end    (WspKeptPayloads *self,
                                   guint64          offset);
/* Before another push: frees the complete payloads, and the memory of large ones. */
void     wsp_kept_payloads_forget (WspKeptPayloads *self);
/* FALSE: there is none. */
gboolean wsp_kept_payloads_find   (const WspKeptPayloads *self,
                                   guint64                offset,
                                   WscBytes              *payload);
void     wsp_kept_payloads_clear  (WspKeptPayloads *self);

G_END_DECLS
