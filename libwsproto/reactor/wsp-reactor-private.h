/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Event source of all connections of one main context: sockets, deadlines, and calls that are due
 * at the end of a dispatch.  One GSource, no thread, no second main loop. */
#pragma once

#include <gio/gio.h>
#include <pthread.h>

#include "base/wsp-fork-private.h"
#include "reactor/wsp-timer-wheel-private.h"
#include "reactor/wsp-watch-private.h"

G_BEGIN_DECLS

/* The struct that has a watch, a timer or a due call as a member. */
#define WSP_OWNER_OF(part, Type, member) \
  ((Type *) ((char *) (part) - G_STRUCT_OFFSET (Type, member)))

typedef struct _WspReactor WspReactor;

typedef struct                  /* the first member of a reactor, so that wsp_reactor_is_in_thread () can be inline */
{
  GSource  source;
  gpointer thread;              /* the thread that last iterated the context; before, the one that made the reactor or took it over */
  guint    n_forks;             /* wsp_n_forks when the reactor was made */
  guint16  n_holders;           /* number of wsp_reactor_hold_replies () */
  guint16  iteration;           /* number of the iteration of the loop; it begins again after 65 536 of them */
} WspReactorHead;

/* TRUE: the reactor is older than a fork (), and this is the child.  The reactor, and everything
 * that has it, is the parent's: nothing is read, written, notified or called. */
static inline gboolean
wsp_reactor_is_inherited (WspReactor *self)
{
  return G_UNLIKELY (((WspReactorHead *) self)->n_forks != wsp_n_forks);
}

/* TRUE: what a connection sends behind the delivery of a message waits for the next iteration. */
static inline gboolean
wsp_reactor_holds_replies (WspReactor *self)
{
  return ((WspReactorHead *) self)->n_holders > 0;
}

static inline guint16
wsp_reactor_get_iteration (WspReactor *self)
{
  return ((WspReactorHead *) self)->iteration;
}

/* Call it in the child, anywhere but in a loop over what belongs to the reactor.  Ends an inherited
 * reactor as if its context had ended: lets its objects go, without a result.  Listeners and their
 * servers get another reactor of the same context.  Later calls do nothing. */
void wsp_reactor_leave (WspReactor *self);

/* Returns a number of the running thread; fast with a compiler that has the built-in function. */
static inline gpointer
wsp_thread_get_id (void)
{
#if defined (__x86_64__) && defined (__GNUC__) && !defined (__clang__) && __GNUC__ >= 11
  return __builtin_thread_pointer ();
#else
  return (gpointer) pthread_self ();
#endif
}

/* TRUE: this thread was the last to iterate the context.  Unlike wsp_reactor_is_in_thread (), it
 * never takes the reactor over. */
static inline gboolean
wsp_reactor_was_iterated_here (WspReactor *self)
{
  return g_atomic_pointer_get (&((WspReactorHead *) self)->thread) == wsp_thread_get_id ();
}

/* TRUE: this thread has acquired the context or iterates it, or may take the reactor over, because
 * no thread has iterated the context yet, the context was freed, or the reactor was inherited: then
 * it is left. */
gboolean wsp_reactor_may_take_over (WspReactor *self);

/* TRUE: objects of this context may be called in this thread.  Every public call checks this. */
static inline gboolean
wsp_reactor_is_in_thread (WspReactor *self)
{
  return G_LIKELY (wsp_reactor_was_iterated_here (self) && !wsp_reactor_is_inherited (self)) ||
         wsp_reactor_may_take_over (self);
}

typedef struct _WspDue WspDue;
typedef void (*WspDueFunc) (WspDue *due);

typedef enum
{
  WSP_DUE_THIS_DISPATCH,            /* the call runs at the end of the running dispatch; if none is running, in the next dispatch */
  WSP_DUE_AFTER_RESULTS,            /* the same, behind all calls for the dispatch, also those which are queued until then */
  WSP_DUE_NEXT_DISPATCH,            /* the call runs in the next dispatch, after other sources have been dispatched */
  WSP_DUE_BEFORE_WAIT,              /* outside of dispatches: the call runs when the loop begins its next iteration, before it sleeps; it
                                       runs no code of the program */
} WspDueTime;

/* A due call.  The struct is a member of its owner, which must stay alive while the call is
 * queued.  All zero: not queued. */
struct _WspDue
{
  WspDue    *next;              /* next due call of the queue; the last one points to itself; NULL: not queued */
  WspDueFunc run;
};

static inline gboolean
wsp_due_is_queued (const WspDue *self)
{
  return self->next != NULL;
}

typedef struct
{
  WspDue *first, *last;
} WspDueList;

void    wsp_due_list_append (WspDueList *self,
                             WspDue     *due);
WspDue *wsp_due_list_take   (WspDueList *self);         /* the first; NULL: the list is empty */

typedef struct _WspPost WspPost;
typedef void (*WspPostFunc) (WspPost *post);

/* A call that any thread posts.  The struct is a member of its owner.  Until the call runs or is
 * dropped, the owner must stay alive and must not post the call again. */
struct _WspPost
{
  WspPost    *next;
  WspPostFunc run;
  WspPostFunc drop;             /* called instead of run if the context ends before; in the thread that ends it */
};

typedef struct _WspReactorLooping WspReactorLooping;
typedef void (*WspReactorLoopingFunc) (WspReactorLooping *looping);

struct _WspReactorLooping       /* member of its owner */
{
  WspReactorLoopingFunc run;
};

typedef struct _WspShared WspShared;
typedef void (*WspSharedFunc) (WspShared *shared);

/* For a stream or a socket that the program has, too, and may close: GIO does not notify of that.
 * look is called in iterations of the main loop, in each iteration for a few of the list; it runs
 * no code of the program, and may remove the struct.  All zero: not added. */
struct _WspShared               /* member of its owner */
{
  GList         link;           /* link in the reactor's list; data: the struct; NULL: not added */
  WspSharedFunc look;
};

typedef struct _WspReactorEnd WspReactorEnd;

typedef void (*WspReactorEndFunc) (WspReactorEnd *end,
                                   WspReactor    *reactor);

/* For an object that keeps itself alive while it waits for the loop.  All zero: not added. */
struct _WspReactorEnd           /* member of its owner */
{
  WspReactorEnd    *next;
  WspReactorEnd   **place;      /* the pointer to this struct, in the list; NULL: not added */
  WspReactorEndFunc ended;      /* the context has ended, or is left: lets the object go */
};

typedef enum
{
  WSP_REACTOR_PART_CONNECTIONS,
  WSP_REACTOR_PART_HELD_CONNECTIONS,
  WSP_REACTOR_PART_TLS,
  WSP_REACTOR_PART_RESULTS,
  WSP_REACTOR_PART_PROXIES,
  WSP_REACTOR_N_PARTS
} WspReactorPart;

typedef struct                  /* the transports that were closed by their owners */
{
  guint         n_unfreed;      /* the number of closed transports whose memory is not freed yet */
  GQueue        waiting;        /* closes that wait (WspGracefulClose), the oldest first */
  WspReactorEnd end;            /* end of the reactor; added while a close waits */
} WspReactorCloses;

WspReactor       *wsp_reactor_ref_thread_default (void);
WspReactor       *wsp_reactor_ref                (WspReactor *self);
/* A reactor of the same context that this process has made: self, unless it was inherited. */
WspReactor       *wsp_reactor_ref_own            (WspReactor *self);
void              wsp_reactor_unref              (WspReactor *self);
GMainContext     *wsp_reactor_get_context        (WspReactor *self);
GMainContext     *wsp_reactor_dup_context        (WspReactor *self);            /* NULL: the context was freed */
/* Asynchronous calls of GIO return their results in the thread-default context, which may be
 * another one than that of the reactor.  Call them between these two functions. */
void              wsp_reactor_push_context       (WspReactor *self);
void              wsp_reactor_pop_context        (WspReactor *self);
gint64            wsp_reactor_get_time           (WspReactor *self);            /* monotonic; when the running dispatch began, else now */
guint             wsp_reactor_get_depth          (WspReactor *self);            /* how many dispatches are running, nested; 0: none */

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
                                                  WspDueTime  time);

/* Begins and ends to hold replies.  At the end the calls run that wait for the next iteration. */
void              wsp_reactor_hold_replies       (WspReactor *self);
void              wsp_reactor_release_replies    (WspReactor *self);

/* TRUE: the context has ended.  Calls that are due are run once more: they release what they hold,
 * and call nothing of the program. */
gboolean          wsp_reactor_has_ended          (WspReactor *self);
void              wsp_reactor_add_end            (WspReactor    *self,
                                                  WspReactorEnd *end);
void              wsp_reactor_remove_end         (WspReactor    *self,
                                                  WspReactorEnd *end);

void              wsp_reactor_add_shared         (WspReactor *self,
                                                  WspShared  *shared);
void              wsp_reactor_remove_shared      (WspReactor *self,
                                                  WspShared  *shared);

/* wsp-graceful-close.c */
WspReactorCloses *wsp_reactor_get_closes         (WspReactor *self);

/* Sets looping for the length of a turn.  looping->run is called whenever a main loop is about to
 * wait: during a turn, only a handler can run a main loop.  Returns the previous looping, which the
 * caller sets again later. */
WspReactorLooping *wsp_reactor_swap_looping      (WspReactor        *self,
                                                  WspReactorLooping *looping);

/* The only call for other threads, which must keep the reactor alive during the call.  run is
 * called in the thread of the context, in a later dispatch, in the order of the calls.  FALSE: the
 * context has ended, and nothing was posted. */
gboolean          wsp_reactor_post               (WspReactor *self,
                                                  WspPost    *post);
/* The thread of the context iterates it no more: drops the posts that wait, and refuses later ones.
 * Called by itself when the context is freed. */
void              wsp_reactor_end_posts          (WspReactor *self);

/* Data of other files for all connections of the context; destroyed with the reactor. */
gpointer          wsp_reactor_get_part           (WspReactor    *self,
                                                  WspReactorPart part);
void              wsp_reactor_set_part           (WspReactor    *self,
                                                  WspReactorPart part,
                                                  gpointer       data,
                                                  GDestroyNotify destroy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspReactor, wsp_reactor_unref)

G_END_DECLS
