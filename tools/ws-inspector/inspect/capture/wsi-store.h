/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The recorded traffic: one record for each frame, in order, and the payloads.  Both are
 * bounded: the oldest payloads are dropped first, then the oldest records.  Frames without
 * memory are counted. */
#pragma once

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

typedef struct
{
  WspFrameRecord frame;
  guint64        payload;       /* position in the arena */
  guint32        conversation;  /* number of it, from 1 on */
  guint8         is_stored;     /* the payload was kept, at least for a while */
} WsiRecord;

#define WSI_DEFAULT_MAX_RECORDS 5000000
#define WSI_DEFAULT_MAX_PAYLOAD (256 * 1024 * 1024)

#define WSI_TYPE_STORE (wsi_store_get_type ())

G_DECLARE_FINAL_TYPE (WsiStore, wsi_store, WSI, STORE, GObject)

WsiStore        *wsi_store_new (guint64 max_records,
                                gsize   max_payload);
void             wsi_store_append        (WsiStore             *self,
                                          guint32               conversation,
                                          const WspFrameRecord *frame,
                                          GBytes               *payload);
void             wsi_store_count_dropped (WsiStore *self,
                                          guint64   n);
guint64          wsi_store_get_n_dropped (WsiStore *self);
void             wsi_store_announce      (WsiStore *self);
guint64          wsi_store_get_first     (WsiStore *self);
guint64          wsi_store_get_end       (WsiStore *self);
const WsiRecord *wsi_store_get_record    (WsiStore *self,
                                          guint64   number);
GBytes          *wsi_store_dup_payload   (WsiStore *self,
                                          guint64   number,
                                          gsize     max_length);

G_END_DECLS
