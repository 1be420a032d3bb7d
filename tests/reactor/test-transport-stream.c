/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The transport over a TLS stream of GIO: how it ends during the handshake, which versions of TLS
 * it takes, and what it waits for. */
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint/far/certificates.h"
#include "lib/rows.h"
#include "lib/turns.h"
#include "reactor/wsp-transport-kind-private.h"

#define PATH "/reactor/transport-stream/"
#define WAIT_S 20

static void
on_ready (WspTransport  *transport,
          WspWatchEvents events,
          gpointer       owner)
{
  g_assert_not_reached ();
}

static GIOStream *
make_stream (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  g_autoptr (GIOStream) below =
    G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  g_autoptr (GError) error = NULL;
  GIOStream *tls = g_tls_server_connection_new (below, authority_get_certificate (CERTIFICATE_GOOD),
                                                &error);

  g_assert_no_error (error);
  return tls;
}

/* The peer sends nothing, so only a cancellation or a time limit ends the handshake. */
static void
test_close_in_handshake (gconstpointer data)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  char byte;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);

  g_autoptr (GIOStream) stream = make_stream (fds[0]);
  WspTransport *transport = wsp_transport_new_for_stream (reactor, stream, WSP_STREAM_IS_SHARED,
                                                          NULL);

  wsp_transport_set_owner (transport, on_ready, NULL);
  wsp_transport_set_events (transport, WSP_WATCH_READ | WSP_WATCH_WRITE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  wsp_transport_close (transport, GPOINTER_TO_INT (data));
  g_assert_cmpint (recv (fds[1], &byte, 1, MSG_DONTWAIT), ==, 0);       /* at once */

  guint limit = begin_wait (20);

  while (!g_io_stream_is_closed (stream))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  close (fds[1]);
}

/* Has a version, and lets the bytes pass. */
typedef struct
{
  GTlsConnection      parent_instance;
  GTlsProtocolVersion version;
  GIOStream          *below;
} VersionTls;

typedef GTlsConnectionClass VersionTlsClass;

static GType version_tls_get_type (void);

G_DEFINE_TYPE (VersionTls, version_tls, G_TYPE_TLS_CONNECTION)

static void
get_version (GObject    *object,
             guint       property,
             GValue     *value,
             GParamSpec *spec)
{
  VersionTls *self = (VersionTls *) object;

  if (G_VALUE_HOLDS_OBJECT (value))
    g_value_set_object (value, self->below);
  else
    g_value_set_enum (value, self->version);
}

static GInputStream *
get_input (GIOStream *stream)
{
  return g_io_stream_get_input_stream (((VersionTls *) stream)->below);
}

static GOutputStream *
get_output (GIOStream *stream)
{
  return g_io_stream_get_output_stream (((VersionTls *) stream)->below);
}

static void
set_nothing (GObject      *object,
             guint         property,
             const GValue *value,
             GParamSpec   *spec)
{
}

static gboolean
close_nothing (GIOStream    *stream,
               GCancellable *cancellable,
               GError      **error)
{
  return TRUE;
}

static void
finalize (GObject *object)
{
  g_clear_object (&((VersionTls *) object)->below);
  G_OBJECT_CLASS (version_tls_parent_class)->finalize (object);
}

/* The other properties are set when it is made. */
static void
version_tls_class_init (VersionTlsClass *class)
{
  static const char * const properties[] = {
    "protocol-version", "base-io-stream", "use-system-certdb", "require-close-notify",
    "rehandshake-mode"
  };

  G_OBJECT_CLASS (class)->get_property = get_version;
  G_OBJECT_CLASS (class)->set_property = set_nothing;
  G_OBJECT_CLASS (class)->finalize = finalize;
  G_IO_STREAM_CLASS (class)->get_input_stream = get_input;
  G_IO_STREAM_CLASS (class)->get_output_stream = get_output;
  G_IO_STREAM_CLASS (class)->close_fn = close_nothing;
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    g_object_class_override_property (G_OBJECT_CLASS (class), i + 1, properties[i]);
}

static void
version_tls_init (VersionTls *self)
{
}

static const struct
{
  const char         *name;
  GTlsProtocolVersion version;
  gboolean            is_taken;
} versions[] = {
  { "ssl-3.0-refused", G_TLS_PROTOCOL_VERSION_SSL_3_0, FALSE },
  { "tls-1.0-refused", G_TLS_PROTOCOL_VERSION_TLS_1_0, FALSE },
  { "tls-1.1-refused", G_TLS_PROTOCOL_VERSION_TLS_1_1, FALSE },
  { "tls-1.2-taken", G_TLS_PROTOCOL_VERSION_TLS_1_2, TRUE },
  { "tls-1.3-taken", G_TLS_PROTOCOL_VERSION_TLS_1_3, TRUE },
  { "unknown-version-taken", G_TLS_PROTOCOL_VERSION_UNKNOWN, TRUE },
};

/* RFC 8996, whatever the TLS library of GIO is. */
static void
test_version (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GTlsConnection) tls = g_object_new (version_tls_get_type (), NULL);
  g_autoptr (GError) error = NULL;

  ((VersionTls *) tls)->version = versions[row].version;
  g_unsetenv ("G_TLS_GNUTLS_PRIORITY");
  g_assert_true (wsp_transport_check_tls_version (tls, &error) == versions[row].is_taken);
  g_assert_true ((error == NULL) == versions[row].is_taken);
}

typedef struct
{
  WspReactor   *reactor;
  GIOStream    *stream;
  WspTransport *transport;
  int           peer;
  guint         n_notified;
} Fixture;

static void
count (WspTransport  *transport,
       WspWatchEvents events,
       gpointer       owner)
{
  Fixture *self = owner;

  self->n_notified++;
  wsp_transport_set_events (transport, WSP_WATCH_NOTHING);
}

/* Over so many TLS connections, which are open. */
static void
fixture_init (Fixture *self,
              guint    n_tls)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), ==, 0);

  g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[0], NULL);

  *self = (Fixture) { .reactor = wsp_reactor_ref_thread_default (), .peer = fds[1] };
  self->stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  for (guint i = 0; i < n_tls; i++)
    {
      VersionTls *tls = g_object_new (version_tls_get_type (), NULL);

      tls->version = G_TLS_PROTOCOL_VERSION_TLS_1_3;
      tls->below = self->stream;
      self->stream = G_IO_STREAM (tls);
    }
  self->transport = wsp_transport_new_for_stream (self->reactor, self->stream,
                                                  WSP_STREAM_IS_SHARED, NULL);
  wsp_transport_set_owner (self->transport, count, self);
}

static void
fixture_clear (Fixture *self)
{
  wsp_transport_close (self->transport, WSP_TRANSPORT_CLOSE_NOW);
  while (!g_io_stream_is_closed (self->stream))
    g_main_context_iteration (NULL, TRUE);
  close (self->peer);
  g_object_unref (self->stream);
  wsp_reactor_unref (self->reactor);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
wait_for_input (Fixture *self)
{
  guint limit = begin_wait (WAIT_S);

  self->n_notified = 0;
  wsp_transport_set_events (self->transport, WSP_WATCH_READ);
  while (self->n_notified == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static const struct
{
  const char *name;
  guint       n_tls, n_notified;
} short_reads[] = {
  { "of-tls-waits-for-the-socket", 1, 0 },
  { "of-tls-inside-tls-is-followed-by-another", 2, 1 },
};

/* Bytes that the outer TLS holds are not seen at the socket. */
static void
test_short_read (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Fixture) fixture = { 0 };
  char bytes[100];
  const struct iovec room = { bytes, sizeof bytes };

  fixture_init (&fixture, short_reads[row].n_tls);
  wait_for_input (&fixture);            /* what a previous owner may have left in TLS */
  g_assert_cmpint (send (fixture.peer, "hello", 5, 0), ==, 5);
  g_assert_cmpint (wsp_transport_read (fixture.transport, &room, 1, NULL), ==, 5);
  fixture.n_notified = 0;
  wsp_transport_set_events (fixture.transport, WSP_WATCH_READ);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture.n_notified, ==, short_reads[row].n_notified);
}

static void
test_failed (void)
{
  g_auto (Fixture) fixture = { 0 };
  char byte;
  const struct iovec room = { &byte, 1 };

  fixture_init (&fixture, 1);
  g_assert_cmpint (wsp_transport_read (fixture.transport, &room, 1, NULL), ==,
                   WSP_TRANSPORT_WOULD_BLOCK);
  wsp_transport_fail (fixture.transport,
                      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "Bad"));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      wait_for_input (&fixture);
      g_assert_cmpint (wsp_transport_read (fixture.transport, &room, 1, &error), ==,
                       WSP_TRANSPORT_FAILED);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
    }
}

static const struct
{
  const char    *name;
  gboolean       is_full;       /* TRUE if the socket has no room for output */
  WspWatchEvents events, watched;
} blocked_reads[] = {
  { "with-room-waits-for-input", FALSE, WSP_WATCH_READ, WSP_WATCH_READ },
  { "without-room-waits-for-that-too", TRUE, WSP_WATCH_READ, WSP_WATCH_READ | WSP_WATCH_WRITE },
  { "without-room-of-an-idle-owner-waits-for-nothing", TRUE, WSP_WATCH_NOTHING, WSP_WATCH_NOTHING },
};

/* TLS may have to write before it can read. */
static void
test_blocked_read (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Fixture) fixture = { 0 };
  char byte, many[4096] = { 0 };
  const struct iovec room = { &byte, 1 }, text = { many, sizeof many };
  gssize n = blocked_reads[row].is_full;

  fixture_init (&fixture, 1);
  while (n > 0)
    n = wsp_transport_write (fixture.transport, &text, 1, NULL);
  g_assert_cmpint (wsp_transport_read (fixture.transport, &room, 1, NULL), ==,
                   WSP_TRANSPORT_WOULD_BLOCK);
  wsp_transport_set_events (fixture.transport, WSP_WATCH_READ);
  wsp_transport_set_events (fixture.transport, blocked_reads[row].events);
  g_assert_true (fixture.transport->watch.is_watched);
  g_assert_cmpuint (fixture.transport->watch.events, ==, blocked_reads[row].watched);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func (PATH "close-in-the-handshake/now",
                        GINT_TO_POINTER (WSP_TRANSPORT_CLOSE_NOW), test_close_in_handshake);
  g_test_add_data_func (PATH "close-in-the-handshake/gracefully",
                        GINT_TO_POINTER (WSP_TRANSPORT_CLOSE_GRACEFUL), test_close_in_handshake);
  ADD_ROWS (PATH "version", versions, test_version);

  ADD_ROWS (PATH "short-read", short_reads, test_short_read);
  g_test_add_func (PATH "failed/owner-is-notified-each-time-it-waits", test_failed);
  ADD_ROWS (PATH "blocked-read", blocked_reads, test_blocked_read);

  return g_test_run ();
}
