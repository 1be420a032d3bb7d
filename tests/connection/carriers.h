/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Pairs of connected streams of every kind that a connection can be made of, and a certificate
 * that is made when it is asked for. */
#pragma once

#include <gio/gio.h>

typedef enum
{
  CARRIER_SOCKET,
  CARRIER_TLS,
  CARRIER_TLS_IN_A_WRAPPER,     /* as GSocketClient gives it */
  CARRIER_TLS_OVER_PIPES,
  CARRIER_TLS_IN_TLS,           /* as it leads through a proxy that wants TLS for itself */
  CARRIER_PIPES,                /* can be polled */
  CARRIER_ASYNC,                /* has only asynchronous calls */
  N_CARRIERS,
} Carrier;

extern const char * const carrier_names[N_CARRIERS];

GTlsCertificate *make_certificate (void);
/* Takes both, and gives both. */
void             carrier_put_tls_on (GIOStream **client,
                                     GIOStream **server);
void             carrier_pair     (Carrier     carrier,
                                   GIOStream **client,
                                   GIOStream **server);
