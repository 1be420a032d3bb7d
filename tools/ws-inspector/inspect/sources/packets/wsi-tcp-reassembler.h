/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All TCP connections of a capture.  docs/rationales/captures.md has the reasons. */
#pragma once

#include "inspect/sources/packets/wsi-tcp-connection.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_connections;          /* connections that are kept at a time, also after their ends */
  guint n_pieces;               /* pieces that one connection may hold */
  gsize n_connection_bytes;     /* bytes that one connection may hold */
  gsize n_bytes;                /* bytes that all connections may hold */
} WsiTcpLimits;

typedef struct _WsiTcpReassembler WsiTcpReassembler;

/* Makes a reassembler.  limits: NULL for the usual ones. */
WsiTcpReassembler  *wsi_tcp_reassembler_new (const WsiTcpLimits   *limits,
                                             const WsiTcpListener *listener,
                                             gpointer              user_data);
/* Frees the reassembler without calling the listener, as wsi_tcp_reassembler_end() does. */
void                wsi_tcp_reassembler_free              (WsiTcpReassembler *self);
void                wsi_tcp_reassembler_take              (WsiTcpReassembler *self,
                                                           const WsiSegment  *segment,
                                                           gint64             time_us);
/* Notes a segment whose IP fragments are not complete; and one whose fragments all came. */
void                wsi_tcp_reassembler_note_fragment     (WsiTcpReassembler *self,
                                                           const WsiSegment  *segment);
void                wsi_tcp_reassembler_note_whole        (WsiTcpReassembler *self,
                                                           const WsiSegment  *segment);
/* Nothing more comes: closes every connection, the one with the oldest packet first. */
void                wsi_tcp_reassembler_end               (WsiTcpReassembler *self,
                                                           WsiTcpClose        why);
/* The number of connections since the beginning. */
guint64             wsi_tcp_reassembler_get_n_connections (WsiTcpReassembler *self);
/* The number of segments of connections for which there was no place. */
guint64             wsi_tcp_reassembler_get_n_left_out    (const WsiTcpReassembler *self);
/* Connections whose places others have, although they had not ended. */
guint64             wsi_tcp_reassembler_get_n_forgotten   (const WsiTcpReassembler *self);
guint               wsi_tcp_reassembler_get_max_connections (const WsiTcpReassembler *self);
gsize               wsi_tcp_reassembler_get_n_held        (WsiTcpReassembler *self);
const WsiTcpCounts *wsi_tcp_reassembler_get_counts        (WsiTcpReassembler *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTcpReassembler, wsi_tcp_reassembler_free)

G_END_DECLS
