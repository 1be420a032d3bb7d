/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The TLS session of a client: which earlier one it resumes, and which of its tickets are kept. */
#pragma once

#include "reactor/tls/wsp-tls-tickets-private.h"

G_BEGIN_DECLS

typedef struct
{
  WspTlsTickets *tickets;       /* tickets that the reactor's transports share */
  char          *key;           /* key under which tickets are kept; NULL: none is kept */
  gint64         from;          /* real time at which the certificate was verified */
  gint64         until;         /* real time until which the verification holds; 0: not known yet */
  guint8         is_offered;    /* the server was offered to resume a session */
  guint8         n_left;        /* number of tickets of this session that may still be kept */
} WspTlsResumption;

WspTlsResumption *wsp_tls_resumption_new    (WspTlsTickets *tickets);
void              wsp_tls_resumption_free   (WspTlsResumption *self);

/* Before the handshake: takes a ticket, if there is one.  trust: the number of the list that would
 * verify the server, 0: none. */
void              wsp_tls_resumption_offer  (WspTlsResumption   *self,
                                             gnutls_session_t    session,
                                             const WspTlsTarget *target,
                                             gsize               trust,
                                             gsize               context);
/* The server did not resume the session that was offered, or the connection has failed: drops the
 * other tickets, so that the next connection does a full handshake.  Does not drop any if none was
 * offered.  No ticket of this session is kept, unless wsp_tls_resumption_note () is called then. */
void              wsp_tls_resumption_refuse (WspTlsResumption *self);
/* The list with the number trust has verified the server in this session. */
void              wsp_tls_resumption_note   (WspTlsResumption   *self,
                                             const WspTlsTarget *target,
                                             gsize               trust,
                                             gsize               context);
/* TRUE: the server has resumed the session that was offered.  self: nullable. */
gboolean          wsp_tls_resumption_has_resumed (const WspTlsResumption *self,
                                                  gnutls_session_t        session);
/* After the handshake: keeps the tickets that the server sends from now on.  Sets the pointer and
 * the hook function of session; self must live as long as session is used. */
void              wsp_tls_resumption_begin  (WspTlsResumption *self,
                                             gnutls_session_t  session);

G_END_DECLS
