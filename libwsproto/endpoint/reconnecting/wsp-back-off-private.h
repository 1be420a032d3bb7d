/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The delay before the next attempt to connect. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_MAX_RETRY_AFTER (24 * 60 * 60 * 1000)   /* milliseconds */

typedef struct                  /* milliseconds; properties of WspReconnector */
{
  guint spread, min_delay, max_delay;
} WspBackOff;

typedef struct                  /* the attempt or the connection that has ended */
{
  guint n_attempts;             /* since the last connection that worked */
  guint close_code;             /* of the connection's peer; 0: the attempt failed */
  guint retry_after;            /* of the refusal, in milliseconds; 0: none */
} WspBackOffCause;

/* Returns milliseconds, random and uniform in a window:
 *
 *   after a failed attempt            from D / 2 to D, where D is min-delay doubled for each
 *                                     attempt, max-delay at most
 *   after a connection was lost       from 0 to spread, because all clients of the server have lost
 *   because the server goes away      their connections at the same time; after further attempts
 *                                     the window above, made at least spread long
 *   after Retry-After                 the first window, but beginning at Retry-After or later, and
 *                                     made at least spread long */
guint64 wsp_back_off_choose_delay (const WspBackOff      *self,
                                   const WspBackOffCause *cause,
                                   guint32                random);
/* The delay in a Retry-After header (RFC 9110 10.2.3), in milliseconds; 0 = malformed or past.
 * now: Unix time in seconds. */
guint   wsp_retry_after_parse     (const char *value,
                                   gint64      now);

G_END_DECLS
