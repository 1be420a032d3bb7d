/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes of one direction of a TCP connection that cannot be delivered yet. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 position;             /* position of the first byte */
  guint8 *data;                 /* the bytes; NULL: they were sent, but not captured */
  guint32 length;
  guint64 after;                /* position that the sender had read to; 0: not known */
  guint64 n_packet;             /* number of the packet that had the bytes, in its connection */
  gint64  time_us;
} WsiTcpPiece;

typedef struct
{
  WsiTcpPiece *pieces;
  guint        first, end, n_allocated;
  gsize        n_bytes;         /* bytes of the pieces, with the memory that holds them */
  guint64      n_conflicts;     /* segments with other bytes than a piece in the same place */
} WsiTcpPieces;

void               wsi_tcp_pieces_init    (WsiTcpPieces *self);
void               wsi_tcp_pieces_clear   (WsiTcpPieces *self);
guint              wsi_tcp_pieces_get_n   (const WsiTcpPieces *self);
/* Forgets the piece that wsi_tcp_pieces_peek() returned. */
void               wsi_tcp_pieces_drop    (WsiTcpPieces *self);
/* Adds the bytes of a piece that no other piece has yet. */
void               wsi_tcp_pieces_add     (WsiTcpPieces      *self,
                                           const WsiTcpPiece *piece);
/* Forgets every byte before the position. */
void               wsi_tcp_pieces_trim    (WsiTcpPieces *self,
                                           guint64       position);

/* The piece with the smallest position, or NULL: asked for several times for each packet. */
static inline const WsiTcpPiece *
wsi_tcp_pieces_peek (const WsiTcpPieces *self)
{
  return self->first < self->end ? &self->pieces[self->first] : NULL;
}

G_END_DECLS
