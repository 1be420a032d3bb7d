/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which connection of TLS 1.2 a ticket or session id comes from: a connection that resumes it has
 * the same master secret, for which some programs write no second line into the key log. */
#pragma once

#include "inspect/sources/tls/wsi-tls-hello.h"

G_BEGIN_DECLS

typedef struct _WsiTlsTickets WsiTlsTickets;

WsiTlsTickets *wsi_tls_tickets_new  (void);
void           wsi_tls_tickets_free (WsiTlsTickets *self);
/* Adds a ticket.  random: that of the first ClientHello of the session. */
void           wsi_tls_tickets_add  (WsiTlsTickets *self,
                                     GBytes        *ticket,
                                     const guint8  *random);
/* Finds the random of a ticket's session.  NULL: it is not known. */
const guint8  *wsi_tls_tickets_find (const WsiTlsTickets *self,
                                     GBytes              *ticket);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTlsTickets, wsi_tls_tickets_free)

G_END_DECLS
