/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An echo server with threads, and its numbers for Prometheus at /metrics: metrics-server [PORT] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static const guint codes[] = {
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000
};

/* A row without a type is one more sample of the row before. */
static void
append_numbers (GString        *text,
                WspServerStats *stats)
{
  const struct
  {
    const char *type, *name, *sample;
    guint64     number;
  } rows[] = {
    { "gauge", "ws_open", "", stats->connections_open },
    { "gauge", "ws_pending", "", stats->handshakes_pending },
    { "gauge", "ws_queued_bytes", "", stats->send_queue_bytes },
    { "counter", "ws_accepted", "_total", stats->connections_accepted },
    { "counter", "ws_refused", "_total{limit=\"connections\"}", stats->refused_by_max_connections },
    { NULL, "ws_refused", "_total{limit=\"address\"}", stats->refused_by_max_connections_per_address },
    { NULL, "ws_refused", "_total{limit=\"pending\"}", stats->refused_by_max_pending_handshakes },
    { NULL, "ws_refused", "_total{limit=\"time\"}", stats->refused_by_handshake_timeout },
    { NULL, "ws_refused", "_total{limit=\"head\"}", stats->refused_by_head_limits },
    { "counter", "ws_messages", "_total{way=\"in\"}", stats->messages_received },
    { NULL, "ws_messages", "_total{way=\"out\"}", stats->messages_sent },
    { "counter", "ws_bytes", "_total{way=\"in\"}", stats->bytes_received },
    { NULL, "ws_bytes", "_total{way=\"out\"}", stats->bytes_sent },
    { "counter", "ws_skipped", "_total", stats->messages_skipped },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (rows[i].type != NULL)
        g_string_append_printf (text, "# TYPE %s %s\n", rows[i].name, rows[i].type);
      g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT "\n", rows[i].name, rows[i].sample,
                              rows[i].number);
    }
}

static GBytes *
write_metrics (WspServer *server)
{
  g_autoptr (WspServerStats) stats = wsp_server_dup_stats (server);
  GString *text = g_string_new (NULL);

  append_numbers (text, stats);
  g_string_append (text, "# TYPE ws_closed counter\n");
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    g_string_append_printf (text, "ws_closed_total{code=\"%u\"} %" G_GUINT64_FORMAT "\n", codes[i],
                            wsp_server_stats_get_closed (stats, codes[i]));

  g_string_append (text, "# EOF\n");
  return g_string_free_to_bytes (text);
}

/* In the thread of the client. */
static gboolean
on_http_request (WspServer      *server,
                 WspHttpRequest *request,
                 gpointer        user_data)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GBytes) metrics = NULL;

  if (!g_str_equal (wsp_http_request_get_path (request), "/metrics"))
    return FALSE;

  metrics = write_metrics (server);
  wsp_headers_append (headers, "Content-Type",
                      "application/openmetrics-text; version=1.0.0; charset=utf-8", NULL);
  wsp_http_request_respond (request, 200, headers, metrics);
  return TRUE;
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       user_data)
{
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "http-request", G_CALLBACK (on_http_request), NULL);
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_start_workers (server, 2, &error)
    ? wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                              WSP_LISTEN_FLAGS_DEFAULT, &error) : NULL;

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
}
