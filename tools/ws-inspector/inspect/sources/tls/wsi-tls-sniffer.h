/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds TLS among the TCP connections of a capture, on every port, by its hello; hands on what it
 * can open, and everything that is no TLS, to the next listener. */
#pragma once

#include "inspect/sources/tls/wsi-tls-report.h"

G_BEGIN_DECLS

typedef struct _WsiTlsSniffer WsiTlsSniffer;

/* Functions that are called for a server to which a connection cannot be opened for lack of
 * keys. */
typedef struct
{
  /* Is called once for each server name.  Returns the row of the connection (transfer full), or
   * NULL. */
  GObject *(*closed)(WsiTcpConnection * connection,
                     const char       *name,
                     gint64            time_us,
                     gpointer          user_data);
  /* Is called when such a connection has ended.  side: the one that has ended first. */
  void     (*ended)(GObject          *row,
                    WsiTcpConnection *connection,
                    guint             side,
                    gpointer          user_data);
} WsiTlsClosedFuncs;

/* For wsi_tcp_reassembler_new(), with the sniffer as the data. */
extern const WsiTcpListener wsi_tls_sniffer_listener;

/* Makes a sniffer.  The key log must outlive it. */
WsiTlsSniffer *wsi_tls_sniffer_new  (WsiKeyLog               *keys,
                                     const WsiTcpListener    *next,
                                     gpointer                 next_data,
                                     const WsiTlsClosedFuncs *closed,
                                     gpointer                 user_data);
/* Frees the sniffer; call it after wsi_tls_sniffer_end (). */
void           wsi_tls_sniffer_free (WsiTlsSniffer *self);
/* Ends the sniffer after the end of the reassembler, which closes the connections: no more secrets
 * come. */
void           wsi_tls_sniffer_end  (WsiTlsSniffer *self);
/* Whether more secrets may come: only then records are held that need some. */
void           wsi_tls_sniffer_set_may_get_keys (WsiTlsSniffer *self,
                                                 gboolean       may_get_keys);
/* Whether the sniffer holds records that may be opened. */
gboolean       wsi_tls_sniffer_waits (const WsiTlsSniffer *self);
/* Looks for secrets in a capture that goes on: opens what new secrets belong to, and reports
 * connections for which none came. */
void           wsi_tls_sniffer_look_again (WsiTlsSniffer *self);
/* Traffic that could not be opened, of the connections that have ended. */
const WsiTlsReport *wsi_tls_sniffer_get_report (const WsiTlsSniffer *self);
/* Bytes of memory that the sniffer holds. */
gsize          wsi_tls_sniffer_get_n_held (const WsiTlsSniffer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTlsSniffer, wsi_tls_sniffer_free)

G_END_DECLS
