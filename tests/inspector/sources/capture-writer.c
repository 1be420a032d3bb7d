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
void
capture_writer_add_link (CaptureWriter *self,
                         WsiLink        link)
{
  add_number (self, 4, 1);
  add_number (self, 4, 20);
  add_number (self, 2, get_number (link));
  add_number (self, 2, 0);
  add_number (self, 4, SNAPSHOT_LENGTH);
  add_number (self, 4, 20);
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
      add_number (self, 4, 0x0a0d0d0a);
      add_number (self, 4, 28);
      add_number (self, 4, 0x1a2b3c4d);
      add_number (self, 4, 1);
      add_number (self, 8, G_MAXUINT64);
      add_number (self, 4, 28);
      capture_writer_add_link (self, link);
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

static void
add_pcapng_packet (CaptureWriter *self,
                   const guint8  *at,
                   gsize          n_captured,
                   gsize          length,
                   gint64         time_us)
{
  const guint padding = (guint) (-n_captured & 3);
  const gsize block_length = 32 + n_captured + padding;

  add_number (self, 4, 6);
  add_number (self, 4, block_length);
  add_number (self, 4, 0);
  add_number (self, 4, (guint64) time_us >> 32);
  add_number (self, 4, (guint64) time_us);
  add_number (self, 4, n_captured);
  add_number (self, 4, length);
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
