/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pieces of a message, for the input's own files. */
#pragma once

#include "connection/input/wsp-input-private.h"

G_BEGIN_DECLS

WspHeldInput  *wsp_input_ensure_held      (WspInput *self);
/* After our Close the messages that no call has asked for are dropped, to read up to the peer's
 * Close. */
gboolean       wsp_input_must_drop        (const WspInput *self,
                                           const WspLink  *link);

WspMessageType wsp_input_get_message_type (WscBufferType type);
gboolean       wsp_input_is_accepted      (const WspInput *self,
                                           WscBufferType   type);
void           wsp_input_take_chunk       (WspInput          *self,
                                           WspLink           *link,
                                           const WscReceived *received);
/* Returns the memory to read the next piece into; {NULL, 0}: use the lent memory. */
WscBuffer      wsp_input_get_own          (WspInput      *self,
                                           const WspLink *link);
/* FALSE: the builder exceeds max-buffered-input. */
gboolean       wsp_input_may_hold         (WspInput *self,
                                           WspLink  *link);
/* Ends a message whose pieces went to a stream or were dropped. */
void           wsp_input_end_pieces       (WspInput *self,
                                           WspLink  *link);

G_END_DECLS
