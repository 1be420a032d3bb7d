/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-http-side.h"

#define MAX_HELD (1024 * 1024)          /* bytes of a side: a head, early frames */
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
  self->waiting.data = self;
}

static void
leave_queue (WsiHttpSide *self)
{
  if (self->queue != NULL)
    g_queue_unlink (self->queue, &self->waiting);
  self->queue = NULL;
}

static void
enter_queue (WsiHttpSide *self)
{
  const guint n_bits = g_bit_storage (held_get_cost (&self->held));
  GQueue *queue = &self->room->queues[MIN (n_bits, WSI_HTTP_N_SIZES - 1)];

  if (self->queue == queue)
    return;

  leave_queue (self);
  self->queue = queue;
  g_queue_push_tail_link (queue, &self->waiting);
}

/* Pushes a side out: one that holds bytes until a response comes has lost them; another one notices
 * it later, when its next bytes come. */
static void
push_out (WsiHttpSide *self)
{
  self->room->n_lost++;
  if (self->state == WSI_HTTP_SIDE_HELD)
    {
      wsi_http_side_drop_and_miss (self, 0);
      return;
    }

  self->is_pushed_out = TRUE;
  wsi_http_side_drop (self);
}

static void
http_side_make_room (WsiHttpRoom *room)
{
  guint n_bits = WSI_HTTP_N_SIZES - 1;

  while (room->n_bytes > MAX_ALL_HELD)
    {
      while (room->queues[n_bits].length == 0)
        n_bits--;
      push_out (room->queues[n_bits].head->data);
    }
}

void
wsi_http_side_clear (WsiHttpSide *self)
{
  wsi_http_side_drop (self);
  held_free (&self->held);
}

/* Notes the time of a piece; the pieces of a head, in a row and of one time, are one. */
static void
http_side_note_time (WsiHttpSide *self,
                     gint64       time_us)
{
  const WsiHttpTime time = { self->held.bytes->len, time_us, ++self->room->n_pieces };
  GArray *times = self->held.times;

  if (self->state == WSI_HTTP_SIDE_HEAD && times->len > 0)
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

  if (cost_before + length > MAX_HELD)
    return FALSE;

  g_byte_array_append (self->held.bytes, at, (guint) length);
  http_side_note_time (self, time_us);
  self->room->n_bytes += held_get_cost (&self->held) - cost_before;
  enter_queue (self);
  http_side_make_room (self->room);
  return TRUE;
}

void
wsi_http_side_forget (WsiHttpSide *self,
                      gsize        n)
{
  const gsize cost_before = held_get_cost (&self->held);
  GArray *times = self->held.times;
  guint n_times = 0;

  if (n >= self->held.bytes->len)
    {
      wsi_http_side_drop (self);
      return;
    }

  while (g_array_index (times, WsiHttpTime, n_times).end <= n)
    n_times++;
  g_array_remove_range (times, 0, n_times);
  for (guint i = 0; i < times->len; i++)
    g_array_index (times, WsiHttpTime, i).end -= (guint) n;
  g_byte_array_remove_range (self->held.bytes, 0, (guint) n);
  self->n_searched = 0;
  self->room->n_bytes -= cost_before - held_get_cost (&self->held);
}

void
wsi_http_side_drop (WsiHttpSide *self)
{
  self->n_searched = 0;
  if (self->held.bytes->len == 0)
    return;

  leave_queue (self);
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

/* Steals the held bytes, which the side then holds no longer. */
static WsiHttpHeld
steal_held (WsiHttpSide *self)
{
  const WsiHttpHeld held = self->held;

  leave_queue (self);
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

/* Whether a piece is the first one; pieces of one side keep their order. */
static gboolean
http_side_is_first (const WsiHttpTime *self,
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
                              http_side_is_first (&g_array_index (first, WsiHttpTime, n[0]),
                                                  &g_array_index (second, WsiHttpTime, n[1]))) ? 0
                                                  : 1;

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
  self->is_in_large_head = FALSE;
  wsi_http_side_drop (self);
}
