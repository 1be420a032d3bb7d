/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Direct watches: the poll records of a source, a slot each.
 *
 * GLib wakes the loop for each descriptor that is added to a source or removed, and sorts them by
 * number: a connection that ends soon would cost two turns more.  So a slot has a descriptor of its
 * own, whose number never changes.  It is a duplicate of the socket's while the slot has a watch,
 * and of a quiet descriptor while it is free.  The peer of a closed socket sees its end only when
 * its watch is removed.
 *
 * GLib does not notice that a slot has another socket.  A loop, or a poll function of the program,
 * may change watches between the query and the check of an iteration: what the check writes is
 * about the socket of before.  So a watch is called from the iteration on that begins after it.
 */
#include "reactor/wsp-direct-watches-private.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/wsp-fork-private.h"
#include "system/sockets.h"

void
wsp_direct_watches_init (WspDirectWatches *self,
                         GSource          *source,
                         const guint16    *iteration,
                         const int        *quiet)
{
  *self = (WspDirectWatches) { .source = source, .iteration = iteration, .quiet = quiet };
}

void
wsp_direct_watches_clear (WspDirectWatches *self)
{
  for (guint i = 0; i < WSP_N_DIRECT; i++)
    {
      if (self->slots[i].is_polled)
        close (self->slots[i].poll.fd);
      self->slots[i].is_polled = FALSE;
    }
}

static gboolean
slot_refer_to (WspDirectSlot *slot,
               GSource       *source,
               int            fd)
{
  if (slot->is_polled)
    return wsc_socket_replace (fd, slot->poll.fd) >= 0;

  slot->poll.fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (slot->poll.fd < 0)
    return FALSE;

  g_source_add_poll (source, &slot->poll);
  slot->is_polled = TRUE;
  return TRUE;
}

static WspDirectSlot *
find_free (WspDirectWatches *self)
{
  for (guint i = 0; i < WSP_N_DIRECT; i++)
    {
      if (self->slots[i].watch == NULL)
        return &self->slots[i];
    }

  return NULL;
}

gboolean
wsp_direct_watches_add (WspDirectWatches *self,
                        WspWatch         *watch,
                        int               fd,
                        WspWatchEvents    events,
                        WspWatchFunc      ready)
{
  WspDirectSlot *slot = find_free (self);

  g_assert (!watch->is_watched);

  if (slot == NULL || !slot_refer_to (slot, self->source, fd))
    return FALSE;

  slot->watch = watch;
  slot->changed_in = *self->iteration;
  slot->poll.events = wsp_watch_events_to_poll (events);
  watch->fd = fd;
  watch->events = events;
  watch->ready = ready;
  watch->is_watched = TRUE;
  watch->direct_slot = slot - self->slots + 1;
  return TRUE;
}

void
wsp_direct_watches_set_events (WspDirectWatches *self,
                               WspWatch         *watch,
                               WspWatchEvents    events)
{
  self->slots[watch->direct_slot - 1].poll.events = wsp_watch_events_to_poll (events);
  watch->events = events;
}

/* A process may have had no descriptor for the epoll set. */
static void
slot_end_polling (WspDirectSlot *slot,
                  GSource       *source)
{
  wsp_watch_stop_polling (source, &slot->poll);
  close (slot->poll.fd);
  slot->is_polled = FALSE;
}

/* A slot that was cleared has a watch until here. */
void
wsp_direct_watches_remove (WspDirectWatches *self,
                           WspWatch         *watch)
{
  WspDirectSlot *slot = &self->slots[watch->direct_slot - 1];

  if (slot->is_polled && !slot_refer_to (slot, self->source, *self->quiet))
    slot_end_polling (slot, self->source);
  slot->poll.events = slot->poll.revents = 0;
  slot->watch = NULL;
  slot->changed_in = *self->iteration;
  watch->direct_slot = 0;
  watch->is_watched = FALSE;
}

gboolean
wsp_direct_watches_is_ready (WspDirectWatches *self)
{
  for (guint i = 0; i < WSP_N_DIRECT; i++)
    {
      if (self->slots[i].poll.revents != 0)
        return TRUE;
    }

  return FALSE;
}

/* A callback may remove another watch, so each slot is read when its turn comes. */
void
wsp_direct_watches_run (WspDirectWatches *self,
                        guint             n_forks)
{
  for (guint i = 0; i < WSP_N_DIRECT; i++)
    {
      const WspDirectSlot *slot = &self->slots[i];

      if (slot->poll.revents == 0 || slot->changed_in == *self->iteration)
        continue;
      if (wsp_n_forks != n_forks)
        return;

      g_assert (slot->watch != NULL);
      slot->watch->ready (slot->watch, wsp_watch_events_from_poll (slot->poll.revents));
    }
}
