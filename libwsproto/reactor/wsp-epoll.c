/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Epoll: the watches of one main context, level-triggered.
 *
 * A watch may be removed while the batch that holds it runs: by its own callback, by another
 * callback, or in a main loop that a callback runs.  wsp_epoll_remove () removes the watch from
 * each batch on the stack.
 *
 * No batch holds a watch twice: the system returns each descriptor once.  So the remaining events
 * are not searched when a callback removes its own watch, which is the usual case.
 *
 * A watch is in the epoll set exactly while is_watched is set.
 * No batch holds a watch that is not in the set, except the watch whose callback runs.
 * A callback may fork (): the child calls no other watch of the batch.
 */
#include "reactor/wsp-epoll-private.h"

#include <errno.h>
#include <unistd.h>

#include "base/wsp-fork-private.h"

/* The bits of poll () serve for epoll, too. */
G_STATIC_ASSERT ((int) G_IO_IN == (int) EPOLLIN && (int) G_IO_OUT == (int) EPOLLOUT);

void
wsp_epoll_init (WspEpoll *self)
{
  self->fd = epoll_create1 (EPOLL_CLOEXEC);
  self->n_watches = 0;
  self->batch = NULL;
}

void
wsp_epoll_leave (WspEpoll *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
wsp_epoll_clear (WspEpoll *self)
{
  g_assert (self->batch == NULL);
  wsp_epoll_leave (self);
}

gboolean
wsp_epoll_add (WspEpoll      *self,
               WspWatch      *watch,
               int            fd,
               WspWatchEvents events,
               WspWatchFunc   ready)
{
  struct epoll_event event = { .events = wsp_watch_events_to_poll (events), .data.ptr = watch };

  g_assert (!watch->is_watched);

  if (self->fd < 0)             /* the process had no descriptor for it */
    self->fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->fd < 0 || epoll_ctl (self->fd, EPOLL_CTL_ADD, fd, &event) != 0)
    return FALSE;

  watch->fd = fd;
  watch->events = events;
  watch->ready = ready;
  watch->is_watched = TRUE;
  self->n_watches++;
  return TRUE;
}

void
wsp_epoll_set_events (WspEpoll      *self,
                      WspWatch      *watch,
                      WspWatchEvents events)
{
  struct epoll_event event = { .events = wsp_watch_events_to_poll (events), .data.ptr = watch };

  g_assert (watch->is_watched);

  epoll_ctl (self->fd, EPOLL_CTL_MOD, watch->fd, &event);
  watch->events = events;
}

void
wsp_epoll_remove (WspEpoll *self,
                  WspWatch *watch)
{
  if (!watch->is_watched)
    return;

  epoll_ctl (self->fd, EPOLL_CTL_DEL, watch->fd, NULL);
  watch->is_watched = FALSE;
  self->n_watches--;

  for (WspEpollBatch *batch = self->batch; batch != NULL; batch = batch->outer)
    {
      if (batch->events[batch->next - 1].data.ptr == watch)
        continue;

      for (guint i = batch->next; i < batch->n_events; i++)
        {
          if (batch->events[i].data.ptr == watch)
            batch->events[i].data.ptr = NULL;
        }
    }
}

guint
wsp_epoll_run (WspEpoll *self)
{
  WspEpollBatch batch;
  const guint n_forks = wsp_n_forks;
  int n_events = epoll_wait (self->fd, batch.events, WSP_EPOLL_BATCH, 0);

  if (n_events <= 0)
    return 0;

  batch.outer = self->batch;
  batch.n_events = n_events;
  batch.next = 0;
  self->batch = &batch;
  while (batch.next < batch.n_events && wsp_n_forks == n_forks)
    {
      const struct epoll_event *event = &batch.events[batch.next++];
      WspWatch *watch = event->data.ptr;

      if (watch != NULL)
        watch->ready (watch, wsp_watch_events_from_poll (event->events));
    }
  self->batch = batch.outer;

  return n_events;
}
