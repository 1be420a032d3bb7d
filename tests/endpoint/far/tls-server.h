/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A far side that speaks TLS with GnuTLS, and whose output may be cut, changed or held back. */
#pragma once

#include <gnutls/gnutls.h>

#include "endpoint/far/far.h"

typedef enum
{
  FLAW_NONE,
  FLAW_ENDS,                    /* the output ends before the byte */
  FLAW_CHANGED,                 /* a bit of the byte is changed */
  FLAW_GARBAGE,                 /* all bits from the byte on are changed */
  FLAW_HELD,                    /* nothing is sent from the byte on */
} TlsFlaw;

typedef struct
{
  CertificateKind certificate;
  const char     *priority;     /* priority string for GnuTLS; NULL: its default */
  gboolean        wants_certificate;    /* TRUE if the client is asked for a certificate */
  TlsFlaw         flaw;
  gsize           at;           /* offset of the byte with the flaw, from the first that is sent */
  gsize           n_sent;       /* number of bytes of the handshake that were sent, set by the far
                                 * side */
  guint           n_key_bits, n_exponent_bits;  /* size of the certificate's key; 0: the key of
                                                 * certificate */
  guint           n_padding;    /* number of further bytes in a certificate with such a key */
} TlsServerPlan;

typedef struct                  /* what the far side does otherwise */
{
  /* Prepares the handshake; nullable. */
  void (*prepare)(gnutls_session_t                 session,
                  gnutls_certificate_credentials_t credentials,
                  gpointer                         data);
  /* Serves the peer after the handshake, with its result; NULL: responds with 101 and sends "hi",
   * and at the end sends an alert if the handshake has failed. */
  void   (*serve)(FarPeer         *peer,
                  gnutls_session_t session,
                  int              result,
                  gpointer         data);
  gpointer data;
  gboolean stops;               /* TRUE if the handshake is stopped, and fails, when the client's
                                 * second part is awaited */
  GBytes  *certificates;        /* message sent in place of the one with the certificates; nullable.
                                 * With TLS 1.3 the priority is SEALED_PRIORITY */
} TlsServerScript;

/* data: a TlsServerPlan.  Notes the name that the client has sent; then responds with 101 and sends
 * "hi", as far_serve () does. */
void tls_server_serve (FarPeer *peer,
                       gpointer data);
/* The same with a script.  The socket has TCP_NODELAY: a RST drops nothing that was sent. */
void tls_server_run   (FarPeer               *peer,
                       TlsServerPlan         *plan,
                       const TlsServerScript *script);
/* Reads the request of the client and returns the 101 with "hi" after it; NULL: the client has
 * ended TLS. */
char *tls_server_make_switch (gnutls_session_t session);
/* Returns the message Certificate of TLS 1.3 (RFC 8446 4.4.2) with one certificate, which need not
 * be one; (transfer full). */
GBytes *tls_server_make_message (const guint8 *certificate,
                                 gsize         length);
/* The parts of it: the credentials of a server, which the caller frees; and the response. */
gnutls_certificate_credentials_t tls_server_load_certificate (CertificateKind kind);
void tls_server_respond (gnutls_session_t session);
