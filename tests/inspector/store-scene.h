/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A store with one conversation, and short ways to add frames to it. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/store/wsi-store.h"

#define MAX_FACTS (64 * 1024 * 1024)
#define TEXT 1
#define CONTINUATION 0
#define PING 9
#define PONG 10

typedef struct
{
  WsiStore        *store;
  WsiConversation *conversation;
} StoreScene;

void           store_scene_init             (StoreScene *self,
                                             guint64     max_records);
void           store_scene_init_with_limits (StoreScene           *self,
                                             const WsiStoreLimits *limits);
void           store_scene_clear            (StoreScene *self);
void           store_scene_open             (StoreScene *self);
WspFrameRecord store_scene_make_frame       (WspDirection direction,
                                             guint        opcode,
                                             guint        fin,
                                             const char  *payload);
guint64        store_scene_append           (StoreScene  *self,
                                             WspDirection direction,
                                             guint        opcode,
                                             guint        fin,
                                             const char  *payload);
void           store_scene_append_many      (StoreScene *self,
                                             guint       n);
void           store_scene_assert_payload   (StoreScene *self,
                                             guint64     number,
                                             WsiView     view,
                                             const char *expected,
                                             gsize       length);
guint32        store_scene_get_message      (StoreScene *self,
                                             guint64     number);
/* 0: it is no pong of the peer, or answers no ping of ours that was seen. */
guint32        store_scene_get_round_trip   (StoreScene *self,
                                             guint64     number);
guint          store_scene_count_text       (StoreScene *self,
                                             const char *sentence);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StoreScene, store_scene_clear)
