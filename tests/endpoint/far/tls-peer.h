/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client of TLS, by GnuTLS: what it sends passes through the hands of the test, which may cut,
 * change or hold it back.  The main loop runs in each call that waits. */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>

typedef struct
{
  int              fd;          /* -1: closed */
  gnutls_session_t session;
  GByteArray      *sent;        /* by GnuTLS, and not delivered yet */
  GByteArray      *received;
  gboolean         has_ended;   /* the server has ended the stream */
  guint            source;
} TlsPeer;

/* Of the priority string; ticket: from an earlier connection, or NULL. */
TlsPeer *tls_peer_new           (guint16     port,
                                 const char *priority,
                                 GBytes     *ticket);
/* On a connected socket, which does not block; flags: of gnutls_init, besides its own. */
TlsPeer *tls_peer_new_for_fd    (int         fd,
                                 const char *priority,
                                 GBytes     *ticket,
                                 guint       flags);
void     tls_peer_free          (TlsPeer *self);
/* Whether the main loop takes what comes, as it does at first. */
void     tls_peer_set_reads     (TlsPeer *self,
                                 gboolean reads);
void     tls_peer_hang_up       (TlsPeer *self);
void     tls_peer_reset         (TlsPeer *self);        /* hangs up by a RST */
/* With a certificate and its key. */
void     tls_peer_set_certificate (TlsPeer         *self,
                                   GTlsCertificate *certificate);
/* The next flight of the handshake is in sent; TRUE: the handshake is over for this side. */
gboolean tls_peer_make_flight   (TlsPeer *self);
/* Octets to the server, as they are. */
void     tls_peer_send_raw      (TlsPeer      *self,
                                 const guint8 *octets,
                                 gsize         length);
/* What GnuTLS has sent goes to the server. */
void     tls_peer_deliver       (TlsPeer *self);
void     tls_peer_shake_hands   (TlsPeer *self);
void     tls_peer_write         (TlsPeer    *self,
                                 const char *text);
/* Waits for octets, the end (0) or an error of GnuTLS. */
gssize   tls_peer_receive       (TlsPeer *self,
                                 void    *octets,
                                 gsize    size);
/* Until the text is there.  FALSE: the server ended the stream, or TLS failed, before. */
gboolean tls_peer_expect        (TlsPeer    *self,
                                 const char *text);
void     tls_peer_run_until_end (TlsPeer *self);
/* Of the connection, for the next one; reads until it has come.  NULL: none came. */
GBytes  *tls_peer_get_ticket    (TlsPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsPeer, tls_peer_free)
