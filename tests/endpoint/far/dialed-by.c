/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/dialed-by.h"

WspClient *
make_client (GTlsDatabase *database)
{
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);

  return g_object_new (WSP_TYPE_CLIENT, "tls-database", database, "proxy-resolver", direct, NULL);
}

void
dial_by (Dialed     *dialed,
         Tls         tls,
         WspClient  *client,
         const char *host,
         Far        *server)
{
  g_autofree char *format = g_strdup_printf ("wss://%s:PORT/", host);

  if (tls == BY_GIO)
    g_setenv ("WSP_TLS", "gio", TRUE);
  dial (dialed, client, format, far_get_port (server));
  if (tls == BY_GIO)
    g_unsetenv ("WSP_TLS");
}

char *
dup_own_text (const GError *error)
{
  const char *end = g_strrstr (error->message, "): ");

  return end != NULL ? g_strndup (error->message, end - error->message) : g_strdup ("");
}
