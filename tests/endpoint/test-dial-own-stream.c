/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Streams of a GProxy.  A GProxy of the program gives a connection whose class has streams of its
 * own: each byte must go through them, although there is a socket below. */
#include "endpoint/far/dialed.h"

#define PATH "/endpoint/dial-own-stream/"

static guint n_inputs, n_outputs;       /* how often the streams were asked for */

typedef GTcpConnection OwnConnection;
typedef GTcpConnectionClass OwnConnectionClass;

static GType own_connection_get_type (void);

G_DEFINE_TYPE (OwnConnection, own_connection, G_TYPE_TCP_CONNECTION)

static GInputStream *
get_input (GIOStream * stream)
{
  n_inputs++;
  return G_IO_STREAM_CLASS (own_connection_parent_class)->get_input_stream (stream);
}

static GOutputStream *
get_output (GIOStream *stream)
{
  n_outputs++;
  return G_IO_STREAM_CLASS (own_connection_parent_class)->get_output_stream (stream);
}

static void
own_connection_class_init (OwnConnectionClass *class)
{
  G_IO_STREAM_CLASS (class)->get_input_stream = get_input;
  G_IO_STREAM_CLASS (class)->get_output_stream = get_output;
}

static void
own_connection_init (OwnConnection *self)
{
}

typedef GObject OwnProxy;
typedef GObjectClass OwnProxyClass;

static GType own_proxy_get_type (void);

static void
own_proxy_connect (GProxy             *proxy,
                   GIOStream          *stream,
                   GProxyAddress      *address,
                   GCancellable       *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (proxy, cancellable, callback, user_data);
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));

  g_task_return_pointer (task, g_object_new (own_connection_get_type (), "socket", socket, NULL),
                         g_object_unref);
}

static GIOStream *
own_proxy_connect_finish (GProxy       *proxy,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
own_proxy_supports_hostname (GProxy *proxy)
{
  return TRUE;
}

static void
init_interface (GProxyInterface *interface)
{
  interface->connect_async = own_proxy_connect;
  interface->connect_finish = own_proxy_connect_finish;
  interface->supports_hostname = own_proxy_supports_hostname;
}

G_DEFINE_TYPE_WITH_CODE (OwnProxy, own_proxy, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY, init_interface))

static void
own_proxy_class_init (OwnProxyClass *class)
{
}

static void
own_proxy_init (OwnProxy *self)
{
}

static void
test_own_stream (gconstpointer data)
{
  gboolean is_secure = g_str_equal (data, "wss");
  g_autoptr (Far) server = far_new (is_secure ? far_serve_tls : far_serve,
                                    GUINT_TO_POINTER (is_secure ? CERTIFICATE_GOOD : 0));
  g_autofree char *proxy = g_strdup_printf ("own://127.0.0.1:%u", far_get_port (server));
  g_autofree char *uri = g_strdup_printf ("%s://localhost:PORT/", (const char *) data);
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (proxy, NULL);
  g_autoptr (WspClient) client =
    g_object_new (WSP_TYPE_CLIENT, "proxy-resolver", resolver, "tls-database",
                  authority_get_database (), NULL);
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  n_inputs = n_outputs = 0;
  dial (&dialed, client, uri, far_get_port (server));
  dial_is_open (&dialed);
  g_assert_cmpuint (n_inputs, >, 0);
  g_assert_cmpuint (n_outputs, >, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GProxy) proxy = g_proxy_get_default_for_protocol ("socks5");
  /* GIO has registered its extension point. */
  g_io_extension_point_implement (G_PROXY_EXTENSION_POINT_NAME, own_proxy_get_type (), "own", 0);
  g_test_add_data_func (PATH "without-tls", "ws", test_own_stream);
  g_test_add_data_func (PATH "with-tls", "wss", test_own_stream);
  return g_test_run ();
}
