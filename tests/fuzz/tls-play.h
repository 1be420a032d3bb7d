/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A TLS transport and its peer, a GnuTLS session: the common part of the targets tls-client and
* tls-server.  The output of the session is cut, changed and mixed with other bytes, or all bytes
* are from the input.  The transport must return the beginning of the session's data.
*
* GnuTLS uses its own random bytes, and has no call to set them: no decision of a target depends on
* them, but the same input does not give the same bytes twice.
*
* The first byte of the input is TlsPlayConfig.  Then each step is a byte, and what it takes. */
#pragma once

#include "fuzz/fuzz-input.h"
#include "reactor/tls/wsp-transport-tls-private.h"

#include <gnutls/gnutls.h>

typedef enum
{
  TLS_PLAY_1_3 = 1 << 0,        /* TLS 1.3; without it 1.2 */
  TLS_PLAY_MUCH = 1 << 1,       /* the transport writes much when it is open */
  TLS_PLAY_RAW = 1 << 2,        /* the rest are raw bytes, no steps */
  TLS_PLAY_TARGET = 1 << 3,     /* the first bit that the target itself reads */
} TlsPlayConfig;

typedef struct
{
  WspTransport    *transport;   /* tested transport; NULL: closed */
  guint8           config;
  gsize            n_received, n_to_write;
  int              fd;          /* socket of the session */
  gnutls_session_t session;
  gboolean         is_server;   /* TRUE if the session is the server */
  gboolean         is_open;     /* TRUE if the handshake is done for the session */
  gboolean         may_open;    /* TRUE if the transport may return and send data */
  GByteArray      *sent;        /* bytes that the session has sent and that have not left */
  guint8           n_written;
  gsize            n_total;
} TlsPlay;

/* A certificate for "localhost", which issued itself, and its key. */
extern const char tls_play_pem[];

/* Begins with a session.  Returns the socket of the transport, which is set next. */
int  tls_play_begin         (TlsPlay                         *self,
                             guint8                           config,
                             gboolean                         is_server,
                             gnutls_certificate_credentials_t credentials);
void tls_play_set_transport (TlsPlay      *self,
                             WspTransport *transport);
/* Plays the rest of the input, and ends. */
void tls_play_run           (TlsPlay   *self,
                             FuzzInput *input);
