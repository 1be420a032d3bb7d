/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/fault.h"
#include "core/types.h"

typedef enum                    /* the values are WspSessionState's */
{
  WSC_PHASE_CREATED,
  WSC_PHASE_HANDSHAKE,
  WSC_PHASE_OPEN,
  WSC_PHASE_CLOSE_SENT,
  WSC_PHASE_CLOSE_RECEIVED,
  WSC_PHASE_CLOSED,
  WSC_PHASE_FAILED,
  WSC_PHASE_ABORTED,
  WSC_N_PHASES,
} WscPhase;

typedef enum
{
  WSC_CALL_BEGIN,
  WSC_CALL_END,
  WSC_CALL_ESTABLISH,
  WSC_CALL_SEND_DATA,
  WSC_CALL_SEND_CONTROL,        /* ping and pong */
  WSC_CALL_SEND_CLOSE,
  WSC_CALL_RECEIVE,
  WSC_CALL_PEER_CLOSED,
  WSC_CALL_FAIL,
  WSC_CALL_ABORT,
  WSC_N_CALLS,
} WscCall;

/* 0: refused; else 1 + the phase it leads to.  Only wsc_lifecycle_look_up uses it.  It is declared
 * hidden so that access does not go through the global offset table. */
extern __attribute__ ((visibility ("hidden")))
const uint8_t wsc_lifecycle_phase_after[WSC_N_PHASES][WSC_N_CALLS];

/* The rule against the call; NONE: it is permitted. */
WSC_COLD
WscFault wsc_lifecycle_get_refusal (WscPhase phase, WscCall call);

/* With -DWSC_MUTATED_PHASE and -DWSC_MUTATED_CALL that one cell changes (tools/mutations). */
#ifdef WSC_MUTATED_PHASE
#define WSC_LIFECYCLE_IS_MUTATED(phase, call) \
  ((phase) == WSC_MUTATED_PHASE && (call) == WSC_MUTATED_CALL)
#else
#define WSC_LIFECYCLE_IS_MUTATED(phase, call) false
#endif

/* Inline because each Send and Receive needs it. */
static inline uint8_t
wsc_lifecycle_look_up (WscPhase phase,
                       WscCall  call)
{
  uint8_t after = wsc_lifecycle_phase_after[phase][call];

  if (WSC_LIFECYCLE_IS_MUTATED ((int) phase, (int) call))
    after = after == 0 ? (uint8_t) (1 + phase) : 0;
  return after;
}
