/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Heads with faults of syntax, as tolerant peers read them.  For observers only: an endpoint
 * refuses such a head. */
#pragma once

#include "core/handshake/http-head.h"

/* Limits for heads that an observer reads: far more than any endpoint accepts. */
#define WSC_MAX_OBSERVED_HEAD (1024 * 1024)     /* bytes */
#define WSC_MAX_OBSERVED_FIELDS 10000

extern const WscHeadLimits wsc_observed_head_limits;

typedef struct
{
  bool has_text, is_line_ended, has_ended;
} WscHeadEnd;                   /* all zero: before the head */

/* Returns how many of the bytes belong to the head: to the end of the first empty line behind a
 * line, whatever the line ends are. */
size_t       wsc_head_end_take (WscHeadEnd *self, WscBytes bytes);

/* Whether the fault is that of the size, and not of the syntax. */
bool         wsc_head_fault_is_of_size (WscFault fault);

/* Reads a complete head that is not well-formed, with its empty line; the fields point into the
 * result, as always.  NULL: it cannot be read even so, or there is no memory; *fault says why. */
WscHttpHead *wsc_mended_head_read (WscHeadKind kind, WscBytes head, WscFault *fault);

/* Reads the head in front of the bytes, strictly if that is possible.  *fault is that of the strict
 * reader, and *used how many bytes belong to the head.  NULL: it is not complete, too large, or
 * cannot be read. */
WscHttpHead *wsc_observed_head_read (WscHeadKind kind, const WscHeadLimits *limits, WscBytes bytes,
                                     WscFault *fault, size_t *used);
