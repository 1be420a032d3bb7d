/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads and writes without blocking, in the same way for each kind of stream: a plain socket, TLS
 * over a socket, a stream that can be polled, a stream that cannot be polled.
 *
 * A transport has one owner at a time; the opening handshake passes the transport on to the
 * connection, with the unread input that the transport holds.  The owner sets the events that it
 * waits for.  Only dispatches of the reactor notify the owner of these events, so no call of the
 * owner does.  Notifications are level-triggered: they are repeated for as long as the owner waits
 * for the event.  The owner may close the transport inside a notification. */
#pragma once

#include <sys/uio.h>

#include "base/wsp-peer-certificate-private.h"
#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

/* Reads and writes return WSP_TRANSPORT_WOULD_BLOCK, WSP_TRANSPORT_FAILED, or a number of bytes (0
 * from a read: the end of the input). */
#define WSP_TRANSPORT_WOULD_BLOCK (-1)
#define WSP_TRANSPORT_FAILED (-2)       /* result of a read or write that has failed; the error is set */

typedef struct _WspTransport WspTransport;
/* events: those that the owner waits for, no others. */
typedef void (*WspTransportFunc) (WspTransport  *transport,
                                  WspWatchEvents events,
                                  gpointer       owner);

typedef struct
{
  WspPeerCertificate  *peer_certificate;        /* certificate of the peer; NULL: the peer sent none */
  GTlsCertificateFlags peer_errors;     /* errors of an untrusted certificate that was accepted; 0: none */
  GTlsProtocolVersion  version;         /* version of TLS; UNKNOWN: no TLS, or its handshake has not ended */
  char                *ciphersuite;
} WspTransportTls;

typedef enum
{
  WSP_TRANSPORT_CLOSE_NOW,
  WSP_TRANSPORT_CLOSE_GRACEFUL,         /* TLS sends close_notify first, within a second */
  WSP_TRANSPORT_CLOSE_RESET,            /* the peer sees a reset; unsent bytes are lost */
} WspTransportClose;

typedef enum
{
  WSP_STREAM_IS_OURS,           /* code of the program has never seen the stream */
  WSP_STREAM_IS_SHARED,         /* the program may close the stream at any time */
} WspStreamOwner;

/* Any stream.  If it is a GTlsConnection without a handshake, the transport does the handshake;
 * until it has ended, reads and writes would block.
 *
 * A transport never uses a descriptor that the program can close, because the number would be given
 * to another file: of a shared stream it has a duplicate.  So the end of a shared stream must be
 * looked for: one that is closed is an error, and one that the program closes later fails reads and
 * writes.  NULL with an error: a shared stream is closed, or there are no more descriptors. */
WspTransport    *wsp_transport_new_for_stream       (WspReactor    *reactor,
                                                     GIOStream     *stream,
                                                     WspStreamOwner stream_owner,
                                                     GError       **error);
/* FALSE with an error: the program has closed the stream. */
gboolean         wsp_transport_check_stream         (GIOStream *stream,
                                                     GError   **error);
/* Sets the options of a TCP socket; those that a listening socket accepts inherit them. */
void             wsp_transport_prepare_tcp          (int fd);
/* Takes over a connected, non-blocking socket; the caller has prepared it if it is one of TCP.  A
 * GSocket is made only if wsp_transport_get_stream is called. */
WspTransport    *wsp_transport_new_for_fd           (WspReactor *reactor,
                                                     int         fd);
/* TRUE: the bytes of the stream are those of its socket.  stream: nullable. */
gboolean         wsp_transport_is_plain_socket      (GIOStream *stream);
/* Returns a non-blocking descriptor, which is prepared, for a transport; the connection itself may
 * then be dropped.  -1 with an error: there are no more descriptors. */
int              wsp_transport_dup_descriptor       (GSocketConnection *connection,
                                                     GError           **error);
/* Closes the transport: the owner is not notified any more.  The transport frees itself when its
 * last call has ended. */
void             wsp_transport_close                (WspTransport     *self,
                                                     WspTransportClose how);

/* In the child of a fork (): the stream has no peer from now on, so that to drop it sends
 * nothing. */
void             wsp_stream_leave                   (GIOStream *stream);

/* Returns the stream and frees the transport, which has one from the beginning, and must have no
 * call under way. */
GIOStream       *wsp_transport_release              (WspTransport *self);

void             wsp_transport_set_owner            (WspTransport    *self,
                                                     WspTransportFunc ready,
                                                     gpointer         owner);
/* READ, WRITE or both; or ENDED: a plain socket has failed, or has ended in both directions. */
void             wsp_transport_set_events           (WspTransport  *self,
                                                     WspWatchEvents events);

/* Fills the vectors from the first to the last.  If the result is less than the room in the
 * vectors, no more bytes are available at the moment. */
gssize           wsp_transport_read                 (WspTransport       *self,
                                                     const struct iovec *vectors,
                                                     guint               n_vectors,
                                                     GError            **error);
/* Returns how many bytes were written.  Offer the other bytes again, unchanged, also after
 * WOULD_BLOCK: some kinds of transport have copied them and count them when the copy is written.
 * After an error nothing more can be written, but input that has arrived can be read. */
gssize           wsp_transport_write                (WspTransport       *self,
                                                     const struct iovec *vectors,
                                                     guint               n_vectors,
                                                     GError            **error);
/* TRUE: reads and writes call no stream of GIO, which may be a class of the program. */
gboolean         wsp_transport_has_own_io           (WspTransport *self);
/* Ends the output: nothing more can be written, but the input can still be read.  Does not wait. */
void             wsp_transport_shutdown             (WspTransport *self);

/* Returns the stream for the program: it is shared from now on.  The first call creates it.  NULL:
 * this library does TLS itself, or the stream cannot be created or shared. */
GIOStream       *wsp_transport_get_stream           (WspTransport *self);
gboolean         wsp_transport_is_secure            (WspTransport *self);          /* TLS */
/* Sets @tls to the negotiated parameters; clear it after use. */
void             wsp_transport_describe_tls         (WspTransport    *self,
                                                     WspTransportTls *tls);
void             wsp_transport_tls_clear            (WspTransportTls *self);
/* NULL: the peer sent no certificate.  errors is set in both cases; it may be NULL. */
WspPeerCertificate *wsp_transport_dup_peer_certificate (WspTransport         *self,
                                                        GTlsCertificateFlags *errors);
GSocketAddress  *wsp_transport_dup_remote_address   (WspTransport *self);          /* NULL: no socket, or not connected */
GSocketAddress  *wsp_transport_dup_local_address    (WspTransport *self);
gboolean         wsp_address_is_loopback            (GSocketAddress *address);     /* may be NULL */
gboolean         wsp_transport_is_on_loopback       (WspTransport *self);
/* Returns the name, or the IP address, that the certificate of a host must be issued for, with the
 * port: a GNetworkAddress. */
GSocketConnectable *wsp_transport_make_tls_peer     (const char *host,
                                                     guint16     port);
/* Returns the same for GIO and GnuTLS; a name is also sent to the host. */
GSocketConnectable *wsp_transport_make_tls_identity (const char *host,
                                                     guint16     port);
/* Refuses TLS 1.0 and 1.1 (RFC 8996).  GIO may negotiate these versions; its only setting for that
 * is G_TLS_GNUTLS_PRIORITY. */
gboolean         wsp_transport_check_tls_version    (GTlsConnection *tls,
                                                     GError        **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WspTransportTls, wsp_transport_tls_clear)

G_END_DECLS
