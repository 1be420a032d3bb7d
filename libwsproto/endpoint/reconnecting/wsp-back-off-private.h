/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The delay before the next attempt to connect. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct                  /* milliseconds; properties of WspReconnector */
{
  guint spread, min_delay, max_delay;
} WspBackOff;

typedef struct                  /* the attempt or the connection that has ended */
{
  guint n_attempts;             /* number of attempts since the last connection that worked */
  guint close_code;             /* close code of the connection's peer; 0: the attempt failed */
  guint retry_after;            /* time that the server asks the client to wait, in milliseconds; 0: none */
  gboolean may_return_at_once;  /* the mark of the close reason is retry-after=0 */
  gboolean has_lasted;          /* the connection was open for min-delay */
} WspBackOffCause;

/* TRUE: the server has ended a connection on purpose, which is no failure.  n_attempts is to begin
 * again. */
gboolean wsp_back_off_was_planned  (const WspBackOffCause *cause);
/* Returns milliseconds, random and uniform in a window:
 *
 *   after a failed attempt            from D / 2 to D, where D is min-delay doubled for each
 *                                     attempt, max-delay at most
 *   after a connection was lost       from 0 to spread, because all clients of the server have lost
 *   because the server goes away      their connections at the same time; after further attempts
 *                                     the window above, made at least spread long
 *   after retry-after=0               0 if the connection has lasted; else as if the server went
 *                                     away, so that no server makes a client connect in a loop
 *   after another Retry-After         the first window, but beginning at Retry-After or later, and
 *                                     made at least spread long */
guint64  wsp_back_off_choose_delay (const WspBackOff      *self,
                                    const WspBackOffCause *cause,
                                    guint32                random);

G_END_DECLS
