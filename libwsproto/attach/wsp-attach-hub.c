/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The hub: lists connections, and holds the records for inspectors.  A connection is called only in
 * its own thread, by a post; the lock is not held then.  The entry of a connection is removed when
 * that ends, in the same thread.
 *
 * A round shows an inspector the connections that it wants.  These are due until they are shown, a
 * few at once, and only while the inspectors have little to take: showing alone never fills the
 * ring.  Each inspector sees what is shown to any of them.
 *
 * docs/rationales/attaching-inspectors.md has the reasons. */
#include "attach/wsp-attach-hub-private.h"

#include <string.h>

#define SHOWN_AT_ONCE 4         /* connections */
#define MUCH (WSP_ATTACH_RING_SIZE / 4) /* bytes; an inspector that has more records to take is
                                           waited for */
#define STANDING_US (1 * G_TIME_SPAN_SECOND)    /* time without a read after which such an inspector
                                                   is not waited for */
#define ROUND_US (1 * G_TIME_SPAN_SECOND)       /* least time between two rounds of an inspector */
#define ANSWER_US (5 * G_TIME_SPAN_MILLISECOND) /* time for the asked connections to answer before
                                                   others are asked, too */
#define ROUND_ANSWER_US (100 * G_TIME_SPAN_MILLISECOND) /* time after which a round ends without the
                                                           answers that are missing */
#define NUMBERS_AT_ONCE 2048    /* numbers of connections in one record */
#define FIRST_OTHER_NUMBER 0x80000000u  /* first number of a source that is no connection */

typedef struct
{
  WspPost       post;           /* the first member: its address is that of the struct */
  guint         ref_count;
  GList         link;           /* link in the hub's list of entries, the oldest first */
  GList         due_link;       /* link in the hub's list of due entries */
  GObject      *source;         /* connection or opening handshake; NULL: it has ended */
  WspReactor   *reactor;        /* reactor of the connection; NULL: the source is no connection */
  const WspAttachFuncs *funcs;
  gboolean      is_posted, is_due;
  WspAttachSubject subject;
} WspAttachEntry;

static struct
{
  GMutex         lock;          /* lock for all other members */
  void         (*wake)(void);   /* function that wakes the serving thread; NULL: the program was
                                   never offered */
  gboolean       is_waiting;    /* the serving thread has to be woken for the next record */
  GQueue         entries;
  GQueue         due;           /* entries that are due: to be shown, or, without a ring, to lose
                                   the tap */
  guint          n_posted;      /* number of posts that have not run */
  gint64         posted_us;     /* time of the last posts */
  gint64         put_off_us;    /* time at which a connection last could not be shown */
  GHashTable    *by_source;     /* entries by their source (GObject to WspAttachEntry) */
  guint32        n_others;
  WspAttachRing *ring;          /* records that wait; NULL: there is no inspector */
  WspAttachInspector *inspectors[WSP_ATTACH_MAX_READERS];
} hub;

static int is_offered;          /* read without the lock; FALSE in the child of a fork */
static int was_offered;         /* there may be entries */
static int is_watched;

void
wsp_attach_hub_lock (void)
{
  g_mutex_lock (&hub.lock);
}

void
wsp_attach_hub_unlock (void)
{
  g_mutex_unlock (&hub.lock);
}

gboolean
wsp_attach_is_watched (void)
{
  return g_atomic_int_get (&is_watched);
}

void
wsp_attach_hub_begin (void (*wake)(void))
{
  g_mutex_lock (&hub.lock);
  hub.wake = wake;
  hub.is_waiting = TRUE;
  if (hub.by_source == NULL)
    hub.by_source = g_hash_table_new (NULL, NULL);
  g_mutex_unlock (&hub.lock);
  g_atomic_int_set (&was_offered, TRUE);
  g_atomic_int_set (&is_offered, TRUE);
}

/* The caller has the lock. */
static void
make_due (WspAttachEntry *self)
{
  if (self->source == NULL || self->reactor == NULL || self->is_due || self->is_posted)
    return;

  self->is_due = TRUE;
  g_queue_push_tail_link (&hub.due, &self->due_link);
}

/* The caller has the lock. */
static void
drop_due (WspAttachEntry *self)
{
  if (self->is_due)
    g_queue_unlink (&hub.due, &self->due_link);
  self->is_due = FALSE;
}

/* The entries stay: connections may go on in the child, and end there. */
void
wsp_attach_hub_end (void)
{
  hub.ring = NULL;
  memset (hub.inspectors, 0, sizeof hub.inspectors);
  while (hub.due.head != NULL)
    drop_due (hub.due.head->data);
  hub.n_posted = 0;
  g_atomic_int_set (&is_offered, FALSE);
  g_atomic_int_set (&is_watched, FALSE);
}

static void
entry_unref (WspAttachEntry *self)
{
  gboolean is_last;

  g_mutex_lock (&hub.lock);
  is_last = --self->ref_count == 0;
  g_mutex_unlock (&hub.lock);
  if (!is_last)
    return;

  g_clear_pointer (&self->reactor, wsp_reactor_unref);
  g_free (self);
}

/* The caller has the lock. */
static gboolean
is_waited_for (const WspAttachInspector *inspector,
               gint64                    now_us)
{
  return inspector != NULL && inspector->is_watching && inspector->reader.n_dropped == 0 &&
         wsp_attach_ring_get_behind (hub.ring, &inspector->reader) >= MUCH &&
         now_us - inspector->taken_us < STANDING_US;
}

/* The caller has the lock.  Without a ring there is room. */
static gboolean
attach_hub_has_room (gint64 now_us)
{
  gboolean is_free = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (hub.inspectors); i++)
    is_free &= !is_waited_for (hub.inspectors[i], now_us);
  return is_free;
}

/* The post has run, or never will: others may follow. */
static void
end_post (WspAttachEntry *self)
{
  g_mutex_lock (&hub.lock);
  if (hub.n_posted > 0 && --hub.n_posted == 0)
    hub.wake ();
  g_mutex_unlock (&hub.lock);
  entry_unref (self);
}

const WspAttachFuncs *
wsp_attach_hub_get_funcs (GObject *source)
{
  WspAttachEntry *entry;
  const WspAttachFuncs *funcs = NULL;

  g_mutex_lock (&hub.lock);
  entry = g_hash_table_lookup (hub.by_source, source);
  if (entry != NULL)
    funcs = entry->funcs;
  g_mutex_unlock (&hub.lock);
  return funcs;
}

void
wsp_attach_hub_remove_tap (GObject *source)
{
  WspAttachEntry *entry;
  const WspAttachFuncs *funcs = NULL;

  g_mutex_lock (&hub.lock);
  entry = g_hash_table_lookup (hub.by_source, source);
  if (entry != NULL)
    {
      funcs = entry->funcs;
      entry->subject.is_position_due = FALSE;
      memset (entry->subject.ways, 0, sizeof entry->subject.ways);
    }
  g_mutex_unlock (&hub.lock);
  if (funcs != NULL)
    funcs->remove_tap (source);
}

static void
put_off (GObject *source)
{
  WspAttachEntry *entry;

  g_mutex_lock (&hub.lock);
  entry = g_hash_table_lookup (hub.by_source, source);
  if (entry != NULL)
    make_due (entry);
  hub.put_off_us = g_get_monotonic_time ();
  hub.wake ();
  g_mutex_unlock (&hub.lock);
}

/* Runs in the thread of the connection. */
static void
run_show (WspPost *post)
{
  WspAttachEntry *self = (WspAttachEntry *) post;
  const gint64 now_us = g_get_monotonic_time ();
  gboolean is_to_wait;
  GObject *source;

  g_mutex_lock (&hub.lock);
  self->is_posted = FALSE;
  source = self->source;        /* only this thread ends it */
  is_to_wait = !attach_hub_has_room (now_us);
  g_mutex_unlock (&hub.lock);
  if (source != NULL && !wsp_attach_is_watched ())
    wsp_attach_hub_remove_tap (source);
  else if (source != NULL && (is_to_wait || !self->funcs->show (source)))
    put_off (source);
  end_post (self);
}

static void
drop_show (WspPost *post)
{
  end_post ((WspAttachEntry *) post);
}

/* The caller has the lock. */
static WspAttachEntry *
attach_hub_add_entry (GObject *source,
                      guint32  number)
{
  WspAttachEntry *self = g_new0 (WspAttachEntry, 1);

  self->post.run = run_show;
  self->post.drop = drop_show;
  self->ref_count = 1;
  self->source = source;
  self->subject.number = number;
  self->link.data = self->due_link.data = self;
  g_queue_push_tail_link (&hub.entries, &self->link);
  g_hash_table_insert (hub.by_source, source, self);
  return self;
}

void
wsp_attach_add (GObject              *connection,
                guint32               number,
                WspReactor           *reactor,
                const WspAttachFuncs *funcs)
{
  WspAttachEntry *entry;

  if (!g_atomic_int_get (&is_offered))
    return;

  g_mutex_lock (&hub.lock);
  entry = attach_hub_add_entry (connection, number);
  entry->reactor = wsp_reactor_ref (reactor);
  entry->funcs = funcs;
  g_mutex_unlock (&hub.lock);
}

/* The caller has the lock. */
static void
attach_hub_remove_entry (WspAttachEntry *self)
{
  drop_due (self);
  g_queue_unlink (&hub.entries, &self->link);
  self->source = NULL;
}

void
wsp_attach_remove (GObject *connection)
{
  WspAttachEntry *entry = NULL;

  if (!g_atomic_int_get (&was_offered))
    return;

  g_mutex_lock (&hub.lock);
  if (g_hash_table_steal_extended (hub.by_source, connection, NULL, (gpointer *) &entry))
    attach_hub_remove_entry (entry);
  g_mutex_unlock (&hub.lock);
  if (entry != NULL)
    entry_unref (entry);
}

guint
wsp_attach_hub_get_n_connections (void)
{
  guint n;

  g_mutex_lock (&hub.lock);
  n = hub.entries.length;
  g_mutex_unlock (&hub.lock);
  return n;
}

gboolean
wsp_attach_hub_enter (WspAttachInspector *inspector)
{
  gboolean is_entered = FALSE;

  g_mutex_lock (&hub.lock);
  for (guint i = 0; !is_entered && i < G_N_ELEMENTS (hub.inspectors); i++)
    if (hub.inspectors[i] == NULL)
      {
        hub.inspectors[i] = inspector;
        is_entered = TRUE;
      }
  g_mutex_unlock (&hub.lock);
  return is_entered;
}

void
wsp_attach_hub_leave (WspAttachInspector *inspector)
{
  gboolean is_last = TRUE;

  g_mutex_lock (&hub.lock);
  for (guint i = 0; i < G_N_ELEMENTS (hub.inspectors); i++)
    {
      if (hub.inspectors[i] == inspector)
        hub.inspectors[i] = NULL;
      is_last &= hub.inspectors[i] == NULL || !hub.inspectors[i]->is_watching;
    }
  if (inspector->is_watching)
    wsp_attach_ring_leave (hub.ring, &inspector->reader);
  if (is_last && hub.ring != NULL)
    {
      g_atomic_int_set (&is_watched, FALSE);
      g_clear_pointer (&hub.ring, wsp_attach_ring_free);
      for (GList *link = hub.entries.head; link != NULL; link = link->next)
        make_due (link->data);
    }
  g_mutex_unlock (&hub.lock);
  g_clear_pointer (&inspector->reader.wanted, g_hash_table_unref);
}

/* The caller has the lock. */
static gboolean
attach_hub_begin_watching (WspAttachInspector *inspector)
{
  if (hub.ring == NULL)
    hub.ring = wsp_attach_ring_new ();
  inspector->is_watching = hub.ring != NULL &&
                           wsp_attach_ring_enter (hub.ring, &inspector->reader);
  inspector->taken_us = g_get_monotonic_time ();
  g_atomic_int_set (&is_watched, hub.ring != NULL);
  return inspector->is_watching;
}

gboolean
wsp_attach_hub_want (WspAttachInspector *inspector,
                     GHashTable         *wanted)
{
  GHashTable *before;
  gboolean is_watching;

  g_mutex_lock (&hub.lock);
  before = inspector->reader.wanted;
  inspector->reader.wanted = wanted;
  inspector->is_round_due = TRUE;
  is_watching = inspector->is_watching || attach_hub_begin_watching (inspector);
  g_mutex_unlock (&hub.lock);
  g_clear_pointer (&before, g_hash_table_unref);
  return is_watching;
}

/* The caller has the lock. */
static void
begin_round (WspAttachInspector *inspector,
             gint64              now_us)
{
  GHashTable *wanted = inspector->reader.wanted;

  inspector->is_round_due = FALSE;
  inspector->is_in_round = TRUE;
  inspector->round_us = now_us;
  for (GList *link = hub.entries.head; link != NULL; link = link->next)
    {
      WspAttachEntry *entry = link->data;

      if (wanted == NULL ||
          g_hash_table_contains (wanted, GUINT_TO_POINTER (entry->subject.number)))
        make_due (entry);
    }
}

/* The caller has the lock.  Returns after how many microseconds another round may begin; -1: none
 * is due. */
static gint64
begin_rounds (gint64 now_us)
{
  gint64 wait_us = -1;

  for (guint i = 0; i < G_N_ELEMENTS (hub.inspectors); i++)
    {
      WspAttachInspector *inspector = hub.inspectors[i];
      gint64 left_us;

      if (inspector == NULL || !inspector->is_round_due)
        continue;

      left_us = inspector->round_us != 0 ? inspector->round_us + ROUND_US - now_us : 0;
      if (left_us <= 0 && !inspector->is_in_round)
        begin_round (inspector, now_us);
      else
        wait_us = wait_us < 0 ? MAX (left_us, ANSWER_US) : MIN (wait_us, MAX (left_us, ANSWER_US));
    }
  return wait_us;
}

/* The caller has the lock. */
static guint
attach_hub_take_due (WspAttachEntry **asked,
                     gint64           now_us)
{
  guint n = 0;

  if ((hub.n_posted > 0 && now_us - hub.posted_us < ANSWER_US) ||
      now_us - hub.put_off_us < ANSWER_US || !attach_hub_has_room (now_us))
    return 0;

  while (n < SHOWN_AT_ONCE && hub.due.head != NULL)
    {
      WspAttachEntry *entry = hub.due.head->data;

      drop_due (entry);
      entry->is_posted = TRUE;
      entry->ref_count++;
      asked[n++] = entry;
    }
  hub.n_posted += n;
  if (n > 0)
    hub.posted_us = now_us;
  return n;
}

static const WspAttachSubject *
get_subject (const GList *link)
{
  return &((const WspAttachEntry *) link->data)->subject;
}

/* The caller has the lock. */
static guint
count_open (void)
{
  guint n = 0;

  for (const GList *link = hub.entries.head; link != NULL; link = link->next)
    n += !get_subject (link)->is_closed;
  return n;
}

/* The caller has the lock.  Tells which connections there are.  An inspector does not keep more
 * than WSP_ATTACH_MAX_OPEN. */
static void
put_open (void)
{
  static guint32 record[2 + NUMBERS_AT_ONCE];
  const GList *link = hub.entries.head;
  const guint n_open = count_open ();
  guint n_before = 0;

  if (n_open > WSP_ATTACH_MAX_OPEN)
    return;

  do
    {
      guint n = 0;

      for (; link != NULL && n < NUMBERS_AT_ONCE; link = link->next)
        if (!get_subject (link)->is_closed)
          record[2 + n++] = GUINT32_TO_LE (get_subject (link)->number);
      record[0] = GUINT32_TO_LE (n_open);
      record[1] = GUINT32_TO_LE (n_before);
      n_before += n;
      wsp_attach_hub_put (WSP_ATTACH_OPEN, 0, g_get_real_time (),
                          &(WspAttachPart) { record, (2 + n) * sizeof *record }, 1);
    }
  while (n_before < n_open);
}

/* The caller has the lock.  FALSE: there is a round that has not ended. */
static gboolean
end_rounds (gint64 now_us)
{
  gboolean is_in_round = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (hub.inspectors); i++)
    is_in_round |= hub.inspectors[i] != NULL && hub.inspectors[i]->is_in_round;
  if (!is_in_round)
    return TRUE;

  if (hub.due.length > 0 || !attach_hub_has_room (now_us) ||
      (hub.n_posted > 0 && now_us - hub.posted_us < ROUND_ANSWER_US))
    return FALSE;

  put_open ();
  for (guint i = 0; i < G_N_ELEMENTS (hub.inspectors); i++)
    if (hub.inspectors[i] != NULL)
      hub.inspectors[i]->is_in_round = FALSE;
  return TRUE;
}

int
wsp_attach_hub_show_some (void)
{
  WspAttachEntry *asked[SHOWN_AT_ONCE];
  const gint64 now_us = g_get_monotonic_time ();
  gint64 wait_us;
  guint n;

  g_mutex_lock (&hub.lock);
  wait_us = begin_rounds (now_us);
  n = attach_hub_take_due (asked, now_us);
  if (!end_rounds (now_us) || hub.due.length > 0)
    wait_us = ANSWER_US;
  g_mutex_unlock (&hub.lock);

  for (guint i = 0; i < n; i++)
    if (!wsp_reactor_post (asked[i]->reactor, &asked[i]->post))
      drop_show (&asked[i]->post);
  return wait_us < 0 ? -1 : (int) (wait_us / G_TIME_SPAN_MILLISECOND) + 1;
}

gsize
wsp_attach_hub_take (WspAttachInspector *inspector,
                     guint8             *to,
                     gsize               room)
{
  gsize n;

  g_mutex_lock (&hub.lock);
  n = wsp_attach_ring_take (hub.ring, &inspector->reader, to, room);
  hub.is_waiting = TRUE;
  if (n > 0)
    inspector->taken_us = g_get_monotonic_time ();
  g_mutex_unlock (&hub.lock);
  return n;
}

/* The caller has the lock. */
static void
attach_hub_wake (void)
{
  if (!hub.is_waiting)
    return;

  hub.is_waiting = FALSE;
  hub.wake ();
}

WspAttachSubject *
wsp_attach_hub_find (GObject *source)
{
  WspAttachEntry *entry =
    hub.ring != NULL ? g_hash_table_lookup (hub.by_source, source) : NULL;

  return entry != NULL ? &entry->subject : NULL;
}

void
wsp_attach_hub_put (WspAttachKind        kind,
                    guint32              connection,
                    gint64               wall_us,
                    const WspAttachPart *parts,
                    guint                n_parts)
{
  wsp_attach_ring_put (hub.ring, kind, connection, wall_us, parts, n_parts);
  attach_hub_wake ();
}

void
wsp_attach_show_new (GObject *source)
{
  const WspAttachFuncs *funcs = NULL;
  const WspAttachEntry *entry;

  g_mutex_lock (&hub.lock);
  entry = g_hash_table_lookup (hub.by_source, source);
  if (entry != NULL)
    funcs = entry->funcs;
  else if (hub.ring != NULL)
    {
      hub.n_others = (hub.n_others + 1) % FIRST_OTHER_NUMBER;
      attach_hub_add_entry (source, FIRST_OTHER_NUMBER + hub.n_others);
    }
  g_mutex_unlock (&hub.lock);
  if (funcs != NULL)
    funcs->show_new (source);
}

void
wsp_attach_put_off_position (GObject *source)
{
  WspAttachEntry *entry;

  g_mutex_lock (&hub.lock);
  entry = g_hash_table_lookup (hub.by_source, source);
  if (entry != NULL)
    entry->subject.is_position_due = TRUE;
  g_mutex_unlock (&hub.lock);
}

void
wsp_attach_end_message (GObject *source)
{
  const WspAttachFuncs *funcs = NULL;
  const WspAttachEntry *entry;

  if (!wsp_attach_is_watched ())
    return;

  g_mutex_lock (&hub.lock);
  entry = g_hash_table_lookup (hub.by_source, source);
  if (entry != NULL && entry->subject.is_position_due)
    funcs = entry->funcs;
  g_mutex_unlock (&hub.lock);
  if (funcs != NULL)
    funcs->show_position (source);
}

void
wsp_attach_show (GObject *connection)
{
  const WspAttachFuncs *funcs;

  if (!wsp_attach_is_watched ())
    return;

  funcs = wsp_attach_hub_get_funcs (connection);
  if (funcs != NULL && !funcs->show (connection))
    put_off (connection);
}
