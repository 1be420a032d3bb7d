/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One way to read and write without blocking, whatever carries the bytes: a plain socket, TLS
 * over one, a stream that can be polled, a stream that cannot.
 *
 * A transport has one owner at a time; the opening handshake hands it on to the connection, with
 * all that it holds of unread input.  The owner says what it waits for and is told, always by the
 * reactor and never inside a call of his own.  What he is told is level-triggered: he is told
 * again as long as he waits for it.  He may close the transport while he is being told. */
#pragma once

#include <sys/uio.h>

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

/* What a read or a write gives beside a number of bytes (0 of a read = the input has ended). */
#define WSP_TRANSPORT_WOULD_BLOCK (-1)
#define WSP_TRANSPORT_FAILED (-2)       /* and the error is set */

typedef struct _WspTransport WspTransport;
/* events: READ, WRITE or both, never more than what is waited for. */
typedef void (*WspTransportFunc) (WspTransport  *transport,
                                  WspWatchEvents events,
                                  gpointer       owner);

typedef struct
{
  GTlsCertificate    *peer_certificate; /* NULL: none was shown */
  GTlsProtocolVersion version;          /* UNKNOWN: not TLS, or hands are not shaken yet */
  char               *ciphersuite;
} WspTransportTls;

typedef enum
{
  WSP_TRANSPORT_CLOSE_NOW,
  WSP_TRANSPORT_CLOSE_GRACEFUL,         /* TLS says close_notify first, within a second */
} WspTransportClose;

/* Any stream.  A GTlsConnection that has not shaken hands does so by itself: until that is over,
 * reads and writes would block. */
WspTransport   *wsp_transport_new_for_stream     (WspReactor *reactor,
                                                  GIOStream  *stream);
/* Takes over a connected, non-blocking socket; TCP_NODELAY is the giver's affair.  No GSocket is
 * made before wsp_transport_get_stream is called. */
WspTransport   *wsp_transport_new_for_fd         (WspReactor *reactor,
                                                  int         fd);
/* Ends the owner's part: he is told nothing more.  What takes time goes on without him. */
void            wsp_transport_close              (WspTransport     *self,
                                                  WspTransportClose how);

/* Ends it likewise, but the stream goes on; for one that has nothing under way. */
GIOStream      *wsp_transport_release            (WspTransport *self);

void            wsp_transport_set_owner          (WspTransport    *self,
                                                  WspTransportFunc ready,
                                                  gpointer         owner);
void            wsp_transport_set_events         (WspTransport  *self,
                                                  WspWatchEvents events);

/* Fills the vectors from the first to the last.  Fewer bytes than there was room for mean that
 * there are no more at the moment. */
gssize          wsp_transport_read               (WspTransport       *self,
                                                  const struct iovec *vectors,
                                                  guint               n_vectors,
                                                  GError            **error);
/* Says how many bytes have left.  After WOULD_BLOCK, and for what did not leave, the same bytes
 * are to be offered again: some carriers have taken a copy, and count it when it has left. */
gssize          wsp_transport_write              (WspTransport       *self,
                                                  const struct iovec *vectors,
                                                  guint               n_vectors,
                                                  GError            **error);
/* Nothing more will be written: the peer hears of the end, reading goes on.  Does not wait. */
void            wsp_transport_shutdown           (WspTransport *self);

/* Made when first asked for.  NULL: there is none, since TLS is the transport's own. */
GIOStream      *wsp_transport_get_stream         (WspTransport *self);
gboolean        wsp_transport_is_secure          (WspTransport *self);          /* TLS */
/* All that TLS has agreed on; to be cleared. */
void            wsp_transport_describe_tls       (WspTransport    *self,
                                                  WspTransportTls *tls);
void            wsp_transport_tls_clear          (WspTransportTls *self);
GTlsCertificate *wsp_transport_dup_peer_certificate (WspTransport *self);       /* NULL: none was shown */
GSocketAddress *wsp_transport_dup_remote_address (WspTransport *self);          /* NULL: no socket, or not connected */
GSocketAddress *wsp_transport_dup_local_address  (WspTransport *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WspTransportTls, wsp_transport_tls_clear)

G_END_DECLS
