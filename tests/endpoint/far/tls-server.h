/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A far side that speaks TLS with GnuTLS, and whose output may be cut, changed or held back. */
#pragma once

#include "endpoint/far/far.h"

typedef enum
{
  FLAW_NONE,
  FLAW_ENDS,                    /* the output ends before the byte */
  FLAW_CHANGED,                 /* a bit of the byte is changed */
  FLAW_HELD,                    /* nothing is sent from the byte on */
} TlsFlaw;

typedef struct
{
  CertificateKind certificate;
  const char     *priority;     /* of GnuTLS; NULL: its default */
  gboolean        wants_certificate;    /* of the client */
  TlsFlaw         flaw;
  gsize           at;           /* the byte of the flaw, from the first that is sent */
  gsize           n_sent;       /* set by the far side: bytes of its handshake */
  guint           n_key_bits, n_exponent_bits;  /* of the certificate's key; 0: that of certificate */
  guint           n_padding;    /* bytes that such a certificate has besides */
} TlsServerPlan;

/* data: a TlsServerPlan.  Notes the name that the client has sent; then responds with 101 and sends
 * "hi", as far_serve () does. */
void tls_server_serve (FarPeer *peer,
                       gpointer data);
