/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Turns to connect.  Taking and ending one costs the same however many wait.
 *
 * (1) A place exists while somebody has its turn or waits for it.
 * (2) A place stands in free_places if and only if somebody waits for it and nobody has its turn.
 */
#include "endpoint/dialing/wsp-dial-turns-private.h"

typedef struct
{
  char    *name;
  gboolean is_taken;
  GQueue   waiting;             /* of WspDialTurn */
  GList    link;                /* in free_places */
  gboolean is_free;
} Place;

struct _WspDialTurns
{
  GHashTable *places;           /* by name */
  GQueue      free_places;
  guint       n_taken;
};

static void
place_free (Place *self)
{
  g_free (self->name);
  g_free (self);
}

WspDialTurns *
wsp_dial_turns_new (void)
{
  WspDialTurns *self = g_new0 (WspDialTurns, 1);

  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) place_free);
  return self;
}

void
wsp_dial_turns_free (WspDialTurns *self)
{
  g_assert (g_hash_table_size (self->places) == 0);     /* (1) */
  g_hash_table_unref (self->places);
  g_free (self);
}

static Place *
get_place (WspDialTurns *self,
           const char   *name)
{
  Place *place = g_hash_table_lookup (self->places, name);

  if (place == NULL)
    {
      place = g_new0 (Place, 1);
      place->name = g_strdup (name);
      place->link.data = place;
      g_hash_table_insert (self->places, place->name, place);
    }

  return place;
}

static void
settle_place (WspDialTurns *self,
              Place        *place)
{
  gboolean is_free = !place->is_taken && !g_queue_is_empty (&place->waiting);

  if (is_free && !place->is_free)
    g_queue_push_tail_link (&self->free_places, &place->link);
  else if (!is_free && place->is_free)
    g_queue_unlink (&self->free_places, &place->link);

  place->is_free = is_free;     /* (2) */
  if (!place->is_taken && g_queue_is_empty (&place->waiting))
    g_hash_table_remove (self->places, place->name);
}

static void
give_turn (WspDialTurns *self,
           Place        *place,
           WspDialTurn  *turn)
{
  turn->state = WSP_DIAL_TURN_HAS_COME;
  place->is_taken = TRUE;
  self->n_taken++;
}

WspDialTurnState
wsp_dial_turns_take (WspDialTurns   *self,
                     WspDialTurn    *turn,
                     const char     *name,
                     WspDialTurnFunc has_come)
{
  Place *place = get_place (self, name);

  g_assert (turn->state == WSP_DIAL_TURN_NONE);
  turn->place = g_strdup (name);
  turn->has_come = has_come;
  turn->link.data = turn;
  if (!place->is_taken && self->n_taken < WSP_MAX_DIAL_TURNS)
    {
      give_turn (self, place, turn);
    }
  else
    {
      turn->state = WSP_DIAL_TURN_WAITS;
      g_queue_push_tail_link (&place->waiting, &turn->link);
      settle_place (self, place);
    }

  return turn->state;
}

static void
call_next (WspDialTurns *self)
{
  while (self->n_taken < WSP_MAX_DIAL_TURNS && !g_queue_is_empty (&self->free_places))
    {
      Place *place = g_queue_peek_head (&self->free_places);
      GList *link = g_queue_pop_head_link (&place->waiting);
      WspDialTurn *turn = link->data;

      give_turn (self, place, turn);
      settle_place (self, place);
      turn->has_come (turn);
    }
}

void
wsp_dial_turns_end (WspDialTurns *self,
                    WspDialTurn  *turn)
{
  Place *place;

  if (turn->state == WSP_DIAL_TURN_NONE)
    return;

  place = g_hash_table_lookup (self->places, turn->place);
  if (turn->state == WSP_DIAL_TURN_WAITS)
    {
      g_queue_unlink (&place->waiting, &turn->link);
    }
  else
    {
      place->is_taken = FALSE;
      self->n_taken--;
    }

  turn->state = WSP_DIAL_TURN_NONE;
  g_clear_pointer (&turn->place, g_free);
  settle_place (self, place);
  call_next (self);
}
