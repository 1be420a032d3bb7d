/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A server of ours that sends every message back, and whose connections are recorded.  A rejected
 * handshake is reported in the sentence. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_SERVER_SOURCE (wsi_server_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiServerSource, wsi_server_source, WSI, SERVER_SOURCE, WsiSource)

/* Makes a server.  recorder may be NULL: then nothing is recorded. */
WsiServerSource *wsi_server_source_new (WsiRecorder * recorder,
                                        WsiPlace      place);
/* The server, for settings before the start; call it in the source's context. */
WspServer       *wsi_server_source_get_server     (WsiServerSource *self);
/* Listens at an address, before the start and with the certificate set. */
guint16          wsi_server_source_listen_at      (WsiServerSource *self,
                                                   const char      *address,
                                                   guint16          port,
                                                   GError         **error);
/* Listens on the loopback addresses. */
guint16          wsi_server_source_listen         (WsiServerSource *self,
                                                   guint16          port,
                                                   GError         **error);

G_END_DECLS
