/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/packets/wsi-packet-private.h"

#define TYPE_ERSPAN 0x88be
#define TYPE_ERSPAN_3 0x22eb
#define TYPE_ARUBA 0x8200       /* EtherType of Wi-Fi; the bits of TYPE_ARUBA_QUEUE may be another
                                 * number */
#define TYPE_ARUBA_QUEUE 0x00f0

#define PORT_HTTPS 443
#define PORT_GTP 2152
#define PORT_VXLAN 4789
#define PORT_GENEVE 6081
#define PORT_OLD_VXLAN 8472
#define PORT_TZSP 37008

#define GTP_PACKET 0xff
#define TZSP_PADDING 0
#define TZSP_END 1

/* A protocol that is not read: its packets may have TCP in them. */
typedef struct
{
  guint16     number;
  const char *name;
} Name;

static const Name types[] = {
  { 0x22f3, "TRILL" },
  { 0x8903, "FabricPath" },
  { 0x8909, "Cisco metadata" },
  { 0x8926, "VN-Tag" },
  { 0x883e, "WCCP" },
  { 0x88e5, "MACsec" },
  { 0x88e7, "MAC in MAC" },
  { 0x892f, "HSR" },
  { 0x894f, "NSH" },
  { 0x9200, "VLAN of type 0x9200" },
  { 0x9300, "VLAN of type 0x9300" },
  { 0xd28b, "Arista metadata" },
};

static const Name ports[] = {
  { 1194, "OpenVPN" },
  { 1701, "L2TP" },
  { 3544, "Teredo" },
  { 4341, "LISP" },
  { 4754, "GRE in UDP" },
  { 4790, "VXLAN-GPE" },
  { 5072, "AYIYA" },
  { 5247, "CAPWAP" },
  { 6080, "GUE" },
  { 6635, "MPLS in UDP" },
  { 51820, "WireGuard" },
};

static const Name protocols[] = {
  { 97, "EtherIP" },
  { 108, "IPComp" },
  { 115, "L2TP" },
};

static WsiNext
packet_tunnel_find_name (const Name *names,
                         gsize       n_names,
                         guint16     number)
{
  for (gsize i = 0; i < n_names; i++)
    if (names[i].number == number)
      return wsi_next_unread (names[i].name);

  return wsi_next_other ();
}

WsiNext
wsi_packet_name_type (guint16 type)
{
  return packet_tunnel_find_name (types, G_N_ELEMENTS (types), type);
}

WsiNext
wsi_packet_name_protocol (guint8 protocol)
{
  return packet_tunnel_find_name (protocols, G_N_ELEMENTS (protocols), protocol);
}

/* Type III has 12 bytes, and 8 more if its last bit says so; type II has 8 where GRE has a sequence
 * number, and type I none. */
static WsiNext
drop_erspan (WsiRest *rest,
             guint16  type,
             gboolean has_sequence)
{
  if (type == TYPE_ERSPAN)
    return wsi_rest_go_on (rest, has_sequence ? 8 : 0, WSI_TYPE_BRIDGED);
  if (rest->n_captured < 12)
    return wsi_next_missing (rest);

  return wsi_rest_go_on (rest, rest->at[11] & 1 ? 20 : 12, WSI_TYPE_BRIDGED);
}

/* Drops a GRE header (RFC 2784 and 2890; version 1 is that of PPTP, RFC 2637 4.1). */
WsiNext
wsi_packet_drop_gre (WsiRest *rest)
{
  guint16 flags, type;
  gsize length;

  if (rest->n_captured < 4)
    return wsi_next_missing (rest);

  flags = wsi_read_uint16 (rest->at);
  type = wsi_read_uint16 (rest->at + 2);
  length = 4 + (flags & 0x8000 ? 4 : 0) + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0)
           + ((flags & 7) == 1 && (flags & 0x80) ? 4 : 0);
  if ((flags & 7) == 1 && type == WSI_TYPE_PPP)
    return (flags & 0x1000) ? wsi_rest_go_on (rest, length, type) : wsi_next_other ();
  if ((flags & 0x4007) != 0)    /* the header has routing, or another version */
    return wsi_next_unread ("GRE with routing or of another version");
  if (!wsi_rest_drop (rest, length))
    return wsi_next_missing (rest);
  if (type == TYPE_ERSPAN || type == TYPE_ERSPAN_3)
    return drop_erspan (rest, type, (flags & 0x1000) != 0);
  if ((type & ~TYPE_ARUBA_QUEUE) == TYPE_ARUBA)
    return wsi_rest_go_on (rest, 0, WSI_TYPE_WIFI);

  return wsi_rest_go_on (rest, 0, type);
}

/* Drops a VXLAN header (RFC 7348 5), which has the flag of a valid network identifier. */
static WsiNext
drop_vxlan (WsiRest *rest)
{
  if (rest->n_captured < 8)
    return wsi_next_missing (rest);

  return rest->at[0] & 0x08 ? wsi_rest_go_on (rest, 8, WSI_TYPE_BRIDGED) : wsi_next_other ();
}

/* RFC 8926 3.4: version and length of the options, in four bytes each; a flag of its own control
 * messages. */
static WsiNext
drop_geneve (WsiRest *rest)
{
  if (rest->n_captured < 8)
    return wsi_next_missing (rest);
  if (rest->at[0] >> 6 != 0 || (rest->at[1] & 0x80))
    return wsi_next_other ();

  return wsi_rest_go_on (rest, 8 + (rest->at[0] & 63) * 4u, wsi_read_uint16 (rest->at + 2));
}

/* 3GPP TS 29.281 5: extension headers, each with the type of the next one at its end. */
static WsiNext
drop_gtp (WsiRest *rest)
{
  gboolean has_extension;
  guint8 flags;

  if (rest->n_captured < 8)
    return wsi_next_missing (rest);

  flags = rest->at[0];
  if ((flags & 0xf0) != 0x30 || rest->at[1] != GTP_PACKET)
    return wsi_next_other ();

  wsi_rest_drop (rest, 8);
  if ((flags & 7) == 0)
    return wsi_rest_go_on (rest, 0, WSI_TYPE_IPV4);
  if (rest->n_captured < 4)
    return wsi_next_missing (rest);

  has_extension = (flags & 4) && rest->at[3] != 0;
  wsi_rest_drop (rest, 4);
  while (has_extension)
    {
      const gsize length = rest->n_captured > 0 ? rest->at[0] * 4u : 0;

      if (rest->n_captured > 0 && length == 0)
        return (WsiNext) { .kind = WSI_PACKET_MALFORMED };
      if (rest->n_captured < MAX (length, 1))
        return wsi_next_missing (rest);
      has_extension = rest->at[length - 1] != 0;
      wsi_rest_drop (rest, length);
    }
  return wsi_rest_go_on (rest, 0, WSI_TYPE_IPV4);
}

/* TaZmen Sniffer Protocol: a version, a type, what is in it, and tags, of which two have no
 * length. */
static WsiNext
drop_tzsp (WsiRest *rest)
{
  guint16 protocol;
  guint8 tag = TZSP_PADDING;

  if (rest->n_captured < 4)
    return wsi_next_missing (rest);

  protocol = wsi_read_uint16 (rest->at + 2);
  if (rest->at[0] != 1 || rest->at[1] > 1)
    return wsi_next_other ();

  wsi_rest_drop (rest, 4);
  while (tag != TZSP_END)
    {
      gsize length = 1;

      if (rest->n_captured < 1)
        return wsi_next_missing (rest);
      tag = rest->at[0];
      if (tag != TZSP_PADDING && tag != TZSP_END)
        {
          if (rest->n_captured < 2)
            return wsi_next_missing (rest);
          length = 2 + rest->at[1];
        }
      if (!wsi_rest_drop (rest, length))
        return wsi_next_missing (rest);
    }
  return protocol == 1 ? wsi_rest_go_on (rest, 0, WSI_TYPE_BRIDGED)
         : protocol == 18 ? wsi_rest_go_on (rest, 0, WSI_TYPE_WIFI)
         : wsi_next_unread ("TZSP of another link type");
}

WsiNext
wsi_packet_drop_udp (WsiRest *rest)
{
  guint16 source, destination;
  WsiNext named;

  if (rest->n_captured < 8)
    return wsi_next_missing (rest);

  source = wsi_read_uint16 (rest->at);
  destination = wsi_read_uint16 (rest->at + 2);
  wsi_rest_drop (rest, 8);
  if (source == PORT_HTTPS || destination == PORT_HTTPS)
    return (WsiNext) { .kind = WSI_PACKET_QUIC };

  switch (destination)
    {
    case PORT_VXLAN:
    case PORT_OLD_VXLAN:
      return drop_vxlan (rest);
    case PORT_GENEVE:
      return drop_geneve (rest);
    case PORT_GTP:
      return drop_gtp (rest);
    case PORT_TZSP:
      return drop_tzsp (rest);
    default:
      named = packet_tunnel_find_name (ports, G_N_ELEMENTS (ports), destination);
      return named.name != NULL ? named
        : packet_tunnel_find_name (ports, G_N_ELEMENTS (ports), source);
    }
}
