/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Actions on the heap: what bindings hold. */
#pragma once

#include <libwsproto/session/wsp-session-action.h>
#include <libwsproto/session/wsp-session.h>

#include "core/engine/engine.h"

/* The engine's action, which is what a WspSessionAction is. */
WscAction        *wsp_session_action_peek    (WspSessionAction *self);
/* A held action keeps its session, and is shared by all who copy it. */
WspSessionAction *wsp_session_action_hold    (const WspSessionAction *action,
                                              WspSession             *session);
/* The engine's action without the mark of a held one: what the engine gave. */
WscAction         wsp_session_action_as_given (const WspSessionAction *self);
/* May it be completed here?  Not one of another session, and not a mere copy of its bytes. */
gboolean wsp_session_action_belongs_to (const WspSessionAction *self,
                                        WspSession             *session);
/* It was completed: nothing in it may be used any more. */
void              wsp_session_action_clear   (WspSessionAction *self);
