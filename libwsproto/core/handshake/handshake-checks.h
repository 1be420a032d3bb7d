/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rules of an opening handshake run to the end, as a list for the faces and the inspector. */
#pragma once

#include "core/fault.h"
#include "core/types.h"

#define WSC_N_HANDSHAKE_CHECKS 21
#define WSC_CHECK_TEXT_SIZE 256

typedef enum
{
  WSC_VERDICT_PASSED,
  WSC_VERDICT_WARNING,
  WSC_VERDICT_FAILED,
  WSC_VERDICT_NOT_JUDGED,
} WscVerdict;

typedef struct
{
  const char *id;               /* stable: "request-line", "accept", ... */
  const char *section;          /* of RFC 6455; "-" = a rule of ours */
  WscVerdict verdict;
  WscFault fault;               /* the rule broken; NONE where no rule was, or a head is cut off */
  char text[WSC_CHECK_TEXT_SIZE];       /* one sentence of printable ASCII: expected and came */
} WscHandshakeCheck;

/* Heads as they were on the wire, whatever they hold; response {NULL, 0}: none was seen.
 * limits NULL: the safe defaults.  Every check is filled in, in the order of their making. */
void wsc_handshake_checks_run (WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS],
                               WscBytes request, WscBytes response, const WscHeadLimits *limits);
