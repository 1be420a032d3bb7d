/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/http/wsi-http-side.h"

#define MAX_HELD (64 * 1024)            /* bytes of a side: a head, early frames */
#define MAX_ALL_HELD (16 * 1024 * 1024)

void
wsi_http_side_init (WsiHttpSide *self,
                    WsiHttpRoom *room)
{
  *self = (WsiHttpSide) { .room = room, .held = g_byte_array_new () };
}

void
wsi_http_side_clear (WsiHttpSide *self)
{
  wsi_http_side_drop (self);
  g_byte_array_unref (self->held);
}

/* FALSE: there is no room. */
gboolean
wsi_http_side_hold (WsiHttpSide  *self,
                    const guint8 *at,
                    gsize         length,
                    gint64        time_us)
{
  if (self->held->len + length > MAX_HELD || self->room->n_bytes + length > MAX_ALL_HELD)
    return FALSE;

  g_byte_array_append (self->held, at, (guint) length);
  self->room->n_bytes += length;
  self->time_us = time_us;
  return TRUE;
}

/* Frees the memory too: there may be many sides. */
void
wsi_http_side_drop (WsiHttpSide *self)
{
  self->n_searched = 0;
  if (self->held->len == 0)
    return;

  self->room->n_bytes -= self->held->len;
  g_byte_array_unref (self->held);
  self->held = g_byte_array_new ();
}

/* Counts the bytes held, and so many more, as missing. */
void
wsi_http_side_drop_and_miss (WsiHttpSide *self,
                             guint64      length)
{
  if (length == WSI_HTTP_UNKNOWN_LENGTH || self->n_lost == WSI_HTTP_UNKNOWN_LENGTH)
    self->n_lost = WSI_HTTP_UNKNOWN_LENGTH;
  else
    self->n_lost += self->held->len + length;
  wsi_http_side_drop (self);
}

/* Guesses from the next segment on. */
void
wsi_http_side_lose_track (WsiHttpSide *self)
{
  self->state = WSI_HTTP_SIDE_GUESS;
  self->is_lost = TRUE;
  wsi_http_side_drop (self);
}
