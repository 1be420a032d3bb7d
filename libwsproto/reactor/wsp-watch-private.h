/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Watches of sockets, and the set of them that a reactor has.  The build chooses one of two sets:
 * wsp-watch-set-epoll.c, and wsp-watch-set-poll.c for systems without epoll. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_WATCH_SET_MAX_READY 512     /* watches that a dispatch calls, beside the direct ones; the others wait for the next */

typedef enum
{
  WSP_WATCH_NOTHING = 0,
  WSP_WATCH_READ = 1 << 0,
  WSP_WATCH_WRITE = 1 << 1,
  WSP_WATCH_ENDED = 1 << 2,             /* hang-up or error: reported without being requested */
} WspWatchEvents;

/* Bits of poll (). */
static inline guint
wsp_watch_events_to_poll (WspWatchEvents events)
{
  return (events & WSP_WATCH_READ ? G_IO_IN : 0) | (events & WSP_WATCH_WRITE ? G_IO_OUT : 0);
}

static inline WspWatchEvents
wsp_watch_events_from_poll (guint bits)
{
  return (bits & G_IO_IN ? WSP_WATCH_READ : 0) |
         (bits & G_IO_OUT ? WSP_WATCH_WRITE : 0) |
         (bits & ~(G_IO_IN | G_IO_OUT) ? WSP_WATCH_ENDED : 0);
}

typedef struct _WspWatch WspWatch;
typedef void (*WspWatchFunc) (WspWatch      *watch,
                              WspWatchEvents events);

#define WSP_WATCH_SET_MAX_PLACE ((1 << 24) - 1)

struct _WspWatch                        /* member of its owner; all zero: not watched */
{
  WspWatchFunc ready;
  int          fd;
  guint32      events : 3;              /* events that are requested (WspWatchEvents) */
  guint32      is_watched : 1;
  guint32      direct_slot : 4;         /* the slot in the direct watches, counted from 1; 0: the watch is in no slot */
  guint32      place : 24;              /* the place in the set, which is the set's own number */
};

/* A source that was destroyed with its context polls nothing. */
static inline void
wsp_watch_stop_polling (GSource *source,
                        GPollFD *poll)
{
  if (!g_source_is_destroyed (source))
    g_source_remove_poll (source, poll);
}

typedef struct _WspWatchSet WspWatchSet;

/* source: the reactor, which has the set and polls for it.  iteration: a number that is another one
 * whenever the loop begins an iteration. */
WspWatchSet *wsp_watch_set_new        (GSource       *source,
                                       const guint16 *iteration);
void         wsp_watch_set_free       (WspWatchSet *self);
/* In the child of a fork (), which may share the set with its parent: nothing changes it then. */
void         wsp_watch_set_leave      (WspWatchSet *self);
/* FALSE: the system does not watch this descriptor; errno has the reason. */
gboolean     wsp_watch_set_add        (WspWatchSet   *self,
                                       WspWatch      *watch,
                                       int            fd,
                                       WspWatchEvents events,
                                       WspWatchFunc   ready);
void         wsp_watch_set_set_events (WspWatchSet   *self,
                                       WspWatch      *watch,
                                       WspWatchEvents events);
void         wsp_watch_set_remove     (WspWatchSet *self,
                                       WspWatch    *watch);
/* TRUE: the last poll has found a watch that is ready. */
gboolean     wsp_watch_set_is_ready   (WspWatchSet *self);
/* Calls the watches that are ready, in one dispatch, in the process that has seen n_forks. */
void         wsp_watch_set_run        (WspWatchSet *self,
                                       guint        n_forks);

G_END_DECLS
