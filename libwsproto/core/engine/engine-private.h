/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What the parts of the engine share. */
#pragma once

#include "core/engine/engine.h"

/* which rule forbids it */
WSC_SELDOM
WscFault wsc_engine_get_refusal      (const WscEngine *self, WscCall call);
WSC_SELDOM
void     wsc_engine_end_handshake    (WscEngine *self);
WSC_SELDOM
void     wsc_engine_forget_handshake (WscEngine *self);
/* the workspace that is lent just now, if one is, and if anything is compressed */
void     wsc_engine_lend_to_compression (WscEngine *self);
WscFault wsc_engine_add_close        (WscEngine *self, uint16_t code, WscBytes reason,
                                      unsigned flags,
                                      void *context, uint32_t *id);
/* those from the first on that are not done */
void     wsc_engine_cancel           (WscOperationQueue *operations, uint32_t first,
                                      WscFault fault);
/* A frame was cut: nothing may follow it. */
void     wsc_engine_cancel_torn      (WscEngine *self, WscFault fault);
/* the same, and the session has failed by it */
void     wsc_engine_tear             (WscEngine *self);
/* what it handed out does not count any more */
void     wsc_engine_withdraw         (WscSlot *slot);
void     wsc_engine_fail             (WscEngine *self, WscCall call, WscFault fault,
                                      uint64_t number);
/* the same, found in what the peer sent: returns the fault */
WSC_SELDOM
WscFault wsc_engine_fail_received    (WscEngine *self, WscFault fault, uint64_t number);

static inline WscFault
wsc_engine_may_call (const WscEngine *self,
                     WscCall          call)
{
  return wsc_lifecycle_look_up ((WscPhase) self->phase, call) != 0
         ? WSC_FAULT_NONE : wsc_engine_get_refusal (self, call);
}

/* Behind what is kept; {NULL, 0}: there is none. */
static inline WscBuffer
wsc_engine_get_room (const WscEngine *self)
{
  const WscWorkspace *workspace = self->workspace;
  WscBuffer room = { NULL, 0 };

  if (workspace != NULL && workspace->write_kept < workspace->write.length)
    {
      room.at = workspace->write.at + workspace->write_kept;
      room.length = workspace->write.length - workspace->write_kept;
    }
  return room;
}

static inline uint32_t
wsc_engine_next_id (WscEngine *self)
{
  if (++self->last_id == 0)
    self->last_id = 1;
  return self->last_id;
}

static inline void
wsc_engine_step_phase (WscEngine *self,
                       WscCall    call)
{
  self->phase = (uint8_t) wsc_lifecycle_step ((WscPhase) self->phase, call);
}

/* On a server ending the handshake is optional, as in Windows (V-13). */
static inline void
wsc_engine_open_if_answered (WscEngine *self)
{
  if (self->phase == WSC_PHASE_HANDSHAKE && self->options->role == WSC_ROLE_SERVER)
    wsc_engine_end_handshake (self);
}
