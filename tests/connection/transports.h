/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Pairs of connected streams of each kind that a connection accepts, and a certificate that is
 * created when it is needed. */
#pragma once

#include <gio/gio.h>

typedef enum
{
  TRANSPORT_SOCKET,
  TRANSPORT_TLS,
  TRANSPORT_TLS_IN_A_WRAPPER,   /* TLS in the stream that GSocketClient returns */
  TRANSPORT_TLS_OVER_PIPES,
  TRANSPORT_TLS_IN_TLS,         /* TLS inside TLS, as through a proxy that itself uses TLS */
  TRANSPORT_PIPES,              /* pipes, which can be polled */
  TRANSPORT_ASYNC,              /* a stream that has only asynchronous calls */
  N_TRANSPORTS,
} Transport;

extern const char * const transport_names[N_TRANSPORTS];

GTlsCertificate *make_certificate (void);
/* Replaces both streams by TLS connections on top of them. */
void             transport_add_tls (GIOStream **client,
                                    GIOStream **server);
void             transport_pair     (Transport   transport,
                                     GIOStream **client,
                                     GIOStream **server);
