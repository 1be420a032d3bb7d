/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The TLS connections that could not be read, by the server's name and the reason. */
#pragma once

#include "inspect/sources/tls/wsi-tls-stream.h"

G_BEGIN_DECLS

#define WSI_HTTP_2_HINT "only HTTP/1.1 is read: start Chromium with --disable-http2, set " \
  "network.http.http2.websockets to false in Firefox, or disable HTTP/2 in the server"

typedef struct _WsiTlsReport WsiTlsReport;

WsiTlsReport *wsi_tls_report_new  (void);
void          wsi_tls_report_free (WsiTlsReport *self);
/* Whether this is the first time that it is asked for the name; of too many names only the first
 * ones are. */
gboolean      wsi_tls_report_is_new_name (WsiTlsReport *self,
                                          const char   *name);
/* Counts a connection that has ended.  details: NULL = not known. */
void          wsi_tls_report_count (WsiTlsReport           *self,
                                    const char             *name,
                                    WsiTlsOutcome           outcome,
                                    const char             *details,
                                    const WsiTcpConnection *connection);
/* Whether every connection was read. */
gboolean      wsi_tls_report_is_empty (const WsiTlsReport *self);
/* Lists a line for each name and reason: how many connections and packets, and how to read them. */
void          wsi_tls_report_describe (const WsiTlsReport *self,
                                       GStrvBuilder       *lines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTlsReport, wsi_tls_report_free)

G_END_DECLS
