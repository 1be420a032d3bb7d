/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A TLS transport and a client, on a pair of TCP sockets.  The owner of the transport reads all
 * input and keeps it. */
#pragma once

#include "endpoint/far/certificates.h"
#include "endpoint/far/tls-peer.h"
#include "lib/turns.h"
#include "reactor/tls/wsp-transport-tls-private.h"

#define WAIT_S 20
#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
/* A complete record that is not encrypted. */
#define BROKEN_RECORD "\x17\x03\x03\0\x20" "0123456789abcdef0123456789abcdef"
#define BROKEN_RECORD_SIZE 37

typedef struct
{
  WspReactor       *reactor;
  WspTransport     *transport;  /* transport of the owner; NULL: the owner has closed it */
  TlsPeer          *peer;
  GByteArray       *got;
  gboolean          has_ended;
  GError           *error;
  guint             n_notified;
  guint             close_at;   /* number of the notification in which the owner closes, from 1; 0:
                                 * never */
  WspTransportClose how;
  WspWatchEvents    after_read; /* events that the owner waits for when it has read */
  gboolean          only_counts;
} TlsPair;

/* buffer: size of those of the sockets, 0: the system's; context, ticket: may be NULL; flags: as in
 * tls_peer_new_for_fd (). */
void         tls_pair_init       (TlsPair       *self,
                                  const char    *priority,
                                  int            buffer,
                                  WspTlsContext *context);
void         tls_pair_init_early (TlsPair       *self,
                                  WspTlsContext *context,
                                  GBytes        *ticket);
void         tls_pair_clear      (TlsPair *self);
void         tls_pair_close      (TlsPair *self);
gboolean     tls_pair_is_open    (TlsPair *self);
void         tls_pair_open       (TlsPair *self);       /* does the handshake on both sides */
/* Until nothing more is taken, or limit bytes were. */
gsize        tls_pair_fill       (TlsPair *self,
                                  gsize    limit);
void         tls_pair_clear_context (void);             /* the one of tls_pair_init () without a context */

/* Two connected TCP sockets that do not block. */
void         connect_sockets     (int *fds,
                                  int  buffer);

/* Runs the main loop until the condition holds. */
#define RUN_UNTIL(condition) \
  G_STMT_START { \
    guint limit_of_wait = begin_wait (WAIT_S); \
    while (!(condition)) \
    g_main_context_iteration (NULL, TRUE); \
    g_source_remove (limit_of_wait); \
  } G_STMT_END
