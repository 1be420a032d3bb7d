/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Listeners as objects: what they tell, how each is closed, and what handlers may do meanwhile. */
#include "connection/transports.h"
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/knock.h"
#include "lib/log-watch.h"
#include "lib/rows.h"
#include "lib/turns.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_DESCRIPTORS 64

typedef struct _Fixture Fixture;
typedef void (*Deed) (Fixture *self);

struct _Fixture
{
  WspServer   *server;
  WspListener *listener;        /* listener with a reference of the test */
  guint        n_connections, n_deeds;
  Deed         deed;            /* action of a handler, once */
};

static GPtrArray *lines;                /* of the log, with "Listener" or "Accepting" */
static Fixture *deed_of_log;            /* its deed is done by the handler of the log, too */

static void
do_deed (Fixture *self)
{
  Deed deed = g_steal_pointer (&self->deed);

  if (deed == NULL)
    return;

  self->n_deeds++;
  deed (self);
}

static GLogWriterOutput
catch_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      const char *text = fields[i].value;

      if (!g_str_equal (fields[i].key, "MESSAGE") ||
          !(g_str_has_prefix (text, "Listener ") || g_str_has_prefix (text, "Accepting ") ||
            g_str_has_prefix (text, "WspServer:")))
        continue;

      g_ptr_array_add (lines, g_strdup (text));
      if (deed_of_log != NULL)
        do_deed (deed_of_log);
    }

  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  self->n_connections++;
  wsp_connection_start_receiving (connection);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new (Fixture, 1);

  *self = (Fixture) { .server = wsp_server_new () };
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_ptr_array_set_size (lines, 0);
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_clear_object (&self->listener);
  g_clear_object (&self->server);
  run_pending ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static WspListener *
listen_with (Fixture * self,
             const char    *host,
             WspListenFlags flags)
{
  g_autoptr (GError) error = NULL;
  WspListener *listener = wsp_server_listen_inet (self->server, host, 0, flags, &error);

  g_assert_no_error (error);
  return listener;
}

static WspListener *
begin (Fixture *self)
{
  self->listener = g_object_ref (listen_with (self, "127.0.0.1", WSP_LISTEN_FLAGS_DEFAULT));
  return self->listener;
}

static guint
count_listeners (Fixture *self)
{
  return g_list_model_get_n_items (wsp_server_get_listeners (self->server));
}

static gboolean
accepts (GSocketAddress *address)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);

  return g_socket_connect (socket, address, NULL, NULL);
}

static gboolean
accepts_at (const char *host,
            guint16     port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);

  return accepts (address);
}

static int
join (GSocketAddress *address)
{
  int fd = knock_dial_address (address);

  knock_send (fd, KNOCK_REQUEST (""));
  g_autofree char *answer = knock_read (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  return fd;
}

/* TRUE: the server responds to a ping. */
static gboolean
is_served (int fd)
{
  wire_write (fd, "89 80 00 00 00 00");
  g_autofree char *pong = wire_read (fd, 2);

  return g_str_equal (pong, "8a 00");
}

static gboolean
has_ipv6 (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();

  return wsp_server_listen_inet (server, "::1", 0, WSP_LISTEN_FLAGS_DEFAULT, NULL) != NULL;
}

static const struct
{
  const char *name, *host, *address;
  gboolean    has_twin;
} hosts[] = {
  { "none-is-loopback", NULL, "127.0.0.1", TRUE },
  { "localhost-is-loopback", "localhost", "127.0.0.1", TRUE },
  { "localhost-in-capitals", "LocalHost", "127.0.0.1", TRUE },
  { "ipv4", "127.0.0.1", "127.0.0.1", FALSE },
  { "another-of-ipv4", "127.0.0.2", "127.0.0.2", FALSE },
};

static void
test_host (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Fixture) fixture = fixture_new ();
  WspListener *listener = listen_with (fixture, hosts[i].host, WSP_LISTEN_FLAGS_DEFAULT);
  guint16 port = wsp_listener_get_port (listener);
  g_autoptr (GSocketAddress) address = NULL;
  WspListenFlags flags = 99;

  g_object_get (listener, "address", &address, "flags", &flags, NULL);
  g_autofree char *host =
    g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));

  g_assert_cmpstr (host, ==, hosts[i].address);
  g_assert_cmpuint (port, >, 0);
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)), ==, port);
  g_assert_cmpuint (flags, ==, WSP_LISTEN_FLAGS_DEFAULT);
  g_assert_cmpuint (count_listeners (fixture), ==, 1);
  close (join (address));
  if (has_ipv6 ())
    g_assert_true (accepts_at ("::1", port) == hosts[i].has_twin);

  wsp_listener_close (listener);
  g_assert_false (accepts (address));
  if (has_ipv6 ())
    g_assert_false (accepts_at ("::1", port));
}

static void
test_port_of_address (void)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  WspListener *listener = wsp_server_listen (fixture->server, any, WSP_LISTEN_FLAGS_DEFAULT,
                                             &error);

  g_assert_no_error (error);
  g_assert_true (accepts_at ("127.0.0.1", wsp_listener_get_port (listener)));
}

/* The kernel chooses the abstract name of an address without one. */
static void
test_unix (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketAddress) unnamed =
    g_unix_socket_address_new_with_type ("", -1, G_UNIX_SOCKET_ADDRESS_ANONYMOUS);
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  WspListener *listener = wsp_server_listen (fixture->server, address, WSP_LISTEN_FLAGS_DEFAULT,
                                             &error);

  g_assert_no_error (error);
  g_assert_cmpuint (wsp_listener_get_port (listener), ==, 0);
  g_assert_cmpstr (g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (wsp_listener_get_address (
                                                                            listener))), ==, path);
  close (join (address));
  wsp_listener_close (listener);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  listener = wsp_server_listen (fixture->server, unnamed, WSP_LISTEN_FLAGS_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wsp_listener_get_port (listener), ==, 0);
  close (join (wsp_listener_get_address (listener)));
  g_clear_pointer (&fixture, fixture_free);
  g_rmdir (folder);
}

static GSocket *
make_socket (void)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_assert_true (g_socket_bind (socket, any, TRUE, NULL));
  return socket;
}

static void
test_socket (void)
{
  g_autoptr (GSocket) socket = make_socket ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  g_assert_null (wsp_server_listen_socket (fixture->server, socket, WSP_LISTEN_FLAGS_DEFAULT,
                                           &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_false (g_socket_is_closed (socket));
  g_clear_error (&error);

  g_assert_true (g_socket_listen (socket, NULL));
  WspListener *listener =
    wsp_server_listen_socket (fixture->server, socket, WSP_LISTEN_FLAGS_DEFAULT,
                              &error);

  g_assert_no_error (error);
  close (join (wsp_listener_get_address (listener)));

  /* A server cannot have a socket twice, and the first listener keeps the socket. */
  g_assert_null (wsp_server_listen_socket (fixture->server, socket, WSP_LISTEN_FLAGS_DEFAULT,
                                           &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  close (join (wsp_listener_get_address (listener)));
  g_assert_cmpuint (count_listeners (fixture), ==, 1);
  g_clear_error (&error);
  wsp_listener_close (listener);
  g_assert_true (g_socket_is_closed (socket));
  g_assert_null (wsp_server_listen_socket (fixture->server, socket, WSP_LISTEN_FLAGS_DEFAULT,
                                           &error));
  g_assert_true (error != NULL && error->domain == G_IO_ERROR);
}

static const struct
{
  const char    *name, *host;
  WspListenFlags flags;
  gboolean       has_certificate;
  WspError       code;
  const char    *text;
} refusals[] = {
  { "name", "example.org", 0, FALSE, WSP_ERROR_INVALID_ARGUMENT,
    "IP address or localhost, received \"example.org\"" },
  { "empty-host", "", 0, FALSE, WSP_ERROR_INVALID_ARGUMENT, "received \"\"" },
  { "host-with-port", "127.0.0.1:80", 0, FALSE, WSP_ERROR_INVALID_ARGUMENT,
    "received \"127.0.0.1:80\"" },
  { "tls-without-certificate", NULL, WSP_LISTEN_FLAGS_TLS, FALSE, WSP_ERROR_INVALID_OPERATION,
    "tls-certificate" },
  { "unknown-flag", NULL, 1 << 2, FALSE, WSP_ERROR_INVALID_ARGUMENT, "received 0x4" },
  { "unknown-flag-beside-tls", NULL, WSP_LISTEN_FLAGS_TLS | 1u << 30, TRUE,
      WSP_ERROR_INVALID_ARGUMENT, "received 0x40000000" },
};

static void
test_refused (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  if (refusals[i].has_certificate)
    wsp_server_set_tls_certificate (fixture->server, certificate);
  g_assert_null (wsp_server_listen_inet (fixture->server, refusals[i].host, 0, refusals[i].flags,
                                         &error));
  g_assert_error (error, WSP_ERROR, (int) refusals[i].code);
  g_assert_nonnull (strstr (error->message, refusals[i].text));
  g_assert_cmpuint (count_listeners (fixture), ==, 0);
}

/* All three functions check flags before anything else: nothing is bound, nothing is taken. */
static void
test_flags_of_all (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = make_socket ();
  g_autoptr (Fixture) fixture = fixture_new ();

  g_assert_true (g_socket_listen (socket, NULL));
  for (WspListenFlags flags = WSP_LISTEN_FLAGS_TLS; flags <= 4; flags *= 4)
    {
      g_autoptr (GError) error = NULL, other = NULL;
      int code = flags == WSP_LISTEN_FLAGS_TLS ? WSP_ERROR_INVALID_OPERATION
                                               : WSP_ERROR_INVALID_ARGUMENT;

      g_assert_null (wsp_server_listen (fixture->server, address, flags, &error));
      g_assert_error (error, WSP_ERROR, code);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      g_assert_null (wsp_server_listen_socket (fixture->server, socket, flags, &other));
      g_assert_error (other, WSP_ERROR, code);
      g_assert_false (g_socket_is_closed (socket));
    }
  g_clear_pointer (&fixture, fixture_free);
  g_rmdir (folder);
}

/* A line for each listener without TLS, once, whether the certificate comes before or after it. */
static void
test_clear_text_is_logged (void)
{
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_autoptr (GTlsCertificate) renewed = make_certificate ();
  g_autoptr (Fixture) fixture = fixture_new ();
  WspListener *first = listen_with (fixture, "127.0.0.1", WSP_LISTEN_FLAGS_DEFAULT);
  g_autofree char *place = g_strdup_printf ("Listener at 127.0.0.1:%u has no TLS: ",
                                            wsp_listener_get_port (first));

  listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  g_assert_cmpuint (lines->len, ==, 0);
  wsp_server_set_tls_certificate (fixture->server, certificate);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_true (g_str_has_prefix (lines->pdata[0], place));
  wsp_server_set_tls_certificate (fixture->server, NULL);
  wsp_server_set_tls_certificate (fixture->server, renewed);
  g_assert_cmpuint (lines->len, ==, 2);

  listen_with (fixture, NULL, WSP_LISTEN_FLAGS_TLS);
  g_assert_cmpuint (lines->len, ==, 2);
  listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  g_assert_cmpuint (lines->len, ==, 3);
}

/* The certificate for localhost with the key of its CA. */
static GTlsCertificate *
make_mismatched (void)
{
  g_autofree char *path = authority_dup_path ("good.pem");
  g_autofree char *key = authority_dup_path ("ca.key");
  g_autoptr (GTlsCertificate) made = NULL;
  g_autoptr (GError) error = NULL;

  authority_get_certificate (CERTIFICATE_GOOD);
  made = g_tls_certificate_new_from_files (path, key, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&made);
}

static const struct
{
  const char *name;
  gboolean    has_certificate, listens;
  guint       n_warnings;
} refused_keys[] = {
  { "new", FALSE, FALSE, 0 },           /* the server does not listen, which tells it */
  { "with-a-certificate", TRUE, FALSE, 1 },
  { "listens", FALSE, TRUE, 1 },
  { "with-a-certificate-and-listens", TRUE, TRUE, 1 },
};

static void
test_refused_key (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_autoptr (GTlsCertificate) mismatched = make_mismatched ();
  g_autoptr (Fixture) fixture = fixture_new ();
  GLogLevelFlags fatal;
  guint n_before;

  if (refused_keys[i].listens)
    listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  if (refused_keys[i].has_certificate)
    wsp_server_set_tls_certificate (fixture->server, certificate);
  n_before = lines->len;
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  wsp_server_set_tls_certificate (fixture->server, mismatched);
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (lines->len - n_before, ==, refused_keys[i].n_warnings);
  for (guint j = n_before; j < lines->len; j++)
    g_assert_true (g_str_has_prefix (lines->pdata[j],
                                     "WspServer:tls-certificate stays as it was: "));
  g_assert_true (wsp_server_get_tls_certificate (fixture->server) ==
                 (refused_keys[i].has_certificate ? certificate : NULL));
}

/* The flag decides, not the certificate. */
static void
test_flag_decides (void)
{
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_autoptr (Fixture) fixture = fixture_new ();

  wsp_server_set_tls_certificate (fixture->server, certificate);
  WspListener *plain = listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  WspListener *secure = listen_with (fixture, NULL, WSP_LISTEN_FLAGS_TLS);

  g_assert_cmpuint (wsp_listener_get_flags (secure), ==, WSP_LISTEN_FLAGS_TLS);
  close (join (wsp_listener_get_address (plain)));
  g_autofree char *answer = knock_ask (wsp_listener_get_port (secure), KNOCK_REQUEST (""), NULL);

  g_assert_null (strstr (answer, "HTTP"));
}

static void
note_change (GListModel *list,
             guint       position,
             guint       n_removed,
             guint       n_added,
             GString    *changes)
{
  g_string_append_printf (changes, "%u-%u+%u=%u ", position, n_removed, n_added,
                          g_list_model_get_n_items (list));
}

static void
test_closed_alone (void)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autoptr (Fixture) fixture = fixture_new ();
  GListModel *list = wsp_server_get_listeners (fixture->server);

  g_assert_true (g_list_model_get_item_type (list) == WSP_TYPE_LISTENER);
  g_signal_connect (list, "items-changed", G_CALLBACK (note_change), changes);
  begin (fixture);
  WspListener *other = listen_with (fixture, "127.0.0.1", WSP_LISTEN_FLAGS_DEFAULT);
  g_autoptr (WspListener) second = g_list_model_get_item (list, 1);
  g_autoptr (GObject) none = g_list_model_get_item (list, 2);
  int fd = join (wsp_listener_get_address (fixture->listener));

  g_assert_true (second == other);
  g_assert_null (none);
  wsp_listener_close (fixture->listener);
  wsp_listener_close (fixture->listener);
  g_assert_cmpstr (changes->str, ==, "0-0+1=1 1-0+1=2 0-1+0=1 ");
  g_assert_false (accepts (wsp_listener_get_address (fixture->listener)));
  close (join (wsp_listener_get_address (other)));

  /* The connection stays open. */
  g_assert_true (is_served (fd));
  close (fd);
}

static void
test_outlives_server (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  WspListener *listener = begin (fixture);
  g_autoptr (GListModel) list = g_object_ref (wsp_server_get_listeners (fixture->server));
  guint16 port = wsp_listener_get_port (listener);

  g_clear_object (&fixture->server);
  g_assert_false (accepts (wsp_listener_get_address (listener)));
  g_assert_cmpuint (wsp_listener_get_port (listener), ==, port);
  g_assert_cmpuint (wsp_listener_get_flags (listener), ==, WSP_LISTEN_FLAGS_DEFAULT);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 0);
  wsp_listener_close (listener);
}

/* The listener is for the context of the server, whatever the thread-default one is. */
static void
test_other_context (void)
{
  g_autoptr (GMainContext) own = g_main_context_new ();

  g_main_context_push_thread_default (own);
  g_autoptr (Fixture) fixture = fixture_new ();
  g_main_context_pop_thread_default (own);
  int fd = knock_dial_address (wsp_listener_get_address (begin (fixture)));

  knock_send (fd, KNOCK_REQUEST (""));
  while (fixture->n_connections == 0)
    g_main_context_iteration (own, TRUE);
  wsp_listener_close (fixture->listener);
  close (fd);
  g_clear_object (&fixture->listener);
  g_clear_object (&fixture->server);
  while (g_main_context_iteration (own, FALSE))
    ;
}

static void
test_stop_and_listen_again (void)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  g_signal_connect (wsp_server_get_listeners (fixture->server), "items-changed",
                    G_CALLBACK (note_change), changes);
  guint16 port = wsp_listener_get_port (begin (fixture));

  listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  wsp_server_stop_accepting (fixture->server);
  wsp_server_stop_accepting (fixture->server);
  g_assert_cmpstr (changes->str, ==, "0-0+1=1 1-0+1=2 0-2+0=0 ");
  g_assert_false (accepts_at ("127.0.0.1", port));

  WspListener *again = wsp_server_listen_inet (fixture->server, "127.0.0.1", port,
                                               WSP_LISTEN_FLAGS_DEFAULT, &error);

  g_assert_no_error (error);
  close (join (wsp_listener_get_address (again)));
}

static void
test_shutdown (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  int fd = join (wsp_listener_get_address (begin (fixture)));

  wsp_server_shutdown_async (fixture->server, 1001, NULL, 20, NULL, keep_result, &result);
  g_assert_cmpuint (count_listeners (fixture), ==, 0);
  g_assert_null (wsp_server_listen_inet (fixture->server, NULL, 0, WSP_LISTEN_FLAGS_DEFAULT,
                                         &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  run_until_result (&result);
  close (fd);
  close (join (wsp_listener_get_address (listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT))));
}

static void
close_listener (Fixture *self)
{
  wsp_listener_close (self->listener);
}

static void
stop_server (Fixture *self)
{
  wsp_server_stop_accepting (self->server);
}

static void
drop_server (Fixture *self)
{
  g_clear_object (&self->server);
}

static void
replace_listener (Fixture *self)
{
  wsp_listener_close (self->listener);
  listen_with (self, "127.0.0.1", WSP_LISTEN_FLAGS_DEFAULT);
}

static const struct
{
  const char *name;
  Deed        deed;
} deeds[] = {
  { "closes-the-listener", close_listener },
  { "stops-accepting", stop_server },
  { "drops-the-server", drop_server },
  { "replaces-the-listener", replace_listener },
};

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  do_deed (self);
  return TRUE;
}

static void
on_event (GObject *source,
          gpointer first,
          Fixture *self)
{
  do_deed (self);
}

static void
on_closed (WspConnection *connection,
           Fixture       *self)
{
  do_deed (self);
}

static void
watch_closed (WspServer     *server,
              WspConnection *connection,
              Fixture       *self)
{
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
}

static void
on_failed (WspServer      *server,
           GSocketAddress *address,
           WspHandshake   *handshake,
           GError         *error,
           Fixture        *self)
{
  do_deed (self);
}

static void
on_changed (GListModel *list,
            guint       position,
            guint       n_removed,
            guint       n_added,
            Fixture    *self)
{
  do_deed (self);
}

static void
watch_request (Fixture *self)
{
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
}

static void
watch_connection (Fixture *self)
{
  g_signal_connect (self->server, "connection", G_CALLBACK (on_event), self);
}

static void
watch_end (Fixture *self)
{
  g_signal_connect (self->server, "connection", G_CALLBACK (watch_closed), self);
}

static void
watch_failure (Fixture *self)
{
  /* The next client drops this one. */
  g_object_set (self->server, "max-pending-handshakes", 1, NULL);
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_failed), self);
}

static void
watch_connections (Fixture *self)
{
  g_signal_connect (wsp_server_get_connections (self->server), "items-changed",
                    G_CALLBACK (on_changed), self);
}

static const struct
{
  const char *name, *request;
  void        (*watch)(Fixture *self);
} handlers[] = {
  { "request", KNOCK_REQUEST (""), watch_request },
  { "connection", KNOCK_REQUEST (""), watch_connection },
  { "closed", KNOCK_REQUEST (""), watch_end },
  { "handshake-failed", "GET", watch_failure },
  { "connections-changed", KNOCK_REQUEST (""), watch_connections },
};

/* Several clients wait, so that the handler runs while sockets are accepted. */
static void
test_deed_in_handler (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / G_N_ELEMENTS (deeds);
  guint i_deed = GPOINTER_TO_UINT (data) % G_N_ELEMENTS (deeds);
  int fds[3];
  g_autoptr (Fixture) fixture = fixture_new ();

  begin (fixture);
  handlers[i].watch (fixture);
  fixture->deed = deeds[i_deed].deed;
  for (guint n = 0; n < G_N_ELEMENTS (fds); n++)
    {
      fds[n] = knock_dial_address (wsp_listener_get_address (fixture->listener));
      knock_send (fds[n], handlers[i].request);
      if (handlers[i].watch == watch_end)
        shutdown (fds[n], SHUT_WR);
    }
  run_until_count (&fixture->n_deeds, 1);
  run_pending ();

  g_assert_false (accepts (wsp_listener_get_address (fixture->listener)));
  wsp_listener_close (fixture->listener);
  if (fixture->server != NULL)
    {
      g_assert_cmpuint (count_listeners (fixture), ==, deeds[i_deed].deed == replace_listener);
      close (join (wsp_listener_get_address (listen_with (fixture, NULL,
                                                          WSP_LISTEN_FLAGS_DEFAULT))));
    }
  for (guint n = 0; n < G_N_ELEMENTS (fds); n++)
    close (fds[n]);
}

static void
close_first (Fixture *self)
{
  g_autoptr (WspListener) listener = g_list_model_get_item (wsp_server_get_listeners (self->server),
                                                            0);

  wsp_listener_close (listener);
}

static void
listen_again (Fixture *self)
{
  self->listener = g_object_ref (listen_with (self, "127.0.0.1", WSP_LISTEN_FLAGS_DEFAULT));
}

static void
watch_listeners (Fixture *self,
                 Deed     deed)
{
  self->deed = deed;
  g_signal_connect (wsp_server_get_listeners (self->server), "items-changed",
                    G_CALLBACK (on_changed), self);
}

/* A listener that is closed in the call that creates it is an error, not a pointer to nothing. */
static void
test_closed_when_listed (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  watch_listeners (fixture, GPOINTER_TO_UINT (data) == 0 ? close_first : drop_server);
  g_assert_null (wsp_server_listen_inet (fixture->server, NULL, 0, WSP_LISTEN_FLAGS_DEFAULT,
                                         &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  g_assert_cmpuint (fixture->n_deeds, ==, 1);
}

/* The same in a handler of the log, for both places of the line. */
static void
test_closed_when_logged (void)
{
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  deed_of_log = fixture;
  listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  fixture->deed = stop_server;
  wsp_server_set_tls_certificate (fixture->server, certificate);
  g_assert_cmpuint (fixture->n_deeds, ==, 1);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpuint (count_listeners (fixture), ==, 0);

  fixture->deed = drop_server;
  g_assert_null (wsp_server_listen_inet (fixture->server, NULL, 0, WSP_LISTEN_FLAGS_DEFAULT,
                                         &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  g_assert_null (fixture->server);
  deed_of_log = NULL;
}

static void
test_deed_when_closed (gconstpointer data)
{
  static const Deed when_closed[] = { drop_server, stop_server, listen_again };
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Fixture) fixture = fixture_new ();
  WspListener *listener = listen_with (fixture, "127.0.0.1", WSP_LISTEN_FLAGS_DEFAULT);

  listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  watch_listeners (fixture, when_closed[i]);
  wsp_listener_close (listener);        /* the list had the last reference */
  g_assert_cmpuint (fixture->n_deeds, ==, 1);
  if (fixture->server != NULL)
    g_assert_cmpuint (count_listeners (fixture), ==, when_closed[i] == stop_server ? 0 : 2);
}

static void
test_deed_when_stopped (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Fixture) fixture = fixture_new ();

  listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  watch_listeners (fixture, i == 0 ? drop_server : listen_again);
  wsp_server_stop_accepting (fixture->server);
  g_assert_cmpuint (fixture->n_deeds, ==, 1);
  if (i == 1)
    close (join (wsp_listener_get_address (fixture->listener)));
}

static void
listen_late (GListModel *list,
             guint       position,
             guint       n_removed,
             guint       n_added,
             gpointer    server)
{
  g_autoptr (GObject) present = g_list_model_get_item (list, 0);

  if (present == NULL)
    wsp_server_listen_inet (server, "127.0.0.1", 0, WSP_LISTEN_FLAGS_DEFAULT, NULL);
}

static void
keep_late (GListModel   *list,
           guint         position,
           guint         n_removed,
           guint         n_added,
           WspListener **late)
{
  if (n_added > 0)
    *late = g_list_model_get_item (list, position);
}

/* A handler listens again while the server is freed. */
static void
test_listens_late (void)
{
  g_autoptr (WspListener) late = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT);
  GListModel *list = wsp_server_get_listeners (fixture->server);

  g_signal_connect (list, "items-changed", G_CALLBACK (listen_late), fixture->server);
  g_signal_connect (list, "items-changed", G_CALLBACK (keep_late), &late);
  g_clear_object (&fixture->server);
  g_assert_nonnull (late);
  g_assert_false (accepts (wsp_listener_get_address (late)));
  wsp_listener_close (late);
}

/* Copies a descriptor until the process may have no more.  Returns the number of copies. */
static int
use_up_descriptors (int  fd,
                    int *copies)
{
  struct rlimit limit;
  int n = 0;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MAX_DESCRIPTORS;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  while (n < MAX_DESCRIPTORS && (copies[n] = dup (fd)) >= 0)
    n++;
  return n;
}

/* In its own process: accepting pauses without descriptors. */
static void
test_pause (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  int held[MAX_DESCRIPTORS], n_held;
  g_autoptr (Fixture) fixture = fixture_new ();

  begin (fixture);
  int fd = knock_dial_address (wsp_listener_get_address (fixture->listener));

  n_held = use_up_descriptors (fd, held);
  deed_of_log = fixture;
  fixture->deed = deeds[i].deed == replace_listener ? stop_server : deeds[i].deed;
  run_until_count (&fixture->n_deeds, 1);
  run_pending ();
  deed_of_log = NULL;
  while (n_held > 0)
    close (held[--n_held]);
  g_assert_false (accepts (wsp_listener_get_address (fixture->listener)));
  if (fixture->server != NULL)
    close (join (wsp_listener_get_address (listen_with (fixture, NULL,
                                                        WSP_LISTEN_FLAGS_DEFAULT))));
  close (fd);
}

/* SEC-95 for a listener that is closed while it is paused, whose timer is not to run. */
static void
test_closed_in_pause (void)
{
  int held[MAX_DESCRIPTORS], n_held;
  g_autoptr (Fixture) fixture = fixture_new ();

  begin (fixture);
  int fd = knock_dial_address (wsp_listener_get_address (fixture->listener));

  n_held = use_up_descriptors (fd, held);
  run_until_count (&lines->len, 1);
  while (n_held > 0)
    close (held[--n_held]);
  wsp_listener_close (fixture->listener);
  g_clear_object (&fixture->listener);
  close (join (wsp_listener_get_address (listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT))));
  count_turns (1100);
  close (fd);
}

static char *
name_pause (guint i)
{
  return g_strdup_printf ("/endpoint/listeners/pause/%s/subprocess", deeds[i].name);
}

static void
run_pause (gconstpointer data)
{
  g_autofree char *path = name_pause (GPOINTER_TO_UINT (data));

  g_test_trap_subprocess (path, 0, 0);
  g_test_trap_assert_passed ();
}

static void
run_subprocess (gconstpointer data)
{
  g_test_trap_subprocess (data, 0, 0);
  g_test_trap_assert_passed ();
}

/* The sockets of closed listeners are still served by the threads that they were given to. */
static void
test_workers (void)
{
  g_autoptr (GError) error = NULL;
  int fds[8];
  g_autoptr (Fixture) fixture = fixture_new ();

  g_assert_true (wsp_server_start_workers (fixture->server, 2, &error));
  begin (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = join (wsp_listener_get_address (fixture->listener));
  wsp_listener_close (fixture->listener);
  g_assert_false (accepts (wsp_listener_get_address (fixture->listener)));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_assert_true (is_served (fds[i]));
      close (fds[i]);
    }
  close (join (wsp_listener_get_address (listen_with (fixture, NULL, WSP_LISTEN_FLAGS_DEFAULT))));
}

/* An object that no server has made, as scripts can have it. */
static void
test_of_nobody (void)
{
  g_autoptr (WspListener) listener = g_object_new (WSP_TYPE_LISTENER, NULL);

  g_assert_cmpuint (wsp_listener_get_port (listener), ==, 0);
  g_assert_null (wsp_listener_get_address (listener));
  wsp_listener_close (listener);
}

static void
add_rows (const char        *folder,
          const char *const *names,
          guint              n_names,
          GTestDataFunc      test)
{
  for (guint i = 0; i < n_names; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/listeners/%s/%s", folder, names[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test);
    }
}

int
main (int    argc,
      char **argv)
{
  static const char *const when_listed[] = { "closed", "server-is-dropped" };
  static const char *const when_closed[] = {
    "server-is-dropped", "server-is-stopped", "another-is-created"
  };
  static const char *const when_stopped[] = { "server-is-dropped", "another-is-created" };

  g_test_init (&argc, &argv, NULL);
  g_setenv ("WSP_DEBUG", "limits", TRUE);
  lines = g_ptr_array_new_with_free_func (g_free);
  log_watch (catch_log);

  ADD_ROWS ("/endpoint/listeners/host", hosts, test_host);
  ADD_ROWS ("/endpoint/listeners/refused", refusals, test_refused);
  g_test_add_func ("/endpoint/listeners/refused/flags-before-anything-else", test_flags_of_all);
  g_test_add_func ("/endpoint/listeners/address/port-is-known", test_port_of_address);
  g_test_add_func ("/endpoint/listeners/unix/path-and-chosen-name", test_unix);
  g_test_add_func ("/endpoint/listeners/socket/taken-and-closed", test_socket);
  g_test_add_func ("/endpoint/listeners/tls/clear-text-is-logged-once", test_clear_text_is_logged);
  ADD_ROWS ("/endpoint/listeners/tls/key-of-another", refused_keys, test_refused_key);
  g_test_add_func ("/endpoint/listeners/tls/the-flag-decides", test_flag_decides);
  g_test_add_func ("/endpoint/listeners/close/alone", test_closed_alone);
  g_test_add_func ("/endpoint/listeners/close/with-the-server", test_outlives_server);
  g_test_add_func ("/endpoint/listeners/context/of-the-server", test_other_context);
  g_test_add_func ("/endpoint/listeners/close/all-and-again", test_stop_and_listen_again);
  g_test_add_func ("/endpoint/listeners/close/by-a-shutdown", test_shutdown);
  g_test_add_func ("/endpoint/listeners/close/with-workers", test_workers);
  g_test_add_func ("/endpoint/listeners/close/of-nobody", test_of_nobody);
  for (guint i = 0; i < G_N_ELEMENTS (handlers) * G_N_ELEMENTS (deeds); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/listeners/in-handler/%s-%s",
                         handlers[i / G_N_ELEMENTS (deeds)].name,
                         deeds[i % G_N_ELEMENTS (deeds)].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_deed_in_handler);
    }
  add_rows ("when-listed", when_listed, G_N_ELEMENTS (when_listed), test_closed_when_listed);
  add_rows ("when-closed", when_closed, G_N_ELEMENTS (when_closed), test_deed_when_closed);
  add_rows ("when-stopped", when_stopped, G_N_ELEMENTS (when_stopped), test_deed_when_stopped);
  g_test_add_func ("/endpoint/listeners/when-logged/closed", test_closed_when_logged);
  g_test_add_func ("/endpoint/listeners/when-freed/another-is-created", test_listens_late);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = name_pause (i);
      g_autofree char *path = g_strdup_printf ("/endpoint/listeners/pause/SEC-95-%s",
                                               deeds[i].name);

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_pause);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), run_pause);
    }
  g_test_add_func ("/endpoint/listeners/pause/closed/subprocess", test_closed_in_pause);
  g_test_add_data_func ("/endpoint/listeners/pause/SEC-95-closed",
                        "/endpoint/listeners/pause/closed/subprocess", run_subprocess);

  return g_test_run ();
}
