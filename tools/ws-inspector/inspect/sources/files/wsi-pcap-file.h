/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Captures (pcap or pcapng), of which the WebSocket conversations are recorded. */
#pragma once

#include "inspect/sources/http/wsi-http-sniffer.h"
#include "inspect/sources/tls/wsi-key-log.h"
#include "inspect/sources/tls/wsi-tls-report.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 n_bytes;              /* bytes of the files */
  guint64 n_packets;
  guint64 n_other;              /* packets without TCP */
  guint64 n_quic, n_encrypted;  /* packets of QUIC and IPsec */
  guint64 n_cut;                /* packets whose headers were not captured whole */
  guint64 n_malformed;          /* packets that are malformed */
  guint64 n_fragments;          /* fragments of IP packets that are not complete */
  guint64 n_connections;        /* TCP connections */
  guint64 max_connections;      /* connections that are kept at a time */
  guint64 n_left_out;           /* packets of connections above max_connections */
  guint64 n_forgotten;          /* connections that were forgotten after a long silence */
  guint64 n_gaps;
  guint64 n_missing;            /* bytes in the gaps whose length is known */
  guint64 n_repeated;           /* segments of TCP without new bytes */
  guint64 n_conflicts;          /* segments that repeat bytes with other values */
  guint64 n_heads_lost;         /* heads of HTTP that were not read for lack of room */
} WsiPcapStatistics;

#define WSI_PCAP_MAGIC_LENGTH 4

#define WSI_TYPE_PCAP_FILE (wsi_pcap_file_get_type ())

G_DECLARE_FINAL_TYPE (WsiPcapFile, wsi_pcap_file, WSI, PCAP_FILE, GObject)

/* Whether a file that begins with these bytes is a capture; of WSI_PCAP_MAGIC_LENGTH bytes it is
 * known. */
gboolean     wsi_pcap_file_is_one (const guint8 *at,
                                   gsize         length);
/* Begins to read a capture; name: for errors, and for the conversations' source. */
WsiPcapFile *wsi_pcap_file_new    (GInputStream *stream,
                                   const char   *name,
                                   WsiRecorder  *recorder,
                                   GCancellable *cancellable,
                                   GError      **error);
/* Adds another capture, before the first packet is read. */
gboolean     wsi_pcap_file_add    (WsiPcapFile  *self,
                                   GInputStream *stream,
                                   const char   *name,
                                   GError      **error);
/* Packets and secrets come as programs write them: wsi_pcap_file_look_again () is called while
 * nothing comes. */
void         wsi_pcap_file_set_live (WsiPcapFile *self);
/* Connections of this port of a server are WebSockets, also without a handshake. */
void         wsi_pcap_file_read_as_websocket (WsiPcapFile *self,
                                              guint16      port);
/* Sets a file with the secrets of TLS connections, before the first packet is read; captures with
 * secrets need none.  For a live capture the file need not exist yet. */
gboolean     wsi_pcap_file_set_key_log (WsiPcapFile *self,
                                        const char  *path,
                                        GError     **error);
/* Looks for new secrets of connections that wait for some. */
void         wsi_pcap_file_look_again (WsiPcapFile *self);
/* Reads some packets; waits for them where the stream has none yet.  FALSE: that was all, or, with
 * an error, all that could be read; either is recorded to the end. */
gboolean     wsi_pcap_file_step   (WsiPcapFile *self,
                                   guint        max_packets,
                                   GError     **error);
/* Counts of everything that was read so far. */
void         wsi_pcap_file_get_statistics (WsiPcapFile       *self,
                                           WsiPcapStatistics *statistics);
/* Packets of link types and tunnels that are not read, by their names in the order in which they
 * came: how many there are of this one; NULL: there is none. */
const char  *wsi_pcap_file_get_unread_packets (WsiPcapFile *self,
                                               guint        i,
                                               guint64     *n_packets);
/* Traffic that was read, and that was not, of connections that have ended. */
const WsiUnread *wsi_pcap_file_get_unread (WsiPcapFile *self);
const WsiTlsReport *wsi_pcap_file_get_tls_report (WsiPcapFile *self);
/* The key log with all its secrets. */
const WsiKeyLog *wsi_pcap_file_get_key_log (WsiPcapFile *self);

G_END_DECLS
