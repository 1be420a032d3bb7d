/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a client gets to its server: whom it trusts, through which proxy; and what TLS has agreed
 * on. */
#pragma once

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

typedef struct                  /* as on the command line */
{
  char    *ca, *proxy;          /* NULL = the system's */
  char    *certificate, *key;   /* files, of what is shown to a server that asks; NULL = nothing */
  gboolean accepts_any;
  gboolean is_quiet;
  gboolean is_at_proxy;         /* by what the client has told last */
} WsiWay;

void     wsi_way_clear (WsiWay *self);
/* The client calls back with self as long as it lives. */
gboolean wsi_way_apply (WsiWay    *self,
                        WspClient *client,
                        GError   **error);

/* option: which one the file was given with; key NULL: it is in the same file. */
GTlsDatabase    *wsi_tls_read_authorities (const char *option,
                                           const char *file,
                                           GError    **error);
GTlsCertificate *wsi_tls_read_certificate (const char *file,
                                           const char *key,
                                           GError    **error);

/* Whose it is, for which names, by whom and until when. */
void     wsi_tls_print_certificate (GTlsCertificate *certificate);
/* What was agreed, and what the peer showed. */
void     wsi_tls_print (GTlsConnection *connection);
/* Nothing of one without TLS. */
void     wsi_tls_print_connection (WspConnection *connection);

G_END_DECLS
