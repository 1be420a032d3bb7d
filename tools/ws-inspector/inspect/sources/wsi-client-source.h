/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client of ours with one connection.  It runs while that is open. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_REPLY_NOTHING,
  WSI_REPLY_ECHO,               /* each message is sent back, text as text and binary as binary */
} WsiReply;

#define WSI_TYPE_CLIENT_SOURCE (wsi_client_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiClientSource, wsi_client_source, WSI, CLIENT_SOURCE, WsiSource)

/* Makes a client.  recorder may be NULL: then nothing is recorded. */
WsiClientSource *wsi_client_source_new (WsiRecorder * recorder,
                                        WsiPlace       place,
                                        WspHandshake * handshake);
/* The handshake, which can be read after the start, also if it has failed. */
WspHandshake    *wsi_client_source_get_handshake  (WsiClientSource *self);
/* The client, for settings before the start; call it in the source's context. */
WspClient       *wsi_client_source_get_client     (WsiClientSource *self);
void             wsi_client_source_set_reply      (WsiClientSource *self,
                                                   WsiReply         reply);
/* Offers compression in the handshake. */
void             wsi_client_source_compress       (WsiClientSource *self);
/* Whether the response of a failed handshake is that of a proxy, which opens no tunnel. */
gboolean         wsi_client_source_is_refused_by_proxy (WsiClientSource *self);
/* The connection; call it in the source's context.  NULL: it is not open yet. */
WspConnection   *wsi_client_source_get_connection (WsiClientSource *self);

G_END_DECLS
