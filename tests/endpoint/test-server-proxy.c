/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The address of a client that comes through a proxy: by the PROXY protocol, and by
 * X-Forwarded-For.  test-server-tls-peers.c has TLS behind the head. */
#define _GNU_SOURCE
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/limit.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <dlfcn.h>
#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIME_LIMIT 60
#define PROXY WSP_LISTEN_FLAGS_PROXY_PROTOCOL
#define PLAIN WSP_LISTEN_FLAGS_DEFAULT
#define BYTES(text) text, sizeof text - 1
#define V1 "PROXY TCP4 192.0.2.1 198.51.100.7 1234 80\r\n"
#define V1_OF_6 "PROXY TCP6 2001:db8::1 ::1 1234 80\r\n"
#define V2_SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V2 \
  V2_SIGNATURE "\x21\x11\x00\x0c" "\xc0\x00\x02\x02" "\xc6\x33\x64\x07" "\x04\xd2" "\x00\x50"
#define LOCAL V2_SIGNATURE "\x20\x00\x00\x00"
#define REQUEST KNOCK_REQUEST ("")
#define FORWARDED(list) KNOCK_REQUEST ("X-Forwarded-For: " list "\r\n")
#define OTHER_HOST \
  "GET / HTTP/1.1\r\nHost: a.example\r\nOrigin: http://a.example\r\n" KNOCK_UPGRADE KNOCK_KEY \
  KNOCK_VERSION "\r\n"

typedef struct
{
  WspServer *server;
  guint16    port;
  WspListenFlags flags;
  char      *asked, *connected, *failed;        /* addresses of the client at three times: when
                                                 * asked, connected, failed */
  char      *error;
  guint      n_connections, n_failures;
} Fixture;

static char *
show (GSocketAddress *address)
{
  if (G_IS_UNIX_SOCKET_ADDRESS (address))
    {
      g_assert_cmpint (g_unix_socket_address_get_address_type (G_UNIX_SOCKET_ADDRESS (address)), ==,
                       G_UNIX_SOCKET_ADDRESS_ANONYMOUS);
      return g_strdup ("unix");
    }
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup (address != NULL ? "other" : "none");

  return g_inet_address_to_string (g_inet_socket_address_get_address (
                                     G_INET_SOCKET_ADDRESS (address)));
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  g_free (self->asked);
  self->asked = show (wsp_handshake_get_remote_address (handshake));
  return TRUE;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  g_free (self->connected);
  self->connected = show (wsp_connection_get_remote_address (connection));
  wsp_connection_start_receiving (connection);
  g_atomic_int_inc (&self->n_connections);
}

static void
on_failed (WspServer      *server,
           GSocketAddress *address,
           WspHandshake   *handshake,
           GError         *error,
           Fixture        *self)
{
  g_free (self->failed);
  g_free (self->error);
  self->failed = show (address);
  self->error = g_strdup (error->message);
  g_atomic_int_inc (&self->n_failures);
}

static Fixture *
fixture_new (WspListenFlags flags,
             guint          n_threads,
             const char    *proxies)
{
  Fixture *self = g_new (Fixture, 1);
  g_auto (GStrv) list = proxies != NULL ? g_strsplit (proxies, " ", -1) : NULL;
  WspListener *listener;

  limit_set (TIME_LIMIT, "a test of proxies");
  *self = (Fixture) { .server = wsp_server_new (), .flags = flags };
  wsp_server_set_trusted_proxies (self->server, (const char * const *) list);
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_failed), self);
  if (n_threads > 0)
    g_assert_true (wsp_server_start_workers (self->server, n_threads, NULL));
  listener = wsp_server_listen_inet (self->server, "127.0.0.1", 0, flags, NULL);
  g_assert_cmpint (wsp_listener_get_flags (listener), ==, flags);
  self->port = wsp_listener_get_port (listener);
  return self;
}

/* The shutdown ends the threads, whose handlers use self. */
static void
fixture_free (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_server_shutdown_async (self->server, 1001, NULL, 0, NULL, keep_result, &result);
  run_until_result (&result);
  run_pending ();
  g_clear_object (&self->server);
  g_free (self->asked);
  g_free (self->connected);
  g_free (self->failed);
  g_free (self->error);
  run_pending ();
  limit_clear ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
send_bytes (int         fd,
            const char *bytes,
            gsize       length)
{
  g_assert_cmpint (send (fd, bytes, length, MSG_NOSIGNAL), ==, length);
}

/* NULL: the server has closed without a response. */
static char *
read_status (int fd)
{
  g_autofree char *response = knock_read (fd, "\r\n\r\n");

  if (!g_str_has_prefix (response, "HTTP/1.1 "))
    return NULL;

  return g_strndup (response + strlen ("HTTP/1.1 "), 3);
}

static const struct
{
  const char    *name;
  WspListenFlags flags;
  const char    *proxies;       /* trusted proxies; NULL: no list */
  const char    *head;
  gsize          head_length;
  const char    *request;
  const char    *status;        /* status of the response; NULL: closed without a response */
  const char    *client;        /* address of the client, of the connection or of the failure */
  const char    *error;         /* part of the error's text; NULL: no failure */
} visits[] = {
  { "v1", PROXY, NULL, BYTES (V1), REQUEST, "101", "192.0.2.1", NULL },
  { "v1-of-ipv6", PROXY, NULL, BYTES (V1_OF_6), REQUEST, "101", "2001:db8::1", NULL },
  { "v2", PROXY, NULL, BYTES (V2), REQUEST, "101", "192.0.2.2", NULL },
  { "v2-of-a-listed-proxy", PROXY, "127.0.0.0/8", BYTES (V2), REQUEST, "101", "192.0.2.2", NULL },
  { "local", PROXY, NULL, BYTES (LOCAL), REQUEST, "101", "127.0.0.1", NULL },
  { "unknown", PROXY, NULL, BYTES ("PROXY UNKNOWN\r\n"), REQUEST, "101", "127.0.0.1", NULL },
  { "no-head", PROXY, NULL, BYTES (""), REQUEST, NULL, "127.0.0.1", "PROXY head" },
  { "tls-instead", PROXY, NULL, BYTES ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), "", NULL,
    "127.0.0.1", "PROXY head" },
  { "v1-twice", PROXY, NULL, BYTES (V1 V1), REQUEST, "400", "192.0.2.1", "" },
  { "v2-twice", PROXY, NULL, BYTES (V2 V2), REQUEST, "400", "192.0.2.2", "" },
  { "v1-then-v2", PROXY, NULL, BYTES (V1 V2), REQUEST, "400", "192.0.2.1", "" },
  { "head-where-none-is-expected", PLAIN, NULL, BYTES (V1), REQUEST, "400", "127.0.0.1", "" },
  { "stranger", PROXY, "192.0.2.0/24 unix", BYTES (V1), REQUEST, NULL, "127.0.0.1",
    "WspServer:trusted-proxies" },
  { "refused-client", PROXY, NULL, BYTES (V1), "GET / HTTP/1.1\r\n\r\n", "426", "192.0.2.1", "" },
  { "forwarded", PLAIN, "127.0.0.1", BYTES (""), FORWARDED ("203.0.113.9"), "101", "203.0.113.9",
    NULL },
  { "forwarded-by-two", PLAIN, "127.0.0.1 10.0.0.0/8", BYTES (""),
    FORWARDED ("10.0.0.9, 203.0.113.9, 10.1.2.3"), "101",
    "203.0.113.9", NULL },
  { "forwarded-by-nobody-listed", PLAIN, NULL, BYTES (""), FORWARDED ("203.0.113.9"), "101",
    "127.0.0.1", NULL },
  { "forwarded-by-a-stranger", PLAIN, "10.0.0.0/8", BYTES (""), FORWARDED ("203.0.113.9, 10.0.0.1"),
    "101", "127.0.0.1", NULL },
  { "forwarded-malformed", PLAIN, "127.0.0.1", BYTES (""), FORWARDED ("unknown"), "400",
    "127.0.0.1", "\"unknown\"" },
  { "forwarded-malformed-by-a-stranger", PLAIN, NULL, BYTES (""), FORWARDED ("unknown"), "101",
    "127.0.0.1", NULL },
  { "not-forwarded", PLAIN, "127.0.0.1", BYTES (""), REQUEST, "101", "127.0.0.1", NULL },
  { "head-and-forwarded", PROXY, "127.0.0.1 192.0.2.1", BYTES (V1), FORWARDED ("203.0.113.9"),
    "101", "203.0.113.9", NULL },
  { "head-of-a-client-and-forwarded", PROXY, "127.0.0.1", BYTES (V1), FORWARDED ("203.0.113.9"),
    "101", "192.0.2.1", NULL },
  { "head-and-local-forwarded", PROXY, "127.0.0.1", BYTES (LOCAL), FORWARDED ("203.0.113.9"), "101",
    "203.0.113.9", NULL },
  { "other-host", PLAIN, NULL, BYTES (""), OTHER_HOST, "403", "127.0.0.1", "Host" },
  { "other-host-behind-a-head", PROXY, NULL, BYTES (V1), OTHER_HOST, "101", "192.0.2.1", NULL },
};

/* way: whole, byte by byte, or in a thread */
static void
test_visit (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / 3, way = GPOINTER_TO_UINT (data) % 3;
  g_autofree char *status = NULL;
  g_autoptr (Fixture) fixture = fixture_new (visits[i].flags, way == 2, visits[i].proxies);
  int fd = knock_dial (fixture->port);

  if (way == 1)
    {
      for (gsize n = 0; n < visits[i].head_length; n++)
        {
          if (send (fd, visits[i].head + n, 1, MSG_NOSIGNAL) < 0)
            break;              /* refused already */
          run_pending ();
        }
      send (fd, visits[i].request, strlen (visits[i].request), MSG_NOSIGNAL);
    }
  else
    {
      g_autoptr (GByteArray) all = g_byte_array_new ();

      g_byte_array_append (all, (const guint8 *) visits[i].head, visits[i].head_length);
      g_byte_array_append (all, (const guint8 *) visits[i].request, strlen (visits[i].request));
      send_bytes (fd, (const char *) all->data, all->len);
    }
  status = read_status (fd);
  g_assert_cmpstr (status, ==, visits[i].status);
  if (visits[i].error != NULL)
    {
      run_until_atomic (&fixture->n_failures, 1);
      g_assert_cmpstr (fixture->failed, ==, visits[i].client);
      g_assert_nonnull (strstr (fixture->error, visits[i].error));
    }
  else
    {
      run_until_atomic (&fixture->n_connections, 1);
      g_assert_cmpstr (fixture->asked, ==, visits[i].client);
      g_assert_cmpstr (fixture->connected, ==, visits[i].client);
    }
  g_assert_cmpuint (fixture->n_failures + fixture->n_connections, ==, 1);
  close (fd);
}

#define BALANCER "127.0.0.1"
#define IPV4_OF_V2 "\xc0\x00\x02\x02" "\xc6\x33\x64\x07" "\x04\xd2" "\x00\x50"
#define V2_OF(family, length) V2_SIGNATURE "\x21" family "\x00" length
#define IPV6_OF_V2 \
  V2_OF ("\x21", "\x24") "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02" \
  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01" "\x04\xd2" "\x00\x50"

typedef enum { NO_LIST, LIST_OF_BALANCER, LIST_OF_ALL, N_LISTS } List;

static const char *const lists[N_LISTS] = {
  NULL, BALANCER, BALANCER " 192.0.2.0/24 2001:db8::/32 unix",
};

/* The sender of X-Forwarded-For is the one that the head names: the balancer itself only if it says
 * LOCAL, and no trusted one if it does not know the client. */
static const struct
{
  const char *name, *head;
  gsize       head_length;
  const char *client;           /* address of the client without X-Forwarded-For */
  gboolean    is_believed[N_LISTS];
} sources[] = {
  { "v1-tcp4", BYTES (V1), "192.0.2.1", { FALSE, FALSE, TRUE } },
  { "v1-tcp6", BYTES (V1_OF_6), "2001:db8::1", { FALSE, FALSE, TRUE } },
  { "v1-unknown", BYTES ("PROXY UNKNOWN\r\n"), BALANCER, { FALSE, FALSE, FALSE } },
  { "v1-unknown-with-addresses", BYTES ("PROXY UNKNOWN 192.0.2.1 192.0.2.7 1 2\r\n"), BALANCER,
    { FALSE, FALSE, FALSE } },
  { "v2-inet", BYTES (V2), "192.0.2.2", { FALSE, FALSE, TRUE } },
  { "v2-inet6", BYTES (IPV6_OF_V2), "2001:db8::2", { FALSE, FALSE, TRUE } },
  { "v2-unix", BYTES (V2_OF ("\x31", "\x02") "/a"), BALANCER, { FALSE, FALSE, TRUE } },
  { "v2-unspec", BYTES (V2_OF ("\x00", "\x00")), BALANCER, { FALSE, FALSE, FALSE } },
  { "v2-inet-of-no-transport", BYTES (V2_OF ("\x10", "\x0c") IPV4_OF_V2), BALANCER,
    { FALSE, FALSE, FALSE } },
  { "v2-local", BYTES (LOCAL), BALANCER, { FALSE, TRUE, TRUE } },
  { "v2-local-with-addresses", BYTES (V2_SIGNATURE "\x20\x11\x00\x0c" IPV4_OF_V2), BALANCER,
    { FALSE, TRUE, TRUE } },
};

static void
test_source (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / 2;
  gboolean is_forwarded = GPOINTER_TO_UINT (data) % 2;
  const char *request = is_forwarded ? FORWARDED ("203.0.113.9") : REQUEST;

  for (List list = 0; list < N_LISTS; list++)
    {
      const char *expected = is_forwarded && sources[i].is_believed[list] ? "203.0.113.9"
                                                                         : sources[i].client;
      g_autoptr (GByteArray) all = g_byte_array_new ();
      g_autofree char *status = NULL;
      g_autoptr (Fixture) fixture = fixture_new (PROXY, 0, lists[list]);
      int fd = knock_dial (fixture->port);

      g_byte_array_append (all, (const guint8 *) sources[i].head, sources[i].head_length);
      g_byte_array_append (all, (const guint8 *) request, strlen (request));
      send_bytes (fd, (const char *) all->data, all->len);
      status = read_status (fd);
      g_assert_cmpstr (status, ==, "101");
      run_until_atomic (&fixture->n_connections, 1);
      g_assert_cmpstr (fixture->asked, ==, expected);
      g_assert_cmpstr (fixture->connected, ==, expected);
      close (fd);
    }
}

static sa_family_t shown_family;        /* of each peer; 0: its own */

int
getpeername (int            fd,
             __SOCKADDR_ARG address,
             socklen_t     *length)
{
  union
  {
    void *symbol;
    __typeof__ (&getpeername) call;
  } next = { dlsym (RTLD_NEXT, "getpeername") };
  int result = next.call (fd, address, length);

  if (result == 0 && shown_family != 0)
    ((struct sockaddr *) address.__sockaddr__)->sa_family = shown_family;
  return result;
}

/* "unix" is for Unix sockets, and not for all that have no IP address. */
static const struct
{
  const char *name;
  sa_family_t family;           /* family of the socket; 0: a Unix socket */
  const char *proxies, *client;
} streams[] = {
  { "unix", 0, "unix", "203.0.113.9" },
  { "unix-not-listed", 0, "127.0.0.1", "unix" },
  { "vsock", AF_VSOCK, "unix", "other" },
};

static void
test_stream (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *status = NULL;
  int pair[2];

  g_autoptr (Fixture) fixture = fixture_new (PLAIN, 0, streams[i].proxies);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), ==, 0);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[0], NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

  shown_family = streams[i].family;
  g_assert_true (wsp_server_accept_stream (fixture->server, G_IO_STREAM (stream),
                                           WSP_LISTEN_FLAGS_DEFAULT, NULL));
  knock_send (pair[1], FORWARDED ("203.0.113.9"));
  status = read_status (pair[1]);
  g_assert_cmpstr (status, ==, "101");
  run_until_atomic (&fixture->n_connections, 1);
  shown_family = 0;
  g_assert_cmpstr (fixture->connected, ==, streams[i].client);
  close (pair[1]);
}

/* The head must come within handshake-timeout, and a client may leave before it is complete. */
static void
test_unfinished (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (Fixture) fixture = fixture_new (PROXY, 0, NULL);

  wsp_limits_set_handshake_timeout (limits, 50);
  wsp_server_set_limits (fixture->server, limits);
  int silent = knock_dial (fixture->port), half = knock_dial (fixture->port);
  int slow = knock_dial (fixture->port);

  knock_send (half, "PROXY TCP4 192.0.2.1 ");
  knock_send (slow, V1 "GET ");
  run_until_atomic (&fixture->n_failures, 3);
  g_assert_true (wire_is_ended (silent));
  g_assert_true (wire_is_ended (half));
  g_assert_true (wire_is_ended (slow));
  g_assert_nonnull (strstr (fixture->error, "handshake-timeout"));
  close (silent);
  close (half);
  close (slow);

  int gone = knock_dial (fixture->port);

  knock_send (gone, "PROXY TCP4");
  run_pending ();
  close (gone);
  run_until_atomic (&fixture->n_failures, 4);
  g_assert_nonnull (strstr (fixture->error, "ended the connection"));
}

/* A client of a full server has little time, also without handshake-timeout, and is notified
 * why. */
static void
test_full (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (Fixture) fixture = fixture_new (PROXY, 0, NULL);

  wsp_limits_set_handshake_timeout (limits, 0);
  wsp_server_set_limits (fixture->server, limits);
  wsp_server_set_max_connections (fixture->server, 1);
  int open = knock_dial (fixture->port), silent = knock_dial (fixture->port);

  run_until_atomic (&fixture->n_failures, 1);
  g_assert_nonnull (strstr (fixture->error, "max-connections 1"));
  g_assert_true (wire_is_ended (silent));
  knock_send (open, V1 REQUEST);        /* it came first, and has time */
  run_until_atomic (&fixture->n_connections, 1);
  close (open);
  close (silent);
}

/* Those who wait for their head push out each other only. */
static void
test_too_many (gconstpointer has_thread)
{
  int silent[20];
  g_autoptr (Fixture) fixture = fixture_new (PROXY, has_thread != NULL, NULL);

  g_object_set (fixture->server, "max-pending-handshakes", 4, NULL);
  int half = knock_dial (fixture->port);

  knock_send (half, V1 "GET / HTTP/1.1\r\n" KNOCK_FIELDS);
  run_pending ();
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = knock_dial (fixture->port);
  run_until_atomic (&fixture->n_failures, 16);
  g_assert_nonnull (strstr (fixture->error, "max-pending-handshakes"));
  knock_send (half, "\r\n");
  g_autofree char *status = read_status (half);

  g_assert_cmpstr (status, ==, "101");
  knock_send (silent[19], V1 REQUEST);
  g_autofree char *last = read_status (silent[19]);

  g_assert_cmpstr (last, ==, "101");
  g_assert_cmpuint (g_atomic_int_get (&fixture->n_failures), ==, 16);
  close (half);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    close (silent[i]);
}

static int
ask_from (Fixture    *self,
          const char *address,
          char      **status)
{
  g_autofree char *text = NULL;
  g_autofree char *line = address != NULL && strchr (address, ':') != NULL
                          ? g_strdup_printf ("6 %s ::1", address)
                          : g_strdup_printf ("4 %s 127.0.0.1", address);
  int fd = knock_dial (self->port);

  if (address == NULL)
    text = g_strdup (self->flags == PROXY ? "PROXY UNKNOWN\r\n" REQUEST : REQUEST);
  else if (self->flags == PROXY)
    text = g_strdup_printf ("PROXY TCP%s 1 2\r\n" REQUEST, line);
  else
    text = g_strdup_printf (KNOCK_GET ("/", "X-Forwarded-For: %s\r\n"), address);
  knock_send (fd, text);
  *status = read_status (fd);
  return fd;
}

static int
come_from (Fixture    *self,
           const char *address,
           const char *expected)
{
  g_autofree char *status = NULL;
  int fd = ask_from (self, address, &status);

  g_assert_cmpstr (status, ==, expected);
  return fd;
}

/* A client that was refused counts until its thread has noticed that it is gone. */
static int
come_at_last_from (Fixture    *self,
                   const char *address)
{
  g_autofree char *status = NULL;
  int fd = ask_from (self, address, &status);

  while (g_str_equal (status, "503"))
    {
      close (fd);
      g_clear_pointer (&status, g_free);
      fd = ask_from (self, address, &status);
    }
  g_assert_cmpstr (status, ==, "101");
  return fd;
}

/* A thread counts at once what is open; the server lists it later. */
static void
run_until_left (Fixture *self,
                guint    n_open)
{
  guint64 n;

  do
    {
      g_autoptr (WspServerStats) stats = wsp_server_dup_stats (self->server);

      n = stats->connections_open;
      run_pending ();
    }
  while (n > n_open ||
         g_list_model_get_n_items (wsp_server_get_connections (self->server)) > n_open);
}

/* The clients are counted, and the proxy is not. */
static void
test_per_address (gconstpointer data)
{
  WspListenFlags flags = GPOINTER_TO_UINT (data) % 2 ? PROXY : PLAIN;
  guint n_threads = GPOINTER_TO_UINT (data) / 2;
  int fds[9];
  guint n = 0;
  g_autoptr (Fixture) fixture = fixture_new (flags, n_threads, "127.0.0.1 10.0.0.1");

  wsp_server_set_max_connections_per_address (fixture->server, 2);
  fds[n++] = come_from (fixture, "192.0.2.1", "101");
  fds[n++] = come_from (fixture, "192.0.2.1", "101");
  fds[n++] = come_from (fixture, "192.0.2.2", "101");
  fds[n++] = come_from (fixture, "192.0.2.1", "503");
  fds[n++] = come_from (fixture, "10.0.0.1", "101");
  fds[n++] = come_from (fixture, "10.0.0.1", "101");
  fds[n++] = come_from (fixture, "10.0.0.1", "101");
  for (guint i = 0; i < 3; i++)
    close (come_from (fixture, NULL, "101"));
  run_until_atomic (&fixture->n_connections, 9);         /* all are counted */
  close (fds[0]);
  close (fds[3]);
  run_until_left (fixture, 5);
  fds[n++] = come_at_last_from (fixture, "192.0.2.1");
  fds[n++] = come_from (fixture, "192.0.2.1", "503");
  for (guint i = 0; i < n; i++)
    {
      if (i != 0 && i != 3)
        close (fds[i]);
    }
}

static const struct
{
  const char *name, *one, *other;
  gboolean    is_one;           /* TRUE if both count as one address */
} pairs[] = {
  { "of-a-network", "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", TRUE },
  { "of-the-next-network", "2001:db8:1:2::1", "2001:db8:1:3::1", FALSE },
  { "mapped", "192.0.2.1", "::ffff:192.0.2.1", TRUE },
  { "both-mapped", "::ffff:192.0.2.1", "::ffff:192.0.2.2", FALSE },
  { "mapped-and-loopback", "::ffff:192.0.2.1", "::1", FALSE },
};

static void
test_pair (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / 2;
  WspListenFlags flags = GPOINTER_TO_UINT (data) % 2 ? PROXY : PLAIN;
  g_autoptr (Fixture) fixture = fixture_new (flags, 0, "127.0.0.1");

  wsp_server_set_max_connections_per_address (fixture->server, 1);
  int one = come_from (fixture, pairs[i].one, "101");
  int other = come_from (fixture, pairs[i].other, pairs[i].is_one ? "503" : "101");

  close (one);
  close (other);
  run_until_left (fixture, 0);
  close (come_at_last_from (fixture, pairs[i].other));
}

/* Unix sockets: for the PROXY protocol without a list, for X-Forwarded-For with "unix". */
static void
test_unix (void)
{
  static const struct
  {
    WspListenFlags flags;
    const char    *proxies, *text, *client;
  } rows[] = {
    { PROXY, NULL, V1 REQUEST, "192.0.2.1" },
    { PROXY, "unix", V1 REQUEST, "192.0.2.1" },
    { PROXY, "127.0.0.1", V1 REQUEST, NULL },
    { PROXY, "unix", "PROXY UNKNOWN\r\n" FORWARDED ("203.0.113.9"), "unix" },
    { PLAIN, "unix", FORWARDED ("203.0.113.9"), "203.0.113.9" },
    { PLAIN, "127.0.0.1", FORWARDED ("203.0.113.9"), "unix" },
    { PLAIN, NULL, FORWARDED ("203.0.113.9"), "unix" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *folder = g_dir_make_tmp ("wsp-proxy-XXXXXX", NULL);
      g_autofree char *path = g_build_filename (folder, "socket", NULL);
      g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
      g_autofree char *status = NULL;
      g_autoptr (Fixture) fixture = fixture_new (PLAIN, 0, rows[i].proxies);

      g_assert_nonnull (wsp_server_listen (fixture->server, address, rows[i].flags, NULL));
      int fd = knock_dial_address (address);

      knock_send (fd, rows[i].text);
      status = read_status (fd);
      g_assert_cmpstr (status, ==, rows[i].client != NULL ? "101" : NULL);
      if (rows[i].client != NULL)
        run_until_atomic (&fixture->n_connections, 1);
      g_assert_cmpstr (fixture->connected, ==, rows[i].client);
      close (fd);
      g_unlink (path);
      g_rmdir (folder);
    }
}

static void
on_closed (WspConnection *connection,
           char         **address)
{
  *address = show (wsp_connection_get_remote_address (connection));
}

static void
watch_closed (WspServer     *server,
              WspConnection *connection,
              char         **address)
{
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), address);
  wsp_connection_start_receiving (connection);
}

static guint16
listen_for_oneself (GSocket *listener)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (listener, address, FALSE, NULL));
  g_assert_true (g_socket_listen (listener, NULL));
  bound = g_socket_get_local_address (listener, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* The address stays when the peer has gone, also if it was not asked for before. */
static void
test_address_after_reset (gconstpointer is_stream)
{
  const struct linger now = { 1, 0 };
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GSocket) own = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                          G_SOCKET_PROTOCOL_DEFAULT, NULL);
  guint16 port = is_stream != NULL ? listen_for_oneself (own)
                                   : listen_on_free_port (server, "127.0.0.1");
  g_autofree char *address = NULL;
  int fd = knock_dial (port);

  if (is_stream != NULL)
    {
      g_autoptr (GSocket) socket = g_socket_accept (own, NULL, NULL);
      g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

      g_assert_true (wsp_server_accept_stream (server, G_IO_STREAM (stream),
                                               WSP_LISTEN_FLAGS_DEFAULT, NULL));
    }
  g_signal_connect (server, "connection", G_CALLBACK (watch_closed), &address);
  knock_send (fd, REQUEST);
  g_free (knock_read (fd, "\r\n\r\n"));
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close (fd);
  while (address == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (address, ==, "127.0.0.1");
}

/* A shutdown lets those go on who have not sent their head yet, and drops them in the end. */
static void
test_shutdown (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (Fixture) fixture = fixture_new (PROXY, 0, NULL);
  int fd = knock_dial (fixture->port), silent = knock_dial (fixture->port);

  run_pending ();
  wsp_server_shutdown_async (fixture->server, 1001, NULL, 100, NULL, keep_result, &result);
  knock_send (fd, V1 REQUEST);
  g_autofree char *status = read_status (fd);

  g_assert_cmpstr (status, ==, "101");
  run_until_result (&result);
  g_assert_true (wire_is_ended (silent));
  g_assert_cmpstr (fixture->connected, ==, "192.0.2.1");
  close (fd);
  close (silent);
}

int
main (int    argc,
      char **argv)
{
  static const char *const ways[] = { "whole", "byte-by-byte", "in-a-thread" };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < 3 * G_N_ELEMENTS (visits); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-proxy/visit/%s/%s",
                                               visits[i / 3].name, ways[i % 3]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_visit);
    }
  for (guint i = 0; i < 2 * G_N_ELEMENTS (sources); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-proxy/source/%s/%s",
                                               sources[i / 2].name,
                                               i % 2 ? "forwarded" : "not-forwarded");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_source);
    }
  ADD_ROWS ("/endpoint/server-proxy/stream", streams, test_stream);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-proxy/per-address/%s-%s",
                                               i % 2 ? "head" : "forwarded", ways[i / 2 * 2]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_per_address);
    }
  for (guint i = 0; i < 2 * G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-proxy/per-address/%s-%s",
                                               pairs[i / 2].name, i % 2 ? "head" : "forwarded");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_pair);
    }
  g_test_add_func ("/endpoint/server-proxy/unfinished-heads", test_unfinished);
  g_test_add_func ("/endpoint/server-proxy/full", test_full);
  g_test_add_data_func ("/endpoint/server-proxy/too-many/in-the-main-loop", NULL, test_too_many);
  g_test_add_data_func ("/endpoint/server-proxy/too-many/in-a-thread", "", test_too_many);
  g_test_add_func ("/endpoint/server-proxy/unix-sockets", test_unix);
  g_test_add_data_func ("/endpoint/server-proxy/address-after-a-reset/accepted", NULL,
                        test_address_after_reset);
  g_test_add_data_func ("/endpoint/server-proxy/address-after-a-reset/stream", "",
                        test_address_after_reset);
  g_test_add_func ("/endpoint/server-proxy/shutdown", test_shutdown);
  return g_test_run ();
}
