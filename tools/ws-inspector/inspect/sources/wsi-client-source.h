/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client of ours whose connection is recorded. */
#pragma once

#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_REPLY_NOTHING,
  WSI_REPLY_ECHO,               /* each message goes back, text as text and binary as binary */
} WsiReply;

#define WSI_TYPE_CLIENT_SOURCE (wsi_client_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiClientSource, wsi_client_source, WSI, CLIENT_SOURCE, GObject)

WsiClientSource *wsi_client_source_new (WsiStore * store);
WsiRecorder     *wsi_client_source_get_recorder   (WsiClientSource *self);
WspClient       *wsi_client_source_get_client     (WsiClientSource *self);
void             wsi_client_source_set_reply      (WsiClientSource *self,
                                                   WsiReply         reply);
void             wsi_client_source_compress       (WsiClientSource *self);
void             wsi_client_source_connect_async  (WsiClientSource    *self,
                                                   WspHandshake       *handshake,
                                                   GCancellable       *cancellable,
                                                   GAsyncReadyCallback callback,
                                                   gpointer            user_data);
WspConnection   *wsi_client_source_connect_finish (WsiClientSource *self,
                                                   GAsyncResult    *result,
                                                   GError         **error);

G_END_DECLS
