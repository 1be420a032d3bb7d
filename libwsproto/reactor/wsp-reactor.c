/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reactor: the one GSource of a main context.
 *
 * A dispatch runs, in this order, the posts of other threads, the watches whose sockets are ready,
 * the expired timers and the due calls: first those that were queued for the next dispatch, then
 * those for this dispatch, in the order of queuing, then those behind them.  Due calls return the
 * results of asynchronous calls, for example, so no callback runs inside an API call.  The turns of
 * connections are behind the results, so that all messages which the callbacks send leave in one
 * write.
 *
 * The reactor of a context is found by its source functions: there is no table of reactors.
 *
 * next is set exactly while a due call is in a list.
 *
 * The loop does not sleep while a call is due, nor beyond the next deadline.  Calls before a wait
 * run when the loop asks the source whether it may sleep.
 *
 * The child of a fork () shares the set of watches, the sockets and the peers with its parent.  A
 * reactor that finds itself there leaves all of them: before the loop waits, behind the call that
 * has forked, or in the first call of an object.  Until then nothing changes the set, no timer or
 * watch is added, and the reactor calls no watch, timer or due call.
 *
 * docs/rationales/reactor-and-transports.md has the reasons.
 */
#include "reactor/wsp-reactor-private.h"

/* A dispatch ends after this many calls: a callback that always queues another call must not
 * starve other sources. */
#define MAX_CALLS_PER_DISPATCH 1024
#define MAX_BEHIND 1000         /* microseconds for which one call waits behind results */
#define MAX_ALL_BEHIND 50000    /* microseconds for which all of them wait */
#define CALLS_PER_LOOK 4        /* number of calls after which the time is looked at */
#define MAX_LOOKS_PER_WAIT 16
struct _WspReactor
{
  WspReactorHead    head;               /* the first member: GLib allocates and frees the struct */
  int               was_iterated;       /* written by the thread that iterates, read by others */
  int               n_users;            /* atomic: the last user may be in another thread; the users
                                           have one reference to the source */
  WspReactorCloses  closes;
  guint             depth;              /* number of running dispatches, one inside the other */
  gint64            now;
  gint64            next_deadline;      /* deadline that the last prepare () found */
  WspWatchSet      *set;
  WspTimerWheel     wheel;
  WspDueList        this_dispatch, after_results, next_dispatch;
  gsize             n_due;              /* number of calls in these lists */
  gint64            behind_since;       /* time since which after_results was not empty; 0: not
                                           seen to wait */
  gint64            one_since;          /* time since which none of them was run; unset while
                                           behind_since is 0 */
  WspDueList        before_wait;        /* calls that do not keep the loop from sleeping */
  int               n_source_refs;      /* number of references that the source's callback data
                                           has */
  gpointer          key;                /* the address of the context, to find the source */
  GMutex            post_lock;          /* protects the members up to n_taken */
  GMainContext     *context;            /* no reference; NULL: the context has ended */
  WspPost          *first_post;         /* first post that waits; NULL: none; read without the lock,
                                           too */
  WspPost          *last_post;
  guint64           n_posted, n_taken;  /* numbers of posts that were posted and taken, until now */
  gboolean          has_ended;          /* the context is freed or left, or has no user */
  gboolean          is_left;
  WspReactorEnd    *first_end;
  GQueue            shared;             /* shared streams and sockets (WspShared); those looked at
                                           last are at the end */
  WspReactorLooping *looping;           /* notifies the turn that a main loop runs in it; NULL: no
                                           turn is notified */
  struct
  {
    gpointer       data;
    GDestroyNotify destroy;
  } parts[WSP_REACTOR_N_PARTS];
};

void
wsp_due_list_append (WspDueList *self,
                     WspDue     *due)
{
  due->next = due;
  if (self->last != NULL)
    self->last->next = due;
  else
    self->first = due;
  self->last = due;
}

WspDue *
wsp_due_list_take (WspDueList *self)
{
  WspDue *due = self->first;

  if (due == NULL)
    return NULL;

  self->first = due->next != due ? due->next : NULL;
  if (self->first == NULL)
    self->last = NULL;
  due->next = NULL;
  return due;
}

static gboolean
has_due (WspReactor *self)
{
  return self->n_due > 0 || g_atomic_pointer_get (&self->first_post) != NULL;
}

static inline void
note_thread (WspReactor *self)
{
  gpointer thread = wsp_thread_get_id ();

  if (G_LIKELY (g_atomic_pointer_get (&self->head.thread) == thread && self->was_iterated))
    return;

  g_atomic_pointer_set (&self->head.thread, thread);
  g_atomic_int_set (&self->was_iterated, TRUE);
}

static void
look_at_shared (WspReactor *self)
{
  for (guint n = MIN (self->shared.length, MAX_LOOKS_PER_WAIT); n > 0; n--)
    {
      GList *link = g_queue_pop_head_link (&self->shared);
      WspShared *shared = link->data;

      g_queue_push_tail_link (&self->shared, link);
      shared->look (shared);
    }
}

/* A call may queue another one, which waits for the iteration after this one. */
static void
take_before_wait (WspReactor *self)
{
  WspDueList list = self->before_wait;
  WspDue *due;

  self->before_wait = (WspDueList) { NULL, NULL };
  while ((due = wsp_due_list_take (&list)))
    due->run (due);
}

/* Inside of a dispatch the calls wait for its end. */
static inline void
run_before_wait (WspReactor *self)
{
  if (G_UNLIKELY (self->before_wait.first != NULL) && self->depth == 0)
    take_before_wait (self);
}

/* Called before each wait of the loop.  g_source_set_ready_time () would need a system call to wake
 * the loop for each due call. */
static gboolean
wsp_reactor_prepare (GSource *source,
                     int     *timeout_ms)
{
  WspReactor *self = (WspReactor *) source;
  gint64 left;

  if (wsp_reactor_is_inherited (self))
    {
      *timeout_ms = -1;
      wsp_reactor_leave (self);
      return FALSE;
    }

  note_thread (self);
  self->head.iteration++;
  run_before_wait (self);
  if (self->looping != NULL)
    self->looping->run (self->looping);
  if (G_UNLIKELY (self->shared.head != NULL))
    look_at_shared (self);

  *timeout_ms = -1;
  self->next_deadline = wsp_timer_wheel_get_next (&self->wheel);
  if (self->next_deadline != WSP_TIMER_NEVER)
    {
      left = self->next_deadline - g_source_get_time (source);
      *timeout_ms = left > 0 ? (int) MIN ((left + 999) / 1000, G_MAXINT) : 0;
    }

  return has_due (self) || *timeout_ms == 0;
}

/* The source asks its descriptors itself: for those of g_source_add_unix_fd (), the main context
 * walks through lists. */
static gboolean
wsp_reactor_check (GSource *source)
{
  WspReactor *self = (WspReactor *) source;

  return wsp_watch_set_is_ready (self->set) || has_due (self) ||
         self->next_deadline <= g_source_get_time (source);
}

static WspPost *
take_post_locked (WspReactor *self)
{
  WspPost *post = self->first_post;

  if (post == NULL)
    return NULL;

  g_atomic_pointer_set (&self->first_post, post->next);
  self->n_taken++;
  return post;
}

/* Takes the next of the first `end` posts. */
static WspPost *
take_post (WspReactor *self,
           guint64     end)
{
  WspPost *post = NULL;

  g_mutex_lock (&self->post_lock);
  if (self->n_taken < end)
    post = take_post_locked (self);
  g_mutex_unlock (&self->post_lock);
  return post;
}

/* Runs the posts of before this dispatch.  A post may run the main loop, which goes on with the
 * posts that wait, and it may post others, which wait for the next dispatch. */
static void
reactor_run_posted (WspReactor *self)
{
  WspPost *post;
  guint64 end;

  /* Nearly always no call is posted. */
  if (g_atomic_pointer_get (&self->first_post) == NULL)
    return;

  g_mutex_lock (&self->post_lock);
  end = MIN (self->n_posted, self->n_taken + MAX_CALLS_PER_DISPATCH);
  g_mutex_unlock (&self->post_lock);
  while (!wsp_reactor_is_inherited (self) && (post = take_post (self, end)))
    post->run (post);
}

void
wsp_reactor_end_posts (WspReactor *self)
{
  WspPost *post;

  g_mutex_lock (&self->post_lock);
  self->context = NULL;
  g_mutex_unlock (&self->post_lock);
  while ((post = take_post (self, G_MAXUINT64)))
    post->drop (post);
}

static void
run_timers (WspReactor *self)
{
  WspTimer *timer;

  while (!wsp_reactor_is_inherited (self) &&
         (timer = wsp_timer_wheel_take_due (&self->wheel, self->now)))
    timer->expired (timer);
}

/* Moves all calls of a list before those of another one. */
static void
prepend (WspDueList *self,
         WspDueList *from)
{
  WspDueList list = *from;

  if (list.first == NULL)
    return;

  *from = (WspDueList) { NULL, NULL };
  if (self->last == NULL)
    self->last = list.last;
  else
    list.last->next = self->first;
  self->first = list.first;
}

/* In each MAX_BEHIND one of the calls behind the results runs, and all of them after
 * MAX_ALL_BEHIND, in one dispatch or in several: callbacks may be slow, and may ask for results
 * without end. */
static void
limit_waiting (WspReactor *self)
{
  if (self->this_dispatch.first == NULL || self->after_results.first == NULL)
    return;

  const gint64 now = g_get_monotonic_time ();

  if (self->behind_since == 0)
    self->behind_since = self->one_since = now;
  if (now - self->one_since < MAX_BEHIND)
    return;

  if (now - self->behind_since >= MAX_ALL_BEHIND)
    {
      self->behind_since = 0;
      prepend (&self->this_dispatch, &self->after_results);
      return;
    }

  WspDueList one = { NULL, NULL };

  self->one_since = now;
  wsp_due_list_append (&one, wsp_due_list_take (&self->after_results));
  if (self->after_results.first == NULL)
    self->behind_since = 0;
  prepend (&self->this_dispatch, &one);
}

static WspDue *
take_due (WspReactor *self)
{
  const gboolean is_behind = self->this_dispatch.first == NULL;
  WspDueList *list = is_behind ? &self->after_results : &self->this_dispatch;

  if (list->first == NULL)
    return NULL;

  if (is_behind)
    self->behind_since = 0;
  self->n_due--;
  return wsp_due_list_take (list);
}

/* Calls that are left at the limit go before all that are queued later: others which are queued in
 * each dispatch do not keep them back for ever. */
static void
reactor_run_due (WspReactor *self)
{
  if (self->n_due == 0)
    return;

  for (guint n = 0; n < MAX_CALLS_PER_DISPATCH && !wsp_reactor_is_inherited (self); n++)
    {
      WspDue *due;

      if (n % CALLS_PER_LOOK == 0)
        limit_waiting (self);
      due = take_due (self);
      if (due == NULL)
        return;

      due->run (due);
    }

  prepend (&self->next_dispatch, &self->this_dispatch);
}

static gboolean
wsp_reactor_dispatch (GSource    *source,
                      GSourceFunc callback,
                      gpointer    user_data)
{
  WspReactor *self = (WspReactor *) source;

  /* The main context holds a reference while it dispatches. */
  run_before_wait (self);       /* a main loop inside another source has begun the iteration */
  self->depth++;
  self->now = g_source_get_time (source);

  prepend (&self->this_dispatch, &self->next_dispatch);
  reactor_run_posted (self);
  wsp_watch_set_run (self->set, self->head.n_forks);
  run_timers (self);
  reactor_run_due (self);

  self->depth--;
  if (wsp_reactor_is_inherited (self))
    wsp_reactor_leave (self);
  return G_SOURCE_CONTINUE;
}

/* The calls that are still due belong to closed objects, which free their memory in the call. */
static void
run_last_calls (WspReactor *self)
{
  WspDue *due;

  take_before_wait (self);
  prepend (&self->this_dispatch, &self->next_dispatch);
  while ((due = take_due (self)))
    due->run (due);
}

static void
wsp_reactor_finalize (GSource *source)
{
  WspReactor *self = (WspReactor *) source;

  run_last_calls (self);
  for (guint i = 0; i < WSP_REACTOR_N_PARTS; i++)
    {
      if (self->parts[i].data != NULL)
        self->parts[i].destroy (self->parts[i].data);
    }
  wsp_watch_set_free (self->set);
  g_mutex_clear (&self->post_lock);
}

static GSourceFuncs reactor_funcs = {
  .prepare = wsp_reactor_prepare,
  .check = wsp_reactor_check,
  .dispatch = wsp_reactor_dispatch,
  .finalize = wsp_reactor_finalize,
};

/* The callback data of the source is the reactor: GLib drops its reference to the data when the
 * source is destroyed, also by the end of the context.  The memory of the source lives longer. */
static void
ref_for_source (gpointer data)
{
  g_atomic_int_inc (&((WspReactor *) data)->n_source_refs);
}

static void
reactor_end (WspReactor *self)
{
  WspReactorEnd *first;

  self->has_ended = TRUE;
  wsp_reactor_end_posts (self);
  while ((first = self->first_end) != NULL)
    {
      wsp_reactor_remove_end (self, first);
      first->ended (first, self);
    }
  run_last_calls (self);
  for (; self->head.n_holders > 0; self->head.n_holders--)
    wsp_reactor_unref (self);
}

static void
unref_for_source (gpointer data)
{
  WspReactor *self = data;

  if (g_atomic_int_dec_and_test (&self->n_source_refs))
    reactor_end (self);
}

/* g_main_context_find_source_by_funcs_user_data () finds the source of a context by this. */
static void
get_for_source (gpointer     data,
                GSource     *source,
                GSourceFunc *func,
                gpointer    *user_data)
{
  *func = NULL;
  *user_data = ((WspReactor *) data)->key;
}

static GSourceCallbackFuncs source_callback_funcs = {
  ref_for_source, unref_for_source, get_for_source,
};

static WspReactor *
wsp_reactor_new (GMainContext *context)
{
  GSource *source = g_source_new (&reactor_funcs, sizeof (WspReactor));
  WspReactor *self = (WspReactor *) source;

  wsp_fork_begin_counting ();
  self->head.thread = wsp_thread_get_id ();
  self->head.n_forks = wsp_n_forks;
  self->now = g_get_monotonic_time ();
  self->set = wsp_watch_set_new (source, &self->head.iteration);
  wsp_timer_wheel_init (&self->wheel, self->now);

  g_source_set_static_name (source, "[libwsproto] reactor");
  g_source_set_can_recurse (source, TRUE);
  g_mutex_init (&self->post_lock);
  self->context = context;
  self->key = context;
  self->n_users = 1;
  self->n_source_refs = 1;
  g_source_set_callback_indirect (source, self, &source_callback_funcs);
  g_source_attach (source, context);

  return self;
}

static WspReactor *
ref_for_context (GMainContext *context)
{
  GSource *source =
    g_main_context_find_source_by_funcs_user_data (context, &reactor_funcs, context);
  WspReactor *self = (WspReactor *) source;

  if (source != NULL && wsp_reactor_is_inherited (self))
    {
      wsp_reactor_leave (self);         /* a server may have made another one */
      return ref_for_context (context);
    }

  return source == NULL ? wsp_reactor_new (context) : wsp_reactor_ref (self);
}

WspReactor *
wsp_reactor_ref_thread_default (void)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  return ref_for_context (context);
}

WspReactor *
wsp_reactor_ref_own (WspReactor *self)
{
  GMainContext *context = self->head.source.context;

  if (!wsp_reactor_is_inherited (self))
    return wsp_reactor_ref (self);

  wsp_reactor_leave (self);
  return context != NULL ? ref_for_context (context) : wsp_reactor_ref_thread_default ();
}

WspReactor *
wsp_reactor_ref (WspReactor *self)
{
  g_assert (g_atomic_int_get (&self->n_users) > 0);

  g_atomic_int_inc (&self->n_users);
  return self;
}

/* Another thread, which the child does not have, may have held the lock: it may have been in the
 * midst of the list, whose calls are then dropped unseen. */
static void
leave_posts (WspReactor *self)
{
  if (g_mutex_trylock (&self->post_lock))
    {
      g_mutex_unlock (&self->post_lock);
      return;
    }

  g_mutex_init (&self->post_lock);
  self->first_post = NULL;
  self->n_taken = self->n_posted;
}

/* The key goes first, so that the reactor is not found any more. */
void
wsp_reactor_leave (WspReactor *self)
{
  if (self->is_left)
    return;

  self->is_left = TRUE;
  self->key = NULL;
  leave_posts (self);
  g_source_ref (&self->head.source);
  if (g_source_is_destroyed (&self->head.source))
    reactor_end (self);
  else
    g_source_destroy (&self->head.source);      /* ends it */
  wsp_watch_set_leave (self->set);
  g_source_unref (&self->head.source);
}

/* While a context is being freed, its sources lose it first, and are destroyed then. */
static gboolean
is_attached (WspReactor *self)
{
  return !g_source_is_destroyed (&self->head.source) && wsp_reactor_get_context (self) != NULL;
}

/* GLib keeps a source for ever that is destroyed when it has lost its context. */
void
wsp_reactor_unref (WspReactor *self)
{
  g_assert (g_atomic_int_get (&self->n_users) > 0);

  if (!g_atomic_int_dec_and_test (&self->n_users))
    return;

  if (is_attached (self))
    g_source_destroy (&self->head.source);
  g_source_unref (&self->head.source);
}

GMainContext *
wsp_reactor_get_context (WspReactor *self)
{
  return g_source_get_context (&self->head.source);
}

GMainContext *
wsp_reactor_dup_context (WspReactor *self)
{
  return is_attached (self) ? g_main_context_ref (wsp_reactor_get_context (self)) : NULL;
}

/* A destroyed source means that the context was freed: then no thread iterates the context. */
gboolean
wsp_reactor_may_take_over (WspReactor *self)
{
  GMainContext *context;

  if (wsp_reactor_is_inherited (self))
    {
      wsp_reactor_leave (self);
      return TRUE;
    }

  if (g_source_is_destroyed (&self->head.source))
    return TRUE;

  context = wsp_reactor_get_context (self);
  if (g_main_context_is_owner (context))
    return TRUE;

  if (g_atomic_int_get (&self->was_iterated) || !g_main_context_acquire (context))
    return FALSE;

  g_atomic_pointer_set (&self->head.thread, wsp_thread_get_id ());
  g_main_context_release (context);
  return TRUE;
}

void
wsp_reactor_push_context (WspReactor *self)
{
  g_main_context_push_thread_default (wsp_reactor_get_context (self));
}

void
wsp_reactor_pop_context (WspReactor *self)
{
  g_main_context_pop_thread_default (wsp_reactor_get_context (self));
}

gint64
wsp_reactor_get_time (WspReactor *self)
{
  return self->depth > 0 ? self->now : g_get_monotonic_time ();
}

guint
wsp_reactor_get_depth (WspReactor *self)
{
  return self->depth;
}

gboolean
wsp_reactor_watch (WspReactor    *self,
                   WspWatch      *watch,
                   int            fd,
                   WspWatchEvents events,
                   WspWatchFunc   ready)
{
  if (wsp_reactor_is_inherited (self))
    return TRUE;                /* the loop of the parent alone sees the socket */

  return wsp_watch_set_add (self->set, watch, fd, events, ready);
}

void
wsp_reactor_set_events (WspReactor    *self,
                        WspWatch      *watch,
                        WspWatchEvents events)
{
  if (watch->events == (guint) events || wsp_reactor_is_inherited (self))
    return;

  wsp_watch_set_set_events (self->set, watch, events);
}

void
wsp_reactor_unwatch (WspReactor *self,
                     WspWatch   *watch)
{
  if (wsp_reactor_is_inherited (self))
    wsp_watch_set_leave (self->set);
  wsp_watch_set_remove (self->set, watch);
}

void
wsp_reactor_set_timer (WspReactor *self,
                       WspTimer   *timer,
                       gint64      deadline)
{
  if (!wsp_reactor_is_inherited (self))
    wsp_timer_wheel_set (&self->wheel, timer, deadline);
}

void
wsp_reactor_unset_timer (WspReactor *self,
                         WspTimer   *timer)
{
  wsp_timer_wheel_unset (&self->wheel, timer);
}

WspReactorCloses *
wsp_reactor_get_closes (WspReactor *self)
{
  return &self->closes;
}

void
wsp_reactor_call (WspReactor *self,
                  WspDue     *due,
                  WspDueTime  time)
{
  if (wsp_due_is_queued (due))
    return;

  self->n_due += time != WSP_DUE_BEFORE_WAIT;
  switch (time)
    {
    case WSP_DUE_THIS_DISPATCH:
      wsp_due_list_append (&self->this_dispatch, due);
      return;
    case WSP_DUE_AFTER_RESULTS:
      wsp_due_list_append (&self->after_results, due);
      return;
    case WSP_DUE_NEXT_DISPATCH:
      wsp_due_list_append (&self->next_dispatch, due);
      return;
    case WSP_DUE_BEFORE_WAIT:
      wsp_due_list_append (&self->before_wait, due);
      return;
    }
}

/* The holder's reference keeps the reactor, which may have no other user yet. */
void
wsp_reactor_hold_replies (WspReactor *self)
{
  self->head.n_holders++;
  wsp_reactor_ref (self);
}

void
wsp_reactor_release_replies (WspReactor *self)
{
  if (self->head.n_holders == 0)        /* the child of a fork () has another reactor */
    return;

  run_before_wait (self);
  self->head.n_holders--;
  wsp_reactor_unref (self);
}

gboolean
wsp_reactor_has_ended (WspReactor *self)
{
  return self->has_ended;
}

void
wsp_reactor_add_end (WspReactor    *self,
                     WspReactorEnd *end)
{
  g_assert (end->place == NULL);
  end->next = self->first_end;
  end->place = &self->first_end;
  if (end->next != NULL)
    end->next->place = &end->next;
  self->first_end = end;
}

void
wsp_reactor_remove_end (WspReactor    *self,
                        WspReactorEnd *end)
{
  if (end->place == NULL)
    return;

  *end->place = end->next;
  if (end->next != NULL)
    end->next->place = end->place;
  end->place = NULL;
}

void
wsp_reactor_add_shared (WspReactor *self,
                        WspShared  *shared)
{
  g_assert (shared->link.data == NULL);

  shared->link.data = shared;
  g_queue_push_tail_link (&self->shared, &shared->link);
}

void
wsp_reactor_remove_shared (WspReactor *self,
                           WspShared  *shared)
{
  if (shared->link.data == NULL)
    return;

  shared->link.data = NULL;
  g_queue_unlink (&self->shared, &shared->link);
}

gpointer
wsp_reactor_get_part (WspReactor    *self,
                      WspReactorPart part)
{
  return self->parts[part].data;
}

void
wsp_reactor_set_part (WspReactor    *self,
                      WspReactorPart part,
                      gpointer       data,
                      GDestroyNotify destroy)
{
  g_assert (self->parts[part].data == NULL);

  self->parts[part].data = data;
  self->parts[part].destroy = destroy;
}

WspReactorLooping *
wsp_reactor_swap_looping (WspReactor        *self,
                          WspReactorLooping *looping)
{
  WspReactorLooping *before = self->looping;

  self->looping = looping;
  return before;
}

static void
post_locked (WspReactor *self,
             WspPost    *post)
{
  WspPost *first = self->first_post;

  post->next = NULL;
  self->n_posted++;
  if (first != NULL)
    self->last_post->next = post;
  self->last_post = post;
  if (first != NULL)
    return;                     /* the first post has woken the loop */

  g_atomic_pointer_set (&self->first_post, post);
  g_main_context_wakeup (self->context);
}

/* While the lock is held, the context cannot be freed: it ends the posts first. */
gboolean
wsp_reactor_post (WspReactor *self,
                  WspPost    *post)
{
  g_assert (post->run != NULL && post->drop != NULL);
  if (wsp_reactor_is_inherited (self))  /* who held the lock may have no thread any more */
    return FALSE;

  g_mutex_lock (&self->post_lock);

  gboolean is_alive = self->context != NULL;

  if (is_alive)
    post_locked (self, post);
  g_mutex_unlock (&self->post_lock);
  return is_alive;
}
