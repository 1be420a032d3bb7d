/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Queue for the steps of TLS handshakes, which take long.  Steps run at the end of a dispatch,
 * after the connections that have messages: at least one step in each dispatch, then more for
 * about WSP_TLS_STEPS_TIME. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

#define WSP_TLS_STEPS_TIME 200          /* microseconds */

typedef struct                  /* one for each reactor */
{
  WspReactor *reactor;
  WspDueList  queue;            /* handshake steps that are due, in their order */
  WspDue      due;
  gboolean    is_running;       /* the running steps look at the queue again, in this dispatch or the next */
} WspTlsSteps;

void wsp_tls_steps_init  (WspTlsSteps *self,
                          WspReactor  *reactor);
void wsp_tls_steps_queue (WspTlsSteps *self,
                          WspDue      *step);   /* not queued yet */
/* A step calls wsp_tls_steps_go_on () before code that may run a main loop, so that this main loop
 * runs the other steps. */
void wsp_tls_steps_go_on (WspTlsSteps *self);

G_END_DECLS
