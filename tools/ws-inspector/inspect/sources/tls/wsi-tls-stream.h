/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One TLS connection of a capture: follows its handshake, and hands on the content of its records
 * in the order in which it came.  Records are held until their keys are there.
 * docs/rationales/captures.md has the reasons. */
#pragma once

#include "inspect/sources/tls/wsi-tls-held.h"
#include "inspect/sources/tls/wsi-tls-side.h"
#include "inspect/sources/tls/wsi-tls-tickets.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_TLS_UNFINISHED,           /* the handshake has ended before there were keys */
  WSI_TLS_OPENED,
  WSI_TLS_NO_TLS,               /* the bytes are not TLS, and were handed on */
  WSI_TLS_NO_KEYS,
  WSI_TLS_WRONG_KEYS,           /* the keys for the connection open no record */
  WSI_TLS_NO_BEGINNING,         /* a message that its keys depend on is missing */
  WSI_TLS_UNKNOWN_SUITE,        /* its records cannot be opened, or the version is too old */
  WSI_TLS_HTTP_2,
} WsiTlsOutcome;

typedef struct
{
  const WsiTcpListener *next;           /* listener that gets the content */
  gpointer              next_data;
  WsiKeyLog            *keys;
  gboolean              may_get_keys;   /* the key log may get more keys */
  WsiTlsTickets        *tickets;
  WsiTlsRoom            room;
} WsiTlsShared;

typedef struct _WsiTlsStream WsiTlsStream;

/* The connection is ignored once its outcome is another one than that it was opened. */
WsiTlsStream *wsi_tls_stream_new  (WsiTlsShared     *shared,
                                   WsiTcpConnection *tcp);
void          wsi_tls_stream_free (WsiTlsStream *self);
void          wsi_tls_stream_push (WsiTlsStream *self,
                                   guint         side,
                                   const guint8 *at,
                                   gsize         length,
                                   gint64        time_us);
void          wsi_tls_stream_skip (WsiTlsStream *self,
                                   guint         side,
                                   guint64       length,
                                   gint64        time_us);
void          wsi_tls_stream_end_side (WsiTlsStream *self,
                                       guint         side,
                                       WsiTcpEnd     how,
                                       gint64        time_us);
/* Tries to open records again, because a secret has come. */
void          wsi_tls_stream_retry  (WsiTlsStream *self);
/* The connection is another value from now on: the first one is no longer valid. */
void          wsi_tls_stream_move   (WsiTlsStream     *self,
                                     WsiTcpConnection *tcp);
/* The connection has ended: what cannot be opened now is missing. */
void          wsi_tls_stream_finish (WsiTlsStream *self);
/* Drops the held bytes, as if they were missing. */
void          wsi_tls_stream_lose   (WsiTlsStream *self);
/* Whether the stream holds records until their keys come. */
gboolean      wsi_tls_stream_waits  (const WsiTlsStream *self);
WsiTlsOutcome wsi_tls_stream_get_outcome (const WsiTlsStream *self);
/* The name of the server in the ClientHello; NULL: there is none. */
const char   *wsi_tls_stream_get_name   (const WsiTlsStream *self);
/* Version and cipher suite as text; NULL: not known. */
char         *wsi_tls_stream_dup_details (const WsiTlsStream *self);
/* Bytes of memory that the stream takes. */
gsize         wsi_tls_stream_get_cost   (const WsiTlsStream *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTlsStream, wsi_tls_stream_free)

G_END_DECLS
