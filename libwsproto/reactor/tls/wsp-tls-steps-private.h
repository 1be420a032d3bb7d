/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Steps of handshakes, which take long: they run at the end of a dispatch, after those who have
 * messages, in the order of asking.  Together they get WSP_TLS_STEPS_TIME of it, and one of them
 * always. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

#define WSP_TLS_STEPS_TIME 200          /* microseconds */

typedef struct _WspTlsStep WspTlsStep;
typedef void (*WspTlsStepFunc) (WspTlsStep *step);

struct _WspTlsStep              /* lives inside its owner, who stays alive while it is queued */
{
  WspTlsStepFunc run;
  WspTlsStep    *next;          /* itself: the last in the queue; NULL: not queued */
};

typedef struct                  /* of a reactor */
{
  WspReactor *reactor;
  WspTlsStep *first, *last;
  WspDue      due;
} WspTlsSteps;

void wsp_tls_steps_init  (WspTlsSteps *self,
                          WspReactor  *reactor);
void wsp_tls_steps_queue (WspTlsSteps *self,
                          WspTlsStep  *step);   /* which is not queued yet */
/* Before a step calls code that may run a main loop: the steps behind it run there. */
void wsp_tls_steps_go_on (WspTlsSteps *self);

G_END_DECLS
