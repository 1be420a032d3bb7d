/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message at its last row, or a control frame at its row, for formats that have no frames. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct
{
  guint64        number;        /* number of the message's row */
  WsiRecord      record;
  WsiMessageInfo info;          /* facts about a message with several frames */
  gboolean       is_folded;     /* the message has several frames */
  guint          opcode;
} WsiWholeMessage;

typedef enum
{
  WSI_WHOLE,
  WSI_WHOLE_UNFINISHED,         /* the last row so far of a message that has not ended */
  WSI_WHOLE_PART,               /* a frame of a message that goes on, or a row without a frame */
  WSI_WHOLE_GONE,               /* the row was removed from the store */
} WsiWholeness;

WsiWholeness  wsi_whole_message_init       (WsiWholeMessage *self,
                                            WsiStore        *store,
                                            guint64          number);
/* Whether the message is text or binary, not a control frame. */
gboolean      wsi_whole_message_is_data    (const WsiWholeMessage *self);
/* The payload, as long as the rows are there; NULL: it was not kept. */
GBytes       *wsi_whole_message_dup        (const WsiWholeMessage *self,
                                            WsiStore              *store);
/* A part of the payload, with max_length bytes at most. */
GBytes       *wsi_whole_message_dup_view   (const WsiWholeMessage *self,
                                            WsiStore              *store,
                                            WsiView                view,
                                            gsize                  max_length);
/* Whether it has more bytes than the length, because inflating has reached a limit. */
gboolean      wsi_whole_message_is_stopped (const WsiWholeMessage *self);
/* Bytes of the payload after inflating, if all of them are there; of its frames with their headers;
 * and of the payload as it was sent. */
guint64       wsi_whole_message_get_length (const WsiWholeMessage *self);
guint64       wsi_whole_message_get_wire_length    (const WsiWholeMessage *self);
guint64       wsi_whole_message_get_payload_length (const WsiWholeMessage *self,
                                                    WsiStore              *store);

G_END_DECLS
