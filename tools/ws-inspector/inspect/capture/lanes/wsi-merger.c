/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Merges the lanes of sources in the writer's thread.  A source puts entries at the end of its
 * lane's queue, under the lane's lock.  The writer takes the whole queue at once, so that the lock
 * is held for the exchange of two arrays only.
 *
 * The writer wakes up a moment after the first entry: one wake-up serves many entries, whatever
 * the rate.  It returns to its main loop after a while, and yields to everything but what is idle,
 * so that a flood does not stop the drawing of windows.
 *
 * n_bytes counts entries from wsi_lane_put () until they were written or dropped.
 * A lane that has dropped bytes of a conversation puts a gap before the next entry of it, and once
 * half of its room is free. */

#include "inspect/capture/lanes/wsi-merger.h"

#include <stdatomic.h>

#include "inspect/capture/lanes/wsi-entry-queue.h"
#include "inspect/capture/lanes/wsi-losses.h"
#include "inspect/store/wsi-sentence.h"

#define LAG_US 2000                     /* time from the first entry to the writing */
#define PATIENCE_US 500000              /* time that live lanes wait for a recorded lane without
                                         * entries */
#define MAX_ENTRIES_PER_DISPATCH 4096

struct _WsiLane
{
  atomic_int      n_references;
  WsiLaneOptions  options;
  WsiLaneFunc     function;
  gpointer        user_data;
  GDestroyNotify  destroy;

  WsiEntryQueue           taken;                /* entries that the writer has taken */
  gsize           n_written;            /* bytes that were written, but still count in n_bytes */

  GMutex          mutex;                /* lock for the members after it */
  GCond           has_room;
  WsiEntryQueue           waiting;
  gsize           n_bytes;
  gboolean        never_waits;          /* the source does not wait for room: it is to end */
  gboolean        is_ended, is_closed;
  gboolean        is_dropping;          /* entries are dropped until half of the room is free */
  WsiLosses       losses;
  gint64          last_us;              /* latest time that the source has put, dropped or not */
  WsiMerger      *merger;               /* merger that reads the lane; NULL: the lane is closed */
};

struct _WsiMerger
{
  GObject       parent_instance;

  GMainContext *context;
  WsiWallClock     *clock;
  GSource      *source;
  atomic_bool   is_awake;               /* a dispatch of source is due */
  gboolean      is_writing;
  gint64        silent_since;           /* time since when a recorded lane holds live entries back;
                                         * 0 = none does */

  GMutex        mutex;                  /* lock for lanes */
  GPtrArray    *lanes;
};

G_DEFINE_FINAL_TYPE (WsiMerger, wsi_merger, G_TYPE_OBJECT)

static void
lane_close (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->is_closed = TRUE;
  self->merger = NULL;
  wsi_entry_queue_clear (&self->waiting);
  wsi_losses_clear (&self->losses);
  g_cond_broadcast (&self->has_room);
}

/* Releases the writer's reference to a lane. */
static void
lane_release (WsiLane *self)
{
  GDestroyNotify destroy = g_steal_pointer (&self->destroy);

  lane_close (self);
  wsi_entry_queue_clear (&self->taken);
  if (destroy != NULL)
    destroy (self->user_data);
  wsi_lane_unref (self);
}

void
wsi_lane_unref (WsiLane *self)
{
  if (atomic_fetch_sub (&self->n_references, 1) > 1)
    return;

  wsi_entry_queue_clear (&self->taken);
  wsi_entry_queue_clear (&self->waiting);
  wsi_losses_clear (&self->losses);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->has_room);
  g_free (self);
}

static void
merger_wake (WsiMerger *self,
             gint64     delay_us)
{
  if (!atomic_exchange (&self->is_awake, TRUE) || delay_us == 0)
    g_source_set_ready_time (self->source, delay_us == 0 ? 0 : g_get_monotonic_time () + delay_us);
}

/* Wakes the writer later, unless an entry wakes it earlier. */
static void
wake_later (WsiMerger *self,
            gint64     time_us)
{
  g_source_set_ready_time (self->source, time_us);
  if (atomic_load (&self->is_awake))    /* the writer is awake: an entry may have set its time just
                                         * before */
    g_source_set_ready_time (self->source, g_get_monotonic_time () + LAG_US);
}

WsiLane *
wsi_lane_new (WsiMerger            *merger,
              const WsiLaneOptions *options,
              WsiLaneFunc           function,
              gpointer              user_data,
              GDestroyNotify        destroy)
{
  WsiLane *self = g_new0 (WsiLane, 1);

  self->n_references = 2;
  self->options = *options;
  if (self->options.max_bytes == 0)
    self->options.max_bytes = WSI_LANE_DEFAULT_MAX_BYTES;
  if (self->options.kind == WSI_LANE_RECORDED)
    self->options.when_full = WSI_WHEN_FULL_WAIT;       /* a recorded source waits: no gap that is
                                                         * not in the file */
  self->function = function;
  self->user_data = user_data;
  self->destroy = destroy;
  self->merger = merger;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->has_room);

  g_mutex_lock (&merger->mutex);
  g_ptr_array_add (merger->lanes, self);
  g_mutex_unlock (&merger->mutex);
  return self;
}

/* Adds an entry to a lane, and takes its references over. */
static void
merger_add (gpointer        lane,
            const WsiEntry *entry)
{
  WsiLane *self = lane;
  gsize n_before = self->n_bytes;
  gsize half = self->options.max_bytes / 2;

  self->n_bytes += wsi_entry_get_size (entry);
  wsi_entry_queue_add (&self->waiting, entry);
  if (n_before < half && self->n_bytes >= half)
    merger_wake (self->merger, 0);
  else
    merger_wake (self->merger, LAG_US);
}

/* Twice as much is permitted for entries that cannot be dropped; then the source waits too. */
static void
wait_for_room (WsiLane *self)
{
  gsize limit = self->options.when_full == WSI_WHEN_FULL_WAIT ? self->options.max_bytes
                                                              : 2 * self->options.max_bytes;

  while (self->n_bytes >= limit && !self->is_closed && !self->never_waits)
    g_cond_wait (&self->has_room, &self->mutex);
}

/* Whether an entry is dropped: after a first one, more are until half of the room is free, which
 * makes few long gaps. */
static gboolean
merger_is_dropped (WsiLane        *self,
                   const WsiEntry *entry)
{
  gsize limit = self->is_dropping ? self->options.max_bytes / 2 : self->options.max_bytes;

  return entry->kind == WSI_ENTRY_PUSH && self->n_bytes >= limit &&
         (self->options.when_full == WSI_WHEN_FULL_SKIP || self->never_waits);
}

void
wsi_lane_put (WsiLane        *self,
              const WsiEntry *entry)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  WsiEntry kept;

  if (self->is_ended)
    return;

  self->last_us = MAX (self->last_us, entry->time_us);
  if (merger_is_dropped (self, entry))
    {
      self->is_dropping = TRUE;
      wsi_losses_add (&self->losses, entry);
      return;
    }

  wait_for_room (self);
  if (self->is_closed)          /* the lane may have been closed while it waited */
    return;

  /* An entry without bytes is never dropped: the gaps of its conversation come first. */
  wsi_losses_tell_before (&self->losses, entry, merger_add, self);
  kept = wsi_entry_copy (entry);
  merger_add (self, &kept);
}

void
wsi_lane_stop_waiting (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->never_waits = TRUE;
  g_cond_broadcast (&self->has_room);
}

void
wsi_lane_end (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->is_ended = TRUE;
  if (self->merger != NULL)
    merger_wake (self->merger, LAG_US);
}

/* The writer's thread, from here on. */

/* Moves entries to the writer.  FALSE: nothing waits. */
static gboolean
lane_fill (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = NULL;
  WsiEntryQueue queue;

  if (!wsi_entry_queue_is_empty (&self->taken))
    return TRUE;

  wsi_entry_queue_reset (&self->taken);
  locker = g_mutex_locker_new (&self->mutex);
  queue = self->waiting;
  self->waiting = self->taken;
  self->taken = queue;
  return !wsi_entry_queue_is_empty (&self->taken);
}

/* Gives the source its room back.  TRUE: there are new entries. */
static gboolean
lane_return_room (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->n_bytes -= self->n_written;
  self->n_written = 0;
  if (self->n_bytes >= self->options.max_bytes / 2)
    return FALSE;

  self->is_dropping = FALSE;
  g_cond_broadcast (&self->has_room);
  if (wsi_losses_are_none (&self->losses))
    return FALSE;

  /* losses are reported now: nothing may follow them for long */
  wsi_losses_tell (&self->losses, self->last_us, merger_add, self);
  return TRUE;
}

static gboolean
lane_has_ended (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->is_ended && wsi_entry_queue_is_empty (&self->taken) &&
         wsi_entry_queue_is_empty (&self->waiting);
}

/* Writes an entry; its receiver may close the writer, and with it the queue. */
static void
lane_write_one (WsiLane *self)
{
  WsiEntry entry = self->taken.entries[self->taken.first++];

  self->n_written += wsi_entry_get_size (&entry);
  self->function (self->user_data, &entry);
  wsi_entry_clear (&entry);
}

static gint64
lane_get_time (const WsiLane *self)
{
  const WsiEntry *entry = &self->taken.entries[self->taken.first];

  return entry->time_us;
}

/* Whether a recorded lane that has not ended may yet have an entry earlier than all others. */
static gboolean
is_silent (WsiLane *self)
{
  return self->options.kind == WSI_LANE_RECORDED && !lane_fill (self) && !lane_has_ended (self);
}

static gboolean
is_any_silent (GPtrArray *lanes)
{
  for (guint i = 0; i < lanes->len; i++)
    {
      if (is_silent (lanes->pdata[i]))
        return TRUE;
    }
  return FALSE;
}

typedef enum
{
  AMONG_ALL,
  AMONG_LIVE,
} Choice;

/* The lane with the earliest entry.  NULL: none has an entry, not even one that has come since the
 * last wake-up. */
static WsiLane *
merger_find_earliest (GPtrArray *lanes,
                      Choice     choice)
{
  WsiLane *best = NULL;

  for (guint i = 0; i < lanes->len; i++)
    {
      WsiLane *lane = lanes->pdata[i];

      if ((choice == AMONG_LIVE && lane->options.kind == WSI_LANE_RECORDED) || !lane_fill (lane))
        continue;

      if (best == NULL || lane_get_time (lane) < lane_get_time (best))
        best = lane;
    }
  return best;
}

/* The lane whose entry is written next; NULL: none, for now. */
static WsiLane *
merger_choose (WsiMerger *self,
               GPtrArray *lanes)
{
  WsiLane *live;
  gint64 now;

  if (!is_any_silent (lanes))
    {
      self->silent_since = 0;
      return merger_find_earliest (lanes, AMONG_ALL);
    }

  live = merger_find_earliest (lanes, AMONG_LIVE);
  if (live == NULL)
    return NULL;

  now = g_get_monotonic_time ();
  if (self->silent_since == 0)
    self->silent_since = now;
  if (now - self->silent_since >= PATIENCE_US)
    return live;

  wake_later (self, self->silent_since + PATIENCE_US);
  return NULL;
}

/* A copy of the lanes: an entry may make its receiver add or close lanes. */
static GPtrArray *
dup_lanes (WsiMerger *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GPtrArray *lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_lane_unref);

  for (guint i = 0; i < self->lanes->len; i++)
    {
      WsiLane *lane = self->lanes->pdata[i];

      atomic_fetch_add (&lane->n_references, 1);
      g_ptr_array_add (lanes, lane);
    }
  return lanes;
}

static void
remove_ended (WsiMerger *self,
              GPtrArray *lanes)
{
  for (guint i = 0; i < lanes->len; i++)
    {
      gboolean is_removed;

      if (!lane_has_ended (lanes->pdata[i]))
        continue;

      g_mutex_lock (&self->mutex);
      is_removed = g_ptr_array_remove (self->lanes, lanes->pdata[i]);
      g_mutex_unlock (&self->mutex);
      if (is_removed)
        lane_release (lanes->pdata[i]);
    }
}

/* Writes some entries.  FALSE: more wait. */
static gboolean
merger_write_some (WsiMerger *self,
                   guint      max_entries)
{
  g_autoptr (GPtrArray) lanes = dup_lanes (self);
  WsiLane *lane = NULL;
  gboolean has_gaps = TRUE;
  guint n = 0;

  self->is_writing = TRUE;
  while (has_gaps)
    {
      for (; n < max_entries && (lane = merger_choose (self, lanes)) != NULL; n++)
        lane_write_one (lane);
      has_gaps = FALSE;
      for (guint i = 0; i < lanes->len; i++)
        has_gaps |= lane_return_room (lanes->pdata[i]);
    }
  self->is_writing = FALSE;
  remove_ended (self, lanes);
  return lane == NULL;
}

static gboolean
merger_dispatch (GSource    *source,
                 GSourceFunc callback,
                 gpointer    data)
{
  g_autoptr (WsiMerger) self = g_object_ref (data);

  g_source_set_ready_time (source, -1);
  atomic_store (&self->is_awake, FALSE);
  if (self->is_writing)         /* a receiver runs the main loop, so this call is inside another */
    merger_wake (self, LAG_US);
  else if (!merger_write_some (self, MAX_ENTRIES_PER_DISPATCH))
    merger_wake (self, 0);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_functions = { .dispatch = merger_dispatch };

static void
wsi_merger_dispose (GObject *object)
{
  wsi_merger_close (WSI_MERGER (object));
  G_OBJECT_CLASS (wsi_merger_parent_class)->dispose (object);
}

static void
wsi_merger_finalize (GObject *object)
{
  WsiMerger *self = WSI_MERGER (object);

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_main_context_unref (self->context);
  wsi_wall_clock_unref (self->clock);
  g_ptr_array_unref (self->lanes);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (wsi_merger_parent_class)->finalize (object);
}

static void
wsi_merger_class_init (WsiMergerClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_merger_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_merger_finalize;
}

static void
wsi_merger_init (WsiMerger *self)
{
  g_mutex_init (&self->mutex);
  self->lanes = g_ptr_array_new ();
  self->clock = wsi_wall_clock_new ();
}

WsiMerger *
wsi_merger_new (GMainContext *context)
{
  WsiMerger *self = g_object_new (WSI_TYPE_MERGER, NULL);

  self->context = context != NULL ? g_main_context_ref (context)
                                  : g_main_context_ref_thread_default ();
  self->source = g_source_new (&source_functions, sizeof (GSource));
  g_source_set_callback (self->source, NULL, self, NULL);
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT_IDLE);
  g_source_attach (self->source, self->context);
  return self;
}

WsiWallClock *
wsi_merger_get_clock (WsiMerger *self)
{
  return self->clock;
}

static guint
count_waiting (WsiMerger *self)
{
  g_autoptr (GPtrArray) lanes = dup_lanes (self);
  gsize n = 0;

  for (guint i = 0; i < lanes->len; i++)
    {
      WsiLane *lane = lanes->pdata[i];
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lane->mutex);

      n += lane->waiting.n - lane->waiting.first + lane->taken.n - lane->taken.first;
      n += wsi_losses_count (&lane->losses);
    }
  return MIN (n, G_MAXUINT);
}

/* The time of the first entry.  G_MAXINT64: nothing waits. */
static gint64
merger_get_first_time (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (!wsi_entry_queue_is_empty (&self->taken))
    return lane_get_time (self);

  locker = g_mutex_locker_new (&self->mutex);
  return wsi_entry_queue_is_empty (&self->waiting)
         ? G_MAXINT64 : self->waiting.entries[self->waiting.first].time_us;
}

gint64
wsi_merger_get_delay (WsiMerger *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gint64 now = wsi_wall_clock_to_wall (self->clock, g_get_monotonic_time ()), first = now;

  for (guint i = 0; i < self->lanes->len; i++)
    {
      WsiLane *lane = self->lanes->pdata[i];

      if (lane->options.kind == WSI_LANE_LIVE)
        first = MIN (first, merger_get_first_time (lane));
    }
  return now - first;
}

void
wsi_merger_flush (WsiMerger *self)
{
  g_autoptr (WsiMerger) kept = g_object_ref (self);

  if (!self->is_writing)
    merger_write_some (kept, count_waiting (kept));
}

void
wsi_merger_close (WsiMerger *self)
{
  g_autoptr (GPtrArray) lanes = g_ptr_array_new ();

  g_mutex_lock (&self->mutex);
  g_ptr_array_extend_and_steal (lanes, g_steal_pointer (&self->lanes));
  self->lanes = g_ptr_array_new ();
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < lanes->len; i++)
    lane_release (lanes->pdata[i]);
}
