/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Fragments of IP packets, which are put together (RFC 791 3.2, RFC 8200 4.5). */
#pragma once

#include "inspect/sources/packets/wsi-packet.h"

G_BEGIN_DECLS

/* A key of a packet, which is compared as memory: unused bytes are 0. */
typedef struct
{
  guint8  source[16], destination[16];
  guint32 id;
  guint16 family;               /* GSocketFamily of the packet */
  guint16 protocol;             /* protocol of the packet; 0 in IPv6 */
} WsiIpPacketKey;

typedef struct
{
  const guint8 *at;
  gsize         n_captured;     /* bytes that were captured, at most length */
  gsize         length;         /* bytes on the wire */
  gsize         offset;         /* offset of the fragment in the payload of its packet */
  gboolean      is_last;
} WsiIpFragment;

/* The payload of a packet; valid until wsi_ip_fragments_begin (). */
typedef struct
{
  const guint8 *at;
  gsize         n_captured;
  gsize         length;
  gboolean      had_first;      /* the first fragment was not the last one that came */
} WsiIpPayload;

WsiIpFragments *wsi_ip_fragments_new   (void);
void            wsi_ip_fragments_free  (WsiIpFragments *self);
/* Begins another captured packet, with its time. */
void            wsi_ip_fragments_begin (WsiIpFragments *self,
                                        gint64          time_us);
/* Adds a fragment.  TRUE: the packet is complete. */
gboolean        wsi_ip_fragments_add   (WsiIpFragments       *self,
                                        const WsiIpPacketKey *key,
                                        const WsiIpFragment  *fragment,
                                        WsiIpPayload         *payload);
/* The number of fragments of packets that are not complete. */
guint64         wsi_ip_fragments_get_n_left_out (const WsiIpFragments *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiIpFragments, wsi_ip_fragments_free)

G_END_DECLS
