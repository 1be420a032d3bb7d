/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/wsi-commands.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "cli/wsi-printer.h"
#include "cli/wsi-tls.h"
#include "inspect/sources/wsi-client-source.h"

#define MAX_BODY_SHOWN 512
#define DEFAULT_WAIT 1.0        /* seconds */
#define MAX_WAIT (24 * 60 * 60.0)
#define LOOKS_PER_WAIT 4

typedef struct
{
  gboolean  is_echo, is_quiet, is_deflate;
  double    wait;               /* seconds without data from the peer, after the input's end */
  GStrv     headers, protocols;
  char     *origin, *handshake;
  WsiWay    way;
} Options;

/* One run of the command. */
typedef struct
{
  GMainLoop        *loop;
  WsiExit           status;
  WsiClientSource  *source;
  WsiPrinter       *printer;    /* NULL = quiet */
  WsiDetail         detail;
  WspHandshake     *handshake;
  WspConnection    *connection;
  GDataInputStream *input;
  GCancellable     *cancellable;        /* for reading the input */
  guint             n_reads;            /* reads and sends that have not ended */
  double            wait;
  guint             wait_source;        /* 0 = not yet, or no more */
  guint             n_quiet_looks;      /* one after the other */
  guint64           n_received;         /* bytes, at the last look */
} Run;

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->headers, g_strfreev);
  g_clear_pointer (&options->protocols, g_strfreev);
  g_clear_pointer (&options->origin, g_free);
  g_clear_pointer (&options->handshake, g_free);
  wsi_way_clear (&options->way);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->loop, g_main_loop_unref);
  g_clear_object (&run->source);
  g_clear_object (&run->printer);
  g_clear_object (&run->handshake);
  g_clear_object (&run->connection);
  g_clear_object (&run->input);
  g_clear_object (&run->cancellable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static gboolean
parse_options (Options *options,
               int     *argc,
               char  ***argv,
               GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("URI");
  const GOptionEntry entries[] = {
    { "echo", 0, 0, G_OPTION_ARG_NONE, &options->is_echo, "Echo received messages", NULL },
    { "quiet", 0, 0, G_OPTION_ARG_NONE, &options->is_quiet, "Do not print handshake and frames", NULL },
    { "handshake", 0, 0, G_OPTION_ARG_STRING, &options->handshake, WSI_DETAIL_HELP, "brief|full" },
    { "header", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->headers, "Add a request header", "NAME: VALUE" },
    { "protocol", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->protocols, "Offer a subprotocol", "NAME" },
    { "origin", 0, 0, G_OPTION_ARG_STRING, &options->origin, "Set the Origin header", "ORIGIN" },
    { "deflate", 0, 0, G_OPTION_ARG_NONE, &options->is_deflate, "Offer permessage-deflate", NULL },
    { "wait", 0, 0, G_OPTION_ARG_DOUBLE, &options->wait,
      "After the end of the input, close if nothing is received for this time (default 1)", "SECONDS" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options->way.ca, "Trust only the CAs in this file (PEM)", "FILE" },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &options->way.certificate, "Client certificate (PEM)", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options->way.key, "Private key of --cert (default: the same file)", "FILE" },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &options->way.proxy, "Use this proxy (http, https or socks URI)", "URI" },
    { "insecure-accept-certificate", 0, 0, G_OPTION_ARG_NONE, &options->way.accepts_any,
      "Accept any certificate (insecure)", NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_set_summary (context, "Connect to a WebSocket server and send each line of "
                                "standard input as a message.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (!(options->wait >= 0 && options->wait <= MAX_WAIT))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "invalid --wait: expected 0 to %.0f seconds", MAX_WAIT);
      return FALSE;
    }

  if (*argc == 2)
    return TRUE;

  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                       "expected one URI, such as ws://127.0.0.1:8080/");
  return FALSE;
}

static gboolean
append_header (WspHeaders *headers,
               const char *line,
               GError    **error)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (colon == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "invalid header \"%s\": expected \"NAME: VALUE\"", line);
      return FALSE;
    }

  name = g_strndup (line, colon - line);
  value = g_strstrip (g_strdup (colon + 1));
  return wsp_headers_append (headers, name, value, error);
}

static WspHandshake *
make_handshake (const Options *options,
                const char    *uri,
                GError       **error)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  for (guint i = 0; options->headers != NULL && options->headers[i] != NULL; i++)
    if (!append_header (headers, options->headers[i], error))
      return NULL;

  return wsp_handshake_new_client (uri, (const char *const *) options->protocols, headers, error);
}

static void
on_line (GObject      *input,
         GAsyncResult *result,
         gpointer      data);

static void
read_line (Run *run)
{
  run->n_reads++;
  g_data_input_stream_read_line_async (run->input, G_PRIORITY_DEFAULT, run->cancellable, on_line,
                                       run);
}

static void
on_sent (GObject      *connection,
         GAsyncResult *result,
         gpointer      data)
{
  Run *run = data;

  run->n_reads--;
  if (wsp_connection_send_message_finish (WSP_CONNECTION (connection), result, NULL))
    read_line (run);
}

/* The next line is read when this one was sent. */
static void
send_line (Run    *run,
           GBytes *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspMessage) message = wsp_message_new_text_bytes (line, &error);

  if (message == NULL)
    {
      wsi_output_error (error->message);
      read_line (run);
      return;
    }

  run->n_reads++;
  wsp_connection_send_message_async (run->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                     on_sent, run);
}

static guint64
count_received (Run *run)
{
  g_autoptr (WspStats) stats = wsp_connection_get_stats (run->connection);

  return wsp_stats_get_bytes_received (stats);
}

/* Received bytes count even if their message is not complete. */
static gboolean
look_for_answers (gpointer data)
{
  Run *run = data;
  guint64 n_received = count_received (run);

  run->n_quiet_looks = n_received == run->n_received ? run->n_quiet_looks + 1 : 0;
  run->n_received = n_received;
  if (run->n_quiet_looks < LOOKS_PER_WAIT)
    return G_SOURCE_CONTINUE;

  run->wait_source = 0;
  wsp_connection_close_async (run->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
end_input (Run *run)
{
  if (run->wait == 0)
    {
      wsp_connection_close_async (run->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
      return;
    }

  run->n_received = count_received (run);
  run->wait_source = g_timeout_add (MAX (run->wait * 1000 / LOOKS_PER_WAIT, 1), look_for_answers,
                                    run);
}

static void
on_line (GObject      *input,
         GAsyncResult *result,
         gpointer      data)
{
  Run *run = data;
  gsize length;
  char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (input), result, &length,
                                                     NULL);
  g_autoptr (GBytes) bytes = line != NULL ? g_bytes_new_take (line, length) : NULL;

  run->n_reads--;
  if (g_cancellable_is_cancelled (run->cancellable))
    return;

  if (bytes != NULL)
    send_line (run, bytes);
  else
    end_input (run);
}

static void
on_closed (WspConnection *connection,
           Run           *run)
{
  WspCloseInfo *info = wsp_connection_get_close_info (connection);
  const GError *error = wsp_close_info_get_error (info);

  if (!wsp_close_info_is_clean (info))
    {
      wsi_output_error (error != NULL ? error->message : "connection ended without a Close frame");
      run->status = WSI_EXIT_CONNECTION_FAILED;
    }

  g_main_loop_quit (run->loop);
}

static void
print_failed_checks (WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);

  for (guint i = 0; report != NULL && i < report->checks->len; i++)
    {
      const WspHandshakeCheck *check = report->checks->pdata[i];
      g_autofree char *text = NULL;

      if (wsp_handshake_check_get_verdict (check) != WSP_HANDSHAKE_VERDICT_FAILED)
        continue;

      text = g_strdup_printf ("%s (%s)", wsp_handshake_check_get_text (check),
                              wsp_handshake_check_get_section (check));
      wsi_output_error_titled ("failed check", text);
    }
}

/* Prints the body of a refusal, and what to do. */
static void
print_refusal (WspHandshake *handshake)
{
  const char *hint = wsi_handshake_text_find_hint (wsp_handshake_get_response_status (handshake));
  GBytes *body = wsp_handshake_get_response_body (handshake);

  if (body != NULL && g_bytes_get_size (body) > 0)
    wsi_output_error_bytes ("body", body, MAX_BODY_SHOWN);
  if (hint != NULL)
    wsi_output_error_titled ("hint", hint);
}

/* The diagnosis is printed first, then the heads, which the end of the conversation prints. */
static void
fail (Run          *run,
      const GError *error)
{
  WsiRecorder *recorder = wsi_client_source_get_recorder (run->source);
  WsiConversation *conversation =
    recorder != NULL ? wsi_recorder_get_for (recorder, G_OBJECT (run->handshake)) : NULL;

  wsi_output_error (error->message);
  if (conversation != NULL)
    print_failed_checks (conversation);
  print_refusal (run->handshake);
  if (conversation != NULL)
    wsi_recorder_close (recorder, conversation, WSI_ENDING_ABNORMAL,
                        "The opening handshake failed", g_get_monotonic_time ());
  run->status = WSI_EXIT_CONNECTION_FAILED;
  g_main_loop_quit (run->loop);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Run *run = data;
  g_autoptr (GError) error = NULL;

  run->connection =
    wsi_client_source_connect_finish (WSI_CLIENT_SOURCE (source), result, &error);
  if (run->connection == NULL)
    {
      fail (run, error);
      return;
    }

  g_signal_connect (run->connection, "closed", G_CALLBACK (on_closed), run);
  read_line (run);
}

/* The first signal closes the connection, the next one ends without waiting for the peer. */
static gboolean
on_signal (gpointer data)
{
  Run *run = data;

  if (run->connection == NULL)
    {
      run->status = WSI_EXIT_CONNECTION_FAILED;
      g_main_loop_quit (run->loop);
    }
  else if (wsp_connection_get_state (run->connection) == WSP_CONNECTION_STATE_OPEN)
    wsp_connection_close_async (run->connection, WSP_CLOSE_CODE_GOING_AWAY, NULL, NULL, NULL, NULL);
  else
    wsp_connection_abort (run->connection);

  return G_SOURCE_CONTINUE;
}

static gboolean
run_prepare (Run     *run,
             Options *options,
             GError **error)
{
  g_autoptr (WsiStore) store = options->is_quiet
                               ? NULL : wsi_store_new (WSI_CLI_MAX_RECORDS, WSI_CLI_MAX_PAYLOAD);
  g_autoptr (GInputStream) standard_input = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  run->loop = g_main_loop_new (NULL, FALSE);
  run->wait = options->wait;
  run->input = g_data_input_stream_new (standard_input);
  run->cancellable = g_cancellable_new ();
  run->source = wsi_client_source_new (store);
  wsi_client_source_set_reply (run->source, options->is_echo ? WSI_REPLY_ECHO : WSI_REPLY_NOTHING);
  wsp_client_set_origin (wsi_client_source_get_client (run->source), options->origin);
  if (options->is_deflate)
    wsi_client_source_compress (run->source);
  if (store != NULL)
    run->printer = wsi_printer_new (store, wsi_client_source_get_recorder (run->source),
                                    run->detail);
  options->way.is_quiet = options->is_quiet;
  return wsi_way_apply (&options->way, wsi_client_source_get_client (run->source), error);
}

static void
run_loop (Run *run)
{
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, run);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, run);

  wsi_client_source_connect_async (run->source, run->handshake, NULL, on_connected, run);
  g_main_loop_run (run->loop);

  g_clear_handle_id (&run->wait_source, g_source_remove);
  g_cancellable_cancel (run->cancellable);
  while (run->n_reads > 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (interrupt);
  g_source_remove (terminate);
}

WsiExit
wsi_connect_command (int    argc,
                     char **argv)
{
  g_auto (Options) options = { .wait = DEFAULT_WAIT };
  g_auto (Run) run = { 0 };
  g_autoptr (GError) error = NULL;

  if (parse_options (&options, &argc, &argv, &error) &&
      wsi_detail_parse (options.handshake, &run.detail, &error))
    run.handshake = make_handshake (&options, argv[1], &error);

  if (run.handshake == NULL || !run_prepare (&run, &options, &error))
    {
      wsi_output_error (error->message);
      return WSI_EXIT_USAGE;
    }

  run_loop (&run);
  return run.status;
}
