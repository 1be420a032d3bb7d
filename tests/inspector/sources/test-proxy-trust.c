/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Certificates that were accepted once.  A client and a proxy of the process have accepted the
 * certificate of a target, which another proxy of the process must still refuse.  GIO resumes TLS
 * sessions of other clients, but not in programs that use g_test, so this program prints its points
 * itself. */
#include <libwsproto/wsproto.h>
#include <stdio.h>

#include "endpoint/far/certificates.h"
#include "inspect/sources/proxy/wsi-proxy-source.h"
#include "lib/listen.h"

static const char *const ways[] = { "own-tls", "gio-tls" };

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static gboolean
accept_certificate (void)
{
  return TRUE;
}

static WspConnection *
connect_to (const char *uri,
            gboolean    accepts)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  wsp_client_set_proxy_resolver (client, direct);
  if (accepts)
    g_signal_connect (client, "accept-certificate", G_CALLBACK (accept_certificate), NULL);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, on_connected, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return wsp_client_connect_finish (client, result, NULL);
}

/* The client reads the ticket of the session while it closes. */
static gboolean
is_accepted_by_client (const char *uri)
{
  g_autoptr (WspConnection) connection = connect_to (uri, TRUE);

  if (connection == NULL)
    return FALSE;

  wsp_connection_start_receiving (connection);
  wsp_connection_close_async (connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
  while (wsp_connection_get_state (connection) != WSP_CONNECTION_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  return TRUE;
}

static gboolean
is_of_certificate (const WsiSentence *sentence)
{
  return sentence != NULL && (sentence->id == WSI_SENTENCE_OTHER_NAME ||
                              sentence->id == WSI_SENTENCE_UNKNOWN_AUTHORITY);
}

/* NULL: it refuses.  sentence: of the proxy. */
static WspConnection *
connect_through_proxy (const char   *target,
                       gboolean      accepts,
                       WsiSentence **sentence)
{
  g_autoptr (WsiProxySource) proxy =
    wsi_proxy_source_new (NULL, WSI_PLACE_OWNER, "0", target, NULL);
  WspConnection *connection;

  if (proxy == NULL || !wsi_proxy_source_listen (proxy, NULL))
    return NULL;

  if (accepts)
    wsi_proxy_source_accept_any_certificate (proxy);
  wsi_source_start (WSI_SOURCE (proxy));
  connection = connect_to (wsi_source_get_uri (WSI_SOURCE (proxy)), FALSE);
  *sentence = wsi_sentence_copy (wsi_source_get_sentence (WSI_SOURCE (proxy)));
  return connection;
}

static gboolean
is_refused_by_proxy (const char *target)
{
  g_autofree WsiSentence *sentence = NULL;
  g_autoptr (WspConnection) connection = connect_through_proxy (target, FALSE, &sentence);

  return connection == NULL && is_of_certificate (sentence);
}

static gboolean
is_accepted_by_proxy (const char *target)
{
  g_autofree WsiSentence *sentence = NULL;
  g_autoptr (WspConnection) connection = connect_through_proxy (target, TRUE, &sentence);

  return connection != NULL && sentence != NULL &&
         sentence->id == WSI_SENTENCE_ACCEPTED_ALL_THE_SAME;
}

int
main (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  gboolean is_good = TRUE;

  wsp_server_set_tls_certificate (server, authority_get_certificate (CERTIFICATE_SELF_SIGNED));

  guint16 port = listen_on_free_port (server, NULL);
  g_autofree char *target = g_strdup_printf ("wss://localhost:%u", port);

  printf ("1..%u\n", (guint) (2 * G_N_ELEMENTS (ways)));
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_setenv ("WSP_TLS", i == 0 ? "" : "gio", TRUE);

      gboolean is_claimed = is_accepted_by_client (target) && is_refused_by_proxy (target);
      gboolean is_other_claimed = is_accepted_by_proxy (target) && is_refused_by_proxy (target);

      printf ("%s %u /inspector/proxy-trust/%s/SEC-120-session-that-a-client-accepted-is-refused\n",
              is_claimed ? "ok" : "not ok", 2 * i + 1, ways[i]);
      printf ("%s %u /inspector/proxy-trust/%s/SEC-120-session-that-a-proxy-accepted-is-refused\n",
              is_other_claimed ? "ok" : "not ok", 2 * i + 2, ways[i]);
      is_good = is_good && is_claimed && is_other_claimed;
    }

  return is_good ? 0 : 1;
}
