/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Declarations that the files of the engine share. */
#pragma once

#include "core/engine/engine.h"

WSC_COLD
void     wsc_engine_end_handshake    (WscEngine *self);
WSC_COLD
void     wsc_engine_forget_handshake (WscEngine *self);
/* Accepts the proposal and queues it as a Send of the engine, which has no id and is not indicated.
 * NULL: no memory. */
WscOperation *wsc_engine_add_send    (WscEngine *self, const WscProposal *proposal,
                                      WscBufferType type);
/* Cancels the operations that are not over, beginning with index first. */
void     wsc_engine_cancel           (WscOperationQueue *operations, uint32_t first,
                                      WscFault fault);
/* Call it if a frame was only partly written: cancels the Sends, because no other frame may
 * follow. */
void     wsc_engine_cancel_sends      (WscEngine *self, WscFault fault);
/* Does the same as wsc_engine_cancel_sends (), and the session fails. */
void     wsc_engine_fail_output             (WscEngine *self);
/* Withdraws the action that the slot handed out. */
void     wsc_engine_withdraw         (WscSlot *slot);
/* Makes the session fail, unless the session has ended: the next action reports the fault, a Close
 * notifies the peer, and nothing more is read. */
void     wsc_engine_fail             (WscEngine *self, WscFault fault, uint64_t number);
/* Call it after the stream has failed: cancels the Receives, and queues the Close that gives the
 * reason. */
void     wsc_engine_follow_fault     (WscEngine *self, WscFault fault);
/* Queues the Close that the stream has to send, if there is one.  False: no memory. */
bool     wsc_engine_add_due_close    (WscEngine *self);

/* On a server ending the handshake is optional, as in Windows (WIN-V-13). */
static inline void
wsc_engine_open_if_answered (WscEngine *self)
{
  if (self->stream.phase == WSC_PHASE_HANDSHAKE && self->stream.options->role == WSC_ROLE_SERVER)
    wsc_engine_end_handshake (self);
}
