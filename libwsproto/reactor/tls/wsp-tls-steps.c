/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-steps-private.h"

void
wsp_tls_steps_go_on (WspTlsSteps *self)
{
  self->is_running = FALSE;
  if (self->queue.first != NULL)
    wsp_reactor_call (self->reactor, &self->due, WSP_DUE_NEXT_DISPATCH);
}

static void
run_steps (WspDue *due)
{
  WspTlsSteps *self = WSP_OWNER_OF (due, WspTlsSteps, due);
  gint64 end = g_get_monotonic_time () + WSP_TLS_STEPS_TIME;
  WspDue *step;

  self->is_running = TRUE;
  while ((step = wsp_due_list_take (&self->queue)))
    {
      step->run (step);
      if (g_get_monotonic_time () >= end)
        break;
    }
  wsp_tls_steps_go_on (self);
}

void
wsp_tls_steps_init (WspTlsSteps *self,
                    WspReactor  *reactor)
{
  *self = (WspTlsSteps) { .reactor = reactor, .due.run = run_steps };
}

void
wsp_tls_steps_queue (WspTlsSteps *self,
                     WspDue      *step)
{
  g_assert (!wsp_due_is_queued (step));

  wsp_due_list_append (&self->queue, step);
  if (!self->is_running)
    wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
}
