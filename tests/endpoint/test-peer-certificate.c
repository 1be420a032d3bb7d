/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The certificate of the peer, for a client and a server: in the handshake, and in the connection
 * until the connection is freed. */
#include "endpoint/far/dialed.h"
#include "lib/listen.h"

#define NO_CERTIFICATE N_CERTIFICATES

typedef struct
{
  CertificateKind      kind;    /* kind of the certificate that the peer sends */
  GTlsCertificateFlags errors;  /* flags of the certificate, which a handler accepts */
} Shown;

static const struct
{
  const char            *name;
  Shown                  of_server, of_client;
  GTlsAuthenticationMode mode;
  gboolean               is_stream;     /* TRUE if the program does TLS, and the server gets its
                                         * stream */
} cases[] = {
  { "no-tls", { NO_CERTIFICATE, 0 }, { NO_CERTIFICATE, 0 }, G_TLS_AUTHENTICATION_NONE, FALSE },
  { "client-is-not-asked", { CERTIFICATE_GOOD, 0 }, { NO_CERTIFICATE, 0 },
    G_TLS_AUTHENTICATION_NONE, FALSE },
  { "client-has-none", { CERTIFICATE_GOOD, 0 }, { NO_CERTIFICATE, 0 },
    G_TLS_AUTHENTICATION_REQUESTED, FALSE },
  { "both-are-trusted", { CERTIFICATE_GOOD, 0 }, { CERTIFICATE_CLIENT, 0 },
    G_TLS_AUTHENTICATION_REQUIRED, FALSE },
  { "errors-of-the-server-accepted", { CERTIFICATE_EXPIRED, G_TLS_CERTIFICATE_EXPIRED },
    { NO_CERTIFICATE, 0 },
    G_TLS_AUTHENTICATION_NONE, FALSE },
  { "stream-without-a-certificate", { CERTIFICATE_GOOD, 0 }, { NO_CERTIFICATE, 0 },
    G_TLS_AUTHENTICATION_NONE, TRUE },
  { "stream-with-a-good-certificate", { CERTIFICATE_GOOD, 0 }, { CERTIFICATE_CLIENT, 0 },
    G_TLS_AUTHENTICATION_REQUIRED, TRUE },
  /* WspServer refuses such a client; the program need not. */
  { "stream-with-errors-accepted", { CERTIFICATE_GOOD, 0 },
    { CERTIFICATE_SELF_SIGNED, G_TLS_CERTIFICATE_UNKNOWN_CA },
    G_TLS_AUTHENTICATION_REQUIRED, TRUE },
};

typedef struct
{
  guint           row;
  gboolean        asks_early;   /* TRUE if the certificate is asked for at once; FALSE: first of all
                                 * after the end */
  WspServer      *server;
  GSocketService *service;      /* service that accepts the streams of the program */
  WspConnection  *connection;   /* connection of the server */
  guint           n_requests;
  Dialed          dialed;
} Fixture;

static void
check (GTlsCertificate     *certificate,
       GTlsCertificateFlags errors,
       const Shown         *expected)
{
  g_assert_cmpuint (errors, ==, expected->errors);
  if (expected->kind == NO_CERTIFICATE)
    g_assert_null (certificate);
  else
    g_assert_true (g_tls_certificate_is_same (certificate,
                                              authority_get_certificate (expected->kind)));
}

static void
check_handshake (WspHandshake *handshake,
                 const Shown  *expected)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  GTlsCertificateFlags errors;

  g_object_get (handshake, "tls-peer-certificate", &certificate, "tls-peer-certificate-errors",
                &errors, NULL);
  check (certificate, errors, expected);
}

static void
check_connection (WspConnection *connection,
                  const Shown   *expected)
{
  GTlsCertificate *certificate = wsp_connection_get_tls_peer_certificate (connection);

  check (certificate, wsp_connection_get_tls_peer_certificate_errors (connection), expected);
  g_assert_true (wsp_connection_get_tls_peer_certificate (connection) == certificate);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  self->n_requests++;
  check_handshake (handshake, &cases[self->row].of_client);
  return TRUE;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  if (self->asks_early)
    check_connection (connection, &cases[self->row].of_client);
  if (self->asks_early)
    check_handshake (wsp_connection_get_handshake (connection), &cases[self->row].of_client);
  self->connection = g_object_ref (connection);
  g_assert_true (wsp_connection_queue_text (connection, "hi", NULL));
  wsp_connection_start_receiving (connection);
}

static gboolean
accept_any (void)
{
  return TRUE;
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             Fixture           *self)
{
  g_autoptr (GIOStream) stream =
    g_tls_server_connection_new (G_IO_STREAM (connection),
                                 authority_get_certificate (cases[self->row].of_server.kind), NULL);

  g_object_set (stream, "authentication-mode", cases[self->row].mode, "database",
                authority_get_database (), NULL);
  g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_any), NULL);
  wsp_server_accept_stream (self->server, stream, WSP_LISTEN_FLAGS_DEFAULT, NULL);
  return TRUE;
}

static guint16
listen_for_streams (Fixture *self)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->service = g_socket_service_new ();
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any,
                                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                                NULL, &bound, NULL));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static guint16
listen_by_server (Fixture *self)
{
  const Shown *shown = &cases[self->row].of_server;

  if (shown->kind != NO_CERTIFICATE)
    g_object_set (self->server, "tls-certificate", authority_get_certificate (shown->kind),
                  "tls-database", authority_get_database (), "tls-authentication-mode",
                  cases[self->row].mode, NULL);
  return listen_on_free_port (self->server, "127.0.0.1");
}

static void
connect_client (Fixture *self,
                guint16  port)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  const Shown *shown = &cases[self->row].of_client;
  gboolean is_tls = cases[self->row].of_server.kind != NO_CERTIFICATE;

  g_object_set (client, "tls-database", authority_get_database (), NULL);
  if (shown->kind != NO_CERTIFICATE)
    g_object_set (client, "tls-certificate", authority_get_certificate (shown->kind), NULL);
  if (cases[self->row].of_server.errors != 0)
    g_signal_connect (client, "accept-certificate", G_CALLBACK (accept_any), NULL);
  dial (&self->dialed, client, is_tls ? "wss://127.0.0.1:PORT/" : "ws://127.0.0.1:PORT/", port);
  dial_is_open (&self->dialed);
}

static void
close_both (Fixture *self)
{
  WspConnection *both[] = { self->dialed.connection, self->connection };

  wsp_connection_close_async (self->dialed.connection, 1000, NULL, NULL, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      while (wsp_connection_get_state (both[i]) != WSP_CONNECTION_STATE_CLOSED)
        g_main_context_iteration (NULL, TRUE);
    }
}

/* If it is asked early, the server drops its handshake, else it makes it again.  The object is the
 * program's on the client. */
static void
check_moments (Fixture *self)
{
  const Shown *of_server = &cases[self->row].of_server;
  const Shown *of_client = &cases[self->row].of_client;

  g_assert_cmpuint (self->n_requests, ==, 1);
  if (self->asks_early)
    g_assert_null (wsp_connection_get_handshake (self->connection));
  check_handshake (self->dialed.handshake, of_server);
  if (self->asks_early)
    {
      check_connection (self->dialed.connection, of_server);
      check_connection (self->connection, of_client);
    }

  close_both (self);
  check_connection (self->dialed.connection, of_server);
  check_connection (self->connection, of_client);
  if (!self->asks_early)
    check_handshake (wsp_connection_get_handshake (self->connection), of_client);
}

static void
run_case (guint    row,
          gboolean asks_early)
{
  Fixture self = { .row = row, .asks_early = asks_early, .server = wsp_server_new () };

  g_object_set (self.server, "persistent-handshakes", !asks_early, NULL);
  g_signal_connect (self.server, "request", G_CALLBACK (on_request), &self);
  g_signal_connect (self.server, "connection", G_CALLBACK (on_connection), &self);
  connect_client (&self, cases[row].is_stream ? listen_for_streams (&self)
                                              : listen_by_server (&self));
  check_moments (&self);
  dial_clear (&self.dialed);
  g_clear_object (&self.connection);
  if (self.service != NULL)
    g_socket_service_stop (self.service);
  g_clear_object (&self.service);
  g_clear_object (&self.server);
  run_pending ();
}

static void
test_asked_early (gconstpointer data)
{
  run_case (GPOINTER_TO_UINT (data), TRUE);
}

static void
test_asked_after_the_end (gconstpointer data)
{
  run_case (GPOINTER_TO_UINT (data), FALSE);
}

static void
add_case (const char   *path,
          guint         row,
          GTestDataFunc func)
{
  g_autofree char *name = g_strconcat ("/endpoint/peer-certificate/", path, "/", cases[row].name,
                                       NULL);

  g_test_add_data_func (name, GUINT_TO_POINTER (row), func);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      add_case ("known-until-the-end", i, test_asked_early);
      add_case ("asked-after-the-end", i, test_asked_after_the_end);
    }
  return g_test_run ();
}
