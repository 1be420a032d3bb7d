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

static void
note_time (GArray *times,
           guint   end,
           gint64  time_us)
{
  const WsiHttpTime time = { end, time_us };

  if (times->len > 0 && g_array_index (times, WsiHttpTime, times->len - 1).time_us == time_us)
    g_array_set_size (times, times->len - 1);
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
  note_time (self->held.times, self->held.bytes->len, time_us);
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

void
wsi_http_side_hand_on (WsiHttpSide    *self,
                       guint           side,
                       WsiHttpHeldFunc take,
                       gpointer        user_data)
{
  WsiHttpHeld held = self->held;
  guint from = 0;

  self->room->n_bytes -= held_get_cost (&held);
  self->n_searched = 0;
  self->held = held_new ();
  for (guint i = 0; i < held.times->len; i++)
    {
      const WsiHttpTime time = g_array_index (held.times, WsiHttpTime, i);

      take (user_data, side, held.bytes->data + from, time.end - from, time.time_us);
      from = time.end;
    }
  held_free (&held);
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
