/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS of a server: by the library on the reactor, or by GIO.  wsp_server_tls_set () decides which
 * of the two after each change of a setting.  docs/rationales/tls.md has the reasons. */
#pragma once

#include <gio/gio.h>

#include "reactor/tls/wsp-transport-tls-private.h"

G_BEGIN_DECLS

typedef struct
{
  WspTlsSettings settings;      /* settings of the program; if the certificate is NULL, the server has no TLS */
  gboolean       has_own_key;   /* the ticket key is the server's, not the program's */
  GError        *refusal;       /* why the certificate that was set last was refused, if there was none before */
  WspTlsContext *context;       /* context of the library's own TLS; NULL: GIO does TLS, or there is no certificate */
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
/* FALSE: the key is that of another certificate, so the settings stay as they were. */
gboolean      wsp_server_tls_check     (WspServerTls    *self,
                                        GTlsCertificate *certificate,
                                        GError         **error);
/* value: an object, GBytes, or the mode by GUINT_TO_POINTER ().  FALSE: GIO does TLS from now on,
 * and the error says why. */
gboolean      wsp_server_tls_set       (WspServerTls       *self,
                                        WspServerTlsSetting setting,
                                        gpointer            value,
                                        GError            **error);
/* Takes a connected, non-blocking socket.  NULL: TLS is not possible, the socket is closed. */
WspTransport *wsp_server_tls_begin     (const WspServerTls *self,
                                        WspReactor         *reactor,
                                        int                 fd);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WspServerTls, wsp_server_tls_clear)

G_END_DECLS
