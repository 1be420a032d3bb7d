/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Blocks of pcapng with packets of raw IP and TCP, which are made up: only the bytes that they
 * carry, their times and perhaps their addresses were recorded. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_PCAPNG_MAX_SEGMENT 65000    /* bytes of payload: what fits in an IP packet */
#define WSI_PCAPNG_MAX_COMMENT 4096     /* bytes of a comment, without its further text */

typedef enum
{
  WSI_PCAPNG_FIN = 1 << 0,
  WSI_PCAPNG_SYN = 1 << 1,
  WSI_PCAPNG_RST = 1 << 2,
  WSI_PCAPNG_PSH = 1 << 3,
  WSI_PCAPNG_ACK = 1 << 4,
} WsiPcapngFlags;

typedef struct
{
  GSocketFamily family;
  guint8        address[16];    /* address, with as many bytes as its family has */
  guint16       port;
} WsiPcapngPeer;

typedef struct
{
  const WsiPcapngPeer *from, *to;       /* sender and receiver, with addresses of one family */
  guint32              sequence, acknowledgement;
  WsiPcapngFlags       flags;
  const guint8        *at;
  gsize                n_known;         /* bytes of the payload that are known */
  gsize                length;          /* bytes of the payload, known or not */
  gint64               time_us;
  const char          *comment;         /* comment on the packet, or NULL */
} WsiPcapngSegment;

/* Parses a peer.  FALSE: the text is not an address and port. */
gboolean wsi_pcapng_peer_parse      (WsiPcapngPeer *self,
                                     const char    *text);
void     wsi_pcapng_append_header   (GByteArray *to);
void     wsi_pcapng_append_segment  (GByteArray             *to,
                                     const WsiPcapngSegment *segment);

G_END_DECLS
