/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One captured packet: link layer, tunnels, IPv4 or IPv6, TCP. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_PACKET_TCP,
  WSI_PACKET_FIRST_FRAGMENT,    /* the first fragment of an IP packet, with the TCP header and the
                                 * beginning of the payload */
  WSI_PACKET_FRAGMENT,          /* a fragment of an IP packet; others are missing */
  WSI_PACKET_OTHER,             /* another protocol: ARP, UDP and so on */
  WSI_PACKET_QUIC,              /* probably HTTP/3 */
  WSI_PACKET_ENCRYPTED,         /* IPsec */
  WSI_PACKET_UNREAD,            /* a link layer or a tunnel with a name, which is not read */
  WSI_PACKET_CUT,               /* too little was captured of the packet to read its headers */
  WSI_PACKET_MALFORMED,         /* a header contradicts itself */
} WsiPacketKind;

/* The numbers of libpcap (DLT_*), which are the same on every system but for raw IP. */
typedef enum
{
  WSI_LINK_BSD_LOOPBACK   = 0,
  WSI_LINK_ETHERNET       = 1,
  WSI_LINK_PPP            = 9,
  WSI_LINK_RAW_IP         = 12,
  WSI_LINK_RAW_IP_OPENBSD = 14,
  WSI_LINK_PPP_HDLC       = 50,
  WSI_LINK_PPPOE          = 51,
  WSI_LINK_RAW_IP_IN_FILE = 101,
  WSI_LINK_WIFI           = 105,
  WSI_LINK_OPENBSD_LOOP   = 108,
  WSI_LINK_LINUX_COOKED_1 = 113,
  WSI_LINK_RADIOTAP       = 127,        /* a header before that of Wi-Fi */
  WSI_LINK_OLD_PKTAP      = 149,        /* a header of macOS; elsewhere it has no meaning */
  WSI_LINK_PPP_DIRECTED   = 204,        /* a byte with the direction before PPP */
  WSI_LINK_IPV4           = 228,
  WSI_LINK_IPV6           = 229,
  WSI_LINK_NFLOG          = 239,
  WSI_LINK_PKTAP          = 258,
  WSI_LINK_LINUX_COOKED_2 = 276,
} WsiLink;

typedef enum
{
  WSI_TCP_FIN = 1 << 0,
  WSI_TCP_SYN = 1 << 1,
  WSI_TCP_RST = 1 << 2,
  WSI_TCP_ACK = 1 << 4,
} WsiTcpFlags;

/* Compared as memory: has no padding, and what IPv4 does not use is 0. */
typedef struct
{
  guint8  address[16];
  guint16 port;
  guint16 family;               /* GSocketFamily of the address */
} WsiEndpoint;

typedef struct
{
  WsiEndpoint   source, destination;
  guint32       sequence, acknowledgement;
  WsiTcpFlags   flags;
  const guint8 *payload;        /* payload, in the packet's memory */
  gsize         n_captured;     /* bytes of payload that were captured */
  gsize         length;         /* bytes of payload on the wire, at least n_captured */
  gboolean      was_fragment;   /* the segment's beginning was a WSI_PACKET_FIRST_FRAGMENT before */
  const char   *unread;         /* name of a protocol that is not read; a static string */
} WsiSegment;

typedef struct _WsiIpFragments WsiIpFragments;

/* Whether wsi_packet_parse() reads packets of this link type of libpcap. */
gboolean      wsi_packet_knows_link     (int link);
/* n_captured: bytes at hand; length: bytes on the wire.  The segment is filled for
 * WSI_PACKET_TCP and WSI_PACKET_FIRST_FRAGMENT.  fragments: puts them together; NULL: nothing
 * does. */
WsiPacketKind wsi_packet_parse          (WsiLink         link,
                                         const guint8   *at,
                                         gsize           n_captured,
                                         gsize           length,
                                         WsiIpFragments *fragments,
                                         WsiSegment     *segment);
/* "192.0.2.1:80" or "[2001:db8::1]:80"; NULL: not known, as that of a socket that was reset. */
char         *wsi_endpoint_to_string    (const WsiEndpoint *self);

G_END_DECLS
