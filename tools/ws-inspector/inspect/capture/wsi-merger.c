/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A source puts entries at the end of its lane's queue, under the lane's lock.  The writer takes
 * the whole queue at once, so that the lock is held for the exchange of two arrays only.
 *
 * The writer wakes up a moment after the first entry: one wake-up serves many entries, whatever
 * the rate.  It returns to its main loop after a while, so that a flood does not starve it.
 *
 * (1) n_bytes counts entries from wsi_lane_put () until they were written or dropped.
 * (2) A lane that has dropped bytes of a conversation puts a gap before the next entry of it. */

#include "inspect/capture/wsi-merger.h"

#include <stdatomic.h>
#include <string.h>

#define LAG_US 2000                     /* from the first entry to its writing */
#define MAX_ENTRIES_PER_DISPATCH 4096
#define ENTRY_SIZE 256                  /* bytes, with what an entry refers to */
#define MIN_QUEUE 64                    /* entries */
#define MAX_EMPTY_QUEUE 8192            /* entries of a queue that is kept while it is empty */
#define N_DIRECTIONS 2

typedef struct
{
  WsiEntry *entries;
  gsize     first, n, capacity;         /* entries first .. n - 1 wait */
} Queue;

struct _WsiLane
{
  atomic_int      n_references;
  WsiLaneOptions  options;
  WsiLaneFunc     function;
  gpointer        user_data;
  GDestroyNotify  destroy;

  Queue           taken;                /* the writer's; sorted by the source */
  gsize           n_written;            /* bytes, not yet subtracted from n_bytes */

  GMutex          mutex;                /* for what follows */
  GCond           has_room;
  Queue           waiting;
  gsize           n_bytes;
  gboolean        is_waiting;           /* the source */
  gboolean        is_ended, is_closed;
  GHashTable     *missing;              /* WsiConversation to guint64[N_DIRECTIONS], or NULL */
  WsiMerger      *merger;               /* NULL: it is closed */
};

struct _WsiMerger
{
  GObject       parent_instance;

  GMainContext *context;
  GSource      *source;
  atomic_bool   is_awake;               /* a dispatch is due */

  GMutex        mutex;                  /* for the array */
  GPtrArray    *lanes;
};

G_DEFINE_FINAL_TYPE (WsiMerger, wsi_merger, G_TYPE_OBJECT)

static void
queue_add (Queue          *queue,
           const WsiEntry *entry)
{
  if (queue->n == queue->capacity)
    {
      queue->capacity = MAX (2 * queue->capacity, MIN_QUEUE);
      queue->entries = g_renew (WsiEntry, queue->entries, queue->capacity);
    }
  queue->entries[queue->n++] = *entry;
}

static void
entry_clear (WsiEntry *entry)
{
  g_clear_object (&entry->conversation);
  g_clear_pointer (&entry->bytes, g_bytes_unref);
  g_clear_pointer (&entry->text, g_free);
}

static void
queue_clear (Queue *queue)
{
  for (gsize i = queue->first; i < queue->n; i++)
    entry_clear (&queue->entries[i]);
  g_clear_pointer (&queue->entries, g_free);
  *queue = (Queue) { 0 };
}

static gboolean
queue_is_empty (const Queue *queue)
{
  return queue->first == queue->n;
}

static gsize
get_size (const WsiEntry *entry)
{
  return ENTRY_SIZE + (entry->bytes != NULL ? g_bytes_get_size (entry->bytes) : 0) +
         (entry->text != NULL ? strlen (entry->text) : 0);
}

static void
lane_close (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->is_closed = TRUE;
  self->merger = NULL;
  queue_clear (&self->waiting);
  g_clear_pointer (&self->missing, g_hash_table_unref);
  g_cond_broadcast (&self->has_room);
}

/* The writer's part. */
static void
lane_release (WsiLane *self)
{
  GDestroyNotify destroy = g_steal_pointer (&self->destroy);

  lane_close (self);
  queue_clear (&self->taken);
  if (destroy != NULL)
    destroy (self->user_data);
  wsi_lane_unref (self);
}

void
wsi_lane_unref (WsiLane *self)
{
  if (atomic_fetch_sub (&self->n_references, 1) > 1)
    return;

  queue_clear (&self->taken);
  queue_clear (&self->waiting);
  g_clear_pointer (&self->missing, g_hash_table_unref);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->has_room);
  g_free (self);
}

static void
wake (WsiMerger *self,
      gint64     delay_us)
{
  if (!atomic_exchange (&self->is_awake, TRUE) || delay_us == 0)
    g_source_set_ready_time (self->source, delay_us == 0 ? 0 : g_get_monotonic_time () + delay_us);
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

/* Takes the references of the entry over. */
static void
add (WsiLane        *self,
     const WsiEntry *entry)
{
  gsize n_before = self->n_bytes;
  gsize half = self->options.max_bytes / 2;

  self->n_bytes += get_size (entry);
  queue_add (&self->waiting, entry);
  if (n_before < half && self->n_bytes >= half)
    wake (self->merger, 0);
  else
    wake (self->merger, LAG_US);
}

static void
add_gaps (WsiLane         *self,
          WsiConversation *conversation,
          const guint64   *missing,
          gint64           time_us)
{
  for (guint i = 0; i < N_DIRECTIONS; i++)
    {
      const WsiEntry gap = {
        .kind = WSI_ENTRY_SKIP,
        .conversation = conversation,
        .direction = i,
        .length = missing[i],
        .time_us = time_us,
      };

      if (missing[i] == 0)
        continue;

      g_object_ref (conversation);
      add (self, &gap);
    }
}

/* The gaps of all conversations, once there is room again. */
static void
add_all_gaps (WsiLane *self,
              gint64   time_us)
{
  GHashTableIter iter;
  gpointer conversation, missing;

  g_hash_table_iter_init (&iter, self->missing);
  while (g_hash_table_iter_next (&iter, &conversation, &missing))
    add_gaps (self, conversation, missing, time_us);
  g_clear_pointer (&self->missing, g_hash_table_unref);
}

/* An entry without bytes is never dropped: the gaps of its conversation come first. */
static void
add_gaps_before (WsiLane        *self,
                 const WsiEntry *entry)
{
  const guint64 *missing = g_hash_table_lookup (self->missing, entry->conversation);

  if (missing == NULL)
    return;

  add_gaps (self, entry->conversation, missing, entry->time_us);
  g_hash_table_remove (self->missing, entry->conversation);
}

static void
drop (WsiLane        *self,
      const WsiEntry *entry)
{
  guint64 *missing;

  if (self->missing == NULL)
    self->missing = g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
  missing = g_hash_table_lookup (self->missing, entry->conversation);
  if (missing == NULL)
    {
      missing = g_new0 (guint64, N_DIRECTIONS);
      g_hash_table_insert (self->missing, g_object_ref (entry->conversation), missing);
    }
  missing[entry->direction] += g_bytes_get_size (entry->bytes);
}

/* Twice as much is permitted for entries that cannot be dropped; then the source waits too. */
static void
wait_for_room (WsiLane *self)
{
  gsize limit = self->options.when_full == WSI_WHEN_FULL_WAIT ? self->options.max_bytes
                                                              : 2 * self->options.max_bytes;

  while (self->n_bytes >= limit && !self->is_closed)
    {
      self->is_waiting = TRUE;
      g_cond_wait (&self->has_room, &self->mutex);
    }
}

/* Once bytes were dropped, more are until half of the room is free: few long gaps, not many. */
static gboolean
is_dropped (WsiLane        *self,
            const WsiEntry *entry)
{
  gsize limit = self->missing != NULL ? self->options.max_bytes / 2 : self->options.max_bytes;

  return entry->kind == WSI_ENTRY_PUSH && self->options.when_full == WSI_WHEN_FULL_SKIP &&
         self->n_bytes >= limit;
}

void
wsi_lane_put (WsiLane        *self,
              const WsiEntry *entry)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  WsiEntry kept = *entry;

  if (is_dropped (self, entry))
    {
      drop (self, entry);
      return;
    }

  wait_for_room (self);
  if (self->is_closed)
    return;

  if (self->missing != NULL && self->n_bytes < self->options.max_bytes / 2)
    add_all_gaps (self, entry->time_us);
  else if (self->missing != NULL)
    add_gaps_before (self, entry);

  g_object_ref (kept.conversation);
  if (kept.bytes != NULL)
    g_bytes_ref (kept.bytes);
  kept.text = g_strdup (kept.text);
  add (self, &kept);
}

void
wsi_lane_end (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->is_ended = TRUE;
  if (self->merger != NULL)
    wake (self->merger, LAG_US);
}

/* The writer's thread, from here on. */

/* The place of the queue is used again, unless it has become large. */
static void
queue_reset (Queue *queue)
{
  if (queue->capacity > MAX_EMPTY_QUEUE)
    queue_clear (queue);
  queue->first = queue->n = 0;
}

/* FALSE: nothing waits. */
static gboolean
lane_fill (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Queue queue;

  if (!queue_is_empty (&self->taken))
    return TRUE;

  queue_reset (&self->taken);
  locker = g_mutex_locker_new (&self->mutex);
  queue = self->waiting;
  self->waiting = self->taken;
  self->taken = queue;
  return !queue_is_empty (&self->taken);
}

static void
lane_return_room (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->n_bytes -= self->n_written;
  self->n_written = 0;
  if (self->is_waiting && self->n_bytes < self->options.max_bytes / 2)
    {
      self->is_waiting = FALSE;
      g_cond_broadcast (&self->has_room);
    }
}

static gboolean
lane_has_ended (WsiLane *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->is_ended && queue_is_empty (&self->taken) && queue_is_empty (&self->waiting);
}

/* The receiver may close the writer, and with it the queue. */
static void
lane_write_one (WsiLane *self)
{
  WsiEntry entry = self->taken.entries[self->taken.first++];

  self->n_written += get_size (&entry);
  self->function (self->user_data, &entry);
  entry_clear (&entry);
}

static gint64
lane_get_time (const WsiLane *self)
{
  const WsiEntry *entry = &self->taken.entries[self->taken.first];

  return wsi_conversation_to_wall_time (entry->conversation, entry->time_us);
}

/* The lane with the earliest entry; NULL: none, or a recorded lane may yet have an earlier one. */
static WsiLane *
choose (GPtrArray *lanes)
{
  WsiLane *best = NULL;

  for (guint i = 0; i < lanes->len; i++)
    {
      WsiLane *lane = lanes->pdata[i];

      if (queue_is_empty (&lane->taken) &&
          (lane->options.kind == WSI_LANE_LIVE || !lane_fill (lane)))
        {
          if (lane->options.kind == WSI_LANE_RECORDED && !lane_has_ended (lane))
            return NULL;
          continue;
        }

      if (best == NULL || lane_get_time (lane) < lane_get_time (best))
        best = lane;
    }
  return best;
}

/* A copy: an entry may make its receiver add or close lanes. */
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

/* FALSE: more waits. */
static gboolean
write_some (WsiMerger *self,
            guint      max_entries)
{
  g_autoptr (GPtrArray) lanes = dup_lanes (self);
  WsiLane *lane = NULL;

  for (guint i = 0; i < lanes->len; i++)
    lane_fill (lanes->pdata[i]);
  for (guint i = 0; i < max_entries && (lane = choose (lanes)) != NULL; i++)
    lane_write_one (lane);
  for (guint i = 0; i < lanes->len; i++)
    lane_return_room (lanes->pdata[i]);
  remove_ended (self, lanes);
  return lane == NULL;
}

static gboolean
dispatch (GSource    *source,
          GSourceFunc callback,
          gpointer    data)
{
  g_autoptr (WsiMerger) self = g_object_ref (data);

  g_source_set_ready_time (source, -1);
  atomic_store (&self->is_awake, FALSE);
  if (!write_some (self, MAX_ENTRIES_PER_DISPATCH))
    wake (self, 0);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_functions = { .dispatch = dispatch };

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
}

WsiMerger *
wsi_merger_new (GMainContext *context)
{
  WsiMerger *self = g_object_new (WSI_TYPE_MERGER, NULL);

  self->context = context != NULL ? g_main_context_ref (context)
                                  : g_main_context_ref_thread_default ();
  self->source = g_source_new (&source_functions, sizeof (GSource));
  g_source_set_callback (self->source, NULL, self, NULL);
  g_source_attach (self->source, self->context);
  return self;
}

void
wsi_merger_flush (WsiMerger *self)
{
  g_autoptr (WsiMerger) kept = g_object_ref (self);

  while (!write_some (kept, MAX_ENTRIES_PER_DISPATCH))
    continue;
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
