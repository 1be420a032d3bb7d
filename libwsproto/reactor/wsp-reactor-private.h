/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What waits for all connections of one main context: sockets, deadlines, and what is due at the
 * end of a dispatch.  One GSource, no thread, no second loop. */
#pragma once

#include <gio/gio.h>

#include "reactor/wsp-epoll-private.h"
#include "reactor/wsp-timer-wheel-private.h"

G_BEGIN_DECLS

#define WSP_REACTOR_READ_SIZE (256 * 1024)
#define WSP_REACTOR_WRITE_SIZE (80 * 1024)
#define WSP_REACTOR_INFLATE_SIZE (64 * 1024)

/* The struct that a watch, a timer or a due call lives in. */
#define WSP_OWNER_OF(part, Type, member) \
  ((Type *) ((char *) (part) - G_STRUCT_OFFSET (Type, member)))

typedef struct _WspReactor WspReactor;

typedef struct _WspDue WspDue;
typedef void (*WspDueFunc) (WspDue *due);

typedef enum
{
  WSP_DUE_THIS_TURN,            /* at the end of the running dispatch, else in one of its own */
  WSP_DUE_NEXT_TURN,            /* not before other sources had their turn */
} WspDueTurn;

/* Lives inside its owner, who stays alive while it is queued.  All zero: not queued. */
struct _WspDue
{
  WspDue    *next;              /* itself: the last in the queue; NULL: not queued */
  WspDueFunc run;
};

static inline gboolean
wsp_due_is_queued (const WspDue *self)
{
  return self->next != NULL;
}

typedef struct _WspPost WspPost;
typedef void (*WspPostFunc) (WspPost *post);

/* A call from another thread.  Lives inside its owner, who stays alive and does not post it again
 * before it runs. */
struct _WspPost
{
  WspPost    *next;
  WspPostFunc run;
};

typedef struct _WspReactorLooping WspReactorLooping;
typedef void (*WspReactorLoopingFunc) (WspReactorLooping *looping);

struct _WspReactorLooping       /* lives inside its owner */
{
  WspReactorLoopingFunc run;
};

typedef enum
{
  WSP_REACTOR_PART_CONNECTIONS,
  WSP_REACTOR_PART_TLS,
  WSP_REACTOR_N_PARTS
} WspReactorPart;

typedef struct                  /* of the transports that are closed */
{
  guint  n_unfreed;             /* whose memory is still there */
  GQueue waiting;               /* of WspGracefulClose, as they began */
} WspReactorCloses;

typedef struct _WspReactorMemory WspReactorMemory;
struct _WspReactorMemory        /* lent for the length of a dispatch */
{
  WspReactorMemory *next;
  guint8            read[WSP_REACTOR_READ_SIZE];
  guint8            write[WSP_REACTOR_WRITE_SIZE];
  guint8            inflate[WSP_REACTOR_INFLATE_SIZE];  /* last: untouched without compression */
};

WspReactor       *wsp_reactor_ref_thread_default (void);
WspReactor       *wsp_reactor_ref                (WspReactor *self);
void              wsp_reactor_unref              (WspReactor *self);
GMainContext     *wsp_reactor_get_context        (WspReactor *self);
gint64            wsp_reactor_get_time           (WspReactor *self);            /* monotonic, of this dispatch */
guint             wsp_reactor_get_depth          (WspReactor *self);            /* dispatches that are running; 0 = none */

gboolean          wsp_reactor_watch              (WspReactor    *self,
                                                  WspWatch      *watch,
                                                  int            fd,
                                                  WspWatchEvents events,
                                                  WspWatchFunc   ready);
void              wsp_reactor_set_events         (WspReactor    *self,
                                                  WspWatch      *watch,
                                                  WspWatchEvents events);
void              wsp_reactor_unwatch            (WspReactor *self,
                                                  WspWatch   *watch);

void              wsp_reactor_set_timer          (WspReactor *self,
                                                  WspTimer   *timer,
                                                  gint64      deadline);
void              wsp_reactor_unset_timer        (WspReactor *self,
                                                  WspTimer   *timer);

void              wsp_reactor_call               (WspReactor *self,
                                                  WspDue     *due,
                                                  WspDueTurn  turn);

/* wsp-graceful-close.c */
WspReactorCloses *wsp_reactor_get_closes         (WspReactor *self);

/* looping is run when a main loop inside the dispatch is about to wait.  Returns what
 * was set before, to be set again by its caller. */
WspReactorLooping *wsp_reactor_swap_looping      (WspReactor        *self,
                                                  WspReactorLooping *looping);

/* The only call for other threads: run is called in the thread of the context, in the order of the
 * posts. */
void              wsp_reactor_post               (WspReactor *self,
                                                  WspPost    *post);

/* What others keep for all connections of the context; it lives as long as the reactor. */
gpointer          wsp_reactor_get_part           (WspReactor    *self,
                                                  WspReactorPart part);
void              wsp_reactor_set_part           (WspReactor    *self,
                                                  WspReactorPart part,
                                                  gpointer       data,
                                                  GDestroyNotify destroy);

WspReactorMemory *wsp_reactor_borrow             (WspReactor *self);
void              wsp_reactor_give_back          (WspReactor       *self,
                                                  WspReactorMemory *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspReactor, wsp_reactor_unref)

G_END_DECLS
