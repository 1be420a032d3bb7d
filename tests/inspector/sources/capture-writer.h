/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Writes packets and captures for the tests. */
#pragma once

#include "inspect/sources/packets/wsi-packet.h"

typedef enum
{
  CAPTURE_PCAP,
  CAPTURE_PCAP_NANOSECONDS,
  CAPTURE_PCAP_SWAPPED,         /* a pcap file of a machine with the other byte order */
  CAPTURE_PCAPNG,
} CaptureFormat;

/* The block that a packet of pcapng is in. */
typedef enum
{
  CAPTURE_BLOCK_ENHANCED,
  CAPTURE_BLOCK_SIMPLE,
  CAPTURE_BLOCK_OLD,
} CaptureBlock;

typedef struct
{
  CaptureFormat format;
  CaptureBlock  block;
  WsiLink       link;
  guint         n_vlans;
  guint         interface;      /* number of the pcapng interface in its section */
  GByteArray   *bytes;
} CaptureWriter;

/* A segment of IPv4 or IPv6, as its endpoints say, in a packet of the link. */
GBytes *capture_make_packet (WsiLink           link,
                             guint             n_vlans,
                             const WsiSegment *segment);

void    capture_writer_init        (CaptureWriter *self,
                                    CaptureFormat  format,
                                    WsiLink        link);
void    capture_writer_clear       (CaptureWriter *self);
void    capture_writer_add_section (CaptureWriter *self);
/* Its snapshot length is its own. */
void    capture_writer_add_link    (CaptureWriter *self,
                                    WsiLink        link);
void    capture_writer_add_packet  (CaptureWriter *self,
                                    GBytes        *packet,
                                    gsize          n_captured,
                                    gint64         time_us);
void    capture_writer_add_segment (CaptureWriter    *self,
                                    const WsiSegment *segment,
                                    gint64            time_us);
