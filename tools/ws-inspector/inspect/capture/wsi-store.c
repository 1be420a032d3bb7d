/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-store.h"

#include "inspect/capture/wsi-arena.h"

#define SEGMENT_LENGTH 16384
#define EVICTED_PART 16

struct _WsiStore
{
  GObject    parent_instance;

  GPtrArray *segments;          /* of arrays of SEGMENT_LENGTH records */
  guint64    first, end;        /* numbers of the oldest record, and of the next one */
  guint64    announced;         /* up to where the signal was emitted */
  guint64    max_records;
  guint64    n_dropped;         /* frames of which the record or the payload could not be kept */
  guint64    n_dropped_reported;
  WsiArena  *arena;
};

enum
{
  APPENDED,
  DROPPED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiStore, wsi_store, G_TYPE_OBJECT)

static void
wsi_store_finalize (GObject *object)
{
  WsiStore *self = WSI_STORE (object);

  g_ptr_array_unref (self->segments);
  g_clear_pointer (&self->arena, wsi_arena_free);
  G_OBJECT_CLASS (wsi_store_parent_class)->finalize (object);
}

static void
wsi_store_class_init (WsiStoreClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_store_finalize;

  /* Once for each batch: number of its first record, and how many they are. */
  signals[APPENDED] = g_signal_new ("appended", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT64,
                                    G_TYPE_UINT64);
  /* At most once for each batch: how many there are by now. */
  signals[DROPPED] = g_signal_new ("dropped", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
wsi_store_init (WsiStore *self)
{
  self->segments = g_ptr_array_new_with_free_func (g_free);
}

WsiStore *
wsi_store_new (guint64 max_records,
               gsize   max_payload)
{
  WsiStore *self = g_object_new (WSI_TYPE_STORE, NULL);

  self->max_records = max_records;
  self->arena = wsi_arena_new (max_payload);
  return self;
}

/* Many at once, because a list on the screen pays for each removal at its head. */
static void
evict_oldest (WsiStore *self)
{
  guint64 n_segments = MAX (self->max_records / EVICTED_PART / SEGMENT_LENGTH, 1);

  g_ptr_array_remove_range (self->segments, 0, n_segments);
  self->first += n_segments * SEGMENT_LENGTH;
}

static WsiRecord *
get_place (WsiStore *self,
           guint64   number)
{
  guint64 index = number - self->first;
  WsiRecord *segment = g_ptr_array_index (self->segments, index / SEGMENT_LENGTH);

  return &segment[index % SEGMENT_LENGTH];
}

/* FALSE: there is no memory for one more. */
static gboolean
make_place (WsiStore *self)
{
  WsiRecord *segment;

  if ((self->end - self->first) / SEGMENT_LENGTH < self->segments->len)
    return TRUE;

  segment = g_try_new (WsiRecord, SEGMENT_LENGTH);
  if (segment == NULL)
    return FALSE;

  g_ptr_array_add (self->segments, segment);
  return TRUE;
}

void
wsi_store_append (WsiStore             *self,
                  guint32               conversation,
                  const WspFrameRecord *frame,
                  GBytes               *payload)
{
  guint64 n_records = self->end - self->first;
  guint64 position = 0;
  gboolean is_stored;

  if (n_records >= self->max_records && n_records % SEGMENT_LENGTH == 0)
    evict_oldest (self);

  if (!make_place (self))
    {
      self->n_dropped++;
      return;
    }

  is_stored = payload != NULL && wsi_arena_add (self->arena, payload, &position);
  if (payload != NULL && !is_stored)
    self->n_dropped++;

  *get_place (self, self->end++) = (WsiRecord) {
    .frame = *frame,
    .conversation = conversation,
    .payload = position,
    .is_stored = is_stored,
  };
}

/* Frames that were dropped before they could be appended. */
void
wsi_store_count_dropped (WsiStore *self,
                         guint64   n)
{
  self->n_dropped += n;
}

guint64
wsi_store_get_n_dropped (WsiStore *self)
{
  return self->n_dropped;
}

/* Tells of what was appended, and of what was not, since the last time. */
void
wsi_store_announce (WsiStore *self)
{
  guint64 first = MAX (self->announced, self->first);

  if (self->end != self->announced)
    {
      self->announced = self->end;
      g_signal_emit (self, signals[APPENDED], 0, first, self->end - first);
    }

  if (self->n_dropped != self->n_dropped_reported)
    {
      self->n_dropped_reported = self->n_dropped;
      g_signal_emit (self, signals[DROPPED], 0, self->n_dropped);
    }
}

/* Number of the oldest record that is still there. */
guint64
wsi_store_get_first (WsiStore *self)
{
  return self->first;
}

/* Number that the next record will have. */
guint64
wsi_store_get_end (WsiStore *self)
{
  return self->end;
}

/* NULL for a record that is gone.  Valid until the next one is appended. */
const WsiRecord *
wsi_store_get_record (WsiStore *self,
                      guint64   number)
{
  if (number < self->first || number >= self->end)
    return NULL;

  return get_place (self, number);
}

/* At most max_length bytes of it; NULL when it was not kept, or not for so long. */
GBytes *
wsi_store_dup_payload (WsiStore *self,
                       guint64   number,
                       gsize     max_length)
{
  const WsiRecord *record = wsi_store_get_record (self, number);

  if (record == NULL || !record->is_stored)
    return NULL;

  return wsi_arena_dup (self->arena, record->payload, record->frame.inflated_length,
                        max_length);
}
