/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Headers of a packet, which are removed one after the other.  The next header is named by its
 * EtherType, also where the header before it has another number for it. */
#pragma once

#include "inspect/sources/packets/wsi-ip-fragments.h"
#include "inspect/sources/packets/wsi-packet.h"

G_BEGIN_DECLS

#define WSI_TYPE_MAX_LENGTH 1500        /* largest length; a higher number is an EtherType */
#define WSI_TYPE_IPV4 0x0800
#define WSI_TYPE_BRIDGED 0x6558         /* EtherType of bridged Ethernet */
#define WSI_TYPE_VLAN 0x8100
#define WSI_TYPE_IPV6 0x86dd
#define WSI_TYPE_PPP 0x880b
#define WSI_TYPE_MPLS 0x8847
#define WSI_TYPE_MPLS_MULTICAST 0x8848
#define WSI_TYPE_PPPOE 0x8864
#define WSI_TYPE_SERVICE_VLAN 0x88a8
#define WSI_TYPE_OLD_SERVICE_VLAN 0x9100
#define WSI_TYPE_WIFI 0x10000           /* number for Wi-Fi: IEEE 802.11 has no EtherType */

/* The packet from some header on. */
typedef struct
{
  const guint8   *at;
  gsize           n_captured;   /* bytes that were captured, at most length */
  gsize           length;       /* bytes on the wire */
  guint           depth;
  WsiIpFragments *fragments;    /* fragments that are joined; NULL: fragments are not joined */
} WsiRest;

/* The header that follows, if the kind is WSI_PACKET_TCP; else the reason why none does. */
typedef struct
{
  WsiPacketKind kind;
  guint         type;
  const char   *name;           /* name of the protocol of a WSI_PACKET_UNREAD */
} WsiNext;

static inline guint16
wsi_read_uint16 (const guint8 *at)
{
  return (guint16) (at[0] << 8 | at[1]);
}

static inline guint32
wsi_read_uint32 (const guint8 *at)
{
  return (guint32) wsi_read_uint16 (at) << 16 | wsi_read_uint16 (at + 2);
}

static inline guint16
wsi_read_little_uint16 (const guint8 *at)
{
  return (guint16) (at[1] << 8 | at[0]);
}

static inline gboolean
wsi_rest_drop (WsiRest *self,
               gsize    n)
{
  if (n > self->n_captured)
    return FALSE;
  if (n == 0)                   /* without bytes there may be no memory */
    return TRUE;

  self->at += n;
  self->n_captured -= n;
  self->length -= n;
  return TRUE;
}

static inline WsiPacketKind
wsi_rest_get_missing_kind (const WsiRest *self)
{
  return self->n_captured < self->length ? WSI_PACKET_CUT : WSI_PACKET_MALFORMED;
}

/* Drops a header. */
static inline WsiNext
wsi_rest_go_on (WsiRest *self,
                gsize    header_length,
                guint    type)
{
  const gboolean is_there = wsi_rest_drop (self, header_length);

  return (WsiNext) { is_there ? WSI_PACKET_TCP : wsi_rest_get_missing_kind (self), type, NULL };
}

static inline WsiNext
wsi_next_missing (const WsiRest *rest)
{
  return (WsiNext) { .kind = wsi_rest_get_missing_kind (rest) };
}

static inline WsiNext
wsi_next_other (void)
{
  return (WsiNext) { .kind = WSI_PACKET_OTHER };
}

/* Makes the result for a protocol that is not read.  name: a static string. */
static inline WsiNext
wsi_next_unread (const char *name)
{
  return (WsiNext) { .kind = WSI_PACKET_UNREAD, .name = name };
}

/* Drop the headers of a link layer, of PPP, and of Wi-Fi. */
WsiNext wsi_packet_drop_link     (WsiRest *rest,
                                  WsiLink  link);
WsiNext wsi_packet_drop_ppp      (WsiRest *rest);
WsiNext wsi_packet_drop_wifi     (WsiRest *rest);
/* IEEE 802.2 LLC with SNAP, where Ethernet has a length instead of a type. */
WsiNext wsi_packet_drop_llc      (WsiRest *rest);
/* The headers of tunnels in UDP, from that of UDP on, and of GRE. */
WsiNext wsi_packet_drop_udp      (WsiRest *rest);
WsiNext wsi_packet_drop_gre      (WsiRest *rest);
/* The result for a protocol that is not read, by its EtherType or its number in IP. */
WsiNext wsi_packet_name_type     (guint16 type);
WsiNext wsi_packet_name_protocol (guint8 protocol);

G_END_DECLS
