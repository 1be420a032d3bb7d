/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A packet in, its TCP segment out.  Reads nothing outside of the captured bytes, verifies no
 * checksum (a capture on the sending machine sees them before the network card fills them in), and
 * changes no byte. */

#include "inspect/sources/packets/wsi-packet.h"

#include <string.h>

#define TYPE_IPV4 0x0800
#define TYPE_IPV6 0x86dd
#define TYPE_BRIDGED 0x6558     /* Ethernet in GRE */
#define TYPE_VLAN 0x8100
#define TYPE_MPLS 0x8847
#define TYPE_MPLS_MULTICAST 0x8848
#define TYPE_PPPOE 0x8864
#define TYPE_ERSPAN 0x88be
#define TYPE_SERVICE_VLAN 0x88a8
#define TYPE_OLD_SERVICE_VLAN 0x9100

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

#define PORT_HTTPS 443
#define PORT_VXLAN 4789
#define PORT_OLD_VXLAN 8472

#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057
#define PPP_MPLS 0x0281

#define MIN_IPV4 20
#define MIN_IPV6 40
#define MIN_TCP 20
#define MAX_DEPTH 8             /* headers of IP and Ethernet in each other */

/* The packet from some header on. */
typedef struct
{
  const guint8 *at;
  gsize         n_captured;     /* at most the length */
  gsize         length;         /* on the wire */
  guint         depth;
} Rest;

static WsiPacketKind parse_ip         (Rest        rest,
                                       WsiSegment *segment);
static WsiPacketKind parse_ether_type (Rest        rest,
                                       gsize       type_at,
                                       gsize       header_length,
                                       WsiSegment *segment);

static guint16
read_uint16 (const guint8 *at)
{
  return (guint16) (at[0] << 8 | at[1]);
}

static guint32
read_uint32 (const guint8 *at)
{
  return (guint32) read_uint16 (at) << 16 | read_uint16 (at + 2);
}

static gboolean
drop_front (Rest *rest,
            gsize n)
{
  if (n > rest->n_captured)
    return FALSE;

  rest->at += n;
  rest->n_captured -= n;
  rest->length -= n;
  return TRUE;
}

/* Ethernet pads short packets, so what follows the length of a header is not its payload. */
static void
limit_length (Rest *rest,
              gsize length)
{
  rest->length = MIN (rest->length, length);
  rest->n_captured = MIN (rest->n_captured, rest->length);
}

static WsiPacketKind
missing_kind (const Rest *rest)
{
  return rest->n_captured < rest->length ? WSI_PACKET_CUT : WSI_PACKET_MALFORMED;
}

static WsiPacketKind
parse_tcp (Rest        rest,
           WsiSegment *segment)
{
  const guint8 *at = rest.at;
  gsize header_length;

  if (rest.n_captured < MIN_TCP)
    return missing_kind (&rest);

  header_length = (at[12] >> 4) * 4u;
  if (header_length < MIN_TCP || header_length > rest.length)
    return WSI_PACKET_MALFORMED;
  if (!drop_front (&rest, header_length))
    return WSI_PACKET_CUT;

  segment->source.port = read_uint16 (at);
  segment->destination.port = read_uint16 (at + 2);
  segment->sequence = read_uint32 (at + 4);
  segment->acknowledgement = read_uint32 (at + 8);
  segment->flags = at[13] & (WSI_TCP_FIN | WSI_TCP_SYN | WSI_TCP_RST | WSI_TCP_ACK);
  segment->payload = rest.at;
  segment->n_captured = rest.n_captured;
  segment->length = rest.length;
  return WSI_PACKET_TCP;
}

static WsiPacketKind
parse_inner (Rest        rest,
             gsize       header_length,
             WsiSegment *segment)
{
  return drop_front (&rest, header_length) ? parse_ip (rest, segment) : missing_kind (&rest);
}

static WsiPacketKind
parse_inner_ethernet (Rest        rest,
                      gsize       header_length,
                      WsiSegment *segment)
{
  if (!drop_front (&rest, header_length))
    return missing_kind (&rest);

  return parse_ether_type (rest, 12, 14, segment);
}

/* Labels (RFC 3032), then IP, or Ethernet after a control word (RFC 4448 4.6). */
static WsiPacketKind
parse_mpls (Rest        rest,
            WsiSegment *segment)
{
  gboolean is_last = FALSE;

  while (!is_last)
    {
      if (rest.n_captured < 4)
        return missing_kind (&rest);
      is_last = rest.at[2] & 1;
      drop_front (&rest, 4);
    }
  if (rest.n_captured < 1)
    return missing_kind (&rest);

  return rest.at[0] >> 4 == 0 ? parse_inner_ethernet (rest, 4, segment)
                              : parse_ip (rest, segment);
}

/* RFC 2784 and 2890; ERSPAN has a header of its own where GRE has a sequence number. */
static WsiPacketKind
parse_gre (Rest        rest,
           WsiSegment *segment)
{
  guint16 flags, type;
  gsize header_length;

  if (rest.n_captured < 4)
    return missing_kind (&rest);

  flags = read_uint16 (rest.at);
  type = read_uint16 (rest.at + 2);
  header_length = 4 + (flags & 0x8000 ? 4 : 0) + (flags & 0x2000 ? 4 : 0)
                  + (flags & 0x1000 ? 4 : 0);
  if ((flags & 0x4007) != 0)    /* routing, or another version */
    return WSI_PACKET_OTHER;
  if (type == TYPE_IPV4 || type == TYPE_IPV6)
    return parse_inner (rest, header_length, segment);
  if (type == TYPE_BRIDGED)
    return parse_inner_ethernet (rest, header_length, segment);
  if (type == TYPE_ERSPAN)
    return parse_inner_ethernet (rest, header_length + (flags & 0x1000 ? 8 : 0), segment);
  if (type != TYPE_MPLS && type != TYPE_MPLS_MULTICAST)
    return WSI_PACKET_OTHER;

  return drop_front (&rest, header_length) ? parse_mpls (rest, segment) : missing_kind (&rest);
}

/* VXLAN (RFC 7348 5) has the flag of a valid network identifier. */
static WsiPacketKind
parse_udp (Rest        rest,
           WsiSegment *segment)
{
  guint16 source, destination;

  if (rest.n_captured < 8)
    return missing_kind (&rest);

  source = read_uint16 (rest.at);
  destination = read_uint16 (rest.at + 2);
  drop_front (&rest, 8);
  if (source == PORT_HTTPS || destination == PORT_HTTPS)
    return WSI_PACKET_QUIC;
  if (destination != PORT_VXLAN && destination != PORT_OLD_VXLAN)
    return WSI_PACKET_OTHER;
  if (rest.n_captured < 8)
    return missing_kind (&rest);

  return rest.at[0] & 0x08 ? parse_inner_ethernet (rest, 8, segment) : WSI_PACKET_OTHER;
}

/* Six bytes of PPPoE (RFC 2516 4), two of PPP. */
static WsiPacketKind
parse_pppoe (Rest        rest,
             WsiSegment *segment)
{
  guint16 protocol;

  if (rest.n_captured < 8)
    return missing_kind (&rest);

  protocol = read_uint16 (rest.at + 6);
  drop_front (&rest, 8);
  return protocol == PPP_IPV4 || protocol == PPP_IPV6 ? parse_ip (rest, segment)
         : protocol == PPP_MPLS ? parse_mpls (rest, segment)
                                : WSI_PACKET_OTHER;
}

/* Protocols after a header of IP, other than TCP. */
static WsiPacketKind
parse_protocol (guint8      protocol,
                Rest        rest,
                WsiSegment *segment)
{
  switch (protocol)
    {
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
      return parse_ip (rest, segment);
    case PROTOCOL_GRE:
      return parse_gre (rest, segment);
    case PROTOCOL_MPLS:
      return parse_mpls (rest, segment);
    case PROTOCOL_UDP:
      return parse_udp (rest, segment);
    case PROTOCOL_ENCRYPTED:
      return WSI_PACKET_ENCRYPTED;
    default:
      return WSI_PACKET_OTHER;
    }
}

/* The end of a segment is in a later fragment, and so is the place of its FIN. */
static WsiPacketKind
parse_first_fragment (Rest        rest,
                      WsiSegment *segment)
{
  const WsiPacketKind kind = parse_tcp (rest, segment);

  segment->flags &= ~(WSI_TCP_FIN | WSI_TCP_RST);
  return kind == WSI_PACKET_TCP ? WSI_PACKET_FIRST_FRAGMENT : WSI_PACKET_FRAGMENT;
}

static WsiPacketKind
parse_ipv4 (Rest        rest,
            WsiSegment *segment)
{
  const guint8 *at = rest.at;
  gsize header_length, total_length;
  guint16 fragment;

  if (rest.n_captured < MIN_IPV4)
    return missing_kind (&rest);

  header_length = (at[0] & 15) * 4u;
  total_length = read_uint16 (at + 2);
  fragment = read_uint16 (at + 6);
  /* The length is 0 where the network card cuts a large segment into packets. */
  if (total_length != 0)
    limit_length (&rest, total_length);
  if (header_length < MIN_IPV4 || header_length > rest.length)
    return WSI_PACKET_MALFORMED;
  if (!drop_front (&rest, header_length))
    return WSI_PACKET_CUT;
  if (at[9] != PROTOCOL_TCP)
    return (fragment & 0x3fff) != 0 ? WSI_PACKET_OTHER : parse_protocol (at[9], rest, segment);

  segment->source.family = segment->destination.family = G_SOCKET_FAMILY_IPV4;
  memcpy (segment->source.address, at + 12, 4);
  memcpy (segment->destination.address, at + 16, 4);
  if ((fragment & 0x1fff) != 0)
    return WSI_PACKET_FRAGMENT;
  return fragment & 0x2000 ? parse_first_fragment (rest, segment) : parse_tcp (rest, segment);
}

/* Walks along the extension headers, each at least eight bytes long. */
static WsiPacketKind
parse_ipv6_payload (guint8      protocol,
                    Rest        rest,
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
        return is_first_fragment ? WSI_PACKET_OTHER : parse_protocol (protocol, rest, segment);
      if (rest.n_captured < 8)
        return missing_kind (&rest);

      if (protocol == PROTOCOL_FRAGMENT && (read_uint16 (at + 2) & ~7) != 0)
        return WSI_PACKET_FRAGMENT;
      if (protocol == PROTOCOL_FRAGMENT)
        is_first_fragment |= at[3] & 1;
      else
        length = protocol == PROTOCOL_AUTHENTICATION ? (at[1] + 2) * 4u : (at[1] + 1) * 8u;
      if (length > rest.length)
        return WSI_PACKET_MALFORMED;
      if (!drop_front (&rest, length))
        return WSI_PACKET_CUT;
      protocol = at[0];
    }
  return is_first_fragment ? parse_first_fragment (rest, segment) : parse_tcp (rest, segment);
}

static WsiPacketKind
parse_ipv6 (Rest        rest,
            WsiSegment *segment)
{
  const guint8 *at = rest.at;
  gsize payload_length;

  if (rest.n_captured < MIN_IPV6)
    return missing_kind (&rest);

  payload_length = read_uint16 (at + 4);
  if (payload_length != 0)
    limit_length (&rest, MIN_IPV6 + payload_length);
  segment->source.family = segment->destination.family = G_SOCKET_FAMILY_IPV6;
  memcpy (segment->source.address, at + 8, 16);
  memcpy (segment->destination.address, at + 24, 16);
  drop_front (&rest, MIN_IPV6);
  return parse_ipv6_payload (at[6], rest, segment);
}

static WsiPacketKind
parse_ip (Rest        rest,
          WsiSegment *segment)
{
  if (rest.n_captured < 1)
    return missing_kind (&rest);
  if (++rest.depth > MAX_DEPTH)
    return WSI_PACKET_OTHER;

  memset (segment, 0, sizeof *segment);         /* the addresses of the tunnel */
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

/* type_at: where the EtherType is; what it names follows header_length bytes after the front. */
static WsiPacketKind
parse_ether_type (Rest        rest,
                  gsize       type_at,
                  gsize       header_length,
                  WsiSegment *segment)
{
  guint16 type;

  if (rest.n_captured < header_length)
    return missing_kind (&rest);
  if (++rest.depth > MAX_DEPTH)
    return WSI_PACKET_OTHER;

  type = read_uint16 (rest.at + type_at);
  drop_front (&rest, header_length);
  while (type == TYPE_VLAN || type == TYPE_SERVICE_VLAN || type == TYPE_OLD_SERVICE_VLAN)
    {
      if (rest.n_captured < 4)
        return missing_kind (&rest);
      type = read_uint16 (rest.at + 2);
      drop_front (&rest, 4);
    }
  switch (type)
    {
    case TYPE_IPV4:
    case TYPE_IPV6:
      return parse_ip (rest, segment);
    case TYPE_MPLS:
    case TYPE_MPLS_MULTICAST:
      return parse_mpls (rest, segment);
    case TYPE_PPPOE:
      return parse_pppoe (rest, segment);
    default:
      return WSI_PACKET_OTHER;
    }
}

/* Four bytes with the address family, in the order of the machine that wrote them.  The systems
 * have different numbers for IPv6, but the IP header has its own version number. */
static WsiPacketKind
parse_loopback (Rest        rest,
                WsiSegment *segment)
{
  if (!drop_front (&rest, 4))
    return missing_kind (&rest);

  return parse_ip (rest, segment);
}

gboolean
wsi_packet_knows_link (int link)
{
  switch (link)
    {
    case WSI_LINK_BSD_LOOPBACK:
    case WSI_LINK_ETHERNET:
    case WSI_LINK_RAW_IP:
    case WSI_LINK_RAW_IP_OPENBSD:
    case WSI_LINK_RAW_IP_IN_FILE:
    case WSI_LINK_OPENBSD_LOOP:
    case WSI_LINK_LINUX_COOKED_1:
    case WSI_LINK_IPV4:
    case WSI_LINK_IPV6:
    case WSI_LINK_LINUX_COOKED_2:
      return TRUE;
    default:
      return FALSE;
    }
}

WsiPacketKind
wsi_packet_parse (WsiLink       link,
                  const guint8 *at,
                  gsize         n_captured,
                  gsize         length,
                  WsiSegment   *segment)
{
  const Rest rest = { at, MIN (n_captured, length), length, 0 };

  memset (segment, 0, sizeof *segment);
  switch (link)
    {
    case WSI_LINK_ETHERNET:
      return parse_ether_type (rest, 12, 14, segment);
    case WSI_LINK_LINUX_COOKED_1:
      return parse_ether_type (rest, 14, 16, segment);
    case WSI_LINK_LINUX_COOKED_2:
      return parse_ether_type (rest, 0, 20, segment);
    case WSI_LINK_BSD_LOOPBACK:
    case WSI_LINK_OPENBSD_LOOP:
      return parse_loopback (rest, segment);
    case WSI_LINK_RAW_IP:
    case WSI_LINK_RAW_IP_OPENBSD:
    case WSI_LINK_RAW_IP_IN_FILE:
    case WSI_LINK_IPV4:
    case WSI_LINK_IPV6:
      return parse_ip (rest, segment);
    }
  return WSI_PACKET_OTHER;
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
