/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-steps-private.h"

static WspTlsStep *
take_first (WspTlsSteps *self)
{
  WspTlsStep *step = self->first;

  self->first = step->next != step ? step->next : NULL;
  if (self->first == NULL)
    self->last = NULL;
  step->next = NULL;
  return step;
}

static void
call_soon (WspTlsSteps *self,
           WspDueTurn   turn)
{
  if (self->first != NULL && !wsp_due_is_queued (&self->due))
    wsp_reactor_call (self->reactor, &self->due, turn);
}

static void
run_steps (WspDue *due)
{
  WspTlsSteps *self = WSP_OWNER_OF (due, WspTlsSteps, due);
  gint64 end = g_get_monotonic_time () + WSP_TLS_STEPS_TIME;

  while (self->first != NULL)
    {
      WspTlsStep *step = take_first (self);

      step->run (step);
      if (g_get_monotonic_time () >= end)
        break;
    }

  call_soon (self, WSP_DUE_NEXT_TURN);
}

void
wsp_tls_steps_init (WspTlsSteps *self,
                    WspReactor  *reactor)
{
  *self = (WspTlsSteps) { .reactor = reactor, .due.run = run_steps };
}

void
wsp_tls_steps_go_on (WspTlsSteps *self)
{
  call_soon (self, WSP_DUE_NEXT_TURN);
}

void
wsp_tls_steps_queue (WspTlsSteps *self,
                     WspTlsStep  *step)
{
  g_assert (step->next == NULL);

  step->next = step;
  if (self->last != NULL)
    self->last->next = step;
  else
    self->first = step;
  self->last = step;
  call_soon (self, WSP_DUE_THIS_TURN);
}
