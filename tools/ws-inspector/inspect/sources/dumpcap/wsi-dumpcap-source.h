/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The WebSockets that pass a network interface: dumpcap captures its packets, and they are read as
 * those of a file.  It runs until dumpcap ends, or the program that was started for it. */
#pragma once

#include "inspect/sources/starting/wsi-started-program.h"
#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_DUMPCAP_SOURCE (wsi_dumpcap_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiDumpcapSource, wsi_dumpcap_source, WSI, DUMPCAP_SOURCE, WsiSource)

typedef struct
{
  const char        *interface; /* interface to capture on; NULL: all interfaces */
  const char        *filter;    /* filter of libpcap; NULL: all packets of TCP */
  const char        *packets;   /* path of a new file, for its owner only, that gets the packets
                                 * unchanged; NULL: none */
  const char        *key_log;   /* path of a file with the secrets of TLS, which may grow; NULL:
                                 * none, or that of the program */
  GArray            *websocket_ports;   /* ports of servers (guint16) whose connections are
                                         * WebSockets, also without a handshake */
  WsiStartedProgram *program;   /* program that is started once packets are captured, and ends with
                                 * the source, which takes it; NULL: none */
} WsiDumpcapOptions;

/* Makes a source in a thread of its own.  The recorder is one of a client.  NULL: the file for
 * packets cannot be made. */
WsiDumpcapSource *wsi_dumpcap_source_new (WsiRecorder             *recorder,
                                          const WsiDumpcapOptions *options,
                                          GError                 **error);
/* Sets the key log of a running capture: opens held records, and those that follow. */
void              wsi_dumpcap_source_set_key_log (WsiDumpcapSource *self,
                                                  const char       *path);
/* Makes the connections of this port of a server WebSockets in a running capture, from the next
 * packet on.  Any thread may call it. */
void              wsi_dumpcap_source_read_as_websocket (WsiDumpcapSource *self,
                                                        guint16           port);
/* Asks the program to end; the source ends with it, however long that takes. */
void              wsi_dumpcap_source_end_program (WsiDumpcapSource *self);
/* The status of the program; 128 + N: signal N has ended it, also that of a source which was closed
 * before; 0: there is none, or it was not started. */
int               wsi_dumpcap_source_get_program_status (WsiDumpcapSource *self);
/* Ends the program, and removes its files, before this process ends at once. */
void              wsi_dumpcap_source_clean_program (WsiDumpcapSource *self);

G_END_DECLS
