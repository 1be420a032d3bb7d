/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The tickets of servers, with which the clients of a reactor resume TLS sessions.  A resumed
 * session is not verified again, so the key of a ticket has all that a verification depends on.  A
 * ticket is used once.  Tickets are secret: their memory is wiped before it is freed.  Times are
 * real time in microseconds.  docs/rationales/tls.md has the reasons. */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>

#include "reactor/tls/wsp-transport-tls-private.h"

G_BEGIN_DECLS

#define WSP_TLS_MAX_KEYS 64
#define WSP_TLS_MAX_TICKETS 2           /* tickets that are kept for one key */
#define WSP_TLS_MAX_TICKET_SIZE (16 * 1024)     /* bytes of a ticket, the certificates of the server included */

typedef struct                  /* data of gnutls_session_get_data2 () */
{
  gnutls_datum_t session;
  gint64         from, until;   /* real times between which the session may be resumed; a clock that was set back ends this, too */
} WspTlsTicket;

typedef struct                  /* one for each reactor */
{
  GQueue entries;               /* entries by host; the one that was used last is the first */
} WspTlsTickets;

void     wsp_tls_ticket_clear    (WspTlsTicket *self);

/* Returns a number that it has not returned before.  Any thread may call it. */
gsize    wsp_tls_tickets_make_number (void);
/* Makes the key of the sessions with this server: its host and port, and the way to it.  trust: the
 * number of the list that its certificate is verified by; context: the number of the context. */
char    *wsp_tls_tickets_make_key (const WspTlsTarget *target,
                                   gsize               trust,
                                   gsize               context);
void     wsp_tls_tickets_init    (WspTlsTickets *self);
void     wsp_tls_tickets_clear   (WspTlsTickets *self);
/* Takes the ticket.  Drops it if it is too large, or in place of an older one. */
void     wsp_tls_tickets_add     (WspTlsTickets *self,
                                  const char    *key,
                                  WspTlsTicket   ticket,
                                  gint64         now);
/* Sets the newest ticket, which the caller clears.  FALSE: there is none that is valid. */
gboolean wsp_tls_tickets_take    (WspTlsTickets *self,
                                  const char    *key,
                                  WspTlsTicket  *ticket,
                                  gint64         now);
/* Drops all tickets of the key. */
void     wsp_tls_tickets_drop    (WspTlsTickets *self,
                                  const char    *key);

G_END_DECLS
