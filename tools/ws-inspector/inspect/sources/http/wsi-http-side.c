/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-http-side.h"

#define MAX_HELD (64 * 1024)            /* bytes of a side: a head, early frames */
#define MAX_ALL_HELD (16 * 1024 * 1024)

static WsiHttpHeld
held_new (void)
{
  const WsiHttpHeld held = {
    .bytes = g_byte_array_new (),
    .times = g_array_new (FALSE, FALSE, sizeof (WsiHttpTime)),
  };

  return held;
}

static void
held_free (WsiHttpHeld *self)
{
  g_byte_array_unref (self->bytes);
  g_array_unref (self->times);
}

static gsize
held_get_cost (const WsiHttpHeld *self)
{
  return self->bytes->len + self->times->len * sizeof (WsiHttpTime);
}

void
wsi_http_side_init (WsiHttpSide *self,
                    WsiHttpRoom *room)
{
  *self = (WsiHttpSide) { .room = room, .held = held_new () };
}

void
wsi_http_side_clear (WsiHttpSide *self)
{
  wsi_http_side_drop (self);
  held_free (&self->held);
}

/* Pieces in a row that have one time are one. */
static void
note_time (WsiHttpSide *self,
           gint64       time_us)
{
  const WsiHttpTime time = { self->held.bytes->len, time_us, ++self->room->n_pieces };
  GArray *times = self->held.times;

  if (times->len > 0)
    {
      const WsiHttpTime *last = &g_array_index (times, WsiHttpTime, times->len - 1);

      if (last->time_us == time_us && last->number + 1 == time.number)
        g_array_set_size (times, times->len - 1);
    }
  g_array_append_val (times, time);
}

gboolean
wsi_http_side_hold (WsiHttpSide  *self,
                    const guint8 *at,
                    gsize         length,
                    gint64        time_us)
{
  const gsize cost_before = held_get_cost (&self->held);

  if (self->held.bytes->len + length > MAX_HELD || self->room->n_bytes + length > MAX_ALL_HELD)
    return FALSE;

  g_byte_array_append (self->held.bytes, at, (guint) length);
  note_time (self, time_us);
  self->room->n_bytes += held_get_cost (&self->held) - cost_before;
  return TRUE;
}

void
wsi_http_side_drop (WsiHttpSide *self)
{
  self->n_searched = 0;
  if (self->held.bytes->len == 0)
    return;

  self->room->n_bytes -= held_get_cost (&self->held);
  held_free (&self->held);
  self->held = held_new ();
}

gint64
wsi_http_side_get_time (const WsiHttpSide *self)
{
  gint64 latest = 0;

  for (guint i = 0; i < self->held.times->len; i++)
    latest = MAX (latest, g_array_index (self->held.times, WsiHttpTime, i).time_us);
  return latest;
}

gint64
wsi_http_side_get_first_time (const WsiHttpSide *self)
{
  return self->held.times->len > 0 ? g_array_index (self->held.times, WsiHttpTime, 0).time_us : 0;
}

/* The bytes are no longer held. */
static WsiHttpHeld
steal_held (WsiHttpSide *self)
{
  const WsiHttpHeld held = self->held;

  self->room->n_bytes -= held_get_cost (&held);
  self->n_searched = 0;
  self->held = held_new ();
  return held;
}

static void
hand_on_piece (const WsiHttpHeld *held,
               guint              side,
               guint              n,
               WsiHttpHeldFunc    take,
               gpointer           user_data)
{
  const WsiHttpTime *times = &g_array_index (held->times, WsiHttpTime, 0);
  const guint from = n > 0 ? times[n - 1].end : 0;

  take (user_data, side, held->bytes->data + from, times[n].end - from, times[n].time_us);
}

void
wsi_http_side_hand_on (WsiHttpSide    *self,
                       guint           side,
                       WsiHttpHeldFunc take,
                       gpointer        user_data)
{
  WsiHttpHeld held = steal_held (self);

  for (guint i = 0; i < held.times->len; i++)
    hand_on_piece (&held, side, i, take, user_data);
  held_free (&held);
}

/* Pieces of one side keep their order. */
static gboolean
is_first (const WsiHttpTime *self,
          const WsiHttpTime *other)
{
  return self->time_us < other->time_us ||
         (self->time_us == other->time_us && self->number < other->number);
}

void
wsi_http_sides_hand_on (WsiHttpSide    *sides,
                        WsiHttpHeldFunc take,
                        gpointer        user_data)
{
  WsiHttpHeld helds[2] = { steal_held (&sides[0]), steal_held (&sides[1]) };
  const GArray *first = helds[0].times, *second = helds[1].times;
  guint n[2] = { 0, 0 };

  while (n[0] < first->len || n[1] < second->len)
    {
      const guint side =
        n[0] < first->len && (n[1] == second->len ||
                              is_first (&g_array_index (first, WsiHttpTime, n[0]),
                                        &g_array_index (second, WsiHttpTime, n[1]))) ? 0 : 1;

      hand_on_piece (&helds[side], side, n[side]++, take, user_data);
    }
  for (guint i = 0; i < G_N_ELEMENTS (helds); i++)
    held_free (&helds[i]);
}

void
wsi_http_side_drop_and_miss (WsiHttpSide *self,
                             guint64      length)
{
  if (length == WSI_HTTP_UNKNOWN_LENGTH || self->n_lost == WSI_HTTP_UNKNOWN_LENGTH)
    self->n_lost = WSI_HTTP_UNKNOWN_LENGTH;
  else
    self->n_lost += self->held.bytes->len + length;
  wsi_http_side_drop (self);
}

void
wsi_http_side_lose_track (WsiHttpSide *self)
{
  self->state = WSI_HTTP_SIDE_GUESS;
  self->is_lost = TRUE;
  wsi_http_side_drop (self);
}
