/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Resumes the TLS sessions of clients, with TLS 1.3 only: a ticket of TLS 1.2 is sent without
 * encryption, and is the same for all connections that use it. */
#include "reactor/tls/wsp-tls-resumption-private.h"

#include <gnutls/x509.h>

#define MAX_AGE G_TIME_SPAN_DAY /* age of a verification after which no session is resumed */
#define MAX_KEPT 16             /* of a connection: a ticket costs a copy of the certificates */

WspTlsResumption *
wsp_tls_resumption_new (WspTlsTickets *tickets)
{
  WspTlsResumption *self = g_new0 (WspTlsResumption, 1);

  self->tickets = tickets;
  self->n_left = MAX_KEPT;
  return self;
}

void
wsp_tls_resumption_free (WspTlsResumption *self)
{
  g_free (self->key);
  g_free (self);
}

void
wsp_tls_resumption_offer (WspTlsResumption   *self,
                          gnutls_session_t    session,
                          const WspTlsTarget *target,
                          gsize               trust,
                          gsize               context)
{
  WspTlsTicket ticket;

  if (trust == 0)
    return;

  self->key = wsp_tls_tickets_make_key (target, trust, context);
  if (!wsp_tls_tickets_take (self->tickets, self->key, &ticket, g_get_real_time ()))
    return;

  self->is_offered =
    gnutls_session_set_data (session, ticket.session.data, ticket.session.size) == GNUTLS_E_SUCCESS;
  self->from = ticket.from;
  self->until = ticket.until;
  wsp_tls_ticket_clear (&ticket);
}

void
wsp_tls_resumption_refuse (WspTlsResumption *self)
{
  if (self->is_offered)
    wsp_tls_tickets_drop (self->tickets, self->key);
  self->is_offered = FALSE;
  g_clear_pointer (&self->key, g_free);
}

void
wsp_tls_resumption_note (WspTlsResumption   *self,
                         const WspTlsTarget *target,
                         gsize               trust,
                         gsize               context)
{
  g_assert (self->key == NULL);

  self->key = wsp_tls_tickets_make_key (target, trust, context);
  self->from = g_get_real_time ();
  self->until = 0;
}

gboolean
wsp_tls_resumption_has_resumed (const WspTlsResumption *self,
                                gnutls_session_t        session)
{
  return self != NULL && self->is_offered && gnutls_session_is_resumed (session) &&
         gnutls_protocol_get_version (session) == GNUTLS_TLS1_3;
}

/* 0: the certificate cannot be read. */
static gint64
get_expiration (const gnutls_datum_t *certificate)
{
  gnutls_x509_crt_t parsed;
  gint64 expiration = 0;

  if (gnutls_x509_crt_init (&parsed) != GNUTLS_E_SUCCESS)
    return 0;

  if (gnutls_x509_crt_import (parsed, certificate, GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS)
    expiration = gnutls_x509_crt_get_expiration_time (parsed) * (gint64) G_USEC_PER_SEC;
  gnutls_x509_crt_deinit (parsed);
  return expiration;
}

/* Returns when the first of the certificates expires that the server has sent. */
static gint64
tls_resumption_find_end (gnutls_session_t session)
{
  guint n_shown;
  const gnutls_datum_t *shown = gnutls_certificate_get_peers (session, &n_shown);
  gint64 end = G_MAXINT64;

  for (guint i = 0; i < n_shown; i++)
    end = MIN (end, get_expiration (&shown[i]));

  return end;
}

/* gnutls_session_get_data2 () only copies, and does not wait, when there is a ticket. */
static int
keep_ticket (gnutls_session_t      session,
             guint                 type,
             guint                 when,
             guint                 is_incoming,
             const gnutls_datum_t *message)
{
  WspTlsResumption *self = gnutls_session_get_ptr (session);

  if (self->key == NULL || self->n_left == 0)
    return GNUTLS_E_SUCCESS;

  self->n_left--;
  if (self->until == 0)
    self->until = MIN (tls_resumption_find_end (session), self->from + MAX_AGE);

  WspTlsTicket ticket = { { NULL, 0 }, self->from, self->until };

  if (gnutls_session_get_data2 (session, &ticket.session) == GNUTLS_E_SUCCESS)
    wsp_tls_tickets_add (self->tickets, self->key, ticket, g_get_real_time ());
  return GNUTLS_E_SUCCESS;
}

/* The session has one hook function.  That of wsp-tls-peer-key.c is of no use any more: only a
 * handshake has a key. */
void
wsp_tls_resumption_begin (WspTlsResumption *self,
                          gnutls_session_t  session)
{
  gnutls_session_set_ptr (session, self);
  gnutls_handshake_set_hook_function (session, GNUTLS_HANDSHAKE_NEW_SESSION_TICKET,
                                      GNUTLS_HOOK_POST, keep_ticket);
}
