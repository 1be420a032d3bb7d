/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Two streams of known bytes, in segments that are shuffled, repeated, cut and left out: each byte
 * that is delivered is the one of its place, and only bytes that no segment has brought yet are
 * missing.
 *
 * The first bytes choose the beginnings and the limits; then seven bytes are a segment. */

#include <inspect/sources/packets/wsi-tcp-reassembler.h>
#include <string.h>

#include "fuzz/fuzz-input.h"

#define LENGTH 4096             /* bytes of a stream */
#define BROUGHT 1
#define CUT 2

typedef struct
{
  guint32 base;
  guint64 at;                   /* position of the next byte */
  gboolean has_ended;
  uint8_t has[LENGTH];          /* state of each byte: BROUGHT or CUT by the first segment that has
                                 * it */
} Stream;

static Stream streams[2];
static gboolean is_closed, is_at_first_place;
static gboolean is_replaced;            /* by another connection: what follows belongs to it */

static uint8_t
get_byte (guint   side,
          guint64 place)
{
  return (uint8_t) ((place * 2654435761u >> 7) + side);
}

static guint
get_stream (WsiTcpConnection *connection,
            guint             side)
{
  return connection->endpoints[side].port == 80;
}

static void
check_bytes (WsiTcpConnection *connection,
             guint             side,
             const guint8     *at,
             gsize             length,
             gint64            time_us,
             gpointer          user_data)
{
  const guint stream = get_stream (connection, side);

  if (is_replaced)
    return;

  REQUIRE (!is_closed && !streams[stream].has_ended && length > 0);
  for (gsize i = 0; i < length; i++)
    REQUIRE (at[i] == get_byte (stream, streams[stream].at++));
}

static void
check_gap (WsiTcpConnection *connection,
           guint             side,
           guint64           length,
           gint64            time_us,
           gpointer          user_data)
{
  const guint number = get_stream (connection, side);
  Stream *stream = &streams[number];

  if (is_replaced)
    return;

  REQUIRE (!is_closed && !stream->has_ended && length > 0);
  if (length == WSI_TCP_UNKNOWN_LENGTH)
    {
      stream->at = (guint32) connection->directions[side].next - stream->base;
      return;
    }
  for (guint64 i = 0; i < length; i++, stream->at++)
    REQUIRE (stream->at >= LENGTH || stream->has[stream->at] != BROUGHT);
}

static void
check_end (WsiTcpConnection *connection,
           guint             side,
           WsiTcpEnd         how,
           gint64            time_us,
           gpointer          user_data)
{
  Stream *stream = &streams[get_stream (connection, side)];

  if (is_replaced)
    return;

  REQUIRE (!is_closed && !stream->has_ended);
  stream->has_ended = TRUE;
}

static void
note_close (WsiTcpConnection *connection,
            WsiTcpClose       why,
            gint64            time_us,
            gpointer          user_data)
{
  REQUIRE (!is_closed || is_replaced);
  is_closed = TRUE;
  is_replaced = why == WSI_TCP_CLOSE_REPLACED || (why == WSI_TCP_CLOSE_RESET && is_at_first_place);
}

static gboolean
is_beginning (const guint8 *at,
              gsize         length,
              gpointer      unused)
{
  return is_at_first_place;
}

static const WsiTcpListener checker = {
  check_bytes, check_gap, check_end, note_close, is_beginning,
};

static void
note_first (guint   side,
            guint   place,
            guint   n,
            uint8_t how)
{
  for (guint i = place; i < place + n; i++)
    if (streams[side].has[i] == 0)
      streams[side].has[i] = how;
}

static void
send_segment (WsiTcpReassembler *reassembler,
              FuzzInput         *input)
{
  const uint8_t control = fuzz_take (input);
  const guint side = control & 1;
  const guint place = (fuzz_take (input) << 8 | fuzz_take (input)) % (LENGTH - 256);
  const guint length = control & 2 ? fuzz_take (input) : 0;
  const guint n_cut = control & 4 ? fuzz_take (input) % (length + 1) : 0;
  const guint acknowledged = (fuzz_take (input) << 8 | fuzz_take (input)) % LENGTH;
  uint8_t payload[256];
  WsiSegment segment = {
    .source = { { 127, 0, 0, 1 }, side ? 80 : 4000, G_SOCKET_FAMILY_IPV4 },
    .destination = { { 127, 0, 0, 1 }, side ? 4000 : 80, G_SOCKET_FAMILY_IPV4 },
    .sequence = streams[side].base + place,
    .acknowledgement = streams[!side].base + acknowledged,
    .flags = control & 8 ? WSI_TCP_ACK : 0,
    .payload = payload,
    .n_captured = length - n_cut,
    .length = length,
  };

  for (guint i = 0; i < length; i++)
    payload[i] = get_byte (side, place + i);
  if ((control & 0xf0) == 0x10)
    segment.flags |= WSI_TCP_FIN;
  if ((control & 0xf0) == 0x20)
    segment.flags |= WSI_TCP_RST;
  is_at_first_place = place == 0;
  wsi_tcp_reassembler_take (reassembler, &segment, control);
  /* One byte may be a keep-alive, which is left out. */
  note_first (side, place, length > 1 ? length - n_cut : 0, BROUGHT);
  note_first (side, place + length - n_cut, n_cut, CUT);
}

static void
begin_streams (FuzzInput         *input,
               WsiTcpReassembler *reassembler,
               uint8_t            choice)
{
  is_closed = is_replaced = FALSE;
  memset (streams, 0, sizeof streams);
  for (guint side = 0; side < 2; side++)
    {
      streams[side].base = choice & 1 << side ? 0xffffff00 : 77;
      if (choice & 4 << side)
        {
          const WsiSegment segment = {
            .source = { { 127, 0, 0, 1 }, side ? 80 : 4000, G_SOCKET_FAMILY_IPV4 },
            .destination = { { 127, 0, 0, 1 }, side ? 4000 : 80, G_SOCKET_FAMILY_IPV4 },
            .sequence = streams[side].base - 1,
            .flags = WSI_TCP_SYN,
          };

          wsi_tcp_reassembler_take (reassembler, &segment, 1);
        }
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FuzzInput input = { data, size, 1 };
  const uint8_t choice = fuzz_take (&input);
  const WsiTcpLimits limits = { 2, 6, 700, 1000 };
  WsiTcpReassembler *reassembler =
    wsi_tcp_reassembler_new (choice & 0x80 ? &limits : NULL, &checker, NULL);

  begin_streams (&input, reassembler, choice);
  while (input.left > 0 && !is_closed)
    send_segment (reassembler, &input);
  wsi_tcp_reassembler_end (reassembler, WSI_TCP_CLOSE_CAPTURE_ENDED);
  REQUIRE (is_closed || size <= 1);
  REQUIRE (wsi_tcp_reassembler_get_n_held (reassembler) == 0);
  wsi_tcp_reassembler_free (reassembler);
  return 0;
}
