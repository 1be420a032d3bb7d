/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* mistakes TABLE NAME PORT FOLDER: makes one mistake of the table, and prints the text about it. */
#include <string.h>

#include <libwsproto/wsproto.h>

typedef struct
{
  GKeyFile  *table;
  const char *name, *port, *folder;
  GMainLoop *loop;
  GPtrArray *kept;              /* objects that are kept until the end */
} Mistake;

static char *
read_text (Mistake    *self,
           const char *key)
{
  g_autofree char *raw = g_key_file_get_value (self->table, self->name, key, NULL);

  if (raw == NULL)
    return NULL;

  g_auto (GStrv) parts = g_strsplit (raw, "PORT", -1);

  return g_strjoinv (self->port, parts);
}

static GStrv
read_list (Mistake    *self,
           const char *key)
{
  g_autofree char *text = read_text (self, key);

  return text != NULL ? g_strsplit (text, ";", -1) : NULL;
}

static char *
make_path (Mistake    *self,
           const char *name)
{
  return name != NULL ? g_build_filename (self->folder, name, NULL) : NULL;
}

static GType
get_code_type (GQuark domain)
{
  if (domain == G_IO_ERROR)
    return G_TYPE_IO_ERROR_ENUM;
  if (domain == G_RESOLVER_ERROR)
    return G_TYPE_RESOLVER_ERROR;

  return domain == G_TLS_ERROR ? G_TYPE_TLS_ERROR : WSP_TYPE_ERROR;
}

static void
print_error (const GError *error)
{
  g_autoptr (GEnumClass) class = g_type_class_ref (get_code_type (error->domain));

  g_print ("text %s\n", error->message);
  g_print ("error %s\n", g_enum_get_value (class, error->code)->value_name);
}

static WspClient *
make_client (Mistake *self)
{
  WspClient *client = wsp_client_new ();
  g_autofree char *timeout = read_text (self, "timeout");
  g_autofree char *proxy = read_text (self, "proxy");
  g_autofree char *trust = read_text (self, "trust");
  g_autofree char *path = make_path (self, trust);
  g_autofree char *required = read_text (self, "required");
  g_autoptr (GTlsDatabase) database = path != NULL ? g_tls_file_database_new (path, NULL) : NULL;
  g_autoptr (GProxyResolver) resolver = proxy != NULL ? g_simple_proxy_resolver_new (proxy, NULL)
                                                      : NULL;

  if (timeout != NULL)
    wsp_client_set_connect_timeout (client, (guint) g_ascii_strtoull (timeout, NULL, 10));
  wsp_client_set_proxy_resolver (client, resolver);
  wsp_client_set_tls_database (client, database);
  wsp_client_set_subprotocol_required (client, required != NULL);
  g_ptr_array_add (self->kept, client);
  return client;
}

static WspHeaders *
make_headers (Mistake *self)
{
  g_autofree char *header = read_text (self, "header");

  if (header == NULL)
    return NULL;

  g_auto (GStrv) parts = g_strsplit (header, ": ", 2);
  WspHeaders *headers = wsp_headers_new ();

  wsp_headers_append (headers, parts[0], parts[1], NULL);
  return headers;
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       data)
{
}

static void
set_two_receivers (WspConnection *connection,
                   const char    *second)
{
  gboolean is_function_first = g_str_equal (second, "handler");

  if (is_function_first)
    wsp_connection_set_message_func (connection, on_message, NULL, NULL);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
  if (!is_function_first)
    wsp_connection_set_message_func (connection, on_message, NULL, NULL);
  wsp_connection_start_receiving (connection);
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  Mistake *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *what = read_text (self, "do");
  WspConnection *connection = wsp_client_connect_finish (WSP_CLIENT (client), result, &error);

  if (connection == NULL)
    print_error (error);
  else if (g_str_equal (what, "forget"))
    {
      g_ptr_array_add (self->kept, connection);
      return;
    }
  else if (g_str_equal (what, "function") || g_str_equal (what, "handler"))
    {
      set_two_receivers (connection, what);
    }

  g_clear_object (&connection); /* do=drop */
  g_main_loop_quit (self->loop);
}

static void
begin_connect (Mistake *self)
{
  g_autofree char *uri = read_text (self, "uri");
  g_auto (GStrv) subprotocols = read_list (self, "subprotocols");
  g_autoptr (WspHeaders) headers = make_headers (self);

  wsp_client_connect_async (make_client (self), uri, (const char * const *) subprotocols, headers,
                            NULL, on_connected, self);
}

static WspServer *
make_server (Mistake *self)
{
  WspServer *server = wsp_server_new ();
  g_auto (GStrv) origins = read_list (self, "origins");
  g_auto (GStrv) hosts = read_list (self, "hosts");
  g_auto (GStrv) proxies = read_list (self, "proxies");
  g_auto (GStrv) subprotocols = read_list (self, "supports");
  g_autofree char *name = read_text (self, "certificate");

  g_ptr_array_add (self->kept, server);
  g_object_set (server, "allowed-origins", origins, "allowed-hosts", hosts, "trusted-proxies",
                proxies, "subprotocols", subprotocols, NULL);
  if (name != NULL)
    {
      g_autofree char *file = g_strconcat (name, ".pem", NULL);
      g_autofree char *path = make_path (self, file);
      g_autofree char *named = read_text (self, "key");
      g_autofree char *key = make_path (self, named != NULL ? named : "key");
      g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (path, key, NULL);

      g_object_set (server, "tls-certificate", certificate, NULL);
    }

  return server;
}

static void
on_handshake_failed (WspServer      *server,
                     GSocketAddress *address,
                     WspHandshake   *handshake,
                     GError         *error,
                     Mistake        *self)
{
  print_error (error);
  g_main_loop_quit (self->loop);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Mistake      *self)
{
  g_autofree char *selected = read_text (self, "selects");
  g_autoptr (GError) error = NULL;

  if (!wsp_handshake_accept (handshake, selected, NULL, &error))
    print_error (error);
  g_main_loop_quit (self->loop);
  return FALSE;
}

/* Without flags in the row, a server with a certificate uses TLS. */
static WspListener *
begin_listen (Mistake   *self,
              WspServer *server,
              GError   **error)
{
  g_autofree char *address = read_text (self, "address");
  g_autofree char *text = read_text (self, "flags");
  guint64 flags = wsp_server_get_tls_certificate (server) != NULL ? WSP_LISTEN_FLAGS_TLS
                                                                  : WSP_LISTEN_FLAGS_DEFAULT;

  if (text != NULL)
    flags = g_ascii_strtoull (text, NULL, 10);

  return wsp_server_listen_inet (server, address, 0, (WspListenFlags) flags, error);
}

static void
begin_serve (Mistake *self)
{
  g_autofree char *selected = read_text (self, "selects");
  WspServer *server = make_server (self);

  if (selected != NULL)
    g_signal_connect (server, "request", G_CALLBACK (on_request), self);
  else
    g_signal_connect (server, "handshake-failed", G_CALLBACK (on_handshake_failed), self);
  g_print ("port %u\n", wsp_listener_get_port (begin_listen (self, server, NULL)));
}

/* The client does not read, so each message stays in the queue. */
static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Mistake       *self)
{
  g_autofree char *text = g_strnfill (256 * 1024, 'x');
  g_autoptr (WspMessage) message = wsp_message_new_text (text);

  for (guint i = 0; i < 100; i++)
    wsp_server_broadcast (server, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  g_main_loop_quit (self->loop);
}

static void
begin_skip (Mistake *self)
{
  WspServer *server = make_server (self);
  guint port = wsp_listener_get_port (begin_listen (self, server, NULL));
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  WspClient *client = make_client (self);

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), self);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, NULL, NULL);
}

static void
listen_wrongly (Mistake *self)
{
  g_autoptr (GError) error = NULL;

  if (begin_listen (self, make_server (self), &error) == NULL)
    print_error (error);
}

static void
refuse (Mistake *self)
{
  static const char head[] = "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (head, strlen (head));
  g_autoptr (WspHeaders) headers = wsp_headers_parse (bytes, NULL);
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_server ("GET", "/", "1.1", headers, NULL);
  gsize length = g_key_file_get_uint64 (self->table, self->name, "length", NULL);
  g_autofree char *page = g_strnfill (length, 'x');
  g_autoptr (GBytes) body = g_bytes_new (page, length);

  wsp_handshake_reject (handshake, g_key_file_get_integer (self->table, self->name, "status", NULL),
                        NULL, body);
}

int
main (int    argc,
      char **argv)
{
  Mistake self = { .name = argv[2], .port = argv[3], .folder = argv[4] };
  g_autofree char *what = NULL;

  self.table = g_key_file_new ();
  self.loop = g_main_loop_new (NULL, FALSE);
  self.kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_assert_true (g_key_file_load_from_file (self.table, argv[1], G_KEY_FILE_NONE, NULL));

  what = read_text (&self, "do");
  if (g_str_equal (what, "set"))
    make_server (&self);
  else if (g_str_equal (what, "listen") || g_str_equal (what, "plain"))
    listen_wrongly (&self);
  else if (g_str_equal (what, "refuse"))
    refuse (&self);
  else if (g_str_equal (what, "serve") || g_str_equal (what, "accept"))
    begin_serve (&self);
  else if (g_str_equal (what, "skip"))
    begin_skip (&self);
  else
    begin_connect (&self);
  if (!g_str_equal (what, "set") && !g_str_equal (what, "listen") &&
      !g_str_equal (what, "plain") && !g_str_equal (what, "refuse"))
    g_main_loop_run (self.loop);

  g_ptr_array_unref (self.kept);
  g_main_loop_unref (self.loop);
  g_key_file_unref (self.table);
  return 0;
}
