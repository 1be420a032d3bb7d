/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows that the numbers of a file stand for.  Most files have one row for each number, so runs
 * of numbers are kept.
 *
 * A line may make its row later: bytes that are in no frame wait for more of them, and after a gap
 * frames wait until three agree.  Its number waits for rows of its direction.
 *
 * A run is forgotten once its rows are gone: there are at most as many as the store has rows, and
 * MIN_FORGOTTEN.
 * At most MAX_WAITING numbers wait, and a number is looked for in as many of the last runs. */

#include "inspect/capture/wsi-row-numbers.h"

#include <stdlib.h>

#define MIN_FORGOTTEN 1024      /* runs: forgetting fewer is not worth the move */
#define MAX_WAITING 64

typedef struct
{
  guint64 number, row, n;
} Run;

typedef struct
{
  guint64 number;
  guint32 conversation;
  guint8  direction;
} Waiting;

struct _WsiRowNumbers
{
  GArray *runs;                 /* runs of line numbers (Run), in ascending order */
  GArray *waiting;              /* line numbers that wait for their rows (Waiting), ascending */
  guint64 last;                 /* number that was added last; 0 = none was */
};

WsiRowNumbers *
wsi_row_numbers_new (void)
{
  WsiRowNumbers *self = g_new0 (WsiRowNumbers, 1);

  self->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  self->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  return self;
}

void
wsi_row_numbers_free (WsiRowNumbers *self)
{
  g_array_unref (self->runs);
  g_array_unref (self->waiting);
  g_free (self);
}

static Run *
get_run (const WsiRowNumbers *self,
         guint                i)
{
  return &g_array_index (self->runs, Run, i);
}

/* The index at which a run with this number belongs; G_MAXUINT: nowhere. */
static guint
row_numbers_find_place (const WsiRowNumbers *self,
                        guint64              number)
{
  guint place = self->runs->len;

  while (place > 0 && get_run (self, place - 1)->number >= number)
    {
      if (self->runs->len - place == MAX_WAITING)
        return G_MAXUINT;

      place--;
    }
  return place;
}

static void
row_numbers_insert (WsiRowNumbers *self,
                    guint64        number,
                    guint64        row,
                    guint64        n)
{
  const Run run = { number, row, n };
  guint place = row_numbers_find_place (self, number);
  Run *before;

  if (place == G_MAXUINT)
    return;

  before = place > 0 ? get_run (self, place - 1) : NULL;
  if (before != NULL)
    before->n = MIN (before->n, number - before->number);
  if (before != NULL && before->number + before->n == number && before->row + before->n == row)
    before->n += n;
  else
    g_array_insert_val (self->runs, place, run);
}

static gboolean
is_meant (const Waiting         *waiting,
          const WsiNumberedRows *rows)
{
  return waiting->conversation == rows->conversation &&
         (rows->direction == WSI_NO_DIRECTION || waiting->direction == rows->direction);
}

/* Takes the numbers that wait for these rows; the order of both directions is that in which they
 * end. */
static GArray *
take_waiting (WsiRowNumbers         *self,
              const WsiNumberedRows *rows)
{
  GArray *taken = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint direction = 0; direction < 2; direction++)
    for (guint i = 0; i < self->waiting->len;)
      {
        Waiting *waiting = &g_array_index (self->waiting, Waiting, i);

        if (waiting->direction == direction && is_meant (waiting, rows))
          {
            if (waiting->number != rows->number)
              g_array_append_val (taken, waiting->number);
            g_array_remove_index (self->waiting, i);
          }
        else
          i++;
      }
  return taken;
}

/* Gives numbers to rows: if there are fewer rows than numbers, the last numbers get them. */
static void
row_numbers_give (WsiRowNumbers         *self,
                  const WsiNumberedRows *rows)
{
  g_autoptr (GArray) taken = take_waiting (self, rows);
  guint64 n = rows->end - rows->first;
  guint n_without = taken->len + 1 > n ? taken->len + 1 - n : 0;
  guint64 row = rows->first;

  for (guint i = n_without; i < taken->len; i++)
    row_numbers_insert (self, g_array_index (taken, guint64, i), row++, 1);
  row_numbers_insert (self, rows->number, row, rows->end - row);
}

static void
wait_for_rows (WsiRowNumbers         *self,
               const WsiNumberedRows *rows)
{
  const Waiting waiting = { rows->number, rows->conversation, rows->direction };

  if (self->waiting->len == MAX_WAITING)
    g_array_remove_index (self->waiting, 0);
  g_array_append_val (self->waiting, waiting);
}

void
wsi_row_numbers_add (WsiRowNumbers         *self,
                     const WsiNumberedRows *rows)
{
  guint64 n = rows->end - rows->first;
  guint64 row;

  if (rows->number < self->last || rows->number > G_MAXUINT64 - n)
    return;

  if (rows->number == self->last && (n == 0 || wsi_row_numbers_find (self, rows->number, &row)))
    return;

  self->last = rows->number;
  if (n == 0)
    wait_for_rows (self, rows);
  else
    row_numbers_give (self, rows);
}

void
wsi_row_numbers_forget (WsiRowNumbers *self,
                        guint64        first)
{
  guint n_gone = 0;

  while (n_gone < self->runs->len &&
         get_run (self, n_gone)->row + get_run (self, n_gone)->n <= first)
    n_gone++;
  if (n_gone > MIN_FORGOTTEN)
    g_array_remove_range (self->runs, 0, n_gone);
}

static int
row_numbers_compare (gconstpointer key,
                     gconstpointer element)
{
  guint64 number = *(const guint64 *) key;
  const Run *run = element;

  return (number >= run->number + run->n) - (number < run->number);
}

gboolean
wsi_row_numbers_find (const WsiRowNumbers *self,
                      guint64              number,
                      guint64             *row)
{
  const Run *run = self->runs->len > 0
                   ? bsearch (&number, self->runs->data, self->runs->len, sizeof *run,
                              row_numbers_compare)
                   : NULL;

  if (run == NULL)
    return FALSE;

  *row = run->row + (number - run->number);
  return TRUE;
}

gboolean
wsi_row_numbers_is_waiting (const WsiRowNumbers *self,
                            guint64              number)
{
  for (guint i = 0; i < self->waiting->len; i++)
    if (g_array_index (self->waiting, Waiting, i).number == number)
      return TRUE;
  return FALSE;
}

guint64
wsi_row_numbers_get_waiting (const WsiRowNumbers *self,
                             guint32              conversation)
{
  const Waiting *last = self->waiting->len > 0
                        ? &g_array_index (self->waiting, Waiting, self->waiting->len - 1) : NULL;

  return last != NULL && last->number == self->last && last->conversation == conversation
         ? last->number : 0;
}
