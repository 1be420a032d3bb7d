/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Puts the segments of a connection in order (RFC 9293 3.4, 3.10), as far as the capture has them.
 *
 * A position is a sequence number with more bits, so that it does not wrap.  Bytes that are
 * already delivered or held stay as they are: of segments that repeat them with other values the
 * first one counts.
 *
 * A segment is delivered after the bytes of the other side that it acknowledges, because its
 * sender had read them: so a response never comes before its request, in whatever order the
 * packets were written.  Missing bytes may still follow, because captures reorder packets too:
 * they become a gap when they were acknowledged and PATIENCE packets of the connection, or
 * PATIENCE_US, have passed since.  The time does not count while packets are not in its order.
 *
 * Held pieces begin after `next`, or at it while they wait for the other side, or there is no base
 * yet. */

#include "inspect/sources/packets/wsi-tcp-connection.h"

#include <string.h>

#define PATIENCE 64                     /* packets for which missing bytes are waited for */
#define PATIENCE_US (G_USEC_PER_SEC / 4)
#define FIRST_PLACE ((guint64) 1 << 32) /* first position; lower ones are positive, too */
#define FAR (16 * 1024 * 1024)          /* bytes that are far: more than a sender repeats */
#define MAX_STRANGE 8                   /* segments in a row from far before the next byte */
#define NEAR_BEGINNING (1024 * 1024)    /* bytes near the beginning */

void
wsi_tcp_connection_init (WsiTcpConnection     *self,
                         const WsiSegment     *first,
                         const WsiTcpListener *listener,
                         gpointer              user_data,
                         WsiTcpCounts         *counts)
{
  memset (self, 0, sizeof *self);
  self->endpoints[0] = first->source;
  self->endpoints[1] = first->destination;
  self->client = WSI_TCP_NO_SIDE;
  self->listener = listener;
  self->user_data = user_data;
  self->counts = counts;
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    wsi_tcp_pieces_init (&self->directions[side].pieces);
}

void
wsi_tcp_connection_clear (WsiTcpConnection *self)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    wsi_tcp_pieces_clear (&self->directions[side].pieces);
}

static guint64
tcp_connection_get_position (WsiTcpDirection *direction,
                             guint32          sequence)
{
  if (!direction->has_place)
    {
      direction->has_place = TRUE;
      direction->next = FIRST_PLACE + sequence;
    }
  return direction->next + (guint64) (gint64) (gint32) (sequence - (guint32) direction->next);
}

static gboolean
is_overdue (const WsiTcpConnection *self,
            guint64                 n_packet,
            gint64                  time_us)
{
  const gboolean is_ordered =
    self->last_early == 0 || self->n_packets - self->last_early >= PATIENCE;

  return self->n_packets - n_packet >= PATIENCE ||
         (is_ordered && self->now_us - time_us >= PATIENCE_US);
}

static void
deliver_bytes (WsiTcpConnection *self,
               guint             side,
               const guint8     *at,
               gsize             length,
               gint64            time_us)
{
  WsiTcpDirection *direction = &self->directions[side];

  direction->next += length;
  direction->has_begun = TRUE;
  direction->last_us = MAX (direction->last_us, time_us);
  direction->waiting_since = 0;
  if (!self->is_ignored)
    self->listener->bytes (self, side, at, length, time_us, self->user_data);
}

/* Delivers a gap.  time_us: that of the packet that shows that the bytes are missing. */
static void
deliver_gap (WsiTcpConnection *self,
             guint             side,
             guint64           position,
             gint64            time_us)
{
  WsiTcpDirection *direction = &self->directions[side];
  const guint64 length =
    direction->has_base ? position - direction->next : WSI_TCP_UNKNOWN_LENGTH;

  self->has_no_beginning |= !direction->has_begun;
  direction->next = position;
  direction->has_base = TRUE;
  direction->has_begun = TRUE;
  direction->waiting_since = 0;
  direction->last_us = MAX (direction->last_us, time_us);
  self->counts->n_gaps++;
  self->counts->n_missing += length == WSI_TCP_UNKNOWN_LENGTH ? 0 : length;
  if (!self->is_ignored)
    self->listener->gap (self, side, length, time_us, self->user_data);
}

static void
deliver_end (WsiTcpConnection *self,
             guint             side)
{
  WsiTcpDirection *direction = &self->directions[side];

  direction->has_ended = TRUE;
  wsi_tcp_pieces_clear (&direction->pieces);    /* nothing belongs after the end */
  direction->last_us = MAX (direction->last_us, direction->end_us);
  self->is_reset |= direction->is_end_reset;
  self->listener->end (self, side, direction->is_end_reset ? WSI_TCP_END_RESET : WSI_TCP_END_FIN,
                       direction->last_us, self->user_data);
}

/* Takes the end of an ignored connection at once: none of its bytes are waited for. */
static void
take_unread_end (WsiTcpConnection *self,
                 guint             side,
                 const WsiSegment *segment)
{
  WsiTcpDirection *direction = &self->directions[side];

  if (direction->has_ended || !(segment->flags & (WSI_TCP_FIN | WSI_TCP_RST)))
    return;

  direction->end_us = self->packet_us;
  direction->is_end_reset = (segment->flags & WSI_TCP_RST) != 0;
  deliver_end (self, side);
}

/* Whether the other side's bytes before the position are all delivered; a FIN counts as one. */
static gboolean
has_read (WsiTcpConnection *self,
          guint             side,
          guint64           after)
{
  WsiTcpDirection *other = &self->directions[!side];

  return after == 0 || (other->has_base && after <= other->next + (other->has_ended ? 1 : 0));
}

/* Whether the first piece is the next one of its stream. */
static gboolean
is_first_piece_next (WsiTcpConnection *self,
                     guint             side)
{
  WsiTcpDirection *direction = &self->directions[side];
  const WsiTcpPiece *piece = wsi_tcp_pieces_peek (&direction->pieces);

  return piece != NULL && direction->has_base && piece->position == direction->next;
}

static void
deliver_first_piece (WsiTcpConnection *self,
                     guint             side)
{
  WsiTcpDirection *direction = &self->directions[side];
  const WsiTcpPiece *piece = wsi_tcp_pieces_peek (&direction->pieces);

  if (piece->data == NULL)
    deliver_gap (self, side, piece->position + piece->length, piece->time_us);
  else
    deliver_bytes (self, side, piece->data, piece->length, piece->time_us);
  wsi_tcp_pieces_drop (&direction->pieces);
}

/* Whether the hole in front of the first piece will not be filled any more.  A piece that is
 * overdue and the next one was delivered before. */
static gboolean
is_hole_due (WsiTcpConnection *self,
             guint             side)
{
  WsiTcpDirection *direction = &self->directions[side];
  const WsiTcpPiece *piece = wsi_tcp_pieces_peek (&direction->pieces);

  return piece != NULL && (!direction->has_base || direction->acknowledged >= piece->position) &&
         is_overdue (self, piece->n_packet, piece->time_us);
}

/* The end of the missing bytes: where the stream ends that the other side has read while the
 * capture has nothing of it; 0: there is no such place, as when the end was delivered.  A single
 * byte more may be a FIN. */
static guint64
get_missing_end (WsiTcpConnection *self,
                 guint             side)
{
  WsiTcpDirection *direction = &self->directions[side];
  guint64 end = direction->acknowledged;

  if (wsi_tcp_pieces_peek (&direction->pieces) != NULL)
    return 0;

  if (direction->end != 0)
    end = direction->has_base ? MIN (end, direction->end) : direction->end;
  if (!direction->has_base)
    return end;
  return end > direction->next + (direction->end == 0 ? 1 : 0) ? end : 0;
}

static gboolean
is_end_due (WsiTcpConnection *self,
            guint             side)
{
  WsiTcpDirection *direction = &self->directions[side];

  return direction->end != 0 && direction->has_base && !direction->has_ended &&
         direction->end == direction->next;
}

/* The sender had read bytes of the other side that the capture does not have.  Bytes that it read
 * later are missing later: so a response stays after its request. */
static void
deliver_unread (WsiTcpConnection *self,
                guint             side)
{
  const WsiTcpPiece *piece = wsi_tcp_pieces_peek (&self->directions[side].pieces);
  const guint64 missing_end = get_missing_end (self, !side);

  if (missing_end != 0)
    deliver_gap (self, !side, piece->after != 0 ? MIN (missing_end, piece->after) : missing_end,
                 piece->time_us);
  deliver_first_piece (self, side);
}

/* Delivers the next thing that can be; FALSE: there is none. */
static gboolean
tcp_connection_advance (WsiTcpConnection *self,
                        guint             side)
{
  WsiTcpDirection *direction = &self->directions[side];
  const WsiTcpPiece *piece = wsi_tcp_pieces_peek (&direction->pieces);

  if (is_first_piece_next (self, side) && has_read (self, side, piece->after))
    deliver_first_piece (self, side);
  else if (is_first_piece_next (self, side) && is_overdue (self, piece->n_packet, piece->time_us))
    deliver_unread (self, side);
  else if (is_hole_due (self, side))
    deliver_gap (self, side, piece->position, piece->time_us);
  else if (is_end_due (self, side))
    deliver_end (self, side);
  else
    return FALSE;

  return TRUE;
}

static void
advance_both (WsiTcpConnection *self)
{
  guint side = 0;

  for (guint n_idle = 0; n_idle < WSI_TCP_N_SIDES; side = !side)
    n_idle = tcp_connection_advance (self, side) ? 0 : n_idle + 1;
}

/* Bytes that were acknowledged and that no segment brings: after a while they are a gap. */
static void
look_for_missing (WsiTcpConnection *self,
                  guint             side)
{
  WsiTcpDirection *direction = &self->directions[side];
  const guint64 end = get_missing_end (self, side);

  if (end == 0)
    {
      direction->waiting_since = 0;
      return;
    }
  if (direction->waiting_since == 0)
    {
      direction->waiting_since = self->n_packets;
      direction->waiting_since_us = self->now_us;
    }
  if (!is_overdue (self, direction->waiting_since, direction->waiting_since_us))
    return;

  deliver_gap (self, side, end, direction->waiting_since_us);
  advance_both (self);
}

/* Returns the position that the sender had read to; 0: the segment does not say. */
static guint64
take_acknowledgement (WsiTcpConnection *self,
                      guint             side,
                      const WsiSegment *segment)
{
  WsiTcpDirection *other = &self->directions[!side];
  guint64 position;

  if (!(segment->flags & WSI_TCP_ACK))
    return 0;

  position = tcp_connection_get_position (other, segment->acknowledgement);
  other->acknowledged = MAX (other->acknowledged, position);
  return position;
}

/* Takes a SYN: the first one says which side is the client, and each where its stream begins. */
static void
take_syn (WsiTcpConnection *self,
          guint             side,
          const WsiSegment *segment)
{
  WsiTcpDirection *direction = &self->directions[side];
  const gboolean is_answer = segment->flags & WSI_TCP_ACK;

  if (self->client == WSI_TCP_NO_SIDE)
    self->client = is_answer ? !side : side;
  direction->has_syn = TRUE;
  direction->first = segment->sequence + 1;
  if (direction->has_base)
    return;

  direction->next = tcp_connection_get_position (direction, direction->first);
  direction->has_base = TRUE;
  wsi_tcp_pieces_trim (&direction->pieces, direction->next);
}

static void
tcp_connection_take_end (WsiTcpConnection *self,
                         guint             side,
                         const WsiSegment *segment,
                         guint64           position)
{
  WsiTcpDirection *direction = &self->directions[side];
  const gboolean is_reset = (segment->flags & WSI_TCP_RST) != 0;

  if (direction->has_ended || !(segment->flags & (WSI_TCP_FIN | WSI_TCP_RST)))
    return;

  /* a host that answers an old segment resets with an old number */
  if (is_reset && direction->has_base && position < direction->next &&
      position >= direction->acknowledged)
    position = direction->next;
  if (direction->has_base && position < direction->next)
    return;

  direction->end = position;
  direction->end_us = self->packet_us;
  direction->is_end_reset = is_reset;
}

/* Far from everything that is expected, again and again: packets are missing that nothing shows,
 * such as a SYN. */
static gboolean
is_strange (WsiTcpConnection *self,
            guint             side,
            guint64           position)
{
  WsiTcpDirection *direction = &self->directions[side];

  if (!direction->has_base || position + FAR >= direction->next)
    {
      direction->n_strange = 0;
      return FALSE;
    }
  if (++direction->n_strange < MAX_STRANGE)
    return TRUE;

  direction->n_strange = 0;
  while (wsi_tcp_connection_give_up_hole (self))
    continue;
  direction->has_base = FALSE;
  direction->end = direction->acknowledged = 0;
  direction->next = position;
  return FALSE;
}

static void
tcp_connection_hold (WsiTcpConnection *self,
                     guint             side,
                     const WsiSegment *segment,
                     guint64           position,
                     guint64           after)
{
  WsiTcpDirection *direction = &self->directions[side];
  const guint64 n_conflicts = direction->pieces.n_conflicts;
  WsiTcpPiece piece = {
    .position = position,
    .data     = (guint8 *) segment->payload,
    .length   = (guint32) segment->n_captured,
    .after    = after,
    .n_packet = self->n_packets,
    .time_us  = self->packet_us,
  };

  wsi_tcp_pieces_add (&direction->pieces, &piece);
  piece.position += piece.length;
  piece.length = (guint32) (segment->length - segment->n_captured);
  piece.data = NULL;
  wsi_tcp_pieces_add (&direction->pieces, &piece);
  if (direction->has_base)
    wsi_tcp_pieces_trim (&direction->pieces, direction->next);
  self->counts->n_conflicts += direction->pieces.n_conflicts - n_conflicts;
}

/* The capture begins after the SYN: a request or a status line, with nothing before it, is where
 * the stream goes on. */
static void
look_for_beginning (WsiTcpConnection *self,
                    guint             side,
                    const WsiSegment *segment,
                    guint64           position)
{
  WsiTcpDirection *direction = &self->directions[side];

  if (direction->has_base || direction->has_begun ||
      wsi_tcp_pieces_peek (&direction->pieces) != NULL ||
      !self->listener->is_beginning (segment->payload, segment->n_captured, self->user_data))
    return;

  direction->next = position;
  direction->has_base = TRUE;
}

/* Whether a segment is a keep-alive, with which a capture of an idle connection begins: Windows
 * sends the byte before the next one again.  A segment of one byte is one as long as nothing else
 * was seen of its stream. */
static gboolean
is_keep_alive (const WsiTcpDirection *direction,
               const WsiSegment      *segment,
               guint64                position)
{
  return segment->length == 1 && !(segment->flags & (WSI_TCP_SYN | WSI_TCP_FIN | WSI_TCP_RST)) &&
         !direction->has_base && !direction->has_begun &&
         wsi_tcp_pieces_peek (&direction->pieces) == NULL &&
         (direction->acknowledged == 0 ? position <= direction->next
                                       : position < direction->acknowledged);
}

static void
tcp_connection_take_payload (WsiTcpConnection *self,
                             guint             side,
                             const WsiSegment *segment,
                             guint64           position,
                             guint64           after)
{
  WsiTcpDirection *direction = &self->directions[side];
  const guint64 end = position + segment->length;

  if (segment->length == 0 || direction->has_ended || is_strange (self, side, position) ||
      is_keep_alive (direction, segment, position))
    return;

  look_for_beginning (self, side, segment, position);
  if (direction->has_base && end <= direction->next)
    {
      self->counts->n_repeated++;
      return;
    }
  if (direction->has_base && position == direction->next &&
      segment->n_captured == segment->length && wsi_tcp_pieces_peek (&direction->pieces) == NULL &&
      has_read (self, side, after))
    deliver_bytes (self, side, segment->payload, segment->length, self->packet_us);
  else
    tcp_connection_hold (self, side, segment, position, after);
}

/* Whether a segment is a request on a connection that has ended, and was not captured late or
 * again: the SYN of another connection is missing. */
static gboolean
is_request_after_end (const WsiTcpConnection *self,
                      const WsiTcpDirection  *direction,
                      const WsiSegment       *segment)
{
  const gint32 distance = (gint32) (segment->sequence + (guint32) segment->length -
                                    (guint32) direction->next);

  return (self->is_closed || self->is_reset) && segment->n_captured > 0 &&
         (distance > 0 || distance < -NEAR_BEGINNING) &&
         self->listener->is_beginning (segment->payload, segment->n_captured, self->user_data);
}

gboolean
wsi_tcp_connection_is_another (const WsiTcpConnection *self,
                               guint                   side,
                               const WsiSegment       *segment)
{
  const WsiTcpDirection *direction = &self->directions[side];
  const gint32 distance = (gint32) (segment->sequence + 1 - (guint32) direction->next);

  if (!(segment->flags & WSI_TCP_SYN))
    return is_request_after_end (self, direction, segment);
  if (direction->has_syn)
    return segment->sequence + 1 != direction->first;
  return direction->has_place && (distance > NEAR_BEGINNING || distance < -NEAR_BEGINNING);
}

void
wsi_tcp_connection_take (WsiTcpConnection *self,
                         guint             side,
                         const WsiSegment *segment,
                         gint64            time_us)
{
  guint32 sequence = segment->sequence;
  guint64 position, after;

  self->n_packets++;
  if (time_us < self->now_us)
    self->last_early = self->n_packets;
  self->now_us = MAX (self->now_us, time_us);
  self->packet_us = time_us;
  if (self->is_closed)
    return;
  if (self->is_ignored)
    {
      wsi_tcp_connection_clear (self);
      take_unread_end (self, side, segment);
      return;
    }

  if (segment->flags & WSI_TCP_SYN)
    {
      take_syn (self, side, segment);
      sequence++;
    }
  after = take_acknowledgement (self, side, segment);
  position = tcp_connection_get_position (&self->directions[side], sequence);
  tcp_connection_take_payload (self, side, segment, position, after);
  tcp_connection_take_end (self, side, segment, position + segment->length);
  advance_both (self);
  for (guint i = 0; i < WSI_TCP_N_SIDES; i++)
    look_for_missing (self, i);
}

gsize
wsi_tcp_connection_get_n_held (const WsiTcpConnection *self)
{
  return self->directions[0].pieces.n_bytes + self->directions[1].pieces.n_bytes;
}

gboolean
wsi_tcp_connection_give_up_hole (WsiTcpConnection *self)
{
  const WsiTcpPiece *pieces[WSI_TCP_N_SIDES];
  WsiTcpDirection *direction;
  guint side;

  for (guint i = 0; i < WSI_TCP_N_SIDES; i++)
    pieces[i] = wsi_tcp_pieces_peek (&self->directions[i].pieces);
  if (pieces[0] == NULL && pieces[1] == NULL)
    return FALSE;

  side = pieces[0] == NULL ||
         (pieces[1] != NULL && pieces[1]->n_packet < pieces[0]->n_packet) ? 1 : 0;
  direction = &self->directions[side];
  if (!direction->has_base || pieces[side]->position > direction->next)
    deliver_gap (self, side, pieces[side]->position, pieces[side]->time_us);
  deliver_first_piece (self, side);
  advance_both (self);
  return TRUE;
}

/* Ignores a connection: the listener wants to know only its ends. */
void
wsi_tcp_connection_ignore (WsiTcpConnection *self)
{
  self->is_ignored = TRUE;
}

void
wsi_tcp_connection_close (WsiTcpConnection *self,
                          WsiTcpClose       why)
{
  if (self->is_closed)
    return;

  while (wsi_tcp_connection_give_up_hole (self))
    continue;
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    {
      WsiTcpDirection *direction = &self->directions[side];
      const guint64 end = MAX (get_missing_end (self, side), direction->end);

      if (direction->has_base && end > direction->next)
        deliver_gap (self, side, end, self->now_us);
    }
  advance_both (self);
  self->is_closed = TRUE;
  self->listener->close (self, why, self->now_us, self->user_data);
}
