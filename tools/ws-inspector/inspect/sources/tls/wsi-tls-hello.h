/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The plain messages of a TLS handshake, as far as the keys of the connection depend on them. */
#pragma once

#include "inspect/sources/tls/wsi-key-log.h"

G_BEGIN_DECLS

#define WSI_TLS_MAX_SESSION_ID 32

typedef struct
{
  guint8 random[WSI_TLS_RANDOM_LENGTH];
  guint8 session_id[WSI_TLS_MAX_SESSION_ID];
  gsize  n_session_id;
  char  *name;                  /* name of the server; NULL: there is none that can be shown */
  GBytes *ticket;               /* session ticket of TLS 1.2; NULL: none */
  gboolean has_early_data;
} WsiTlsClientHello;

typedef struct
{
  guint8   random[WSI_TLS_RANDOM_LENGTH];
  guint8   session_id[WSI_TLS_MAX_SESSION_ID];
  gsize    n_session_id;
  guint16  version;
  guint16  suite;
  gboolean is_retry;            /* the hello is a HelloRetryRequest: another ClientHello follows */
  gboolean is_http_2;           /* the server has chosen HTTP/2 by ALPN */
} WsiTlsServerHello;

typedef struct
{
  gboolean has_early_data;      /* early data is accepted */
  gboolean is_http_2;
} WsiTlsExtensions;

/* The functions read the body of a message.  FALSE: it is malformed. */
gboolean wsi_tls_client_hello_parse (WsiTlsClientHello *self,
                                     const guint8      *at,
                                     gsize              length);
void     wsi_tls_client_hello_clear (WsiTlsClientHello *self);
gboolean wsi_tls_server_hello_parse (WsiTlsServerHello *self,
                                     const guint8      *at,
                                     gsize              length);
/* Parses the EncryptedExtensions of TLS 1.3. */
gboolean wsi_tls_extensions_parse   (WsiTlsExtensions *self,
                                     const guint8     *at,
                                     gsize             length);
/* The ticket of a NewSessionTicket of TLS 1.2; NULL: malformed, or there is none. */
GBytes  *wsi_tls_ticket_parse       (const guint8 *at,
                                     gsize         length);

G_END_DECLS
