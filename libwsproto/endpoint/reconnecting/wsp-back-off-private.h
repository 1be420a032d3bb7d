/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How long to wait before another attempt. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_MAX_RETRY_AFTER (24 * 60 * 60 * 1000)   /* milliseconds */

typedef struct                  /* milliseconds; properties of WspReconnector */
{
  guint spread, min_delay, max_delay;
} WspBackOff;

typedef struct                  /* what has ended */
{
  guint n_attempts;             /* since the last connection that worked */
  guint close_code;             /* of the connection's peer; 0: the attempt failed */
  guint retry_after;            /* of the refusal, in milliseconds; 0: none */
} WspBackOffCause;

/* Milliseconds, uniform in a window:
 *
 *   after an attempt that failed      min-delay, doubled for each attempt, max-delay at most, of
 *                                     which the upper half is random
 *   after the loss of a connection    spread: all clients of the server have lost theirs in the
 *   that the server did not want      same moment; from the second attempt on it begins where the
 *                                     window above begins
 *   after Retry-After                 that window, and spread from Retry-After on */
guint64 wsp_back_off_choose_delay (const WspBackOff      *self,
                                   const WspBackOffCause *cause,
                                   guint32                random);
/* The delay in a Retry-After header (RFC 9110 10.2.3), in milliseconds; 0 = malformed or past.
 * now: Unix time in seconds. */
guint   wsp_retry_after_parse     (const char *value,
                                   gint64      now);

G_END_DECLS
