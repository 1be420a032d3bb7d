/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a server speaks TLS: by itself, on the reactor, or by GIO.  Decided when a setting is
 * changed. */
#pragma once

#include <gio/gio.h>

#include "reactor/tls/wsp-transport-tls-private.h"

G_BEGIN_DECLS

typedef struct
{
  WspTlsSettings settings;      /* certificate NULL: no TLS at all */
  gboolean       has_own_key;   /* the ticket key is the server's, not the program's */
  WspTlsContext *context;       /* NULL: GIO speaks it */
} WspServerTls;

typedef enum
{
  WSP_SERVER_TLS_CERTIFICATE,
  WSP_SERVER_TLS_DATABASE,
  WSP_SERVER_TLS_MODE,
  WSP_SERVER_TLS_TICKET_KEY,
} WspServerTlsSetting;

void          wsp_server_tls_copy      (WspServerTls       *self,
                                        const WspServerTls *other);
void          wsp_server_tls_clear     (WspServerTls *self);
void          wsp_server_tls_get       (const WspServerTls *self,
                                        WspServerTlsSetting setting,
                                        GValue             *value);
/* FALSE and an error: GIO speaks TLS from now on, and the error says why. */
gboolean      wsp_server_tls_set       (WspServerTls       *self,
                                        WspServerTlsSetting setting,
                                        const GValue       *value,
                                        GError            **error);
/* TLS over a connected, non-blocking socket, which is closed if there is none to be had: NULL. */
WspTransport *wsp_server_tls_begin     (const WspServerTls *self,
                                        WspReactor         *reactor,
                                        int                 fd);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WspServerTls, wsp_server_tls_clear)

G_END_DECLS
