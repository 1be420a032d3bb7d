/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/fault.h"

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
  WSC_CALL_INPUT_ENDED,
  WSC_CALL_ABORT,
  WSC_N_CALLS,
} WscCall;

WscFault    wsc_lifecycle_check (WscPhase phase, WscCall call);            /* may this be called
                                                                              now? */
WscPhase    wsc_lifecycle_step  (WscPhase phase, WscCall call);            /* where it leads;
                                                                              checked before */
const char *wsc_phase_get_name  (WscPhase phase);                          /* "OPEN", for traces */
