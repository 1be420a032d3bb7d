/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What the two halves of the engine share. */
#pragma once

#include "core/engine/engine.h"

WscFault wsc_engine_may_call         (const WscEngine *self, WscCall call);
void     wsc_engine_step_phase       (WscEngine *self, WscCall call);
void     wsc_engine_end_handshake    (WscEngine *self);
WscFault wsc_engine_add_close        (WscEngine *self, uint16_t code, WscBytes reason,
                                      unsigned flags,
                                      void *context, uint32_t *id);
void     wsc_engine_withdraw         (WscSlot *slot);            /* what it handed out does not
                                                                    count any more */
void     wsc_engine_fail             (WscEngine *self, WscCall call, WscFault fault,
                                      uint64_t number);

/* On a server ending the handshake is optional, as in Windows (V-13). */
static inline void
wsc_engine_open_if_answered (WscEngine *self)
{
  if (self->phase == WSC_PHASE_HANDSHAKE && self->options->role == WSC_ROLE_SERVER)
    wsc_engine_end_handshake (self);
}
