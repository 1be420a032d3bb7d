/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends every message back, by the signal `message`: bench-server PORT [OPTION...]
 *
 *   --certificate FILE --key FILE            TLS
 *   --handshake-timeout MS
 *   --deflate [--level N] [--window N] [--memory-level N] [--no-takeover]
 *   --broadcast                              a message goes to all connections
 *   --function                               messages to a function, not a signal
 *   --async                                  messages by asynchronous calls, not a signal
 *   --tap                                    each connection has a tap that does nothing
 *   --workers N                              worker threads
 *   --route PATTERN                          a route, as often as it is given
 *   --patterns N                             N routes with two parameters each
 *
 * It is also built with older libraries: it sets what it can by name, and bench-echo tells it which
 * functions are missing.
 */

#include <libwsproto/wsproto.h>

#include <string.h>
#include <sys/resource.h>

#define MANY 100000             /* connections, as far as there are descriptors */

static int n_workers, n_patterns, level, window_bits, memory_level, handshake_timeout;
static gboolean is_deflating, is_forgetful, is_broadcasting, is_tapped, has_function, is_async;
static gboolean keeps_handshakes;
static char *certificate_file, *key_file;
static char **routes;

static const GOptionEntry entries[] = {
  { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate_file, NULL, NULL },
  { "key", 0, 0, G_OPTION_ARG_FILENAME, &key_file, NULL, NULL },
  { "handshake-timeout", 0, 0, G_OPTION_ARG_INT, &handshake_timeout, NULL, NULL },
  { "deflate", 0, 0, G_OPTION_ARG_NONE, &is_deflating, NULL, NULL },
  { "level", 0, 0, G_OPTION_ARG_INT, &level, NULL, NULL },
  { "window", 0, 0, G_OPTION_ARG_INT, &window_bits, NULL, NULL },
  { "memory-level", 0, 0, G_OPTION_ARG_INT, &memory_level, NULL, NULL },
  { "no-takeover", 0, 0, G_OPTION_ARG_NONE, &is_forgetful, NULL, NULL },
  { "broadcast", 0, 0, G_OPTION_ARG_NONE, &is_broadcasting, NULL, NULL },
  { "function", 0, 0, G_OPTION_ARG_NONE, &has_function, NULL, NULL },
  { "async", 0, 0, G_OPTION_ARG_NONE, &is_async, NULL, NULL },
  { "keep-handshakes", 0, 0, G_OPTION_ARG_NONE, &keeps_handshakes, NULL, NULL },
  { "tap", 0, 0, G_OPTION_ARG_NONE, &is_tapped, NULL, NULL },
  { "workers", 0, 0, G_OPTION_ARG_INT, &n_workers, NULL, NULL },
  { "route", 0, 0, G_OPTION_ARG_STRING_ARRAY, &routes, NULL, NULL },
  { "patterns", 0, 0, G_OPTION_ARG_INT, &n_patterns, NULL, NULL },
  { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
};

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_news (WspConnection *connection,
         WspMessage    *message,
         gpointer       server)
{
  wsp_server_broadcast (server, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_sent (GObject      *connection,
         GAsyncResult *result,
         gpointer      user_data)
{
  wsp_connection_send_message_finish (WSP_CONNECTION (connection), result, NULL);
}

/* The connection lives as long as a call waits for a message. */
static void
on_received (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  WspConnection *connection = WSP_CONNECTION (source);
  g_autoptr (WspMessage) message = wsp_connection_receive_finish (connection, result, NULL);

  if (message == NULL)
    return;

  wsp_connection_send_message_async (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL, on_sent,
                                     NULL);
  wsp_connection_receive_async (connection, NULL, on_received, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       user_data)
{
  if (is_async)
    {
      wsp_connection_receive_async (connection, NULL, on_received, NULL);
      return;
    }

  if (!has_function)
    g_signal_connect (connection, "message", G_CALLBACK (is_broadcasting ? on_news : on_message),
                      server);
#ifndef WITHOUT_MESSAGE_FUNC    /* bench-echo --with an older library */
  else
    wsp_connection_set_message_func (connection, on_message, NULL, NULL);
#endif
  wsp_connection_start_receiving (connection);
}

static void
set_deflate (WspServer *server)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();

  if (level > 0)
    g_object_set (options, "level", (guint) level, NULL);
  if (memory_level > 0)
    g_object_set (options, "memory-level", (guint) memory_level, NULL);
  if (window_bits > 0)
    {
      g_object_set (options, "server-window-bits", (guint) window_bits,
                    "client-window-bits", (guint) window_bits, NULL);
    }
  g_object_set (options, "server-context-takeover", !is_forgetful,
                "client-context-takeover", !is_forgetful, NULL);
  g_object_set (server, "deflate", options, NULL);
}

static void
set_certificate (WspServer *server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate =
    g_tls_certificate_new_from_files (certificate_file, key_file, &error);

  if (certificate == NULL)
    g_error ("%s", error->message);
  g_object_set (server, "tls-certificate", certificate, NULL);
}

static void
set_handshake_timeout (WspServer *server)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  g_object_set (limits, "handshake-timeout", (guint) handshake_timeout, NULL);
  g_object_set (server, "limits", limits, NULL);
}

typedef GObject LookingOn;
typedef GObjectClass LookingOnClass;

static void
see_bytes (WspTap      *tap,
           GObject     *source,
           WspDirection direction,
           GBytes      *bytes,
           gint64       time_us)
{
}

static void
see_state (WspTap  *tap,
           GObject *source)
{
}

static void
looking_on_init_interface (WspTapInterface *iface)
{
  iface->bytes_passed = see_bytes;
  iface->state_changed = see_state;
}

GType looking_on_get_type (void);
G_DEFINE_TYPE_WITH_CODE (LookingOn, looking_on, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, looking_on_init_interface))

static void
looking_on_class_init (LookingOnClass *class)
{
}

static void
looking_on_init (LookingOn *self)
{
}

static void
add_routes (WspServer *server)
{
#ifndef WITHOUT_ROUTES           /* bench-echo --with an older library */
  GError *error = NULL;

  for (guint i = 0; routes != NULL && routes[i] != NULL; i++)
    if (!wsp_server_add_route (server, routes[i], &error))
      g_error ("%s", error->message);
  for (int i = 0; i < n_patterns; i++)
    {
      g_autofree char *pattern = g_strdup_printf ("/service%d/{room}/{user}", i);

      if (!wsp_server_add_route (server, pattern, &error))
        g_error ("%s", error->message);
    }
#endif
}

static void
add_tap (WspServer *server)
{
  g_autoptr (WspTap) tap = g_object_new (looking_on_get_type (), NULL);

  wsp_server_add_tap (server, tap);
}

int
main (int    n_arguments,
      char **arguments)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("PORT");
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &n_arguments, &arguments, &error))
    g_error ("%s", error->message);
  if (is_deflating)
    set_deflate (server);
  if (certificate_file != NULL)
    set_certificate (server);
  if (handshake_timeout > 0)
    set_handshake_timeout (server);
  if (is_tapped)
    add_tap (server);
  add_routes (server);
  if (g_getenv ("BENCH_IDLE") != NULL)
    wsp_server_set_max_connections (server, MANY);
  if (g_getenv ("BENCH_IDLE") != NULL && !keeps_handshakes)
    g_object_set (server, "persistent-handshakes", FALSE, NULL);
  if (n_workers > 0 && !wsp_server_start_workers (server, (guint) n_workers, &error))
    g_error ("%s", error->message);
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  gboolean has_tls = wsp_server_get_tls_certificate (server) != NULL;
  WspListener *listener =
    wsp_server_listen_inet (server, NULL, n_arguments > 1 ? (guint16) atoi (arguments[1]) : 0,
                            has_tls ? WSP_LISTEN_FLAGS_TLS : WSP_LISTEN_FLAGS_DEFAULT, &error);

  if (listener == NULL)
    g_error ("%s", error->message);
  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
  return 0;
}
