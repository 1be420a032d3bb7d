/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sockets of a main context in one epoll descriptor. */
#pragma once

#include <glib.h>
#include <sys/epoll.h>

G_BEGIN_DECLS

#define WSP_EPOLL_BATCH 128

typedef enum
{
  WSP_WATCH_NOTHING = 0,
  WSP_WATCH_READ = 1 << 0,
  WSP_WATCH_WRITE = 1 << 1,
  WSP_WATCH_ENDED = 1 << 2,             /* hang-up or error: reported without being requested */
} WspWatchEvents;

/* Bits of poll () and of epoll: on Linux they are the same. */
static inline guint
wsp_watch_events_to_poll (WspWatchEvents events)
{
  return (events & WSP_WATCH_READ ? EPOLLIN : 0) | (events & WSP_WATCH_WRITE ? EPOLLOUT : 0);
}

static inline WspWatchEvents
wsp_watch_events_from_poll (guint bits)
{
  return (bits & EPOLLIN ? WSP_WATCH_READ : 0) |
         (bits & EPOLLOUT ? WSP_WATCH_WRITE : 0) |
         (bits & ~(EPOLLIN | EPOLLOUT) ? WSP_WATCH_ENDED : 0);
}

typedef struct _WspWatch WspWatch;
typedef void (*WspWatchFunc) (WspWatch      *watch,
                              WspWatchEvents events);

struct _WspWatch                        /* member of its owner; all zero: not watched */
{
  WspWatchFunc ready;
  int          fd;
  guint8       events;                  /* events that are requested (WspWatchEvents) */
  guint8       is_watched;
  guint8       direct_slot;             /* the slot in the reactor's direct watches, counted from 1; 0: the watch is in the epoll set */
};

typedef struct _WspEpollBatch WspEpollBatch;
struct _WspEpollBatch                   /* the events of one epoll_wait (); on the stack of a dispatch */
{
  WspEpollBatch     *outer;             /* batch of the dispatch around this one (nested main loops); NULL: there is none */
  guint              n_events, next;
  struct epoll_event events[WSP_EPOLL_BATCH];   /* events that were reported; data.ptr is the watch; NULL: it was removed */
};

typedef struct
{
  int            fd;
  guint          n_watches;
  WspEpollBatch *batch;
} WspEpoll;

void     wsp_epoll_init       (WspEpoll *self);
void     wsp_epoll_clear      (WspEpoll *self);
/* In the child of a fork (), which shares the set with its parent: nothing changes it any more. */
void     wsp_epoll_leave      (WspEpoll *self);
gboolean wsp_epoll_add        (WspEpoll      *self,
                               WspWatch      *watch,
                               int            fd,
                               WspWatchEvents events,
                               WspWatchFunc   ready);
void     wsp_epoll_set_events (WspEpoll      *self,
                               WspWatch      *watch,
                               WspWatchEvents events);
void     wsp_epoll_remove     (WspEpoll *self,
                               WspWatch *watch);
/* Calls the watches that are ready; returns how many events the system returned. */
guint    wsp_epoll_run        (WspEpoll *self);

G_END_DECLS
