/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pieces of a message, for the input's own files. */
#pragma once

#include "connection/input/wsp-input-held-private.h"

G_BEGIN_DECLS

WspMessageType wsp_input_get_message_type (WscBufferType type);
gboolean       wsp_input_is_accepted      (const WspInput *self,
                                           WscBufferType   type);
void           wsp_input_take_chunk       (WspInput          *self,
                                           WspLink           *link,
                                           const WscReceived *received);
/* Returns the memory to read the next piece into; {NULL, 0}: use the lent memory. */
WscBuffer      wsp_input_get_own          (WspInput      *self,
                                           const WspLink *link);
/* Ends a message whose pieces went to a stream or were dropped. */
void           wsp_input_end_pieces       (WspInput *self,
                                           WspLink  *link);

G_END_DECLS
