/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/sources/capture-writer.h"

#include <string.h>

#define SNAPSHOT_LENGTH 262144

static void
add (GByteArray *to,
     guint       n_bytes,
     guint64     number)
{
  for (guint i = n_bytes; i-- > 0;)
    {
      const guint8 byte = (guint8) (number >> 8 * i);

      g_byte_array_append (to, &byte, 1);
    }
}

static void
add_little (GByteArray *to,
            guint       n_bytes,
            guint64     number)
{
  for (guint i = 0; i < n_bytes; i++)
    add (to, 1, number >> 8 * i);
}

static void
add_tcp (GByteArray       *to,
         const WsiSegment *segment)
{
  add (to, 2, segment->source.port);
  add (to, 2, segment->destination.port);
  add (to, 4, segment->sequence);
  add (to, 4, segment->acknowledgement);
  add (to, 2, 0x8000 | segment->flags);         /* 32 bytes: with options */
  add (to, 2, 65535);
  add (to, 4, 0);
  add (to, 4, 0x0101080a);
  add (to, 8, 0);
  g_byte_array_append (to, segment->payload, (guint) segment->n_captured);
}

static void
add_ip (GByteArray       *to,
        const WsiSegment *segment)
{
  const guint length = 32 + (guint) segment->n_captured;

  if (segment->source.family == G_SOCKET_FAMILY_IPV4)
    {
      add (to, 2, 0x4500);
      add (to, 2, length + 20 <= 65535 ? length + 20 : 0);
      add (to, 4, 0x00004000);
      add (to, 4, 0x40060000);
      g_byte_array_append (to, segment->source.address, 4);
      g_byte_array_append (to, segment->destination.address, 4);
    }
  else
    {
      add (to, 4, 0x60000000);
      add (to, 2, length <= 65535 ? length : 0);
      add (to, 2, 0x0640);
      g_byte_array_append (to, segment->source.address, 16);
      g_byte_array_append (to, segment->destination.address, 16);
    }
  add_tcp (to, segment);
}

static void
add_ether_type (GByteArray       *to,
                guint             n_vlans,
                const WsiSegment *segment)
{
  for (guint i = 0; i < n_vlans; i++)
    {
      add (to, 2, i + 1 < n_vlans ? 0x88a8 : 0x8100);
      add (to, 2, 7 + i);
    }
  add (to, 2, segment->source.family == G_SOCKET_FAMILY_IPV4 ? 0x0800 : 0x86dd);
}

static void
add_ppp (GByteArray       *to,
         const WsiSegment *segment)
{
  add (to, 2, segment->source.family == G_SOCKET_FAMILY_IPV4 ? 0x0021 : 0x0057);
}

/* QoS data of an access point; padded to four bytes if its length is not a multiple of them. */
static void
add_wifi (GByteArray       *to,
          gboolean          is_padded,
          const WsiSegment *segment)
{
  add (to, 4, 0x88020000);
  add (to, 8, 0x0200000000010200);
  add (to, 8, 0x0000000202000000);
  add (to, 2, 0x0003);
  add (to, 4, 0x00100000);
  if (is_padded)
    add (to, 2, 0);
  add (to, 6, 0xaaaa03000000);
  add_ether_type (to, 0, segment);
}

static void
add_pktap (GByteArray *to)
{
  add_little (to, 4, 108);
  add_little (to, 4, 1);
  add_little (to, 4, WSI_LINK_ETHERNET);
  for (guint i = 0; i < 12; i++)
    add (to, 8, 0);
}

/* The payload is the second field. */
static void
add_nflog (GByteArray       *to,
           const WsiSegment *segment)
{
  const gboolean is_ipv4 = segment->source.family == G_SOCKET_FAMILY_IPV4;

  add (to, 4, is_ipv4 ? 0x02000000 : 0x0a000000);
  add_little (to, 4, 0x00010008);
  add (to, 4, 0x08000100);
  add_little (to, 2, 4 + (is_ipv4 ? 52 : 72) + segment->n_captured);
  add_little (to, 2, 9);
}

static void
add_link_header (GByteArray       *to,
                 WsiLink           link,
                 guint             n_vlans,
                 const WsiSegment *segment)
{
  switch (link)
    {
    case WSI_LINK_ETHERNET:
      add (to, 8, 0x0200000000020200);
      add (to, 4, 1);
      add_ether_type (to, n_vlans, segment);
      break;
    case WSI_LINK_LINUX_COOKED_1:
      add (to, 8, 0x0000030400060000);
      add (to, 6, 0);
      add_ether_type (to, n_vlans, segment);
      break;
    case WSI_LINK_LINUX_COOKED_2:
      add_ether_type (to, 0, segment);
      add (to, 2, 0);
      add (to, 8, 0x0000000103040006);
      add (to, 8, 0);
      break;
    case WSI_LINK_BSD_LOOPBACK:
      add_little (to, 4, segment->source.family == G_SOCKET_FAMILY_IPV4 ? 2 : 30);
      break;
    case WSI_LINK_OPENBSD_LOOP:
      add (to, 4, segment->source.family == G_SOCKET_FAMILY_IPV4 ? 2 : 24);
      break;
    case WSI_LINK_PPP_DIRECTED:
      add (to, 3, 0x00ff03);
      add_ppp (to, segment);
      break;
    case WSI_LINK_PPP_HDLC:
      add (to, 2, 0xff03);
      add_ppp (to, segment);
      break;
    case WSI_LINK_PPPOE:
      add (to, 6, 0x110000010000);
      add_ppp (to, segment);
      break;
    case WSI_LINK_PPP:
      add_ppp (to, segment);
      break;
    case WSI_LINK_RADIOTAP:
      add (to, 8, 0x0000090002000000);
      add (to, 1, 0x20);
      add_wifi (to, TRUE, segment);
      break;
    case WSI_LINK_WIFI:
      add_wifi (to, FALSE, segment);
      break;
    case WSI_LINK_PKTAP:
    case WSI_LINK_OLD_PKTAP:
      add_pktap (to);
      add_link_header (to, WSI_LINK_ETHERNET, 0, segment);
      break;
    case WSI_LINK_NFLOG:
      add_nflog (to, segment);
      break;
    case WSI_LINK_RAW_IP:
    case WSI_LINK_RAW_IP_OPENBSD:
    case WSI_LINK_RAW_IP_IN_FILE:
    case WSI_LINK_IPV4:
    case WSI_LINK_IPV6:
      break;
    }
}

GBytes *
capture_make_packet (WsiLink           link,
                     guint             n_vlans,
                     const WsiSegment *segment)
{
  GByteArray *packet = g_byte_array_new ();

  add_link_header (packet, link, n_vlans, segment);
  add_ip (packet, segment);
  return g_byte_array_free_to_bytes (packet);
}

/* The number of a link type in files. */
static guint
get_number (WsiLink link)
{
  return link == WSI_LINK_RAW_IP || link == WSI_LINK_RAW_IP_OPENBSD ? 101 : link;
}

static void
add_number (CaptureWriter *self,
            guint          n_bytes,
            guint64        number)
{
  if (self->format == CAPTURE_PCAP_SWAPPED)
    add (self->bytes, n_bytes, number);
  else
    add_little (self->bytes, n_bytes, number);
}

/* Another interface of a pcapng file. */
static void
add_interface (CaptureWriter *self,
               WsiLink        link,
               guint32        length)
{
  add_number (self, 4, 1);
  add_number (self, 4, 20);
  add_number (self, 2, get_number (link));
  add_number (self, 2, 0);
  add_number (self, 4, length);
  add_number (self, 4, 20);
}

void
capture_writer_add_link (CaptureWriter *self,
                         WsiLink        link)
{
  add_interface (self, link, SNAPSHOT_LENGTH - (guint32) link);
}

void
capture_writer_add_section (CaptureWriter *self)
{
  add_number (self, 4, 0x0a0d0d0a);
  add_number (self, 4, 28);
  add_number (self, 4, 0x1a2b3c4d);
  add_number (self, 4, 1);
  add_number (self, 8, G_MAXUINT64);
  add_number (self, 4, 28);
}

/* The other byte order is that of a machine with the highest byte first. */
void
capture_writer_init (CaptureWriter *self,
                     CaptureFormat  format,
                     WsiLink        link)
{
  *self = (CaptureWriter) { .format = format, .link = link, .bytes = g_byte_array_new () };

  if (format == CAPTURE_PCAPNG)
    {
      capture_writer_add_section (self);
      add_interface (self, link, SNAPSHOT_LENGTH);
      return;
    }
  add_number (self, 4, format == CAPTURE_PCAP_NANOSECONDS ? 0xa1b23c4d : 0xa1b2c3d4);
  add_number (self, 2, 2);
  add_number (self, 2, 4);
  add_number (self, 8, 0);
  add_number (self, 4, SNAPSHOT_LENGTH);
  add_number (self, 4, get_number (link));
}

void
capture_writer_clear (CaptureWriter *self)
{
  g_byte_array_unref (self->bytes);
}

/* Numbers of a block of pcapng, before the packet. */
static void
add_packet_numbers (CaptureWriter *self,
                    gsize          n_captured,
                    gsize          length,
                    gint64         time_us)
{
  if (self->block == CAPTURE_BLOCK_SIMPLE)
    {
      add_number (self, 4, length);
      return;
    }
  if (self->block == CAPTURE_BLOCK_OLD)
    add_number (self, 2, self->interface);
  add_number (self, self->block == CAPTURE_BLOCK_OLD ? 2 : 4,
              self->block == CAPTURE_BLOCK_OLD ? 0xffff : self->interface);
  add_number (self, 4, (guint64) time_us >> 32);
  add_number (self, 4, (guint64) time_us);
  add_number (self, 4, n_captured);
  add_number (self, 4, length);
}

static void
add_pcapng_packet (CaptureWriter *self,
                   const guint8  *at,
                   gsize          n_captured,
                   gsize          length,
                   gint64         time_us)
{
  static const guint types[] = { 6, 3, 2 };
  const guint padding = (guint) (-n_captured & 3);
  const gsize block_length =
    (self->block == CAPTURE_BLOCK_SIMPLE ? 16 : 32) + n_captured + padding;

  add_number (self, 4, types[self->block]);
  add_number (self, 4, block_length);
  add_packet_numbers (self, n_captured, length, time_us);
  g_byte_array_append (self->bytes, at, (guint) n_captured);
  add_number (self, padding, 0);
  add_number (self, 4, block_length);
}

/* n_captured: so many of its bytes; time_us: since 1970 */
void
capture_writer_add_packet (CaptureWriter *self,
                           GBytes        *packet,
                           gsize          n_captured,
                           gint64         time_us)
{
  const gint64 fraction = time_us % G_USEC_PER_SEC;
  gsize length;
  const guint8 *at = g_bytes_get_data (packet, &length);

  n_captured = MIN (n_captured, length);
  if (self->format == CAPTURE_PCAPNG)
    {
      add_pcapng_packet (self, at, n_captured, length, time_us);
      return;
    }
  add_number (self, 4, (guint64) (time_us / G_USEC_PER_SEC));
  add_number (self, 4, (guint64) fraction * (self->format == CAPTURE_PCAP_NANOSECONDS ? 1000 : 1));
  add_number (self, 4, n_captured);
  add_number (self, 4, length);
  g_byte_array_append (self->bytes, at, (guint) n_captured);
}

void
capture_writer_add_segment (CaptureWriter    *self,
                            const WsiSegment *segment,
                            gint64            time_us)
{
  g_autoptr (GBytes) packet = capture_make_packet (self->link, self->n_vlans, segment);

  capture_writer_add_packet (self, packet, G_MAXSIZE, time_us);
}
