/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All rules of an opening handshake with their results, as a list for the APIs and the
 * inspector. */
#pragma once

#include "core/fault.h"
#include "core/types.h"

#define WSC_N_HANDSHAKE_CHECKS 21
#define WSC_CHECK_TEXT_SIZE 256

typedef enum
{
  WSC_VERDICT_PASSED,
  WSC_VERDICT_HINT,
  WSC_VERDICT_WARNING,
  WSC_VERDICT_FAILED,
  WSC_VERDICT_NOT_CHECKED,
} WscVerdict;

typedef struct
{
  const char *id;               /* name of the rule, such as "accept"; it never changes */
  const char *section;          /* section of RFC 6455; "-" = a rule of this library */
  WscVerdict verdict;
  WscFault fault;               /* the broken rule; NONE if none is, or the head is incomplete */
  char text[WSC_CHECK_TEXT_SIZE];       /* the result as printable ASCII: "<expected>; <received>." */
} WscHandshakeCheck;

/* Takes heads as they were on the wire, with any content; response {NULL, 0}: there was none.
 * limits NULL: the defaults.  Sets every check, in the order of the handshake. */
void wsc_handshake_checks_run (WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS],
                               WscBytes request, WscBytes response, const WscHeadLimits *limits);

/* The most frequent cause of a status other than 101. */
const char *wsc_handshake_checks_get_hint (unsigned status);
