/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/packets/wsi-packet-private.h"

#include <pcap/pcap.h>
#include <string.h>

#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057
#define PPP_MPLS 0x0281
#define PPP_ENCRYPTED 0x0053
#define PPP_COMPRESSED 0x00fd

#define WIFI_DATA 2             /* type of a frame with data */
#define WIFI_TO_DS 0x01
#define WIFI_FROM_DS 0x02
#define WIFI_MORE_FRAGMENTS 0x04
#define WIFI_PROTECTED 0x40
#define WIFI_ORDER 0x80
#define WIFI_NO_DATA 0x04       /* bit of the subtype: no data */
#define WIFI_QOS 0x08
#define WIFI_AGGREGATE 0x80     /* bit of the QoS field: several packets */

#define RADIOTAP_TIME 0x01      /* bit for a field with the time */
#define RADIOTAP_FLAGS 0x02
#define RADIOTAP_MORE 0x80000000u
#define RADIOTAP_PADDED 0x20    /* flag: the header of Wi-Fi is padded to four bytes */

#define PKTAP_LENGTH 108
#define PKTAP_PACKET 1

#define NFLOG_HEADER 4
#define NFLOG_PAYLOAD 9

/* The link type in a file, which does not depend on the system that has written the file. */
static guint32
read_little_uint32 (const guint8 *at)
{
  return (guint32) wsi_read_little_uint16 (at + 2) << 16 | wsi_read_little_uint16 (at);
}

/* Four bytes with the address family, in the order of the machine that wrote them.  The systems
 * have different numbers for IPv6, but the IP header has its own version number. */
static WsiNext
drop_loopback (WsiRest *rest)
{
  return wsi_rest_go_on (rest, 4, WSI_TYPE_IPV4);
}

WsiNext
wsi_packet_drop_llc (WsiRest *rest)
{
  static const guint8 snap[] = { 0xaa, 0xaa, 3, 0, 0, 0 };      /* SNAP, with an EtherType */
  guint16 type;

  if (memcmp (rest->at, snap, MIN (rest->n_captured, sizeof snap)) != 0)
    return wsi_next_other ();
  if (rest->n_captured < 8)
    return wsi_next_missing (rest);

  type = wsi_read_uint16 (rest->at + 6);
  return type > WSI_TYPE_MAX_LENGTH ? wsi_rest_go_on (rest, 8, type) : wsi_next_other ();
}

/* RFC 1661 2: address and control may be left out, and so may the first byte of the protocol. */
WsiNext
wsi_packet_drop_ppp (WsiRest *rest)
{
  guint16 protocol;

  if (rest->n_captured >= 2 && rest->at[0] == 0xff && rest->at[1] == 3)
    wsi_rest_drop (rest, 2);
  if (rest->n_captured < 2)
    return wsi_next_missing (rest);

  protocol = rest->at[0] & 1 ? rest->at[0] : wsi_read_uint16 (rest->at);
  wsi_rest_drop (rest, rest->at[0] & 1 ? 1 : 2);
  switch (protocol)
    {
    case PPP_IPV4:
    case PPP_IPV6:
      return wsi_rest_go_on (rest, 0, WSI_TYPE_IPV4);
    case PPP_MPLS:
      return wsi_rest_go_on (rest, 0, WSI_TYPE_MPLS);
    case PPP_ENCRYPTED:
      return wsi_next_unread ("encrypted PPP");
    case PPP_COMPRESSED:
      return wsi_next_unread ("compressed PPP");
    default:
      return wsi_next_other ();
    }
}

/* IEEE 802.11-2020 9.3.2: a fourth address, QoS and HT fields are there as flags say.  The header
 * is padded to a multiple of the alignment. */
static WsiNext
drop_wifi (WsiRest *rest,
           gsize    alignment)
{
  gsize length = 24;
  guint8 type, subtype, flags;

  if (rest->n_captured < 2)
    return wsi_next_missing (rest);

  type = rest->at[0] >> 2 & 3;
  subtype = rest->at[0] >> 4;
  flags = rest->at[1];
  if ((rest->at[0] & 3) != 0 || type != WIFI_DATA || (subtype & WIFI_NO_DATA))
    return wsi_next_other ();
  if (flags & WIFI_PROTECTED)
    return wsi_next_unread ("encrypted Wi-Fi");

  if ((flags & WIFI_TO_DS) && (flags & WIFI_FROM_DS))
    length += 6;
  if (subtype & WIFI_QOS)
    length += flags & WIFI_ORDER ? 6 : 2;
  if (rest->n_captured < length)
    return wsi_next_missing (rest);
  if ((flags & WIFI_MORE_FRAGMENTS) || (rest->at[22] & 15) != 0)
    return wsi_next_unread ("fragmented Wi-Fi");
  if ((subtype & WIFI_QOS) && (rest->at[length - (flags & WIFI_ORDER ? 6 : 2)] & WIFI_AGGREGATE))
    return wsi_next_unread ("aggregated Wi-Fi (A-MSDU)");
  if (!wsi_rest_drop (rest, (length + alignment - 1) / alignment * alignment))
    return wsi_next_missing (rest);

  return wsi_packet_drop_llc (rest);
}

WsiNext
wsi_packet_drop_wifi (WsiRest *rest)
{
  return drop_wifi (rest, 1);
}

/* Whether the header of Wi-Fi is padded, which only the flags tell. */
static gboolean
is_padded (const guint8 *at,
           gsize         length)
{
  const guint32 present = read_little_uint32 (at + 4);
  gsize place = 8;

  for (guint32 more = present; (more & RADIOTAP_MORE) && place + 4 <= length; place += 4)
    more = read_little_uint32 (at + place);
  if (present & RADIOTAP_TIME)
    place = (place + 7) / 8 * 8 + 8;
  return (present & RADIOTAP_FLAGS) && place < length && (at[place] & RADIOTAP_PADDED);
}

/* radiotap.org: a version, a pad, the length of all, and what is in it. */
static WsiNext
drop_radiotap (WsiRest *rest)
{
  gboolean has_padding;
  gsize length;

  if (rest->n_captured < 8)
    return wsi_next_missing (rest);

  length = wsi_read_little_uint16 (rest->at + 2);
  if (rest->at[0] != 0 || length < 8)
    return (WsiNext) { .kind = WSI_PACKET_MALFORMED };
  if (rest->n_captured < length)
    return wsi_next_missing (rest);

  has_padding = is_padded (rest->at, length);
  wsi_rest_drop (rest, length);
  return drop_wifi (rest, has_padding ? 4 : 1);
}

/* Drops the header of macOS, which has a link type: the same numbers are read as in a file. */
static WsiNext
drop_pktap (WsiRest *rest)
{
  guint32 length, record, link;

  if (rest->n_captured < 12)
    return wsi_next_missing (rest);

  length = read_little_uint32 (rest->at);
  record = read_little_uint32 (rest->at + 4);
  link = read_little_uint32 (rest->at + 8);
  if (length < PKTAP_LENGTH)
    return (WsiNext) { .kind = WSI_PACKET_MALFORMED };
  if (!wsi_rest_drop (rest, length))
    return wsi_next_missing (rest);
  if (record != PKTAP_PACKET || link == WSI_LINK_PKTAP || link == WSI_LINK_OLD_PKTAP)
    return wsi_next_other ();

  return wsi_packet_drop_link (rest, (WsiLink) link);
}

/* Fields of a length, a type and a value.  Both numbers are in the order of the host that has
 * captured, which a type shows: there are fewer than 256. */
static WsiNext
drop_nflog (WsiRest *rest)
{
  if (!wsi_rest_drop (rest, NFLOG_HEADER))
    return wsi_next_missing (rest);

  while (rest->n_captured >= NFLOG_HEADER)
    {
      const gboolean is_big = rest->at[3] != 0;
      const gsize length = is_big ? wsi_read_uint16 (rest->at) : wsi_read_little_uint16 (rest->at);
      const guint type = is_big ? wsi_read_uint16 (rest->at + 2)
                         : wsi_read_little_uint16 (rest->at + 2);

      if (length < NFLOG_HEADER)
        return (WsiNext) { .kind = WSI_PACKET_MALFORMED };
      if (type == NFLOG_PAYLOAD)
        return wsi_rest_go_on (rest, NFLOG_HEADER, WSI_TYPE_IPV4);
      if (!wsi_rest_drop (rest, (length + 3) / 4 * 4))
        return wsi_next_missing (rest);
    }
  return rest->n_captured < rest->length ? wsi_next_missing (rest) : wsi_next_other ();
}

/* Drops a header that ends with a type. */
static WsiNext
drop_typed (WsiRest *rest,
            gsize    type_at,
            gsize    length)
{
  return rest->n_captured < length ? wsi_next_missing (rest)
         : wsi_rest_go_on (rest, length, wsi_read_uint16 (rest->at + type_at));
}

gboolean
wsi_packet_knows_link (int link)
{
  switch (link)
    {
    case WSI_LINK_BSD_LOOPBACK:
    case WSI_LINK_ETHERNET:
    case WSI_LINK_PPP:
    case WSI_LINK_RAW_IP:
    case WSI_LINK_RAW_IP_OPENBSD:
    case WSI_LINK_PPP_HDLC:
    case WSI_LINK_PPPOE:
    case WSI_LINK_RAW_IP_IN_FILE:
    case WSI_LINK_WIFI:
    case WSI_LINK_OPENBSD_LOOP:
    case WSI_LINK_LINUX_COOKED_1:
    case WSI_LINK_RADIOTAP:
    case WSI_LINK_OLD_PKTAP:
    case WSI_LINK_PPP_DIRECTED:
    case WSI_LINK_IPV4:
    case WSI_LINK_IPV6:
    case WSI_LINK_NFLOG:
    case WSI_LINK_PKTAP:
    case WSI_LINK_LINUX_COOKED_2:
      return TRUE;
    default:
      return FALSE;
    }
}

WsiNext
wsi_packet_drop_link (WsiRest *rest,
                      WsiLink  link)
{
  const char *name;

  switch (link)
    {
    case WSI_LINK_ETHERNET:
      return wsi_rest_go_on (rest, 0, WSI_TYPE_BRIDGED);
    case WSI_LINK_LINUX_COOKED_1:
      return drop_typed (rest, 14, 16);
    case WSI_LINK_LINUX_COOKED_2:
      return drop_typed (rest, 0, 20);
    case WSI_LINK_BSD_LOOPBACK:
    case WSI_LINK_OPENBSD_LOOP:
      return drop_loopback (rest);
    case WSI_LINK_PPP:
    case WSI_LINK_PPP_HDLC:
      return wsi_packet_drop_ppp (rest);
    case WSI_LINK_PPP_DIRECTED:
      return wsi_rest_drop (rest, 1) ? wsi_packet_drop_ppp (rest) : wsi_next_missing (rest);
    case WSI_LINK_PPPOE:
      return wsi_rest_go_on (rest, 0, WSI_TYPE_PPPOE);
    case WSI_LINK_WIFI:
      return wsi_packet_drop_wifi (rest);
    case WSI_LINK_RADIOTAP:
      return drop_radiotap (rest);
    case WSI_LINK_NFLOG:
      return drop_nflog (rest);
    case WSI_LINK_PKTAP:
    case WSI_LINK_OLD_PKTAP:
      return drop_pktap (rest);
    case WSI_LINK_RAW_IP:
    case WSI_LINK_RAW_IP_OPENBSD:
    case WSI_LINK_RAW_IP_IN_FILE:
    case WSI_LINK_IPV4:
    case WSI_LINK_IPV6:
      return wsi_rest_go_on (rest, 0, WSI_TYPE_IPV4);
    }
  name = pcap_datalink_val_to_name ((int) link);
  return wsi_next_unread (name != NULL ? name : "an unknown link type");
}
