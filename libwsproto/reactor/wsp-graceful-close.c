/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/wsp-graceful-close-private.h"

#define CLOSE_NOTIFY_TIMEOUT G_USEC_PER_SEC

void
wsp_graceful_close_end (WspGracefulClose *self,
                        WspReactor       *reactor)
{
  if (self->link.data == NULL)
    return;

  WspReactorCloses *closes = wsp_reactor_get_closes (reactor);

  self->link.data = NULL;
  g_queue_unlink (&closes->waiting, &self->link);
  if (closes->waiting.head == NULL)
    wsp_reactor_remove_end (reactor, &closes->end);
  wsp_reactor_unset_timer (reactor, &self->timer);
}

static void
cut_all (WspReactor *reactor)
{
  GQueue *waiting = &wsp_reactor_get_closes (reactor)->waiting;

  while (waiting->head != NULL)
    {
      WspGracefulClose *self = waiting->head->data;

      wsp_graceful_close_end (self, reactor);
      self->timer.expired (&self->timer);
    }
}

static void
graceful_close_on_ended (WspReactorEnd *end,
                         WspReactor    *reactor)
{
  cut_all (reactor);
}

void
wsp_graceful_close_begin (WspGracefulClose *self,
                          WspReactor       *reactor)
{
  WspReactorCloses *closes = wsp_reactor_get_closes (reactor);

  g_assert (self->link.data == NULL);
  self->link.data = self;
  if (closes->waiting.head == NULL)
    {
      closes->end.ended = graceful_close_on_ended;
      wsp_reactor_add_end (reactor, &closes->end);
    }
  g_queue_push_tail_link (&closes->waiting, &self->link);
  wsp_reactor_set_timer (reactor, &self->timer,
                         wsp_reactor_get_time (reactor) + CLOSE_NOTIFY_TIMEOUT);
}

static gboolean
set_over (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* A cancelled GIO call returns, but a call of the program's own GTlsDatabase may never return:
 * therefore the limit. */
void
wsp_graceful_close_finish_all (WspReactor *reactor)
{
  GMainContext *context = wsp_reactor_get_context (reactor);
  g_autoptr (GSource) limit = g_timeout_source_new (CLOSE_NOTIFY_TIMEOUT / 1000);
  gboolean is_over = FALSE;

  g_source_set_callback (limit, set_over, &is_over, NULL);
  g_source_attach (limit, context);
  cut_all (reactor);
  while (wsp_reactor_get_closes (reactor)->n_unfreed > 0 && !is_over)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (limit);
}
