/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The records of a store in a ring of segments, each of which is allocated once and stays where it
 * is.
 *
 * A record is written before end is published, and does not change afterwards.
 * A segment is freed, and its place in the ring used again, only after first was published and all
 * who read by then have left.
 * There are never more segments than places: a reader that stays makes the ring full.
 * A reader that looks at end takes its cache line from the writer, which then waits: a reader at
 * full speed made appending take twice as long.  Readers look at end only for records that
 * known_end does not cover.
 */
#include "inspect/store/wsi-record-list.h"

#include <string.h>

#define EVICTED_PART 16
#define SPARE_SEGMENTS 2
#define ALIGNMENT 64
#define PUBLISHED_AT_ONCE 256
#define MAX_FAULT_SETS 4096

typedef struct
{
  guint16 n;
  guint16 faults[WSI_MAX_FAULTS];
} FaultSet;

typedef struct
{
  WsiRecord          *records;  /* records of the segment, each on a cache line */
  gpointer            memory;
  guint16 * _Atomic   fault_sets;       /* number of a set for each record, NULL: there is none */
} Segment;

struct _WsiRecordList
{
  _Alignas (ALIGNMENT)
  _Atomic guint64      end;     /* number after the last record, on a cache line of its own: it is
                                 * written with each record */
  _Alignas (ALIGNMENT)
  _Atomic guint64      first;
  _Atomic guint64      known_end;       /* a recent value of end, which is rarely written */
  guint64              n_places;
  Segment * _Atomic   *segments;
  FaultSet * _Atomic   sets;    /* sets of faults, interned: few combinations occur */

  WsiReaders          *readers;
  guint64              max_records, n_evicted_at_once;
  guint64              oldest;  /* first record whose segment is not freed; it may wait for that */
  guint64              ticket;  /* ticket of the readers that freeing segments waits for */
  guint64              ticket_end;      /* end of the records that are freed then */
  Segment             *current;
  guint                n_sets;
  GHashTable          *set_numbers;     /* number of each FaultSet */
};

static guint
hash_set (gconstpointer data)
{
  const FaultSet *set = data;
  guint hash = 5381;

  for (guint i = 0; i < set->n; i++)
    hash = hash * 33 + set->faults[i];
  return hash;
}

static gboolean
is_same_set (gconstpointer a,
             gconstpointer b)
{
  return memcmp (a, b, sizeof (FaultSet)) == 0;
}

WsiRecordList *
wsi_record_list_new (WsiReaders *readers,
                     guint64     max_records)
{
  WsiRecordList *self = g_aligned_alloc0 (1, sizeof (WsiRecordList), ALIGNMENT);
  guint64 n_segments = max_records / WSI_SEGMENT_LENGTH + 1;
  guint64 n_evicted = MAX (max_records / EVICTED_PART / WSI_SEGMENT_LENGTH, 1);

  self->readers = readers;
  self->max_records = MAX (max_records, 1);
  self->n_evicted_at_once = n_evicted * WSI_SEGMENT_LENGTH;
  self->n_places = n_segments + 2 * n_evicted + SPARE_SEGMENTS;
  self->segments = g_new0 (Segment * _Atomic, self->n_places);
  self->set_numbers = g_hash_table_new (hash_set, is_same_set);
  return self;
}

static void
segment_free (Segment *segment)
{
  g_free (atomic_load (&segment->fault_sets));
  g_free (segment->memory);
  g_free (segment);
}

void
wsi_record_list_free (WsiRecordList *self)
{
  for (guint64 i = 0; i < self->n_places; i++)
    g_clear_pointer ((Segment **) &self->segments[i], segment_free);
  g_free (self->segments);
  g_free (atomic_load (&self->sets));
  g_hash_table_unref (self->set_numbers);
  g_aligned_free (self);
}

static Segment * _Atomic *
record_list_get_place (WsiRecordList *self,
                       guint64        number)
{
  return &self->segments[number / WSI_SEGMENT_LENGTH % self->n_places];
}

/* Takes a ticket for all whole segments before first. */
static void
record_list_take_ticket (WsiRecordList *self)
{
  guint64 first = atomic_load (&self->first);

  self->ticket = wsi_readers_get_ticket (self->readers);
  self->ticket_end = first - first % WSI_SEGMENT_LENGTH;
}

static void
free_left (WsiRecordList *self)
{
  if (self->oldest == self->ticket_end || !wsi_readers_have_left (self->readers, self->ticket))
    return;

  for (; self->oldest < self->ticket_end; self->oldest += WSI_SEGMENT_LENGTH)
    segment_free (atomic_exchange (record_list_get_place (self, self->oldest), NULL));

  /* segments that were evicted in the meantime wait for a period of their own */
  record_list_take_ticket (self);
}

/* Whether the oldest records are to be removed before another one is appended. */
gboolean
wsi_record_list_is_full (WsiRecordList *self)
{
  guint64 end = atomic_load_explicit (&self->end, memory_order_relaxed);

  return end % WSI_SEGMENT_LENGTH == 0 && end - atomic_load (&self->first) >= self->max_records;
}

guint64
wsi_record_list_choose_first (WsiRecordList *self)
{
  guint64 end = atomic_load (&self->end);
  guint64 first = atomic_load (&self->first) + self->n_evicted_at_once;

  return MIN (first - first % WSI_SEGMENT_LENGTH, end);
}

void
wsi_record_list_evict (WsiRecordList *self,
                       guint64        first)
{
  atomic_store (&self->first, first);
  if (self->oldest == self->ticket_end)
    record_list_take_ticket (self);
  free_left (self);
}

static gpointer
record_list_align (gpointer memory)
{
  return (guint8 *) memory + (-(guintptr) memory & (ALIGNMENT - 1));
}

static Segment *
segment_new (void)
{
  g_autofree Segment *segment = g_try_new0 (Segment, 1);

  if (segment == NULL)
    return NULL;

  segment->memory = g_try_malloc (WSI_SEGMENT_LENGTH * sizeof (WsiRecord) + ALIGNMENT);
  if (segment->memory == NULL)
    return NULL;

  segment->records = record_list_align (segment->memory);
  return g_steal_pointer (&segment);
}

WsiRecord *
wsi_record_list_begin_append (WsiRecordList *self)
{
  guint64 end = atomic_load_explicit (&self->end, memory_order_relaxed);
  guint index = end % WSI_SEGMENT_LENGTH;

  if (index == 0)
    {
      Segment * _Atomic *place = record_list_get_place (self, end);

      free_left (self);
      if (atomic_load (place) != NULL)
        return NULL;

      self->current = segment_new ();
      atomic_store (place, self->current);
    }

  return self->current != NULL ? &self->current->records[index] : NULL;
}

void
wsi_record_list_end_append (WsiRecordList *self)
{
  guint64 end = atomic_load_explicit (&self->end, memory_order_relaxed);

  atomic_store_explicit (&self->end, end + 1, memory_order_release);
  if ((end + 1) % PUBLISHED_AT_ONCE == 0)
    atomic_store_explicit (&self->known_end, end + 1, memory_order_release);
}

/* The number of a set, from 1 on; 0: there are too many of them. */
static guint
intern_set (WsiRecordList  *self,
            const FaultSet *set)
{
  FaultSet *sets = atomic_load (&self->sets);
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->set_numbers, set));

  if (number != 0 || self->n_sets == MAX_FAULT_SETS)
    return number;

  if (sets == NULL)
    {
      sets = g_new0 (FaultSet, MAX_FAULT_SETS);
      atomic_store (&self->sets, sets);
    }

  sets[self->n_sets] = *set;
  g_hash_table_insert (self->set_numbers, &sets[self->n_sets],
                       GUINT_TO_POINTER (self->n_sets + 1));
  return ++self->n_sets;
}

gboolean
wsi_record_list_set_faults (WsiRecordList *self,
                            const guint   *faults,
                            guint          n_faults)
{
  FaultSet set = { .n = MIN (n_faults, WSI_MAX_FAULTS) };
  guint16 *numbers = atomic_load (&self->current->fault_sets);
  guint64 end = atomic_load_explicit (&self->end, memory_order_relaxed);

  for (guint i = 0; i < set.n; i++)
    set.faults[i] = faults[i];
  if (numbers == NULL)
    {
      numbers = g_try_new0 (guint16, WSI_SEGMENT_LENGTH);
      atomic_store (&self->current->fault_sets, numbers);
    }
  if (numbers == NULL)
    return FALSE;

  numbers[end % WSI_SEGMENT_LENGTH] = intern_set (self, &set);
  return numbers[end % WSI_SEGMENT_LENGTH] != 0;
}

guint64
wsi_record_list_get_first (WsiRecordList *self)
{
  return atomic_load (&self->first);
}

guint64
wsi_record_list_get_end (WsiRecordList *self)
{
  return atomic_load_explicit (&self->end, memory_order_acquire);
}

static gboolean
is_published (WsiRecordList *self,
              guint64        number)
{
  return number < atomic_load_explicit (&self->known_end, memory_order_acquire) ||
         number < wsi_record_list_get_end (self);
}

const WsiRecord *
wsi_record_list_get (WsiRecordList *self,
                     guint64        number)
{
  if (!is_published (self, number) || number < wsi_record_list_get_first (self))
    return NULL;

  const Segment *segment =
    atomic_load_explicit (record_list_get_place (self, number), memory_order_acquire);

  return &segment->records[number % WSI_SEGMENT_LENGTH];
}

const WsiRecord *
wsi_record_list_get_run (WsiRecordList *self,
                         guint64        number,
                         guint64       *n)
{
  const WsiRecord *record = wsi_record_list_get (self, number);

  if (record != NULL)
    *n = MIN (wsi_record_list_get_end (self) - number,
              WSI_SEGMENT_LENGTH - number % WSI_SEGMENT_LENGTH);
  return record;
}

guint
wsi_record_list_get_faults (WsiRecordList *self,
                            guint64        number,
                            guint         *faults,
                            guint          n_faults)
{
  Segment *segment =
    atomic_load_explicit (record_list_get_place (self, number), memory_order_acquire);
  const guint16 *numbers = atomic_load (&segment->fault_sets);
  const FaultSet *sets = atomic_load (&self->sets);
  const FaultSet *set = &sets[numbers[number % WSI_SEGMENT_LENGTH] - 1];

  for (guint i = 0; i < MIN (n_faults, set->n); i++)
    faults[i] = set->faults[i];
  return set->n;
}
