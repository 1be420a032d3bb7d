/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The parts of a store.  wsi-store-read.c reads them.  Five files write them, and each calls those
 * before it: wsi-store-room.c, -append.c, -losses.c, -pause.c, wsi-store.c. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/store/memory/wsi-arena.h"
#include "inspect/store/wsi-notes.h"
#include "inspect/store/wsi-record-list.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* Why the oldest rows were removed. */
typedef enum
{
  WSI_EVICTION_FOR_ROWS,        /* there were too many rows */
  WSI_EVICTION_FOR_FACTS,       /* the heads of their conversations were too large */
  WSI_N_EVICTIONS,
} WsiEviction;

struct _WsiStore
{
  GObject          parent_instance;

  WsiReaders       readers;
  WsiRecordList         *rows;
  WsiArena        *arena;
  WsiNotes        *notes;
  WsiStatistics   *statistics;
  WsiStoreLimits   limits;

  GMutex           mutex;       /* lock for the conversations */
  WsiServers      *servers;
  GHashTable      *conversations;       /* conversations by number (WsiConversation) */
  guint32          n_conversations;     /* conversations that were opened so far */
  guint32          n_swept;     /* n_conversations when all of them were looked at last */
  guint32          n_sized;     /* number of the last conversation that is in facts_size */
  gsize            facts_size;  /* bytes of the facts of conversations, estimated */

  gint64           begin_us;    /* time of the first row of a connection */
  _Atomic gboolean has_begin;   /* begin_us is set: this flag publishes it */
  guint64          announced;   /* number after the last record that a signal has announced */
  _Atomic guint64  n_dropped;   /* frames of which the record or the payload could not be kept */
  guint64          n_dropped_reported, n_dropped_shown;
  _Atomic guint64  n_evicted[WSI_N_EVICTIONS];
  guint64          n_evicted_shown[WSI_N_EVICTIONS];
  gboolean         is_dropping_shown, is_error_shown;
  gboolean         is_paused;
  guint64          n_left_out;  /* frames that were left out in this pause */
};

/* Removes the oldest rows, where one more conversation or row needs it. */
void       wsi_store_make_room_for_conversation (WsiStore *self);
void       wsi_store_make_room_for_row          (WsiStore *self);
/* Begins a row at its place.  NULL: it is dropped. */
WsiRecord *wsi_store_begin_row                  (WsiStore *self);
void       wsi_store_end_row                    (WsiStore        *self,
                                                 WsiConversation *conversation,
                                                 const WsiRecord *record);
/* The row alone, without the gaps before it. */
void       wsi_store_append_event_row           (WsiStore          *self,
                                                 WsiConversation   *conversation,
                                                 const WsiRecord   *event,
                                                 const WsiSentence *sentence);
/* Whether a frame is left out.  TRUE: the store is paused, and the frame has no record. */
gboolean wsi_store_leave_out (WsiStore             *self,
                              WsiConversation      *conversation,
                              const WspFrameRecord *frame);
/* Events for frames that were left out, before what follows them. */
void     wsi_store_append_gaps_of (WsiStore        *self,
                                   WsiConversation *conversation,
                                   gint64           time_us);

G_END_DECLS
