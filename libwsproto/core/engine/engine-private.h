/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Declarations that the files of the engine share. */
#pragma once

#include "core/engine/engine.h"

WSC_COLD
void     wsc_engine_end_handshake    (WscEngine *self);
WSC_COLD
void     wsc_engine_forget_handshake (WscEngine *self);
/* Queues and accepts; model: its buffer_type, context and flags. */
WscFault wsc_engine_add_send         (WscEngine *self, const WscProposal *proposal,
                                      const WscOperation *model, uint32_t *id);
/* Queues the Close that the stream itself wants to send, if it does. */
WscFault wsc_engine_add_due_close    (WscEngine *self);
/* Those from the first on that are not done. */
void     wsc_engine_cancel           (WscOperationQueue *operations, uint32_t first,
                                      WscFault fault);
/* A frame was only partly written: nothing may follow it. */
void     wsc_engine_cancel_torn      (WscEngine *self, WscFault fault);
/* The same, and the session fails. */
void     wsc_engine_tear             (WscEngine *self);
/* The action that it handed out is no longer valid. */
void     wsc_engine_withdraw         (WscSlot *slot);
void     wsc_engine_fail             (WscEngine *self, WscCall call, WscFault fault,
                                      uint64_t number);

static inline uint32_t
wsc_engine_next_id (WscEngine *self)
{
  if (++self->last_id == 0)
    self->last_id = 1;
  return self->last_id;
}

/* On a server ending the handshake is optional, as in Windows (V-13). */
static inline void
wsc_engine_open_if_answered (WscEngine *self)
{
  if (self->stream.phase == WSC_PHASE_HANDSHAKE && self->stream.options->role == WSC_ROLE_SERVER)
    wsc_engine_end_handshake (self);
}
