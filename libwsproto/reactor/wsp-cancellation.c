/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Watches a GCancellable for its owner.  A handler of `cancelled` may still run in another thread
 * when the owner frees the cancellation: the handler has a reference, and under the lock it sees
 * that there is no reactor any more.  Nothing waits for that handler, as g_cancellable_disconnect
 * () would: the owner may free the cancellation inside another handler of the same emission.
 * docs/rationales/reactor-and-transports.md has the reasons. */
#include "reactor/wsp-cancellation-private.h"

struct _WspCancellation
{
  WspPost             post;             /* the first member: its address is that of the struct */
  gatomicrefcount     ref_count;        /* references: of the owner, of the handler, and while it is
                                           posted */
  GCancellable       *cancellable;
  gulong              handler;
  WspCancellationFunc cancelled;
  gpointer            owner;            /* owner to notify; NULL: it was notified, or has freed the
                                           cancellation */
  GMutex              lock;             /* lock for the next two members */
  WspReactor         *reactor;          /* reactor of the owner, not referenced; NULL: the owner has
                                           freed the cancellation */
  gboolean            is_posted;        /* the call is posted, or was posted before */
};

static void
cancellation_unref (WspCancellation *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_mutex_clear (&self->lock);
  g_object_unref (self->cancellable);
  g_free (self);
}

static void
unref_by_handler (gpointer  data,
                  GClosure *closure)
{
  cancellation_unref (data);
}

static void
cancellation_run_posted (WspPost *post)
{
  WspCancellation *self = (WspCancellation *) post;
  gpointer owner = g_steal_pointer (&self->owner);

  if (owner != NULL)
    self->cancelled (owner);
  cancellation_unref (self);
}

static void
drop_posted (WspPost *post)
{
  cancellation_unref ((WspCancellation *) post);
}

/* Runs in the thread that cancels. */
static void
cancellation_on_cancelled (GCancellable    *cancellable,
                           WspCancellation *self)
{
  g_mutex_lock (&self->lock);
  if (self->reactor != NULL && !self->is_posted)
    {
      g_atomic_ref_count_inc (&self->ref_count);
      self->is_posted = wsp_reactor_post (self->reactor, &self->post);
      if (!self->is_posted)
        g_atomic_ref_count_dec (&self->ref_count);
    }
  g_mutex_unlock (&self->lock);
}

WspCancellation *
wsp_cancellation_new (WspReactor         *reactor,
                      GCancellable       *cancellable,
                      WspCancellationFunc cancelled,
                      gpointer            owner)
{
  WspCancellation *self = g_new0 (WspCancellation, 1);

  self->post = (WspPost) { NULL, cancellation_run_posted, drop_posted };
  self->ref_count = 2;
  self->cancellable = g_object_ref (cancellable);
  self->cancelled = cancelled;
  self->owner = owner;
  g_mutex_init (&self->lock);
  self->reactor = reactor;
  self->handler =
    g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (cancellation_on_cancelled), self,
                           unref_by_handler, 0);
  if (g_cancellable_is_cancelled (cancellable))
    cancellation_on_cancelled (cancellable, self);
  return self;
}

void
wsp_cancellation_free (WspCancellation *self)
{
  self->owner = NULL;
  g_mutex_lock (&self->lock);
  self->reactor = NULL;
  g_mutex_unlock (&self->lock);
  g_signal_handler_disconnect (self->cancellable, self->handler);
  cancellation_unref (self);
}
