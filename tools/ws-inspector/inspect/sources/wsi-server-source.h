/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A server of ours that sends every message back, and whose connections are recorded. */
#pragma once

#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

#define WSI_TYPE_SERVER_SOURCE (wsi_server_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiServerSource, wsi_server_source, WSI, SERVER_SOURCE, GObject)

WsiServerSource *wsi_server_source_new (WsiStore * store);
WsiRecorder     *wsi_server_source_get_recorder   (WsiServerSource *self);
WspServer       *wsi_server_source_get_server     (WsiServerSource *self);
guint16          wsi_server_source_listen         (WsiServerSource *self,
                                                   guint16          port,
                                                   GError         **error);
char            *wsi_server_source_dup_uri        (WsiServerSource *self);

G_END_DECLS
