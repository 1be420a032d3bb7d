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
  WSC_CALL_SEND_CONTROL,        /* a ping or a pong is sent */
  WSC_CALL_SEND_CLOSE,
  WSC_CALL_RECEIVE,
  WSC_CALL_PEER_CLOSED,
  WSC_CALL_FAIL,
  WSC_CALL_ABORT,
  WSC_N_CALLS,
} WscCall;

/* For each phase and call: 0 = refused, otherwise 1 + the next phase.  Only
 * wsc_lifecycle_look_up () reads the table. */
extern WSC_HIDDEN
const uint8_t wsc_lifecycle_phase_after[WSC_N_PHASES][WSC_N_CALLS];

/* Returns the rule that forbids the call; NONE: the call is permitted. */
WSC_COLD
WscFault wsc_lifecycle_get_refusal (WscPhase phase, WscCall call);

/* This function is inline, because each Send and Receive calls it. */
static inline uint8_t
wsc_lifecycle_look_up (WscPhase phase,
                       WscCall  call)
{
  return wsc_lifecycle_phase_after[phase][call];
}
