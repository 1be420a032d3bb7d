/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One thing to send, ready for another thread: it is not changed once it is made. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_OUTGOING_MESSAGE,
  WSI_OUTGOING_FILE,            /* a message from a file, which is read piece by piece */
  WSI_OUTGOING_PING,
  WSI_OUTGOING_CLOSE,
  WSI_OUTGOING_RAW,             /* bytes of the wire, which are sent unchanged */
} WsiOutgoingKind;

typedef enum
{
  WSI_COMPRESSION_NEGOTIATED,
  WSI_COMPRESSION_NONE,
} WsiCompression;

/* A frame with more is split by the connection. */
#define WSI_MAX_FRAGMENT (64 * 1024 - 1)
#define WSI_MAX_PING 125        /* bytes of a ping (RFC 6455 5.5) */

typedef struct
{
  WsiOutgoingKind kind;
  WspMessageType  message_type;
  WsiCompression  compression;
  GBytes         *payload;      /* payload of a message; NULL: that of a file or a Close */
  char           *path;         /* path of a file to send */
  guint32        *fragments;    /* lengths of the frames in bytes; the last frame has the rest */
  guint           n_fragments;  /* number of lengths; 0: one frame; 1: all frames have it */
  guint16         close_code;
  char           *reason;       /* reason of a Close; NULL = none */
} WsiOutgoing;

WsiOutgoing *wsi_outgoing_new         (WsiOutgoingKind kind);
WsiOutgoing *wsi_outgoing_new_message (WspMessageType message_type,
                                       GBytes        *payload);
WsiOutgoing *wsi_outgoing_new_raw     (GBytes *bytes);
/* Makes a ping.  NULL: the payload is too long. */
WsiOutgoing *wsi_outgoing_new_ping    (GBytes  *payload,
                                       GError **error);
/* Makes a Close.  NULL: the code may not be sent, or the reason is too long. */
WsiOutgoing *wsi_outgoing_new_close   (guint64     code,
                                       const char *reason,
                                       GError    **error);
void         wsi_outgoing_free        (WsiOutgoing *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiOutgoing, wsi_outgoing_free)

G_END_DECLS
