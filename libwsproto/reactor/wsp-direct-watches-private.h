/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The first sockets of a main context, which its loop polls itself: for few of them, poll alone is
 * faster than poll and epoll_wait. */
#pragma once

#include "reactor/wsp-watch-private.h"

G_BEGIN_DECLS

#define WSP_N_DIRECT 4

typedef struct
{
  WspWatch *watch;                      /* watch of the slot; NULL: the slot is free */
  GPollFD   poll;                       /* poll record, in the source while is_polled */
  gboolean  is_polled;
  guint16   changed_in;                 /* iteration in which the watch was added, or the last one removed */
} WspDirectSlot;

typedef struct
{
  GSource      *source;                 /* no reference: it has the watch set, which has the slots */
  const int    *quiet;                  /* descriptor that a slot polls for nothing while it is free */
  const guint16 *iteration;
  WspDirectSlot slots[WSP_N_DIRECT];
} WspDirectWatches;

void     wsp_direct_watches_init       (WspDirectWatches *self,
                                        GSource          *source,
                                        const guint16    *iteration,
                                        const int        *quiet);
/* The source polls nothing any more. */
void     wsp_direct_watches_clear      (WspDirectWatches *self);
/* FALSE: no slot is free, or the process has no descriptor more. */
gboolean wsp_direct_watches_add        (WspDirectWatches *self,
                                        WspWatch         *watch,
                                        int               fd,
                                        WspWatchEvents    events,
                                        WspWatchFunc      ready);
void     wsp_direct_watches_set_events (WspDirectWatches *self,
                                        WspWatch         *watch,
                                        WspWatchEvents    events);
void     wsp_direct_watches_remove     (WspDirectWatches *self,
                                        WspWatch         *watch);
gboolean wsp_direct_watches_is_ready   (WspDirectWatches *self);
void     wsp_direct_watches_run        (WspDirectWatches *self,
                                        guint             n_forks);

G_END_DECLS
