/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A TLS client that uses GnuTLS: the test receives what it sends, and may cut, change or delay
 * it.  Each call that waits runs the main loop. */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>

typedef struct
{
  int              fd;          /* socket of the peer; -1: closed */
  gnutls_session_t session;
  GByteArray      *sent;        /* bytes that GnuTLS has sent, not passed to the server yet */
  GByteArray      *received;
  gboolean         has_ended;   /* TRUE if the server has closed the stream */
  guint            source;
} TlsPeer;

/* priority: a GnuTLS priority string; ticket: from an earlier connection, or NULL. */
TlsPeer *tls_peer_new           (guint16     port,
                                 const char *priority,
                                 GBytes     *ticket);
/* On a connected, non-blocking socket. flags are added to those of gnutls_init (). */
TlsPeer *tls_peer_new_for_fd    (int         fd,
                                 const char *priority,
                                 GBytes     *ticket,
                                 guint       flags);
void     tls_peer_free          (TlsPeer *self);
/* Whether the main loop reads the input; initially it does. */
void     tls_peer_set_reads     (TlsPeer *self,
                                 gboolean reads);
void     tls_peer_hang_up       (TlsPeer *self);
void     tls_peer_reset         (TlsPeer *self);        /* disconnects with a RST */
/* A certificate with its key. */
void     tls_peer_set_certificate (TlsPeer         *self,
                                   GTlsCertificate *certificate);
/* Writes the next flight of the handshake to sent; TRUE: the handshake has ended on this side. */
gboolean tls_peer_make_flight   (TlsPeer *self);
/* Sends bytes to the server without encryption. */
void     tls_peer_send_raw      (TlsPeer      *self,
                                 const guint8 *bytes,
                                 gsize         length);
/* Passes the content of sent to the server. */
void     tls_peer_deliver       (TlsPeer *self);
void     tls_peer_do_handshake   (TlsPeer *self);
void     tls_peer_write         (TlsPeer    *self,
                                 const char *text);
/* Waits for bytes; returns their number, 0 at the end, or an error of GnuTLS. */
gssize   tls_peer_receive       (TlsPeer *self,
                                 void    *bytes,
                                 gsize    size);
/* Waits for the text.  FALSE: the server closed the stream, or TLS failed, before it was
 * received. */
gboolean tls_peer_expect        (TlsPeer    *self,
                                 const char *text);
void     tls_peer_run_until_end (TlsPeer *self);
/* The session ticket for the next connection; reads until a ticket was received.  NULL: no ticket
 * was received. */
GBytes  *tls_peer_get_ticket    (TlsPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsPeer, tls_peer_free)
