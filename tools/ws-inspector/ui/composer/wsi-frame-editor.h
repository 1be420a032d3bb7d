/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One frame, field by field, as the diagram of its bits.  It may break RFC 6455: then it says which
 * rule, and how. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/compose/wsi-frame-draft.h"
#include "ui/details/wsi-bit-diagram.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_EDITOR (wsi_frame_editor_get_type ())

G_DECLARE_FINAL_TYPE (WsiFrameEditor, wsi_frame_editor, WSI, FRAME_EDITOR, GtkWidget)

/* Begins anew, with a frame that may be sent, if it was for the other sender. */
void           wsi_frame_editor_set_sender  (WsiFrameEditor *self,
                                             WspRole         sender);
/* Begins anew, with a frame of this opcode. */
void           wsi_frame_editor_begin       (WsiFrameEditor *self,
                                             guint           opcode);
void           wsi_frame_editor_set_payload (WsiFrameEditor *self,
                                             GBytes         *payload);
GBytes        *wsi_frame_editor_write       (WsiFrameEditor *self);
/* Whether the user has switched on that anything may be sent. */
gboolean       wsi_frame_editor_is_allowed  (WsiFrameEditor *self);
/* Sets the selected field to what the user has typed.  FALSE: a sentence says what is wrong. */
gboolean       wsi_frame_editor_take_value  (WsiFrameEditor *self);

G_END_DECLS
