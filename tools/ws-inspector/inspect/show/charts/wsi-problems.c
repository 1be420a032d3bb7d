/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-problems.h"

#define RECORDS_AT_ONCE 50000
#define FAULTS_AT_ONCE 5000    /* each of them costs more than a record without one */
#define MAX_MARKS 32            /* of one connection */
#define MAX_CONNECTIONS 4096    /* with marks */

typedef struct
{
  guint  n;
  gint64 times[MAX_MARKS];
} Marks;

struct _WsiProblems
{
  WsiStore   *store;
  guint64     n_read;           /* number of the next record */
  guint64     n_rows;
  GArray     *problems;         /* of WsiProblem */
  GHashTable *marks;            /* number of a connection to Marks */
};

WsiProblems *
wsi_problems_new (WsiStore *store)
{
  WsiProblems *self = g_new0 (WsiProblems, 1);

  self->store = g_object_ref (store);
  self->problems = g_array_new (FALSE, TRUE, sizeof (WsiProblem));
  self->marks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
wsi_problems_free (WsiProblems *self)
{
  g_array_unref (self->problems);
  g_hash_table_unref (self->marks);
  g_object_unref (self->store);
  g_free (self);
}

static WsiProblem *
ensure_problem (WsiProblems *self,
                guint        fault,
                guint64      number)
{
  const WsiProblem problem = { .fault = fault, .first = number };

  for (guint i = 0; i < self->problems->len; i++)
    if (g_array_index (self->problems, WsiProblem, i).fault == fault)
      return &g_array_index (self->problems, WsiProblem, i);

  g_array_append_val (self->problems, problem);
  return &g_array_index (self->problems, WsiProblem, self->problems->len - 1);
}

/* The last one is always that of the last row. */
static void
mark (WsiProblems     *self,
      const WsiRecord *record)
{
  gpointer key = GUINT_TO_POINTER (record->conversation);
  Marks *marks = g_hash_table_lookup (self->marks, key);

  if (marks == NULL && g_hash_table_size (self->marks) >= MAX_CONNECTIONS)
    return;

  if (marks == NULL)
    {
      marks = g_new0 (Marks, 1);
      g_hash_table_insert (self->marks, key, marks);
    }
  marks->n = MIN (marks->n + 1, MAX_MARKS);
  marks->times[marks->n - 1] = record->time_us;
}

static guint
get_faults (WsiProblems     *self,
            guint64          number,
            const WsiRecord *record,
            guint           *faults)
{
  faults[0] = record->fault;
  return (record->flags & WSI_RECORD_MORE_FAULTS) == 0 ? 1
         : MIN (wsi_store_get_faults (self->store, number, faults, WSI_MAX_FAULTS),
                WSI_MAX_FAULTS);
}

static void
add_row (WsiProblems     *self,
         guint64          number,
         const WsiRecord *record)
{
  guint faults[WSI_MAX_FAULTS];
  guint n = get_faults (self, number, record, faults);

  for (guint i = 0; i < n; i++)
    {
      WsiProblem *problem = ensure_problem (self, faults[i], number);

      problem->n++;
      problem->last = number;
      if (record->direction < WSI_NO_DIRECTION)
        problem->n_by_direction[record->direction]++;
    }
  self->n_rows++;
  mark (self, record);
}

/* Up to a number, or so many rows with a fault.  Returns the number after the last one. */
static guint64
read_rows (WsiProblems *self,
           guint64      at,
           guint64      end)
{
  guint n_faults = 0;
  guint64 n;

  while (at < end && n_faults < FAULTS_AT_ONCE)
    {
      const WsiRecord *run = wsi_store_get_run (self->store, at, &n);
      guint64 i = 0;

      if (run == NULL)
        return end;

      for (n = MIN (n, end - at); i < n && n_faults < FAULTS_AT_ONCE; i++)
        if (run[i].fault != 0)
          {
            add_row (self, at + i, &run[i]);
            n_faults++;
          }
      at += i;
    }
  return at;
}

gboolean
wsi_problems_update (WsiProblems *self)
{
  guint reading = wsi_store_begin_reading (self->store);
  guint64 end = wsi_store_get_end (self->store);
  guint64 first = MAX (self->n_read, wsi_store_get_first (self->store));

  self->n_read = read_rows (self, first, MIN (end, first + RECORDS_AT_ONCE));
  wsi_store_end_reading (self->store, reading);
  return self->n_read == end;
}

guint64
wsi_problems_get_n_rows (WsiProblems *self)
{
  return self->n_rows;
}

guint
wsi_problems_get_n (WsiProblems *self)
{
  return self->problems->len;
}

const WsiProblem *
wsi_problems_get (WsiProblems *self,
                  guint        i)
{
  return &g_array_index (self->problems, WsiProblem, i);
}

static gboolean
breaks_rule (WsiProblems     *self,
             guint64          number,
             const WsiRecord *record,
             guint            fault)
{
  guint faults[WSI_MAX_FAULTS];
  guint n = record->fault != 0 ? get_faults (self, number, record, faults) : 0;

  for (guint i = 0; i < n; i++)
    if (faults[i] == fault)
      return TRUE;
  return FALSE;
}

gboolean
wsi_problems_find (WsiProblems *self,
                   guint        fault,
                   guint64      from,
                   guint64     *number)
{
  guint reading = wsi_store_begin_reading (self->store);
  guint64 end = wsi_store_get_end (self->store);
  guint64 at = MAX (from, wsi_store_get_first (self->store));
  gboolean is_found = FALSE;

  for (; at < end && !is_found; at++)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, at);

      is_found = record != NULL && breaks_rule (self, at, record, fault);
    }
  wsi_store_end_reading (self->store, reading);
  if (is_found)
    *number = at - 1;
  return is_found;
}

guint
wsi_problems_get_times (WsiProblems *self,
                        guint32      conversation,
                        gint64      *times,
                        guint        n)
{
  const Marks *marks = g_hash_table_lookup (self->marks, GUINT_TO_POINTER (conversation));

  n = marks != NULL ? MIN (n, marks->n) : 0;
  for (guint i = 0; i < n; i++)
    times[i] = marks->times[i];
  return n;
}
