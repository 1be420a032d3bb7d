/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sockets of a main context in one epoll descriptor. */
#pragma once

#include <sys/epoll.h>

#include "reactor/wsp-watch-private.h"

G_BEGIN_DECLS

#define WSP_EPOLL_BATCH 128

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
