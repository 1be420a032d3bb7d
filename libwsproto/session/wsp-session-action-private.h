/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Actions on the heap, which bindings hold. */
#pragma once

#include <libwsproto/session/wsp-session-action.h>
#include <libwsproto/session/wsp-session.h>

#include "core/engine/engine.h"

/* Returns self as the engine's action: a WspSessionAction has the memory of a WscAction. */
WscAction        *wsp_session_action_peek    (WspSessionAction *self);
/* Returns a held action: a copy of action on the heap that has a reference to session.
 * wsp_session_action_copy () of a held action only adds a reference. */
WspSessionAction *wsp_session_action_hold    (const WspSessionAction *action,
                                              WspSession             *session);
/* Returns the action as the engine gave it, without the mark IS_HELD. */
WscAction         wsp_session_action_as_given (const WspSessionAction *self);
/* Returns whether session may complete self.  FALSE for a held action of another session, and for a
 * copy that holds only bytes. */
gboolean wsp_session_action_belongs_to (const WspSessionAction *self,
                                        WspSession             *session);
/* Call it when self is completed: removes the bytes, which may not be used any more. */
void              wsp_session_action_clear   (WspSessionAction *self);
