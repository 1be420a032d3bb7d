/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What the two halves of the engine share. */
#pragma once

#include "core/engine/engine.h"

/* which rule forbids it */
WSC_SELDOM
WscFault wsc_engine_get_refusal      (const WscEngine *self, WscCall call);
WSC_SELDOM
void     wsc_engine_end_handshake    (WscEngine *self);
WscFault wsc_engine_add_close        (WscEngine *self, uint16_t code, WscBytes reason,
                                      unsigned flags,
                                      void *context, uint32_t *id);
/* what it handed out does not count any more */
void     wsc_engine_withdraw         (WscSlot *slot);
void     wsc_engine_fail             (WscEngine *self, WscCall call, WscFault fault,
                                      uint64_t number);

static inline WscFault
wsc_engine_may_call (const WscEngine *self,
                     WscCall          call)
{
  return wsc_lifecycle_look_up ((WscPhase) self->phase, call) != 0
         ? WSC_FAULT_NONE : wsc_engine_get_refusal (self, call);
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
