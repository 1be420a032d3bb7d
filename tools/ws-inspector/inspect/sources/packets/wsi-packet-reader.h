/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The packets of one capture (pcap or pcapng), one after the other. */
#pragma once

#include "inspect/sources/packets/wsi-packet.h"
#include "inspect/sources/packets/wsi-pcapng-blocks.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A packet, valid until the next one is read. */
typedef struct
{
  WsiLink       link;
  const guint8 *at;
  guint         length, full_length;    /* bytes that were captured, and bytes on the wire */
  gint64        time_us;
} WsiCapturedPacket;

typedef struct _WsiPacketReader WsiPacketReader;

/* name: for errors.  secrets: gets the key logs in the file, as they are read; NULL = none. */
WsiPacketReader *wsi_packet_reader_new  (GInputStream  *stream,
                                         const char    *name,
                                         WsiSecretsFunc secrets,
                                         gpointer       user_data,
                                         GCancellable  *cancellable,
                                         GError       **error);
void             wsi_packet_reader_free (WsiPacketReader *self);
const char      *wsi_packet_reader_get_name (const WsiPacketReader *self);
/* Whether a file of its format may have key logs. */
gboolean         wsi_packet_reader_may_have_secrets (const WsiPacketReader *self);
/* The next packet.  NULL: the end, or, with an error, all that could be read. */
const WsiCapturedPacket *wsi_packet_reader_next (WsiPacketReader *self,
                                                 GError         **error);
/* The number of bytes that were read. */
guint64          wsi_packet_reader_get_position (WsiPacketReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiPacketReader, wsi_packet_reader_free)

G_END_DECLS
