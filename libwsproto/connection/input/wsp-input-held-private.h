/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The input that a connection holds (WspHeldInput), for the input's own files. */
#pragma once

#include "connection/input/wsp-input-private.h"

G_BEGIN_DECLS

WspHeldInput *wsp_input_ensure_held   (WspInput *self);
/* TRUE: no more messages are read ahead. */
gboolean      wsp_input_is_inbox_full (const WspInput *self,
                                       const WspLink  *link);
/* After our Close the messages that no call has asked for are dropped, to read up to the peer's
 * Close. */
gboolean      wsp_input_must_drop     (const WspInput *self,
                                       const WspLink  *link);
/* FALSE: the builder exceeds max-buffered-input. */
gboolean      wsp_input_may_hold      (WspInput *self,
                                       WspLink  *link);

G_END_DECLS
