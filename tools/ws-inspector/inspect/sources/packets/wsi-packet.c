/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A packet in, its TCP segment out.  Reads nothing outside of the captured bytes, verifies no
 * checksum (a capture on the sending machine sees them before the network card fills them in), and
 * changes no byte. */

#include "inspect/sources/packets/wsi-packet.h"

#include <string.h>

#include "inspect/sources/packets/wsi-packet-private.h"

#define PROTOCOL_HOP_BY_HOP 0
#define PROTOCOL_IPV4 4
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_IPV6 41
#define PROTOCOL_ROUTING 43
#define PROTOCOL_FRAGMENT 44
#define PROTOCOL_GRE 47
#define PROTOCOL_ENCRYPTED 50
#define PROTOCOL_AUTHENTICATION 51
#define PROTOCOL_DESTINATION 60
#define PROTOCOL_MPLS 137

#define MIN_IPV4 20
#define MIN_IPV6 40
#define MIN_TCP 20
#define MAX_DEPTH 16            /* headers in each other: more than four tunnels */

static WsiPacketKind parse_type (WsiRest     rest,
                                 guint       type,
                                 WsiSegment *segment);

static WsiPacketKind
parse_next (WsiRest     rest,
            WsiNext     next,
            WsiSegment *segment)
{
  if (next.kind == WSI_PACKET_TCP)
    return parse_type (rest, next.type, segment);

  segment->unread = next.name;
  return next.kind;
}

/* Ethernet pads short packets, so what follows the length of a header is not its payload. */
static void
limit_length (WsiRest *rest,
              gsize    length)
{
  rest->length = MIN (rest->length, length);
  rest->n_captured = MIN (rest->n_captured, rest->length);
}

static WsiPacketKind
parse_tcp (WsiRest     rest,
           WsiSegment *segment)
{
  const guint8 *at = rest.at;
  gsize header_length;

  if (rest.n_captured < MIN_TCP)
    return wsi_rest_get_missing_kind (&rest);

  header_length = (at[12] >> 4) * 4u;
  if (header_length < MIN_TCP || header_length > rest.length)
    return WSI_PACKET_MALFORMED;
  if (!wsi_rest_drop (&rest, header_length))
    return WSI_PACKET_CUT;

  segment->source.port = wsi_read_uint16 (at);
  segment->destination.port = wsi_read_uint16 (at + 2);
  segment->sequence = wsi_read_uint32 (at + 4);
  segment->acknowledgement = wsi_read_uint32 (at + 8);
  segment->flags = at[13] & (WSI_TCP_FIN | WSI_TCP_SYN | WSI_TCP_RST | WSI_TCP_ACK);
  segment->payload = rest.at;
  segment->n_captured = rest.n_captured;
  segment->length = rest.length;
  return WSI_PACKET_TCP;
}

/* Labels (RFC 3032), then IP, or Ethernet after a control word (RFC 4448 4.6). */
static WsiPacketKind
parse_mpls (WsiRest     rest,
            WsiSegment *segment)
{
  gboolean is_last = FALSE;
  WsiNext next;

  while (!is_last)
    {
      if (rest.n_captured < 4)
        return wsi_rest_get_missing_kind (&rest);
      is_last = rest.at[2] & 1;
      wsi_rest_drop (&rest, 4);
    }
  if (rest.n_captured < 1)
    return wsi_rest_get_missing_kind (&rest);

  if (rest.at[0] >> 4 != 0)
    return parse_type (rest, WSI_TYPE_IPV4, segment);

  next = wsi_rest_go_on (&rest, 4, WSI_TYPE_BRIDGED);
  return parse_next (rest, next, segment);
}

/* Parses a protocol after a header of IP, other than TCP. */
static WsiPacketKind
parse_protocol (guint8      protocol,
                WsiRest     rest,
                WsiSegment *segment)
{
  WsiNext next;

  switch (protocol)
    {
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
      return parse_type (rest, WSI_TYPE_IPV4, segment);
    case PROTOCOL_GRE:
      next = wsi_packet_drop_gre (&rest);
      break;
    case PROTOCOL_MPLS:
      return parse_type (rest, WSI_TYPE_MPLS, segment);
    case PROTOCOL_UDP:
      next = wsi_packet_drop_udp (&rest);
      break;
    case PROTOCOL_ENCRYPTED:
      return WSI_PACKET_ENCRYPTED;
    default:
      next = wsi_packet_name_protocol (protocol);
      break;
    }
  return parse_next (rest, next, segment);
}

/* The end of a segment is in a later fragment, and so is the place of its FIN. */
static WsiPacketKind
parse_first_fragment (WsiRest     rest,
                      WsiSegment *segment)
{
  const WsiPacketKind kind = parse_tcp (rest, segment);

  segment->flags &= ~(WSI_TCP_FIN | WSI_TCP_RST);
  return kind == WSI_PACKET_TCP ? WSI_PACKET_FIRST_FRAGMENT : WSI_PACKET_FRAGMENT;
}

/* Joins fragments.  TRUE: the rest is the payload of the whole packet. */
static gboolean
join_fragments (WsiRest              *rest,
                const WsiIpPacketKey *key,
                gsize                 offset,
                gboolean              is_last,
                WsiSegment           *segment)
{
  const WsiIpFragment fragment = { rest->at, rest->n_captured, rest->length, offset, is_last };
  WsiIpPayload payload;

  if (rest->fragments == NULL ||
      !wsi_ip_fragments_add (rest->fragments, key, &fragment, &payload))
    return FALSE;

  rest->at = payload.at;
  rest->n_captured = payload.n_captured;
  rest->length = payload.length;
  segment->was_fragment = payload.had_first;
  return TRUE;
}

/* The fragment of an IPv4 packet.  If the packet is not complete, the fragment gives its own part
 * of a segment. */
static WsiPacketKind
parse_fragment (guint8        protocol,
                const guint8 *header,
                WsiRest       rest,
                WsiSegment   *segment)
{
  const guint16 fragment = wsi_read_uint16 (header + 6);
  const gsize offset = (fragment & 0x1fff) * 8u;
  const gboolean is_last = !(fragment & 0x2000);
  WsiIpPacketKey key = {
    .id       = wsi_read_uint16 (header + 4),
    .family   = G_SOCKET_FAMILY_IPV4,
    .protocol = protocol,
  };

  memcpy (key.source, header + 12, 4);
  memcpy (key.destination, header + 16, 4);
  if (join_fragments (&rest, &key, offset, is_last, segment))
    return protocol == PROTOCOL_TCP ? parse_tcp (rest, segment)
                                    : parse_protocol (protocol, rest, segment);

  return protocol == PROTOCOL_TCP && offset == 0 ? parse_first_fragment (rest, segment)
                                                 : WSI_PACKET_FRAGMENT;
}

static WsiPacketKind
parse_ipv4 (WsiRest     rest,
            WsiSegment *segment)
{
  const guint8 *at = rest.at;
  gsize header_length, total_length;
  guint16 fragment;

  if (rest.n_captured < MIN_IPV4)
    return wsi_rest_get_missing_kind (&rest);

  header_length = (at[0] & 15) * 4u;
  total_length = wsi_read_uint16 (at + 2);
  fragment = wsi_read_uint16 (at + 6);
  /* The length is 0 where the network card cuts a large segment into packets. */
  if (total_length != 0)
    limit_length (&rest, total_length);
  if (header_length < MIN_IPV4 || header_length > rest.length)
    return WSI_PACKET_MALFORMED;
  if (!wsi_rest_drop (&rest, header_length))
    return WSI_PACKET_CUT;

  segment->source.family = segment->destination.family = G_SOCKET_FAMILY_IPV4;
  memcpy (segment->source.address, at + 12, 4);
  memcpy (segment->destination.address, at + 16, 4);
  if ((fragment & 0x3fff) != 0)
    return parse_fragment (at[9], at, rest, segment);
  return at[9] == PROTOCOL_TCP ? parse_tcp (rest, segment) : parse_protocol (at[9], rest, segment);
}

/* The fragment of an IPv6 packet, after its fragment header.  The addresses are those of the
 * segment. */
static gboolean
join_ipv6_fragments (WsiRest      *rest,
                     const guint8 *header,
                     WsiSegment   *segment)
{
  const guint16 place = wsi_read_uint16 (header + 2);
  WsiIpPacketKey key = { .id = wsi_read_uint32 (header + 4), .family = G_SOCKET_FAMILY_IPV6 };

  memcpy (key.source, segment->source.address, sizeof key.source);
  memcpy (key.destination, segment->destination.address, sizeof key.destination);
  return join_fragments (rest, &key, place & ~7u, !(place & 1), segment);
}

/* Walks along the extension headers, each at least eight bytes long. */
static WsiPacketKind
parse_ipv6_payload (guint8      protocol,
                    WsiRest     rest,
                    WsiSegment *segment)
{
  gboolean is_first_fragment = FALSE;

  while (protocol != PROTOCOL_TCP)
    {
      const guint8 *at = rest.at;
      gsize length = 8;

      if (protocol != PROTOCOL_HOP_BY_HOP && protocol != PROTOCOL_ROUTING &&
          protocol != PROTOCOL_FRAGMENT && protocol != PROTOCOL_AUTHENTICATION &&
          protocol != PROTOCOL_DESTINATION)
        return is_first_fragment ? WSI_PACKET_FRAGMENT : parse_protocol (protocol, rest, segment);
      if (rest.n_captured < 8)
        return wsi_rest_get_missing_kind (&rest);

      if (protocol != PROTOCOL_FRAGMENT)
        length = protocol == PROTOCOL_AUTHENTICATION ? (at[1] + 2) * 4u : (at[1] + 1) * 8u;
      if (length > rest.length)
        return WSI_PACKET_MALFORMED;
      if (!wsi_rest_drop (&rest, length))
        return WSI_PACKET_CUT;
      if (protocol == PROTOCOL_FRAGMENT && (wsi_read_uint16 (at + 2) & ~6u) != 0 &&
          !join_ipv6_fragments (&rest, at, segment))
        {
          if ((wsi_read_uint16 (at + 2) & ~7u) != 0)
            return WSI_PACKET_FRAGMENT;
          is_first_fragment = TRUE;
        }
      protocol = at[0];
    }
  return is_first_fragment ? parse_first_fragment (rest, segment) : parse_tcp (rest, segment);
}

static WsiPacketKind
parse_ipv6 (WsiRest     rest,
            WsiSegment *segment)
{
  const guint8 *at = rest.at;
  gsize payload_length;

  if (rest.n_captured < MIN_IPV6)
    return wsi_rest_get_missing_kind (&rest);

  payload_length = wsi_read_uint16 (at + 4);
  if (payload_length != 0)
    limit_length (&rest, MIN_IPV6 + payload_length);
  segment->source.family = segment->destination.family = G_SOCKET_FAMILY_IPV6;
  memcpy (segment->source.address, at + 8, 16);
  memcpy (segment->destination.address, at + 24, 16);
  wsi_rest_drop (&rest, MIN_IPV6);
  return parse_ipv6_payload (at[6], rest, segment);
}

static WsiPacketKind
packet_parse_ip (WsiRest     rest,
                 WsiSegment *segment)
{
  if (rest.n_captured < 1)
    return wsi_rest_get_missing_kind (&rest);

  memset (segment, 0, sizeof *segment);         /* forgets the addresses of the tunnel */
  switch (rest.at[0] >> 4)
    {
    case 4:
      return parse_ipv4 (rest, segment);
    case 6:
      return parse_ipv6 (rest, segment);
    default:
      return WSI_PACKET_OTHER;
    }
}

/* Drops a PPPoE header of six bytes (RFC 2516 4). */
static WsiNext
drop_pppoe (WsiRest *rest)
{
  return wsi_rest_drop (rest, 6) ? wsi_packet_drop_ppp (rest) : wsi_next_missing (rest);
}

static WsiNext
drop_ethernet (WsiRest *rest)
{
  return rest->n_captured < 14 ? wsi_next_missing (rest)
         : wsi_rest_go_on (rest, 14, wsi_read_uint16 (rest->at + 12));
}

static WsiNext
drop_vlan (WsiRest *rest)
{
  return rest->n_captured < 4 ? wsi_next_missing (rest)
         : wsi_rest_go_on (rest, 4, wsi_read_uint16 (rest->at + 2));
}

/* Reads the headers that follow a header. */
static WsiPacketKind
parse_type (WsiRest     rest,
            guint       type,
            WsiSegment *segment)
{
  WsiNext next;

  if (++rest.depth > MAX_DEPTH)
    {
      segment->unread = "more than " G_STRINGIFY (MAX_DEPTH) " headers in each other";
      return WSI_PACKET_UNREAD;
    }

  switch (type)
    {
    case WSI_TYPE_IPV4:
    case WSI_TYPE_IPV6:
      return packet_parse_ip (rest, segment);
    case WSI_TYPE_MPLS:
    case WSI_TYPE_MPLS_MULTICAST:
      return parse_mpls (rest, segment);
    case WSI_TYPE_BRIDGED:
      next = drop_ethernet (&rest);
      break;
    case WSI_TYPE_VLAN:
    case WSI_TYPE_SERVICE_VLAN:
    case WSI_TYPE_OLD_SERVICE_VLAN:
      next = drop_vlan (&rest);
      break;
    case WSI_TYPE_PPPOE:
      next = drop_pppoe (&rest);
      break;
    case WSI_TYPE_PPP:
      next = wsi_packet_drop_ppp (&rest);
      break;
    case WSI_TYPE_WIFI:
      next = wsi_packet_drop_wifi (&rest);
      break;
    default:
      next = type <= WSI_TYPE_MAX_LENGTH ? wsi_packet_drop_llc (&rest)
                                         : wsi_packet_name_type ((guint16) type);
      break;
    }
  return parse_next (rest, next, segment);
}

WsiPacketKind
wsi_packet_parse (WsiLink         link,
                  const guint8   *at,
                  gsize           n_captured,
                  gsize           length,
                  WsiIpFragments *fragments,
                  WsiSegment     *segment)
{
  WsiRest rest = { at, MIN (n_captured, length), length, 0, fragments };
  WsiNext next;

  memset (segment, 0, sizeof *segment);
  next = wsi_packet_drop_link (&rest, link);
  return parse_next (rest, next, segment);
}

char *
wsi_endpoint_to_string (const WsiEndpoint *self)
{
  const gboolean is_ipv6 = self->family == G_SOCKET_FAMILY_IPV6;
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *text = NULL;

  if (!is_ipv6 && self->family != G_SOCKET_FAMILY_IPV4)
    return NULL;

  address = g_inet_address_new_from_bytes (self->address, (GSocketFamily) self->family);
  text = g_inet_address_to_string (address);
  return g_strdup_printf (is_ipv6 ? "[%s]:%u" : "%s:%u", text, self->port);
}
