/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Ends an object in the thread of its context: a new reference is passed to that thread, which
 * drops it.  The other thread is in g_object_unref () then, and ends the object after all if its
 * reference is the last one again: so the new reference stays until it has been the only one for a
 * moment.
 *
 * References that are taken meanwhile, by a GWeakRef, put that off.
 *
 * docs/rationales/threads-and-contexts.md has the reasons. */
#include "reactor/wsp-last-reference-private.h"

#define MOMENT (10 * 1000)      /* time for the end of g_object_unref () in another thread, in
                                   microseconds */
#define MAX_INTERVAL G_USEC_PER_SEC

typedef struct
{
  WspPost       post;
  WspTimer      timer;
  WspReactorEnd end;
  WspReactor   *reactor;
  GObject      *object;
  gint64        interval;
  gboolean      is_only_one;    /* the reference was the only one when the timer last expired */
} Reference;

static void
last_reference_drop (Reference *self)
{
  GObject *object = self->object;

  wsp_reactor_unset_timer (self->reactor, &self->timer);
  wsp_reactor_remove_end (self->reactor, &self->end);
  wsp_reactor_unref (self->reactor);
  g_free (self);
  g_object_unref (object);
}

static void
wait_longer (Reference *self)
{
  wsp_reactor_set_timer (self->reactor, &self->timer,
                         wsp_reactor_get_time (self->reactor) + self->interval);
}

static void
last_reference_on_expired (WspTimer *timer)
{
  Reference *self = WSP_OWNER_OF (timer, Reference, timer);
  gboolean is_only_one = g_atomic_int_get (&self->object->ref_count) == 1;

  if (is_only_one && self->is_only_one)
    {
      last_reference_drop (self);
      return;
    }

  self->interval = is_only_one ? MOMENT : MIN (2 * self->interval, MAX_INTERVAL);
  self->is_only_one = is_only_one;
  wait_longer (self);
}

static void
last_reference_on_ended (WspReactorEnd *end,
                         WspReactor    *reactor)
{
  last_reference_drop (WSP_OWNER_OF (end, Reference, end));
}

static void
last_reference_run_post (WspPost *post)
{
  Reference *self = (Reference *) post;

  wsp_reactor_add_end (self->reactor, &self->end);
  wait_longer (self);
}

static void
last_reference_drop_post (WspPost *post)
{
  last_reference_drop ((Reference *) post);
}

/* Another thread does not take the context over for this, as public calls may. */
static gboolean
last_reference_is_in_thread (WspReactor *reactor)
{
  g_autoptr (GMainContext) context = NULL;

  if (wsp_reactor_was_iterated_here (reactor))
    return TRUE;

  context = wsp_reactor_dup_context (reactor);
  return context == NULL || g_main_context_is_owner (context);
}

gboolean
wsp_last_reference_is_elsewhere (WspReactor *reactor,
                                 GObject    *object)
{
  Reference *self;

  if (reactor == NULL || last_reference_is_in_thread (reactor))
    return FALSE;

  self = g_new0 (Reference, 1);
  self->post.run = last_reference_run_post;
  self->post.drop = last_reference_drop_post;
  self->timer.expired = last_reference_on_expired;
  self->end.ended = last_reference_on_ended;
  self->reactor = wsp_reactor_ref (reactor);
  self->object = g_object_ref (object);
  self->interval = MOMENT;
  if (wsp_reactor_post (reactor, &self->post))
    return TRUE;

  last_reference_drop (self);   /* the context has ended: any thread may end the object */
  return FALSE;
}
