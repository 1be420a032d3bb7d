/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A frame whose header is set field by field, also to what RFC 6455 forbids. */
#pragma once

#include <libwsproto/observe/wsp-frame-header.h>

#include "inspect/show/header/wsi-frame-layout.h"
#include "inspect/store/wsi-record.h"

G_BEGIN_DECLS

typedef struct
{
  WspFrameHeader header;
  GBytes        *payload;       /* payload before it is masked */
  gboolean       is_length_set; /* the length was set; otherwise it is that of the payload */
} WsiFrameDraft;

/* Begins with a frame that may be sent: a whole text message without a payload.  A client masks
 * with a random key. */
void    wsi_frame_draft_init        (WsiFrameDraft *self,
                                     WspRole        sender);
void    wsi_frame_draft_clear       (WsiFrameDraft *self);
void    wsi_frame_draft_set_payload (WsiFrameDraft *self,
                                     GBytes        *payload);
/* value: decimal, or hexadecimal with 0x before it.  FALSE: it does not fit into the field, or the
 * field is the payload. */
gboolean wsi_frame_draft_set_field  (WsiFrameDraft *self,
                                     WsiFrameField  field,
                                     const char    *value,
                                     GError       **error);
void    wsi_frame_draft_get_layout  (const WsiFrameDraft *self,
                                     WsiFrameLayout      *layout);
/* The bytes of the frame on the wire. */
GBytes *wsi_frame_draft_write       (const WsiFrameDraft *self);
/* The rules that it breaks; returns how many.  extensions: those that were negotiated, NULL =
 * none.  faults has room for WSI_MAX_FAULTS. */
guint   wsi_frame_draft_check       (const WsiFrameDraft *self,
                                     WspRole              sender,
                                     const char          *extensions,
                                     guint               *faults);
/* Bytes that the header announces beyond those of the payload; less than 0: bytes of the payload
 * that it does not announce. */
gint64  wsi_frame_draft_count_missing (const WsiFrameDraft *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiFrameDraft, wsi_frame_draft_clear)

G_END_DECLS
