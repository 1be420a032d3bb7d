/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Transports that their owner has closed, but that still wait for their peer or for a GIO call, for
 * at most a second. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef struct                  /* member of its owner; all zero: not begun */
{
  WspTimer timer;
  GList    link;                /* link in the reactor's list of closes that wait; data NULL: not begun */
} WspGracefulClose;

/* The timer expires a second later, or when the thread or the main context ends. */
void wsp_graceful_close_begin      (WspGracefulClose *self,
                                    WspReactor       *reactor);
/* Stops the timer.  Does nothing if wsp_graceful_close_begin () was not called. */
void wsp_graceful_close_end        (WspGracefulClose *self,
                                    WspReactor       *reactor);
/* For a thread that ends: expires all timers at once, and runs the main loop until the memory of
 * all closed transports is freed, for at most a second. */
void wsp_graceful_close_finish_all (WspReactor *reactor);

G_END_DECLS
