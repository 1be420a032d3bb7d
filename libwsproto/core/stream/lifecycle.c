/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Life cycle: the table phase x call -> phase.  Only this file says which phase follows a call.
 *
 * CREATED --BEGIN--> HANDSHAKE --END--> OPEN --SEND_CLOSE--> CLOSE_SENT ----PEER_CLOSED--> CLOSED
 *      \--------ESTABLISH------------->    \--PEER_CLOSED--> CLOSE_RECEIVED --SEND_CLOSE--->/
 * HANDSHAKE to CLOSE_RECEIVED: FAIL --> FAILED; OPEN and later: ABORT --> ABORTED
 *
 * A call that is not in the table is refused.  Callers take a step only if the call is in the table
 * (asserted in stream.h). */

#include "core/stream/lifecycle.h"

#define TO(phase) (1 + WSC_PHASE_ ## phase)

const uint8_t wsc_lifecycle_phase_after[WSC_N_PHASES][WSC_N_CALLS] = {
  [WSC_PHASE_CREATED] = {
    [WSC_CALL_BEGIN]        = TO (HANDSHAKE),
    [WSC_CALL_ESTABLISH]    = TO (OPEN),
    [WSC_CALL_ABORT]        = TO (CREATED),
  },
  [WSC_PHASE_HANDSHAKE] = {
    [WSC_CALL_END]          = TO (OPEN),
    [WSC_CALL_FAIL]         = TO (FAILED),
    [WSC_CALL_ABORT]        = TO (HANDSHAKE),
  },
  [WSC_PHASE_OPEN] = {
    [WSC_CALL_SEND_DATA]    = TO (OPEN),
    [WSC_CALL_SEND_CONTROL] = TO (OPEN),
    [WSC_CALL_SEND_CLOSE]   = TO (CLOSE_SENT),
    [WSC_CALL_RECEIVE]      = TO (OPEN),
    [WSC_CALL_PEER_CLOSED]  = TO (CLOSE_RECEIVED),
    [WSC_CALL_FAIL]         = TO (FAILED),
    [WSC_CALL_ABORT]        = TO (ABORTED),
  },
  [WSC_PHASE_CLOSE_SENT] = {
    [WSC_CALL_SEND_CONTROL] = TO (CLOSE_SENT),
    [WSC_CALL_RECEIVE]      = TO (CLOSE_SENT),
    [WSC_CALL_PEER_CLOSED]  = TO (CLOSED),
    [WSC_CALL_FAIL]         = TO (FAILED),
    [WSC_CALL_ABORT]        = TO (ABORTED),
  },
  [WSC_PHASE_CLOSE_RECEIVED] = {
    [WSC_CALL_SEND_DATA]    = TO (CLOSE_RECEIVED),
    [WSC_CALL_SEND_CONTROL] = TO (CLOSE_RECEIVED),
    [WSC_CALL_SEND_CLOSE]   = TO (CLOSED),
    [WSC_CALL_FAIL]         = TO (FAILED),
    [WSC_CALL_ABORT]        = TO (ABORTED),
  },
  [WSC_PHASE_CLOSED] = {
    [WSC_CALL_FAIL]         = TO (CLOSED),
    [WSC_CALL_ABORT]        = TO (ABORTED),
  },
  [WSC_PHASE_FAILED] = {
    [WSC_CALL_FAIL]         = TO (FAILED),
    [WSC_CALL_ABORT]        = TO (ABORTED),
  },
  [WSC_PHASE_ABORTED] = {
    [WSC_CALL_FAIL]         = TO (ABORTED),
    [WSC_CALL_ABORT]        = TO (ABORTED),
  },
};

WscFault
wsc_lifecycle_get_refusal (WscPhase phase,
                           WscCall  call)
{
  if (wsc_lifecycle_look_up (phase, call) != 0)
    return WSC_FAULT_NONE;

  if (phase == WSC_PHASE_ABORTED)
    return WSC_FAULT_ABORTED;

  if (phase == WSC_PHASE_CREATED || phase == WSC_PHASE_HANDSHAKE)
    return WSC_FAULT_NOT_OPEN_YET;

  if (call == WSC_CALL_BEGIN || call == WSC_CALL_END || call == WSC_CALL_ESTABLISH)
    return WSC_FAULT_HANDSHAKE_DONE;

  if (call == WSC_CALL_SEND_CLOSE)
    return WSC_FAULT_CLOSE_SENT_BEFORE;

  return WSC_FAULT_CLOSING_STARTED;
}
