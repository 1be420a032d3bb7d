/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Watch set of poll (): the main context polls each watch, as it polls the direct watches of the
 * reactor.  Each dispatch looks at all of them.
 *
 * A place stays where it is while it has a watch, because the main context has the address of its
 * poll record; the last place always has one.
 *
 * A callback may remove any watch, add others, run the main loop or fork (): each place is read
 * when its turn comes.  The next run goes on behind the last place that was read, so that no watch
 * waits for ever behind others. */
#include <errno.h>

#include "base/wsp-fork-private.h"
#include "reactor/wsp-watch-private.h"

typedef struct
{
  WspWatch *watch;              /* NULL: the place is free */
  GPollFD   poll;               /* poll record, in the source while there is a watch; else revents
                                   is 0 */
} PolledWatch;

struct _WspWatchSet
{
  GSource   *source;
  GPtrArray *places;
  guint      n_free;            /* places without a watch */
  guint      next;              /* the place that is read next */
};

/* The main context notices each place that is added or removed, so the iteration is not asked. */
WspWatchSet *
wsp_watch_set_new (GSource       *source,
                   const guint16 *iteration)
{
  WspWatchSet *self = g_new0 (WspWatchSet, 1);

  self->source = source;
  self->places = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
wsp_watch_set_free (WspWatchSet *self)
{
  g_ptr_array_unref (self->places);
  g_free (self);
}

/* The child has its own copy of the set. */
void
wsp_watch_set_leave (WspWatchSet *self)
{
}

static PolledWatch *
polled_of (WspWatchSet    *self,
           const WspWatch *watch)
{
  return self->places->pdata[watch->place];
}

/* Returns the length if no place is free. */
static guint
find_place (WspWatchSet *self)
{
  guint place = self->n_free > 0 ? 0 : self->places->len;

  while (place < self->places->len && ((PolledWatch *) self->places->pdata[place])->watch != NULL)
    place++;
  return place;
}

gboolean
wsp_watch_set_add (WspWatchSet   *self,
                   WspWatch      *watch,
                   int            fd,
                   WspWatchEvents events,
                   WspWatchFunc   ready)
{
  const guint place = find_place (self);
  PolledWatch *polled;

  g_assert (!watch->is_watched);

  if (fd < 0 || place > WSP_WATCH_SET_MAX_PLACE)
    {
      errno = fd < 0 ? EBADF : ENOMEM;
      return FALSE;
    }

  if (place == self->places->len)
    g_ptr_array_add (self->places, g_new (PolledWatch, 1));
  else
    self->n_free--;
  polled = self->places->pdata[place];
  *polled = (PolledWatch) { watch, { fd, (gushort) wsp_watch_events_to_poll (events), 0 } };
  g_source_add_poll (self->source, &polled->poll);

  watch->fd = fd;
  watch->events = events;
  watch->ready = ready;
  watch->is_watched = TRUE;
  watch->place = place;
  return TRUE;
}

void
wsp_watch_set_set_events (WspWatchSet   *self,
                          WspWatch      *watch,
                          WspWatchEvents events)
{
  g_assert (watch->is_watched);

  polled_of (self, watch)->poll.events = (gushort) wsp_watch_events_to_poll (events);
  watch->events = events;
}

static void
drop_last_places (WspWatchSet *self)
{
  GPtrArray *places = self->places;

  while (places->len > 0 && ((PolledWatch *) places->pdata[places->len - 1])->watch == NULL)
    {
      g_ptr_array_set_size (places, places->len - 1);
      self->n_free--;
    }
}

void
wsp_watch_set_remove (WspWatchSet *self,
                      WspWatch    *watch)
{
  PolledWatch *polled;

  if (!watch->is_watched)
    return;

  polled = polled_of (self, watch);
  wsp_watch_stop_polling (self->source, &polled->poll);
  polled->poll.revents = 0;
  polled->watch = NULL;
  watch->is_watched = FALSE;
  self->n_free++;
  drop_last_places (self);
}

gboolean
wsp_watch_set_is_ready (WspWatchSet *self)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      if (((PolledWatch *) self->places->pdata[i])->poll.revents != 0)
        return TRUE;
    }

  return FALSE;
}

/* Returns whether the watch of the next place was called. */
static gboolean
run_next (WspWatchSet *self)
{
  PolledWatch *polled;
  guint bits;

  self->next = self->next < self->places->len ? self->next : 0;
  polled = self->places->pdata[self->next++];
  bits = polled->poll.revents;
  if (bits == 0)
    return FALSE;

  polled->poll.revents = 0;     /* a main loop in the callback polls again */
  polled->watch->ready (polled->watch, wsp_watch_events_from_poll (bits));
  return TRUE;
}

void
wsp_watch_set_run (WspWatchSet *self,
                   guint        n_forks)
{
  guint n_ready = 0;

  for (guint n_read = 0; n_read < self->places->len && n_ready < WSP_WATCH_SET_MAX_READY &&
       wsp_n_forks == n_forks; n_read++)
    n_ready += run_next (self);
}
