/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One side of a connection that may speak HTTP: where it is, and the bytes in hand. */
#pragma once

#include "inspect/sources/http/wsi-http-body.h"
#include "inspect/sources/http/wsi-stream-guess.h"

G_BEGIN_DECLS

#define WSI_HTTP_UNKNOWN_LENGTH G_MAXUINT64
#define WSI_HTTP_N_SIZES 24

typedef enum
{
  WSI_HTTP_SIDE_GUESS,
  WSI_HTTP_SIDE_HEAD,
  WSI_HTTP_SIDE_BODY,
  WSI_HTTP_SIDE_HELD,           /* the client's bytes are held until the response is read */
} WsiHttpSideState;

/* The bytes that all sides hold.  If there are too many, one of the sides that hold most loses its
 * own, so that a usual head stays beside large ones. */
typedef struct
{
  gsize   n_bytes;
  guint64 n_pieces;             /* pieces that were numbered so far */
  GQueue  queues[WSI_HTTP_N_SIZES];     /* sides that hold bytes (WsiHttpSide), by the number of
                                         * bits of their size */
  guint64 n_lost;               /* heads and other beginnings that were not read */
} WsiHttpRoom;                  /* room for bytes; all zero: empty */

/* Bytes that are held, and when they were captured. */
typedef struct
{
  GByteArray *bytes;
  GArray     *times;            /* times of the held bytes (WsiHttpTime), in their order */
} WsiHttpHeld;

typedef struct
{
  guint   end;                  /* offset after the bytes that came at this time */
  gint64  time_us;
  guint64 number;               /* number of the piece, counted over all sides */
} WsiHttpTime;

typedef void (*WsiHttpHeldFunc) (gpointer      user_data,
                                 guint         side,
                                 const guint8 *at,
                                 gsize         length,
                                 gint64        time_us);

typedef struct
{
  WsiHttpSideState state;
  WsiGuessScope    scope;
  gboolean         has_begun;   /* bytes of the side were seen */
  gboolean         is_lost;     /* nothing is read until the next segment */
  gboolean         is_pushed_out;       /* the held bytes were lost to make room for others */
  gboolean         is_in_large_head;    /* the side is in a head that is too large to be read; its
                                         * end is looked for */
  gboolean         is_line_ended;       /* the last byte of such a head ended a line */
  guint64          n_unknown;   /* bytes whose protocol was guessed in vain */
  WsiHttpRoom     *room;
  GList            waiting;     /* link in a queue of the room, while the side holds bytes */
  GQueue          *queue;
  WsiHttpHeld      held;
  gsize            n_searched;  /* held bytes that were searched */
  guint64          n_lost;      /* bytes that are missing before the held ones */
  WsiHttpBody      body;
} WsiHttpSide;

void     wsi_http_side_init      (WsiHttpSide *self,
                                  WsiHttpRoom *room);
void     wsi_http_side_clear     (WsiHttpSide *self);
/* Holds bytes.  FALSE: there are too many.  Outside a head, each call is one segment. */
gboolean wsi_http_side_hold      (WsiHttpSide  *self,
                                  const guint8 *at,
                                  gsize         length,
                                  gint64        time_us);
/* Frees the first n of the held bytes. */
void     wsi_http_side_forget    (WsiHttpSide *self,
                                  gsize        n);
/* Frees the held bytes and their memory: there may be many sides. */
void     wsi_http_side_drop      (WsiHttpSide *self);
/* The latest of the times of the bytes held, or of the first ones; 0: none are. */
gint64   wsi_http_side_get_time  (const WsiHttpSide *self);
gint64   wsi_http_side_get_first_time (const WsiHttpSide *self);
/* Calls take for the bytes of each time; they are no longer held then.  It may change the side. */
void     wsi_http_side_hand_on   (WsiHttpSide    *self,
                                  guint           side,
                                  WsiHttpHeldFunc take,
                                  gpointer        user_data);
/* Hands on the held bytes of both sides of a connection, in the order of time. */
void     wsi_http_sides_hand_on  (WsiHttpSide    *sides,
                                  WsiHttpHeldFunc take,
                                  gpointer        user_data);
/* Drops the held bytes, and counts them, and so many more, as missing. */
void     wsi_http_side_drop_and_miss (WsiHttpSide *self,
                                      guint64      length);
/* Loses track of the side: its protocol is guessed from the next segment on. */
void     wsi_http_side_lose_track (WsiHttpSide *self);

G_END_DECLS
