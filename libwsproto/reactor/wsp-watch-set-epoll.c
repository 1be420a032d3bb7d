/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Watch set of epoll: the main context polls the first watches directly, and one descriptor for all
 * others.
 *
 * The epoll descriptor is polled exactly while it holds a watch: if all watches are direct, the
 * loop polls one descriptor less. */
#include "base/wsp-fork-private.h"
#include "reactor/wsp-direct-watches-private.h"
#include "reactor/wsp-epoll-private.h"

#define MAX_WAITS_PER_RUN (WSP_WATCH_SET_MAX_READY / WSP_EPOLL_BATCH)

struct _WspWatchSet
{
  GSource         *source;
  WspDirectWatches direct;
  WspEpoll         epoll;
  GPollFD          poll;        /* poll record of epoll, in the source while is_polled */
  gboolean         is_polled;
};

WspWatchSet *
wsp_watch_set_new (GSource       *source,
                   const guint16 *iteration)
{
  WspWatchSet *self = g_new0 (WspWatchSet, 1);

  self->source = source;
  wsp_epoll_init (&self->epoll);
  wsp_direct_watches_init (&self->direct, source, iteration, &self->epoll.fd);
  return self;
}

void
wsp_watch_set_free (WspWatchSet *self)
{
  wsp_direct_watches_clear (&self->direct);
  wsp_epoll_clear (&self->epoll);
  g_free (self);
}

static void
poll_if_needed (WspWatchSet *self)
{
  gboolean is_needed = self->epoll.n_watches > 0 && self->epoll.fd >= 0;

  if (is_needed == self->is_polled)
    return;

  self->is_polled = is_needed;
  if (!is_needed)
    {
      wsp_watch_stop_polling (self->source, &self->poll);
      return;
    }

  self->poll = (GPollFD) { self->epoll.fd, G_IO_IN, 0 };
  g_source_add_poll (self->source, &self->poll);
}

void
wsp_watch_set_leave (WspWatchSet *self)
{
  wsp_direct_watches_clear (&self->direct);
  wsp_epoll_leave (&self->epoll);
  poll_if_needed (self);
}

gboolean
wsp_watch_set_add (WspWatchSet   *self,
                   WspWatch      *watch,
                   int            fd,
                   WspWatchEvents events,
                   WspWatchFunc   ready)
{
  if (wsp_direct_watches_add (&self->direct, watch, fd, events, ready))
    return TRUE;

  if (!wsp_epoll_add (&self->epoll, watch, fd, events, ready))
    return FALSE;

  poll_if_needed (self);
  return TRUE;
}

void
wsp_watch_set_set_events (WspWatchSet   *self,
                          WspWatch      *watch,
                          WspWatchEvents events)
{
  if (watch->direct_slot != 0)
    wsp_direct_watches_set_events (&self->direct, watch, events);
  else
    wsp_epoll_set_events (&self->epoll, watch, events);
}

void
wsp_watch_set_remove (WspWatchSet *self,
                      WspWatch    *watch)
{
  if (watch->direct_slot != 0)
    wsp_direct_watches_remove (&self->direct, watch);
  else
    wsp_epoll_remove (&self->epoll, watch);
  poll_if_needed (self);
}

static gboolean
epoll_is_ready (WspWatchSet *self)
{
  return self->is_polled && self->poll.revents != 0;
}

gboolean
wsp_watch_set_is_ready (WspWatchSet *self)
{
  return epoll_is_ready (self) || wsp_direct_watches_is_ready (&self->direct);
}

void
wsp_watch_set_run (WspWatchSet *self,
                   guint        n_forks)
{
  wsp_direct_watches_run (&self->direct, n_forks);
  if (!epoll_is_ready (self))
    return;

  for (guint n_waits = 0; n_waits < MAX_WAITS_PER_RUN && wsp_n_forks == n_forks; n_waits++)
    {
      if (wsp_epoll_run (&self->epoll) < WSP_EPOLL_BATCH)
        break;
    }
}
