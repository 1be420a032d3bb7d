/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Served is a server of a test, and what its handlers have seen. */
#pragma once

#include <libwsproto/wsproto.h>

typedef struct
{
  WspServer      *server;
  guint16         port;         /* port of served_listen () */
  guint           n_requests;   /* number of requests that a handler of the test has counted */
  guint           n_connections, n_failures;
  gboolean        is_secure;    /* TRUE if the last connection has TLS */
  WspHandshake   *held;         /* undecided request; NULL: none */
  GError         *error;        /* error of the last failure; NULL: none */
  GSocketAddress *address;      /* address of the client that failed last; NULL: unknown */
} Served;

Served *served_new    (void);   /* without a listener */
Served *served_listen (void);   /* with a free port of both loopback addresses */
void    served_free   (Served *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Served, served_free)
