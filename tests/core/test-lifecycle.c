/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The table of the life cycle, written a second time: one letter for the phase that a call leads
 * to, '-' if the call is refused. */

#include "core/stream/lifecycle.h"
#include "lib/tap.h"

#include <string.h>

static const char phase_letters[] = "CHOSRDFA";

static const struct
{
  const char *name;
  const char *after;            /* letter of the phase after each call: BEGIN END ESTABLISH data
                                 * ping close RECEIVE PEER_CLOSED FAIL ABORT */
} phases[] = {
  { "CREATED",        "H-O------C" },
  { "HANDSHAKE",      "-O------FH" },
  { "OPEN",           "---OOSORFA" },
  { "CLOSE_SENT",     "----S-SDFA" },
  { "CLOSE_RECEIVED", "---RRD--FA" },
  { "CLOSED",         "--------DA" },
  { "FAILED",         "--------FA" },
  { "ABORTED",        "--------AA" },
};

static const char *const calls[] = {
  "begin", "end", "establish", "send-data", "send-control", "send-close",
  "receive", "peer-closed", "fail", "abort",
};

static WscFault
expected_rule (WscPhase phase,
               WscCall  call)
{
  if (phase == WSC_PHASE_CREATED || phase == WSC_PHASE_HANDSHAKE)
    return WSC_FAULT_NOT_OPEN_YET;
  if (phase == WSC_PHASE_ABORTED)
    return WSC_FAULT_ABORTED;
  if (call <= WSC_CALL_ESTABLISH)
    return WSC_FAULT_HANDSHAKE_DONE;
  return call == WSC_CALL_SEND_CLOSE ? WSC_FAULT_CLOSE_SENT_BEFORE : WSC_FAULT_CLOSING_STARTED;
}

static void
test_cell (WscPhase phase,
           WscCall  call)
{
  char letter = phases[phase].after[call];
  const uint8_t after = wsc_lifecycle_look_up (phase, call);
  const WscFault rule = wsc_lifecycle_get_refusal (phase, call);

  if (letter == '-')
    tap_point (after == 0 && rule == expected_rule (phase, call),
               "/core/lifecycle/%s/%s-refused", phases[phase].name, calls[call]);
  else
    tap_point (after == 1 + strchr (phase_letters, letter) - phase_letters &&
               rule == WSC_FAULT_NONE,
               "/core/lifecycle/%s/%s-permitted", phases[phase].name, calls[call]);
}

int
main (void)
{
  for (int phase = 0; phase < WSC_N_PHASES; phase++)
    for (int call = 0; call < WSC_N_CALLS; call++)
      test_cell ((WscPhase) phase, (WscCall) call);
  return tap_end ();
}
