/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Connecting to a server without proxies: TLS, Unix sockets, streams that the program passes. */
#include "connection/transports.h"
#include "endpoint/far/dialed.h"
#include "lib/rows.h"

#include <glib/gstdio.h>

static const struct
{
  const char          *name;
  CertificateKind      certificate;
  const char          *host;
  gboolean             has_database;
  GTlsCertificateFlags errors;  /* flags of the certificate; 0 = it is trusted */
} certificates[] = {
  { "WS-17-name", CERTIFICATE_GOOD, "localhost", TRUE, 0 },
  { "WS-17-address", CERTIFICATE_GOOD, "127.0.0.1", TRUE, 0 },
  { "SEC-110-other-name", CERTIFICATE_OTHER_NAME, "localhost", TRUE,
    G_TLS_CERTIFICATE_BAD_IDENTITY },
  { "SEC-110-other-address", CERTIFICATE_OTHER_NAME, "127.0.0.1", TRUE,
    G_TLS_CERTIFICATE_BAD_IDENTITY },
  { "SEC-110-expired", CERTIFICATE_EXPIRED, "localhost", TRUE, G_TLS_CERTIFICATE_EXPIRED },
  { "SEC-110-not-yet-valid", CERTIFICATE_NOT_YET, "localhost", TRUE,
    G_TLS_CERTIFICATE_NOT_ACTIVATED },
  { "SEC-110-self-signed", CERTIFICATE_SELF_SIGNED, "localhost", TRUE,
    G_TLS_CERTIFICATE_UNKNOWN_CA },
  { "WS-17-system-does-not-know-the-authority", CERTIFICATE_GOOD, "localhost", FALSE,
    G_TLS_CERTIFICATE_UNKNOWN_CA },
};

typedef struct
{
  GThread             *thread;
  guint                n_asked;
  GTlsCertificateFlags errors;
  gboolean             accepts;
} Verifier;

static gboolean
on_certificate (WspClient           *client,
                WspHandshake        *handshake,
                GSocketConnectable  *peer,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors,
                Verifier            *verifier)
{
  g_assert_true (G_IS_TLS_CERTIFICATE (certificate));
  verifier->thread = g_thread_self ();
  verifier->n_asked++;
  verifier->errors = errors;
  return verifier->accepts;
}

static WspClient *
make_client (guint     i,
             Verifier *verifier)
{
  WspClient *client = wsp_client_new ();

  if (certificates[i].has_database)
    g_object_set (client, "tls-database", authority_get_database (), NULL);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (on_certificate), verifier);
  return client;
}

static void
test_certificate (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve_tls, GUINT_TO_POINTER (certificates[i].certificate));
  g_autofree char *uri = g_strdup_printf ("wss://%s:%u/", certificates[i].host,
                                          far_get_port (server));
  Verifier verifier = { 0 };
  g_autoptr (WspClient) client = make_client (i, &verifier);
  g_auto (Dialed) strict = { 0 };
  g_auto (Dialed) lenient = { 0 };

  authority_get_certificate (certificates[i].certificate);
  dial_begin (&strict, client, uri, NULL);
  dial_wait (&strict);
  g_autofree char *notes = far_dup_notes (server);

  if (certificates[i].errors == 0)
    {
      g_autoptr (GTlsCertificate) shown = NULL;

      dial_is_open (&strict);
      g_assert_cmpuint (verifier.n_asked, ==, 0);
      g_object_get (strict.handshake, "tls-peer-certificate", &shown, NULL);
      g_assert_true (g_tls_certificate_is_same (shown,
                                                authority_get_certificate (CERTIFICATE_GOOD)));
      return;
    }

  dial_has_failed (&strict, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, NULL);
  g_assert_lacks (notes, "GET");
  g_assert_cmpuint (verifier.errors & certificates[i].errors, ==, certificates[i].errors);
  g_assert_true (verifier.thread == g_thread_self ());

  verifier.accepts = TRUE;
  dial_begin (&lenient, client, uri, NULL);
  dial_wait (&lenient);
  dial_is_open (&lenient);
  g_assert_cmpuint (verifier.n_asked, ==, 2);
}

/* GIO's thread finds the default context free while the program that iterates it does something
 * else.  The program is asked in its own thread, and the server gets no request before. */
static void
test_iterated_by_hand (gconstpointer data)
{
  g_autoptr (Far) server = far_new (far_serve_tls, GUINT_TO_POINTER (CERTIFICATE_SELF_SIGNED));
  g_autofree char *uri = far_make_uri ("wss://localhost:PORT/", server);
  Verifier verifier = { .accepts = GPOINTER_TO_UINT (data) };
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (on_certificate), &verifier);
  dial_begin (&dialed, client, uri, NULL);
  while (dialed.result == NULL)
    {
      g_usleep (5 * G_TIME_SPAN_MILLISECOND);
      g_main_context_iteration (NULL, FALSE);
    }
  dial_wait (&dialed);
  g_autofree char *notes = far_dup_notes (server);

  g_assert_cmpuint (verifier.n_asked, ==, 1);
  g_assert_true (verifier.thread == g_thread_self ());
  if (verifier.accepts)
    {
      dial_is_open (&dialed);
      return;
    }

  dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "is not trusted");
  g_assert_lacks (notes, "GET");
}

typedef struct                  /* the ClientHello, which is not encrypted */
{
  guint8 bytes[4096];
  gsize  length;
} Hello;

static gsize
skip_vector (const Hello *hello,
             gsize        at,
             guint        n_length)
{
  gsize length = 0;

  for (guint i = 0; i < n_length; i++)
    length = length * 256 + hello->bytes[at + i];
  return at + n_length + length;
}

/* The content of an extension, NULL if it is not present (RFC 8446 4.1.2, 4.2). */
static char *
find_extension (const Hello *hello,
                guint        number)
{
  gsize at = skip_vector (hello, 4 + 2 + 32, 1);        /* session */

  at = skip_vector (hello, at, 2);                      /* cipher suites */
  at = skip_vector (hello, at, 1);                      /* compression */
  for (at += 2; at + 4 <= hello->length; at = skip_vector (hello, at + 2, 2))
    {
      if (hello->bytes[at] * 256U + hello->bytes[at + 1] == number)
        {
          gsize length = hello->bytes[at + 2] * 256 + hello->bytes[at + 3];
          GString *text = g_string_new (NULL);

          for (gsize i = 0; i < length; i++)
            {
              guint8 byte = hello->bytes[at + 4 + i];

              g_string_append_printf (text, g_ascii_isprint (byte) ? "%c" : "\\%u", byte);
            }
          return g_string_free (text, FALSE);
        }
    }

  return NULL;
}

static void
take_hello (FarPeer *peer,
            gpointer data)
{
  guint8 record[5];
  Hello hello = { 0 };

  if (!far_read (peer, record, 5))
    return;

  g_assert_cmpuint (record[0], ==, 22);
  hello.length = record[3] * 256 + record[4];
  g_assert_cmpuint (hello.length, <, sizeof hello.bytes);
  if (far_read (peer, hello.bytes, hello.length))
    {
      g_autofree char *name = find_extension (&hello, 0);
      g_autofree char *protocols = find_extension (&hello, 16);

      far_note (peer->far, "name %s, protocols %s", name != NULL ? name : "none", protocols);
    }
}

/* Rows 14, 15, 16, 256: what the client requests of TLS, and that it sends nothing in clear
 * text. */
static void
test_hello (gconstpointer data)
{
  g_autoptr (Far) server = far_new (take_hello, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  const char *host = data;
  g_autofree char *uri = g_strdup_printf ("wss://%s:%u/", host, far_get_port (server));
  g_autofree char *notes = NULL;
  g_auto (Dialed) dialed = { 0 };

  dial_begin (&dialed, client, uri, NULL);
  dial_wait (&dialed);
  g_assert_null (dialed.connection);
  g_assert_true (dialed.error->domain == G_TLS_ERROR || dialed.error->domain == G_IO_ERROR);
  g_assert_cmpuint (far_get_count (server), ==, 1);

  notes = far_dup_notes (server);
  g_assert_contains (notes, "protocols \\0\\9\\8http/1.1\n");
  if (g_hostname_is_ip_address (data))
    g_assert_contains (notes, "name none");
  else
    g_assert_contains (notes, "localhost");
}

static void
speak_plainly (FarPeer *peer,
               gpointer data)
{
  guint8 first;

  if (far_read (peer, &first, 1))
    far_note (peer->far, "first byte %u", first);
  far_write (peer, "HTTP/1.1 400 Speak up\r\n\r\n");
  far_wait_for_end (peer);
}

static void
test_plain (void)
{
  g_autoptr (Far) server = far_new (speak_plainly, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autofree char *notes = NULL;
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  g_assert_null (dialed.connection);
  g_assert_cmpuint (dialed.error->domain, ==, G_TLS_ERROR);
  g_assert_cmpuint (far_get_count (server), ==, 1);
  notes = far_dup_notes (server);
  g_assert_contains (notes, "first byte 22\n");
}

static void
want_certificate (FarPeer *peer,
                  gpointer data)
{
  if (far_begin_tls (peer, CERTIFICATE_GOOD, G_TLS_AUTHENTICATION_REQUIRED))
    far_serve (peer, NULL);
}

/* Row 255: the server asks for a client certificate and receives it. */
static void
test_client_certificate (void)
{
  g_autoptr (Far) server = far_new (want_certificate, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autofree char *notes = NULL;
  g_auto (Dialed) without = { 0 };
  g_auto (Dialed) with = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  g_object_set (client, "tls-database", authority_get_database (), NULL);
  dial (&without, client, "wss://localhost:PORT/", far_get_port (server));
  g_assert_null (without.connection);
  g_assert_nonnull (without.error);

  g_object_set (client, "tls-certificate", authority_get_certificate (CERTIFICATE_CLIENT), NULL);
  dial (&with, client, "wss://localhost:PORT/", far_get_port (server));
  dial_is_open (&with);
  notes = far_dup_notes (server);
  g_assert_contains (notes, "client certificate shown");
}

static void
cut_off (FarPeer *peer,
         gpointer data)
{
  g_autofree char *head = NULL;
  g_autoptr (GIOStream) base = g_object_ref (peer->stream);

  if (!far_begin_tls (peer, CERTIFICATE_GOOD, G_TLS_AUTHENTICATION_NONE) ||
      (head = far_read_head (peer)) == NULL)
    return;

  g_autofree char *answer = far_make_switch (head, data != NULL ? data : "");

  far_write (peer, answer);
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)), FALSE, TRUE,
                     NULL);
  g_input_stream_skip (g_io_stream_get_input_stream (base), 1 << 20, peer->cancellable, NULL);
}

/* Row SEC-112: TCP ends without the end of TLS.  After a Close frame that is no error. */
static void
test_truncated (gconstpointer data)
{
  g_autoptr (Far) server = far_new (cut_off, (gpointer) data);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  g_object_set (client, "tls-database", authority_get_database (), NULL);
  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  g_assert_no_error (dialed.error);
  g_autoptr (Watched) watched = watch (dialed.connection);

  wsp_connection_start_receiving (dialed.connection);
  run_until_closed (watched);

  WspCloseInfo *info = wsp_connection_get_close_info (dialed.connection);

  if (data != NULL)
    g_assert_cmpuint (wsp_close_info_get_peer_code (info), ==, 1000);
  else
    g_assert_cmpuint (wsp_close_info_get_local_code (info), ==, 1006);
}

static void
test_unix (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a:socket", NULL);
  g_autofree char *uri = g_strdup_printf ("ws+unix:%s/a%%3Asocket:/chat?x", folder);
  g_autoptr (Far) server = far_new_unix (path, far_serve, NULL);
  g_autoptr (WspClient) client = dial_client ("http://127.0.0.1:1");
  g_autofree char *notes = NULL;
  g_auto (Dialed) dialed = { 0 };

  dial_begin (&dialed, client, uri, NULL);
  dial_wait (&dialed);
  dial_is_open (&dialed);
  notes = far_dup_notes (server);
  g_assert_contains (notes, "GET /chat?x HTTP/1.1\r\nHost: localhost\r\n");
  g_unlink (path);
  g_rmdir (folder);
}

typedef struct
{
  GIOStream  *stream;
  const char *answer;           /* response of the server; NULL: status 101 */
} Theirs;

static gpointer
serve_stream (gpointer data)
{
  const Theirs *theirs = data;
  FarPeer peer = { .stream = theirs->stream, .input = g_string_new (NULL) };
  g_autoptr (GMainContext) context = g_main_context_new ();
  Far *far = far_new (far_keep_silent, NULL);

  g_main_context_push_thread_default (context);
  peer.far = far;
  far_serve (&peer, (gpointer) theirs->answer);
  g_io_stream_close (peer.stream, NULL, NULL);
  g_object_unref (peer.stream);
  g_string_free (peer.input, TRUE);
  far_free (far);
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* Any stream that is connected.  With ws, too, the certificate is that of the server. */
static void
test_ready_made (gconstpointer data)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GIOStream) ours = NULL;
  Theirs theirs = { NULL, NULL };
  GThread *thread;
  g_auto (Dialed) dialed = { 0 };

  transport_pair (GPOINTER_TO_UINT (data), &ours, &theirs.stream);
  thread = g_thread_new ("theirs", serve_stream, &theirs);
  if (GPOINTER_TO_UINT (data) == TRANSPORT_TLS)
    g_assert_true (g_tls_connection_handshake (G_TLS_CONNECTION (ours), NULL, NULL));
  dialed.client = g_object_ref (client);
  dialed.handshake = wsp_handshake_new_client ("ws://somewhere.example/", NULL, NULL, NULL);
  wsp_client_open_async (client, dialed.handshake, ours, NULL, keep_result, &dialed.result);
  dial_wait (&dialed);
  dial_is_open (&dialed);
  if (GPOINTER_TO_UINT (data) == TRANSPORT_TLS)
    g_assert_nonnull (wsp_handshake_get_tls_peer_certificate (dialed.handshake));
  wsp_connection_abort (dialed.connection);
  run_pending ();
  g_thread_join (thread);
}

static const struct
{
  const char *claim, *answer, *text;
} ready_made_refusals[] = {
  { "is-not-redirected",
    "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "status 302" },
  { "asks-for-no-login",
    "HTTP/1.1 401 Login\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", "status 401" },
};

/* There is no second stream for a second request. */
static void
test_ready_made_refused (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "max-redirects", 5, NULL);
  g_autoptr (GIOStream) ours = NULL;
  Theirs theirs = { NULL, ready_made_refusals[i].answer };
  GThread *thread;
  guint n_asked = 0;
  g_auto (Dialed) dialed = { 0 };

  transport_pair (TRANSPORT_SOCKET, &ours, &theirs.stream);
  thread = g_thread_new ("theirs", serve_stream, &theirs);
  g_signal_connect (client, "authenticate", G_CALLBACK (dial_offer_login), &n_asked);
  dialed.client = g_object_ref (client);
  dialed.handshake = wsp_handshake_new_client ("ws://somewhere.example/", NULL, NULL, NULL);
  wsp_client_open_async (client, dialed.handshake, ours, NULL, keep_result, &dialed.result);
  dial_wait (&dialed);
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE,
                   ready_made_refusals[i].text);
  g_assert_cmpuint (n_asked, ==, 0);
  g_thread_join (thread);
}

static void
serve_without_alpn (FarPeer *peer,
                    gpointer data)
{
  GIOStream *tls =
    g_tls_server_connection_new (peer->stream, authority_get_certificate (CERTIFICATE_GOOD), NULL);

  g_object_unref (peer->stream);
  peer->stream = tls;
  if (g_tls_connection_handshake (G_TLS_CONNECTION (tls), peer->cancellable, NULL))
    far_serve (peer, NULL);
}

static void
test_without_alpn (void)
{
  g_autoptr (Far) server = far_new (serve_without_alpn, NULL);
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "tls-database",
                                               authority_get_database (), NULL);
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  dial_is_open (&dialed);
}

static void
note_event (WspClient          *client,
            WspHandshake       *handshake,
            GSocketClientEvent  event,
            GSocketConnectable *place,
            GIOStream          *stream,
            GString            *log)
{
  g_autofree char *name = g_enum_to_string (G_TYPE_SOCKET_CLIENT_EVENT, event);

  g_assert_true (G_IS_SOCKET_CONNECTABLE (place));
  g_string_append_printf (log, "%s ", name + strlen ("G_SOCKET_CLIENT_"));
}

static void
test_events (void)
{
  g_autoptr (Far) server = far_new (far_serve_tls, GUINT_TO_POINTER (CERTIFICATE_GOOD));
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  GSocketAddress *address;
  gint64 before = 1;
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  g_object_set (client, "tls-database", authority_get_database (), NULL);
  g_signal_connect (client, "event", G_CALLBACK (note_event), log);
  dial (&dialed, client, "wss://127.0.0.1:PORT/", far_get_port (server));
  dial_is_open (&dialed);
  g_assert_cmpstr (log->str, ==,
                   "RESOLVING RESOLVED CONNECTING CONNECTED TLS_HANDSHAKING TLS_HANDSHAKED COMPLETE ");

  address = wsp_handshake_get_remote_address (dialed.handshake);
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)), ==,
                    far_get_port (server));

  for (guint step = WSP_HANDSHAKE_STEP_BEGUN; step <= WSP_HANDSHAKE_STEP_ANSWERED; step++)
    {
      gint64 time = wsp_handshake_get_time_us (dialed.handshake, (WspHandshakeStep) step);

      if (step == WSP_HANDSHAKE_STEP_PROXIED)
        time = time == 0 ? before : -1;         /* there is no proxy */
      g_assert_cmpint (time, >=, before);
      before = time;
    }
}

static void
note_address (FarPeer *peer,
              gpointer data)
{
  g_autoptr (GSocketAddress) address =
    g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (peer->stream), NULL);
  g_autofree char *text =
    g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));

  far_note (peer->far, "from %s", text);
  far_serve (peer, NULL);
}

static void
test_local_address (void)
{
  g_autoptr (Far) server = far_new (note_address, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string ("127.0.0.2", 0);
  g_autofree char *notes = NULL;
  g_auto (Dialed) dialed = { 0 };

  g_object_set (client, "local-address", local, NULL);
  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (server));
  dial_is_open (&dialed);
  notes = far_dup_notes (server);
  g_assert_contains (notes, "from 127.0.0.2\n");
}

/* Row 9 for other hosts, and F-65: ::1 is tried too, where no server listens. */
static void
test_eyeballs (void)
{
  g_autoptr (Far) server = far_new (far_serve, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "ws://localhost:PORT/", far_get_port (server));
  dial_is_open (&dialed);
}

static guint
count_requests (Far *far)
{
  g_autofree char *notes = far_dup_notes (far);
  guint n = 0;

  for (const char *at = notes; (at = strstr (at, "GET ")) != NULL; at++)
    n++;
  return n;
}

static void
take_request_only (FarPeer *peer,
                   gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  far_wait_for_end (peer);
}

static void
count_complete (WspClient          *client,
                WspHandshake       *handshake,
                GSocketClientEvent  event,
                GSocketConnectable *place,
                GIOStream          *stream,
                guint              *n_complete)
{
  *n_complete += event == G_SOCKET_CLIENT_COMPLETE;
}

static gint64
get_time_sent (Dialed *dialed)
{
  gint64 time = wsp_handshake_get_time_us (dialed->handshake, WSP_HANDSHAKE_STEP_SENT);

  g_assert_cmpint (time, >, 0);
  return time;
}

/* Row 9: the rule applies to an address, whatever the names are, and can be turned off. */
static void
test_two_names (gconstpointer data)
{
  gboolean serializes = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (take_request_only, NULL);
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "concurrent-connects", !serializes,
                                               NULL);
  g_autofree char *one = g_strdup_printf ("ws://127.0.0.1:%u/", far_get_port (server));
  g_autofree char *two = g_strdup_printf ("ws://localhost:%u/", far_get_port (server));
  guint n_complete = 0;
  gint64 cancelled;
  g_auto (Dialed) first = { 0 };
  g_auto (Dialed) second = { 0 };

  g_signal_connect (client, "event", G_CALLBACK (count_complete), &n_complete);
  dial_begin (&first, client, one, NULL);
  while (count_requests (server) < 1)
    g_main_context_iteration (NULL, FALSE);
  dial_begin (&second, client, two, NULL);
  run_until_count (&n_complete, 2);
  while (!serializes && count_requests (server) < 2)
    g_main_context_iteration (NULL, FALSE);
  run_pending ();

  cancelled = g_get_monotonic_time ();
  g_cancellable_cancel (first.cancellable);
  dial_wait (&first);
  while (count_requests (server) < 2)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (second.cancellable);
  dial_wait (&second);
  g_assert_true ((get_time_sent (&second) >= cancelled) == serializes);
}

static void
wait_for_requests (Far  *server,
                   guint n)
{
  while (count_requests (server) < n)
    g_main_context_iteration (NULL, FALSE);
}

/* Two requests arrive although none is responded to. */
static void
run_both (WspClient  *client,
          Far        *server,
          const char *one,
          const char *two)
{
  g_auto (Dialed) first = { 0 };
  g_auto (Dialed) second = { 0 };

  wsp_client_set_connect_timeout (client, 0);
  dial_begin (&first, client, one, NULL);
  wait_for_requests (server, 1);
  dial_begin (&second, client, two, NULL);
  wait_for_requests (server, 2);
  g_cancellable_cancel (first.cancellable);
  g_cancellable_cancel (second.cancellable);
  dial_wait (&first);
  dial_wait (&second);
}

/* The address of a proxy is not that of the servers to which it connects. */
static void
test_one_proxy (void)
{
  g_autoptr (Far) server = far_new (take_request_only, NULL);
  FarRoute route = { "inside.example", far_get_port (server), NULL, NULL, CERTIFICATE_GOOD, NULL };
  g_autoptr (Far) proxy = far_new (far_http_proxy, &route);
  g_autofree char *proxy_uri = far_make_uri ("http://127.0.0.1:PORT", proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);

  run_both (client, server, "ws://inside.example/", "ws://inside.example:81/");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/dial/certificate", certificates, test_certificate);
  for (guint i = 0; i < N_TRANSPORTS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/dial/ready-made/%s",
                                               transport_names[i]);

      if (i != TRANSPORT_ASYNC)
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_ready_made);
    }
  g_test_add_data_func ("/endpoint/dial/tls/WS-14-WS-15-WS-16-SEC-111-hello-to-a-name",
                        "localhost", test_hello);
  g_test_add_data_func ("/endpoint/dial/tls/WS-15-no-name-for-an-address", "127.0.0.1",
                        test_hello);
  g_test_add_data_func ("/endpoint/dial/certificate/SEC-110-iterated-by-hand-refused",
                        GUINT_TO_POINTER (FALSE), test_iterated_by_hand);
  g_test_add_data_func ("/endpoint/dial/certificate/iterated-by-hand-accepted",
                        GUINT_TO_POINTER (TRUE), test_iterated_by_hand);
  g_test_add_func ("/endpoint/dial/tls/WS-14-server-speaks-plainly", test_plain);
  g_test_add_func ("/endpoint/dial/tls/WS-255-client-certificate", test_client_certificate);
  g_test_add_data_func ("/endpoint/dial/tls/SEC-112-truncated", NULL, test_truncated);
  g_test_add_data_func ("/endpoint/dial/tls/SEC-112-truncated-after-a-close", "\x88\x02\x03\xe8",
                        test_truncated);
  g_test_add_func ("/endpoint/dial/tls/server-without-alpn", test_without_alpn);
  for (guint i = 0; i < G_N_ELEMENTS (ready_made_refusals); i++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/dial/own-stream/",
                                           ready_made_refusals[i].claim, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_ready_made_refused);
    }
  g_test_add_func ("/endpoint/dial/unix/WS-1-socket", test_unix);
  g_test_add_func ("/endpoint/dial/events/in-order", test_events);
  g_test_add_func ("/endpoint/dial/local-address", test_local_address);
  g_test_add_func ("/endpoint/dial/happy-eyeballs", test_eyeballs);
  g_test_add_data_func ("/endpoint/dial/connect-queue/WS-9-two-names-of-one-address",
                        GUINT_TO_POINTER (TRUE), test_two_names);
  g_test_add_func ("/endpoint/dial/connect-queue/WS-9-not-that-of-a-proxy", test_one_proxy);
  g_test_add_data_func ("/endpoint/dial/connect-queue/WS-9-switched-off", GUINT_TO_POINTER (FALSE),
                        test_two_names);

  return g_test_run ();
}
