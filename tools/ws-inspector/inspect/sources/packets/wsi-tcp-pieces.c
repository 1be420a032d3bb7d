/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Pieces in the order of their positions, which never overlap: where two segments bring the same
 * bytes, those of the first one stay.  An array, because nearly every piece is added at the end
 * and taken from the front; its length is limited by the caller, so that an insertion in the
 * middle moves little. */

#include "inspect/sources/packets/wsi-tcp-pieces.h"

#include <string.h>

#define MIN_ALLOCATED 16

void
wsi_tcp_pieces_init (WsiTcpPieces *self)
{
  memset (self, 0, sizeof *self);
}

static gsize
tcp_pieces_get_cost (const WsiTcpPiece *piece)
{
  return sizeof *piece + (piece->data != NULL ? piece->length : 0);
}

void
wsi_tcp_pieces_clear (WsiTcpPieces *self)
{
  for (guint i = self->first; i < self->end; i++)
    g_free (self->pieces[i].data);
  g_clear_pointer (&self->pieces, g_free);
  self->first = self->end = self->n_allocated = 0;
  self->n_bytes = 0;
}

guint
wsi_tcp_pieces_get_n (const WsiTcpPieces *self)
{
  return self->end - self->first;
}

void
wsi_tcp_pieces_drop (WsiTcpPieces *self)
{
  WsiTcpPiece *piece = &self->pieces[self->first];

  self->n_bytes -= tcp_pieces_get_cost (piece);
  g_free (piece->data);
  self->first++;
  if (self->first == self->end)
    wsi_tcp_pieces_clear (self);
}

static void
tcp_pieces_make_room (WsiTcpPieces *self)
{
  if (self->end < self->n_allocated)
    return;

  /* Half of the places are free in front: moving then costs each piece one move. */
  if (self->first > 0 && self->first >= self->n_allocated / 2)
    {
      memmove (self->pieces, self->pieces + self->first,
               (self->end - self->first) * sizeof *self->pieces);
      self->end -= self->first;
      self->first = 0;
      return;
    }
  self->n_allocated = MAX (MIN_ALLOCATED, self->n_allocated * 2);
  self->pieces = g_renew (WsiTcpPiece, self->pieces, self->n_allocated);
}

/* Copies the bytes of the piece from start to end (positions) to the place before `at`. */
static void
tcp_pieces_insert (WsiTcpPieces      *self,
                   guint              at,
                   const WsiTcpPiece *piece,
                   guint64            start,
                   guint64            end)
{
  const guint n_before = at - self->first;
  WsiTcpPiece *place;

  tcp_pieces_make_room (self);
  place = self->pieces + self->first + n_before;
  memmove (place + 1, place, (self->end - self->first - n_before) * sizeof *place);
  self->end++;
  *place = *piece;
  place->position = start;
  place->length = (guint32) (end - start);
  if (piece->data != NULL)
    place->data = g_memdup2 (piece->data + (start - piece->position), place->length);
  self->n_bytes += tcp_pieces_get_cost (place);
}

static guint64
tcp_pieces_get_end (const WsiTcpPiece *piece)
{
  return piece->position + piece->length;
}

/* The first piece that ends after the position. */
static guint
tcp_pieces_find (const WsiTcpPieces *self,
                 guint64             position)
{
  guint low = self->first, high = self->end;

  if (low < high && tcp_pieces_get_end (&self->pieces[high - 1]) <= position)
    return high;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (tcp_pieces_get_end (&self->pieces[middle]) <= position)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Whether two overlapping pieces have equal bytes where they overlap. */
static gboolean
tcp_pieces_is_equal (const WsiTcpPiece *a,
                     const WsiTcpPiece *b)
{
  const guint64 start = MAX (a->position, b->position);
  const guint64 end = MIN (tcp_pieces_get_end (a), tcp_pieces_get_end (b));

  return a->data == NULL || b->data == NULL ||
         memcmp (a->data + (start - a->position), b->data + (start - b->position),
                 end - start) == 0;
}

void
wsi_tcp_pieces_add (WsiTcpPieces      *self,
                    const WsiTcpPiece *piece)
{
  const guint64 end = tcp_pieces_get_end (piece);
  guint64 start = piece->position;
  guint at = tcp_pieces_find (self, start) - self->first;
  gboolean has_conflict = FALSE;

  while (start < end)
    {
      const WsiTcpPiece *next =
        self->first + at < self->end ? &self->pieces[self->first + at] : NULL;

      if (next == NULL || start < next->position)
        {
          const guint64 hole_end = next == NULL ? end : MIN (end, next->position);

          tcp_pieces_insert (self, self->first + at, piece, start, hole_end);
          start = hole_end;
        }
      else
        {
          has_conflict |= !tcp_pieces_is_equal (piece, next);
          start = tcp_pieces_get_end (next);
        }
      at++;
    }
  self->n_conflicts += has_conflict;
}

void
wsi_tcp_pieces_trim (WsiTcpPieces *self,
                     guint64       position)
{
  const WsiTcpPiece *first;
  WsiTcpPiece rest;

  while ((first = wsi_tcp_pieces_peek (self)) != NULL && tcp_pieces_get_end (first) <= position)
    wsi_tcp_pieces_drop (self);
  if (first == NULL || first->position >= position)
    return;

  rest = *first;
  if (rest.data != NULL)
    rest.data =
      g_memdup2 (first->data + (position - first->position), tcp_pieces_get_end (first) - position);
  rest.length = (guint32) (tcp_pieces_get_end (first) - position);
  rest.position = position;
  self->n_bytes -= tcp_pieces_get_cost (first) - tcp_pieces_get_cost (&rest);
  g_free (self->pieces[self->first].data);
  self->pieces[self->first] = rest;
}
