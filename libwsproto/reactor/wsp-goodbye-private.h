/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Transports that are closed and not gone yet: they wait for their peer, or for a call of GIO. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef struct                  /* lives inside its owner; all zero: not begun */
{
  WspTimer timer;
  GList    link;                /* data NULL: it does not wait */
} WspGoodbye;

/* A second later, or when the thread ends, the timer expires. */
void wsp_goodbye_begin    (WspGoodbye *self,
                           WspReactor *reactor);
/* Does nothing where it does not wait. */
void wsp_goodbye_end      (WspGoodbye *self,
                           WspReactor *reactor);
/* Of a thread that ends: what is closed goes. */
void wsp_goodbyes_run_out (WspReactor *reactor);

G_END_DECLS
