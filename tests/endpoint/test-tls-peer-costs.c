/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The computations of GnuTLS that a peer can cause before it is verified, while all other
 * connections wait: with its key, its group, and its certificates. */
#include "endpoint/far/certificates.h"
#include "endpoint/far/dialed.h"
#include "endpoint/far/large-key.h"
#include "endpoint/far/sealed-records.h"
#include "endpoint/far/tls-peer.h"
#include "endpoint/far/tls-server.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/rows.h"

#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define GROUP TLS_1_3 ":-GROUP-ALL:+GROUP-"
#define LARGE_KEY "expected a key of at most 16384 bits"
#define SIGNATURE "signature"    /* GnuTLS has computed */
#define NO_GROUP "alert"
#define LARGE_MESSAGE "expected messages of at most 32768 bytes"

static const struct
{
  const char *name, *priority;
  guint       n_bits, n_exponent_bits, n_padding;
  const char *text;             /* text of the error */
} clients[] = {
  { "TLS-1.3/2048-bits", TLS_1_3, 2048, 17, 0, SIGNATURE },
  { "TLS-1.3/exponent-of-64-bits", TLS_1_3, 2048, 64, 0, SIGNATURE },
  { "TLS-1.3/exponent-of-80-bits", TLS_1_3, 2048, 80, 0, LARGE_KEY },
  { "TLS-1.3/exponent-as-long-as-the-modulus", TLS_1_3, 4096, 4096, 0, LARGE_KEY },
  { "TLS-1.3/16384-bits", TLS_1_3, 16384, 17, 0, SIGNATURE },
  { "TLS-1.3/16392-bits", TLS_1_3, 16392, 17, 0, LARGE_KEY },
  { "TLS-1.3/32768-bits-and-exponent", TLS_1_3, 32768, 32767, 0, LARGE_KEY },
  { "TLS-1.2/2048-bits", TLS_1_2, 2048, 17, 0, SIGNATURE },
  { "TLS-1.2/exponent-of-80-bits", TLS_1_2, 2048, 80, 0, LARGE_KEY },
  { "TLS-1.2/16392-bits", TLS_1_2, 16392, 17, 0, LARGE_KEY },
  { "TLS-1.3/certificate-of-30000-bytes", TLS_1_3, 2048, 17, 30000, SIGNATURE },
  { "TLS-1.3/certificate-of-33000-bytes", TLS_1_3, 2048, 17, 33000, LARGE_MESSAGE },
  { "TLS-1.2/certificate-of-33000-bytes", TLS_1_2, 2048, 17, 33000, LARGE_MESSAGE },
  { "TLS-1.3/FFDHE6144", GROUP "FFDHE6144", 2048, 17, 0, "No common key share" },
  { "TLS-1.3/FFDHE8192", GROUP "FFDHE8192", 2048, 17, 0, "No common key share" },
};

static void
on_handshake_failed (WspServer      *server,
                     GSocketAddress *address,
                     WspHandshake   *handshake,
                     GError         *error,
                     GError        **result)
{
  *result = g_error_copy (error);
}

static void
test_client (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TlsPeer) peer = NULL;
  guint16 port;

  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                "tls-database", authority_get_database (),
                "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
  g_signal_connect (server, "handshake-failed", G_CALLBACK (on_handshake_failed), &error);
  port = listen_on_free_port (server, "127.0.0.1");
  peer = tls_peer_new_for_fd (knock_dial (port), clients[i].priority, NULL,
                              GNUTLS_FORCE_CLIENT_CERT);
  large_key_set (gnutls_session_get_ptr (peer->session), clients[i].n_bits,
                 clients[i].n_exponent_bits, clients[i].n_padding);
  while (error == NULL)
    {
      tls_peer_make_flight (peer);
      tls_peer_deliver (peer);
      g_main_context_iteration (NULL, TRUE);
    }

  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, clients[i].text));
}

/* In TLS 1.2 GnuTLS computes with the key before the certificate is checked, or, if it encrypts
 * with the key, afterwards. */
static const struct
{
  const char *name, *priority;
  guint       n_bits, n_exponent_bits, n_padding;
  const char *text;             /* text of the error */
} servers[] = {
  { "TLS-1.3/2048-bits", TLS_1_3, 2048, 17, 0, SIGNATURE },
  { "TLS-1.3/exponent-of-80-bits", TLS_1_3, 2048, 80, 0, LARGE_KEY },
  { "TLS-1.3/16384-bits", TLS_1_3, 16384, 17, 0, SIGNATURE },
  { "TLS-1.3/32768-bits-and-exponent", TLS_1_3, 32768, 32767, 0, LARGE_KEY },
  { "TLS-1.2-ECDHE/2048-bits", TLS_1_2 ":-KX-ALL:+ECDHE-RSA", 2048, 17, 0, SIGNATURE },
  { "TLS-1.2-ECDHE/exponent-of-80-bits", TLS_1_2 ":-KX-ALL:+ECDHE-RSA", 2048, 80, 0, LARGE_KEY },
  { "TLS-1.2-ECDHE/32768-bits-and-exponent", TLS_1_2 ":-KX-ALL:+ECDHE-RSA", 32768, 32767, 0, LARGE_KEY },
  { "TLS-1.2-DHE/exponent-of-80-bits", TLS_1_2 ":-KX-ALL:+DHE-RSA", 2048, 80, 0, LARGE_KEY },
  { "TLS-1.2-RSA/exponent-of-80-bits", TLS_1_2 ":-KX-ALL:+RSA", 2048, 80, 0, LARGE_KEY },
  { "TLS-1.2-RSA/32768-bits-and-exponent", TLS_1_2 ":-KX-ALL:+RSA", 32768, 32767, 0, LARGE_KEY },
  { "TLS-1.3/certificate-of-30000-bytes", TLS_1_3, 2048, 17, 30000, SIGNATURE },
  { "TLS-1.3/certificate-of-33000-bytes", TLS_1_3, 2048, 17, 33000, LARGE_MESSAGE },
  { "TLS-1.2/certificate-of-33000-bytes", TLS_1_2, 2048, 17, 33000, LARGE_MESSAGE },
  { "TLS-1.3/FFDHE6144", GROUP "FFDHE6144", 2048, 17, 0, NO_GROUP },
  { "TLS-1.3/FFDHE8192", GROUP "FFDHE8192", 2048, 17, 0, NO_GROUP },
};

static gboolean
accept (void)
{
  return TRUE;
}

static void
test_server (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  TlsServerPlan plan = {
    .priority = servers[i].priority,
    .n_key_bits = servers[i].n_bits,
    .n_exponent_bits = servers[i].n_exponent_bits,
    .n_padding = servers[i].n_padding,
  };
  g_autoptr (Far) server = far_new (tls_server_serve, &plan);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  g_signal_connect (client, "accept-certificate", G_CALLBACK (accept), NULL);
  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  g_test_message ("%s", dialed.error->message);
  g_assert_nonnull (strstr (dialed.error->message, servers[i].text));
}

/* A signature with a key on a curve does not belong to the certificate.  GnuTLS refuses it, and
 * does not compute with the key of the certificate, for which it would take 18 seconds. */

static void
show_large_key (FarPeer *peer,
                gpointer script)
{
  TlsServerPlan plan = { .priority = SEALED_PRIORITY, .certificate = CERTIFICATE_GOOD };

  tls_server_run (peer, &plan, script);
}

static void
test_other_key (void)
{
  gsize length;
  g_autoptr (GBytes) certificate = large_key_make_certificate (32768, 32767);
  const guint8 *bytes = g_bytes_get_data (certificate, &length);
  g_autoptr (GBytes) message = tls_server_make_message (bytes, length);
  TlsServerScript script = { .certificates = message };
  g_autoptr (Far) server = far_new (show_large_key, &script);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  g_signal_connect (client, "accept-certificate", G_CALLBACK (accept), NULL);
  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  g_test_message ("%s", dialed.error->message);
  g_assert_nonnull (strstr (dialed.error->message, "incompatible with the public key"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/endpoint/tls-peer-costs/of-client", clients, test_client);
  ADD_ROWS ("/endpoint/tls-peer-costs/of-server", servers, test_server);
  g_test_add_func ("/endpoint/tls-peer-costs/of-server/TLS-1.3/32768-bits-signed-by-another-key",
                   test_other_key);
  return g_test_run ();
}
