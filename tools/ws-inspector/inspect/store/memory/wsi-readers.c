/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts readers, in two generations.  A grace period first waits until the other generation is
 * empty, then makes it the current one, then waits until the previous one is empty: all who read
 * when the period began have left by then.  New readers never prolong it.
 *
 * A reader may take the number of a generation, and count itself only after the turn.  It then has
 * not looked at anything yet, and the next period begins with waiting for it.
 */
#include "inspect/store/memory/wsi-readers.h"

guint
wsi_readers_begin (WsiReaders *self)
{
  guint reading = atomic_load (&self->generation);

  atomic_fetch_add (&self->n_inside[reading], 1);
  return reading;
}

void
wsi_readers_end (WsiReaders *self,
                 guint       reading)
{
  atomic_fetch_sub (&self->n_inside[reading], 1);
}

guint64
wsi_readers_get_ticket (const WsiReaders *self)
{
  return self->n_begun + 1;
}

static gboolean
is_other_empty (WsiReaders *self)
{
  guint other = 1 - atomic_load (&self->generation);

  return atomic_load (&self->n_inside[other]) == 0;
}

/* Advances the grace period.  FALSE: it has to wait. */
static gboolean
readers_advance (WsiReaders *self)
{
  if (self->n_ended == self->n_begun)
    {
      self->n_begun++;
      self->is_turned = FALSE;
    }

  if (!is_other_empty (self))
    return FALSE;

  if (self->is_turned)
    self->n_ended = self->n_begun;
  else
    atomic_store (&self->generation, 1 - atomic_load (&self->generation));
  self->is_turned = TRUE;
  return TRUE;
}

gboolean
wsi_readers_have_left (WsiReaders *self,
                       guint64     ticket)
{
  while (self->n_ended < ticket)
    if (!readers_advance (self))
      return FALSE;

  return TRUE;
}
