/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One TCP connection of a capture: segments in, two streams of bytes with gaps out. */
#pragma once

#include "inspect/sources/packets/wsi-packet.h"
#include "inspect/sources/packets/wsi-tcp-pieces.h"

G_BEGIN_DECLS

#define WSI_TCP_N_SIDES 2
#define WSI_TCP_NO_SIDE 2
#define WSI_TCP_UNKNOWN_LENGTH G_MAXUINT64

typedef enum
{
  WSI_TCP_END_FIN,
  WSI_TCP_END_RESET,
} WsiTcpEnd;

typedef enum
{
  WSI_TCP_CLOSE_ENDED,          /* both sides have sent FIN */
  WSI_TCP_CLOSE_RESET,
  WSI_TCP_CLOSE_REPLACED,       /* another connection has begun between the same ports */
  WSI_TCP_CLOSE_FORGOTTEN,      /* there were too many connections at a time */
  WSI_TCP_CLOSE_CAPTURE_ENDED,
  WSI_TCP_CLOSE_INTERRUPTED,    /* the rest of the capture was not read */
} WsiTcpClose;

typedef struct _WsiTcpConnection WsiTcpConnection;

/* Takes bytes.  side: the sender, as an index of `endpoints`. */
typedef void (*WsiTcpBytesFunc)  (WsiTcpConnection *connection,
                                  guint             side,
                                  const guint8     *at,
                                  gsize             length,
                                  gint64            time_us,
                                  gpointer          user_data);
typedef void (*WsiTcpGapFunc)    (WsiTcpConnection *connection,
                                  guint             side,
                                  guint64           length,
                                  gint64            time_us,
                                  gpointer          user_data);
typedef void (*WsiTcpEndFunc)    (WsiTcpConnection *connection,
                                  guint             side,
                                  WsiTcpEnd         how,
                                  gint64            time_us,
                                  gpointer          user_data);
typedef void (*WsiTcpCloseFunc)  (WsiTcpConnection *connection,
                                  WsiTcpClose       why,
                                  gint64            time_us,
                                  gpointer          user_data);
/* Whether a stream of which nothing was seen before is likely to begin with these bytes. */
typedef gboolean (*WsiTcpIsBeginningFunc) (const guint8 *at,
                                           gsize         length,
                                           gpointer      user_data);

/* Called in the order of the streams, with the times of the packets: one that was held comes with
 * a time before those of the bytes in front of it.  A stream whose beginning is not in the capture
 * begins with a gap of unknown length, unless is_beginning() knows its first bytes. */
typedef struct
{
  WsiTcpBytesFunc bytes;
  WsiTcpGapFunc   gap;
  WsiTcpEndFunc   end;
  WsiTcpCloseFunc close;
  WsiTcpIsBeginningFunc is_beginning;
} WsiTcpListener;

typedef struct
{
  guint        has_base : 1;    /* `next` is where the stream goes on; otherwise only near it */
  guint        has_place : 1;   /* `next` has a value */
  guint        has_syn : 1;
  guint        has_begun : 1;   /* bytes of the direction were delivered */
  guint        has_ended : 1;
  guint        is_end_reset : 1;
  guint        n_strange : 16;  /* segments in a row that are far before `next` */
  guint32      first;           /* sequence number after that of the SYN */
  guint64      next;            /* position of the next byte; its lower 32 bits are as in TCP */
  guint64      end;             /* position of the FIN or RST; 0: none was seen */
  guint64      acknowledged;    /* position that the other side has acknowledged; 0: none */
  guint64      waiting_since;   /* number of the packet that bytes are missing since; 0: none */
  gint64       waiting_since_us;
  gint64       last_us;         /* latest time of the bytes that were delivered */
  gint64       end_us;          /* time of the packet with the FIN or RST */
  WsiTcpPieces pieces;
} WsiTcpDirection;

typedef struct
{
  guint64 n_gaps;
  guint64 n_missing;            /* bytes of gaps whose length is known */
  guint64 n_repeated;           /* segments without a new byte */
  guint64 n_conflicts;          /* segments that repeat bytes with another value */
} WsiTcpCounts;

struct _WsiTcpConnection
{
  WsiEndpoint           endpoints[WSI_TCP_N_SIDES];
  guint                 client;         /* side that has sent the SYN, or WSI_TCP_NO_SIDE */
  guint64               n_fragments;    /* segments of which IP fragments are missing */
  gpointer              data;           /* data of the listener */
  gpointer              outer;          /* data of a listener that unpacks bytes for another one */
  const char           *security;       /* protection of the listener's bytes; NULL: none */
  guint                 tag;            /* number for the listener's use; 0 at first */
  guint                 n_tunnels;      /* number of connections around this one */

  const WsiTcpListener *listener;
  gpointer              user_data;
  WsiTcpCounts         *counts;
  WsiTcpDirection       directions[WSI_TCP_N_SIDES];
  guint64               n_packets;
  guint64               last_early;     /* number of the last packet with a time before an earlier
                                         * one; 0: none */
  gint64                now_us;         /* latest time of the packets so far */
  gint64                packet_us;      /* time of the packet that is processed */
  gboolean              has_no_beginning;       /* the capture lacks the beginning of a side */
  gboolean              is_reset;
  gboolean              is_ignored;             /* the connection is ignored, except for its ends */
  gboolean              is_closed;
};

void     wsi_tcp_connection_init         (WsiTcpConnection     *self,
                                          const WsiSegment     *first,
                                          const WsiTcpListener *listener,
                                          gpointer              user_data,
                                          WsiTcpCounts         *counts);
void     wsi_tcp_connection_clear        (WsiTcpConnection *self);
/* Whether the segment belongs to a later connection between the same ports: it has a SYN, or is a
 * request after the end of this one. */
gboolean wsi_tcp_connection_is_another   (const WsiTcpConnection *self,
                                          guint                   side,
                                          const WsiSegment       *segment);
/* Takes the segment that the side has sent; its bytes are read before it returns. */
void     wsi_tcp_connection_take         (WsiTcpConnection *self,
                                          guint             side,
                                          const WsiSegment *segment,
                                          gint64            time_us);
/* Bytes of memory that the connection holds. */
gsize    wsi_tcp_connection_get_n_held   (const WsiTcpConnection *self);
/* Delivers the piece that waits longest, the bytes before it as a gap.  FALSE: nothing waits. */
gboolean wsi_tcp_connection_give_up_hole (WsiTcpConnection *self);
/* Ignores the connection: from here on only the ends of its sides and close() are called. */
void     wsi_tcp_connection_ignore       (WsiTcpConnection *self);
/* Closes the connection: delivers what is held, and the end. */
void     wsi_tcp_connection_close        (WsiTcpConnection *self,
                                          WsiTcpClose       why);

G_END_DECLS
