/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bytes of the message or control frame that a row belongs to, as they were sent, unmasked, or
 * inflated: read when they are asked for, in a thread if they are many.
 *
 * Signal: "changed", when bytes have been read. */
#pragma once

#include "inspect/capture/wsi-row.h"
#include "inspect/save/formats/parts/wsi-whole-message.h"

G_BEGIN_DECLS

#define WSI_TYPE_CONTENT (wsi_content_get_type ())

G_DECLARE_FINAL_TYPE (WsiContent, wsi_content, WSI, CONTENT, GObject)

typedef enum
{
  WSI_CONTENT_UNREAD,
  WSI_CONTENT_READING,
  WSI_CONTENT_READ,
  WSI_CONTENT_MISSING,          /* the payload was not kept, or cannot be inflated */
} WsiContentState;

WsiContent            *wsi_content_new           (WsiRow *row);
WsiStore              *wsi_content_get_store     (WsiContent *self);
const WsiWholeMessage *wsi_content_get_message   (WsiContent *self);
/* Whether the row was removed from the store. */
gboolean               wsi_content_is_gone       (WsiContent *self);
/* Number of the record by which the message is decoded. */
guint64                wsi_content_get_number    (WsiContent *self);
/* Begins to read what was not read yet. */
WsiContentState        wsi_content_read          (WsiContent *self,
                                                  WsiView     view);
/* The bytes; NULL unless they are read. */
GBytes                *wsi_content_get_bytes     (WsiContent *self,
                                                  WsiView     view);
/* The bytes that are shown as text or decoded: the reason of a Close frame, if it has one. */
GBytes                *wsi_content_dup_shown     (WsiContent *self);
/* Whether only the beginning was read: there is more in the store. */
gboolean               wsi_content_is_limited    (WsiContent *self);
void                   wsi_content_remove_limit  (WsiContent *self);
void                   wsi_content_cancel        (WsiContent *self);

G_END_DECLS
