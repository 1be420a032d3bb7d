/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/wsi-commands.h"

#include <glib-unix.h>

#include "cli/wsi-printer.h"
#include "cli/wsi-tls.h"
#include "inspect/sources/wsi-server-source.h"

#define DEFAULT_PORT 8080
#define MAX_PORT 65535
#define SHUTDOWN_GRACE_MS 2000

typedef struct
{
  int      port;
  gint64   max_message;
  gboolean is_quiet, is_deflate;
  GStrv    origins, protocols;
  char    *certificate, *key;   /* files; NULL = no TLS */
  char    *handshake;           /* a word */
  WsiDetail detail;
  char    *client_ca;           /* a file; NULL = clients are not asked for a certificate */
} Options;

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->origins, g_strfreev);
  g_clear_pointer (&options->protocols, g_strfreev);
  g_clear_pointer (&options->certificate, g_free);
  g_clear_pointer (&options->key, g_free);
  g_clear_pointer (&options->client_ca, g_free);
  g_clear_pointer (&options->handshake, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
check_values (const Options *options,
              int            argc,
              GError       **error)
{
  const char *text = NULL;

  if (argc != 1)
    text = "unexpected argument";
  else if (options->port < 0 || options->port > MAX_PORT)
    text = "invalid port: expected 0 to 65535";
  else if (options->max_message < 0)
    text = "--max-message must be at least 1";
  else if (options->key != NULL && options->certificate == NULL)
    text = "--key requires --cert";
  else if (options->client_ca != NULL && options->certificate == NULL)
    text = "--client-ca requires --cert";

  if (text != NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);

  return text == NULL;
}

static gboolean
parse_options (Options *options,
               int     *argc,
               char  ***argv,
               GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &options->port, "Port to listen on; 0 = any free port (default 8080)", "N" },
    { "max-message", 0, 0, G_OPTION_ARG_INT64, &options->max_message, "Largest accepted message", "BYTES" },
    { "allow-origin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->origins, "Allow this browser origin; * = any", "ORIGIN" },
    { "protocol", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->protocols, "Accept this subprotocol", "NAME" },
    { "deflate", 0, 0, G_OPTION_ARG_NONE, &options->is_deflate, "Accept permessage-deflate", NULL },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate, "Server certificate (PEM); enables TLS", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options->key, "Private key of --cert (default: the same file)", "FILE" },
    { "client-ca", 0, 0, G_OPTION_ARG_FILENAME, &options->client_ca, "Require client certificates issued by these CAs (PEM)", "FILE" },
    { "handshake", 0, 0, G_OPTION_ARG_STRING, &options->handshake, WSI_DETAIL_HELP, "brief|full" },
    { "quiet", 0, 0, G_OPTION_ARG_NONE, &options->is_quiet, "Do not print handshakes and frames", NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_set_summary (context, "Echo server: sends every message back.");
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error)
         && wsi_detail_parse (options->handshake, &options->detail, error)
         && check_values (options, *argc, error);
}

static void
apply_options (const Options *options,
               WspServer     *server)
{
  if (options->max_message > 0)
    wsp_limits_set_max_message_size (wsp_server_get_limits (server),
                                     (guint64) options->max_message);
  if (options->is_deflate)
    {
      g_autoptr (WspDeflateOptions) compression = wsp_deflate_options_new ();

      g_object_set (server, "compression", compression, NULL);
    }
  if (options->origins != NULL)
    g_object_set (server, "allowed-origins", options->origins, NULL);
  if (options->protocols != NULL)
    g_object_set (server, "subprotocols", options->protocols, NULL);
}

/* FALSE: the certificate or the CAs cannot be read. */
static gboolean
apply_trust (const Options *options,
             WspServer     *server,
             GError       **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GTlsDatabase) database = NULL;

  if (options->certificate == NULL)
    return TRUE;

  certificate = wsi_tls_read_certificate (options->certificate, options->key, error);
  if (certificate == NULL)
    return FALSE;

  g_object_set (server, "tls-certificate", certificate, NULL);
  if (options->client_ca == NULL)
    return TRUE;

  database = wsi_tls_read_authorities ("--client-ca", options->client_ca, error);
  if (database == NULL)
    return FALSE;

  g_object_set (server, "tls-database", database,
                "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
  return TRUE;
}

static void
print_place (WsiServerSource *source,
             const Options   *options)
{
  g_autofree char *uri = wsi_server_source_dup_uri (source);
  g_autoptr (GTlsCertificate) certificate = NULL;

  wsi_output_line ("Listening on %s", uri);
  g_object_get (wsi_server_source_get_server (source), "tls-certificate", &certificate, NULL);
  if (certificate != NULL && !options->is_quiet)
    wsi_tls_print_certificate (certificate);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  wsi_tls_print_connection (connection);
}

static void
on_handshake_failed (WspServer      *server,
                     GSocketAddress *address,
                     const GError   *error)
{
  g_autofree char *text = g_strconcat ("Handshake rejected: ", error->message, NULL);

  wsi_output_sentence (text);
}

static void
on_shut_down (GObject      *server,
              GAsyncResult *result,
              gpointer      data)
{
  wsp_server_shutdown_finish (WSP_SERVER (server), result, NULL);
  g_main_loop_quit (data);
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
run_until_signal (GMainLoop *loop)
{
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, loop);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, loop);

  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
}

/* Runs until a signal, then until all connections are closed.  A second signal ends it at once. */
static void
run_server (WspServer *server)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  run_until_signal (loop);
  wsp_server_shutdown_async (server, WSP_CLOSE_CODE_GOING_AWAY, NULL, SHUTDOWN_GRACE_MS, NULL,
                             on_shut_down, loop);
  run_until_signal (loop);
}

WsiExit
wsi_serve_command (int    argc,
                   char **argv)
{
  g_auto (Options) options = { .port = DEFAULT_PORT };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiStore) store = NULL;
  g_autoptr (WsiServerSource) source = NULL;
  g_autoptr (WsiPrinter) printer = NULL;
  WspServer *server;

  if (!parse_options (&options, &argc, &argv, &error))
    {
      wsi_output_error (error->message);
      return WSI_EXIT_USAGE;
    }

  /* Quiet: the server has no tap. */
  if (!options.is_quiet)
    store = wsi_store_new (WSI_CLI_MAX_RECORDS, WSI_CLI_MAX_PAYLOAD);
  source = wsi_server_source_new (store);
  server = wsi_server_source_get_server (source);
  apply_options (&options, server);
  if (!apply_trust (&options, server, &error))
    {
      wsi_output_error (error->message);
      return WSI_EXIT_USAGE;
    }

  if (!options.is_quiet)
    {
      g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
      printer = wsi_printer_new (store, wsi_server_source_get_recorder (source),
                                 options.detail);
      g_signal_connect (server, "handshake-failed", G_CALLBACK (on_handshake_failed), NULL);
    }

  if (wsi_server_source_listen (source, options.port, &error) == 0)
    {
      wsi_output_error (error->message);
      return WSI_EXIT_CONNECTION_FAILED;
    }

  print_place (source, &options);
  run_server (server);
  return WSI_EXIT_CLEAN;
}
