/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Trusts an authority of its own, also through a proxy: private-ca URI CA-FILE [PROXY-URI] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      loop)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    wsp_client_connect_finish (WSP_CLIENT (source), result, &error);

  if (connection == NULL)
    g_print ("refused: %s\n", error->message);
  else
    g_print ("accepted: %s\n", wsp_connection_get_tls_ciphersuite (connection));
  g_main_loop_quit (loop);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (argv[2], &error);

  if (database == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  wsp_client_set_tls_database (client, database);
  if (argc > 3)
    {
      g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (argv[3], NULL);

      wsp_client_set_proxy_resolver (client, resolver);
    }

  wsp_client_connect_async (client, argv[1], NULL, NULL, NULL, on_connected, loop);
  g_main_loop_run (loop);
}
