/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A far side that speaks TLS with GnuTLS, and whose clients may resume their sessions. */
#pragma once

#include <gnutls/gnutls.h>

#include "endpoint/far/far.h"

typedef enum
{
  TICKET_SERVER_GOOD,
  TICKET_SERVER_REFUSES_HELLO,  /* sends an alert before the handshake */
  TICKET_SERVER_HOLDS_HELLO,    /* sends nothing */
  TICKET_SERVER_ALERTS_RESUMED, /* sends an alert after the handshake of a session that was
                                 * resumed */
} TicketServerWay;

typedef struct                  /* changed by the test between two connections only */
{
  CertificateKind certificate;
  const char     *priority;     /* priority string for GnuTLS; NULL: its default */
  gnutls_datum_t  key;          /* key that encrypts the tickets */
  int             n_tickets;    /* number of tickets sent after each handshake */
  int             way;          /* way to treat clients (TicketServerWay) */
  gboolean        wants_certificate;    /* TRUE if the client is asked for a certificate */
  gboolean        shows_authority;      /* TRUE if the CA's certificate is sent after
                                         * CERTIFICATE_GOOD */
} TicketServerPlan;

/* The plan lives until the far side is freed.  Servers with the same key accept the tickets of each
 * other. */
void ticket_server_plan_init  (TicketServerPlan *plan,
                               CertificateKind   certificate,
                               int               n_tickets);
void ticket_server_plan_clear (TicketServerPlan *plan);

/* data: a TicketServerPlan.  Notes "full" or "resumed" when the handshake has ended; then responds
 * with 101 and sends "hi", as far_serve () does. */
void ticket_server_serve      (FarPeer *peer,
                               gpointer data);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TicketServerPlan, ticket_server_plan_clear)
