/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A key in the certificate of a peer that is so large that GnuTLS computes with it for seconds,
 * while all other connections wait. */
#include "endpoint/far/certificates.h"
#include "endpoint/far/dialed.h"
#include "endpoint/far/large-key.h"
#include "endpoint/far/tls-peer.h"
#include "endpoint/far/tls-server.h"
#include "endpoint/knock.h"
#include "lib/listen.h"

#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define REFUSAL "expected a key of at most 16384 bits"

static const struct
{
  const char *name, *priority;
  guint       n_bits, n_exponent_bits;
  gboolean    is_refused;
} clients[] = {
  { "TLS-1.3/2048-bits", TLS_1_3, 2048, 17, FALSE },
  { "TLS-1.3/exponent-of-64-bits", TLS_1_3, 2048, 64, FALSE },
  { "TLS-1.3/exponent-of-80-bits", TLS_1_3, 2048, 80, TRUE },
  { "TLS-1.3/exponent-as-long-as-the-modulus", TLS_1_3, 4096, 4096, TRUE },
  { "TLS-1.3/16384-bits", TLS_1_3, 16384, 17, FALSE },
  { "TLS-1.3/16392-bits", TLS_1_3, 16392, 17, TRUE },
  { "TLS-1.3/32768-bits-and-exponent", TLS_1_3, 32768, 32767, TRUE },
  { "TLS-1.2/2048-bits", TLS_1_2, 2048, 17, FALSE },
  { "TLS-1.2/exponent-of-80-bits", TLS_1_2, 2048, 80, TRUE },
  { "TLS-1.2/16392-bits", TLS_1_2, 16392, 17, TRUE },
};

static void
on_handshake_failed (WspServer      *server,
                     GSocketAddress *address,
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
                 clients[i].n_exponent_bits);
  while (error == NULL)
    {
      tls_peer_make_flight (peer);
      tls_peer_deliver (peer);
      g_main_context_iteration (NULL, TRUE);
    }

  if (clients[i].is_refused)
    {
      g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
      g_assert_nonnull (strstr (error->message, REFUSAL));
    }
  else
    {
      g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC);
      g_assert_nonnull (strstr (error->message, "signature"));
    }
}

/* In TLS 1.2 GnuTLS computes with the key before the certificate is judged, or, if it encrypts with
 * the key, afterwards. */
static const struct
{
  const char *name, *priority;
  guint       n_bits, n_exponent_bits;
  gboolean    is_refused;
} servers[] = {
  { "TLS-1.3/2048-bits", TLS_1_3, 2048, 17, FALSE },
  { "TLS-1.3/exponent-of-80-bits", TLS_1_3, 2048, 80, TRUE },
  { "TLS-1.3/16384-bits", TLS_1_3, 16384, 17, FALSE },
  { "TLS-1.3/32768-bits-and-exponent", TLS_1_3, 32768, 32767, TRUE },
  { "TLS-1.2-ECDHE/2048-bits", TLS_1_2 ":-KX-ALL:+ECDHE-RSA", 2048, 17, FALSE },
  { "TLS-1.2-ECDHE/exponent-of-80-bits", TLS_1_2 ":-KX-ALL:+ECDHE-RSA", 2048, 80, TRUE },
  { "TLS-1.2-ECDHE/32768-bits-and-exponent", TLS_1_2 ":-KX-ALL:+ECDHE-RSA", 32768, 32767, TRUE },
  { "TLS-1.2-DHE/exponent-of-80-bits", TLS_1_2 ":-KX-ALL:+DHE-RSA", 2048, 80, TRUE },
  { "TLS-1.2-RSA/exponent-of-80-bits", TLS_1_2 ":-KX-ALL:+RSA", 2048, 80, TRUE },
  { "TLS-1.2-RSA/32768-bits-and-exponent", TLS_1_2 ":-KX-ALL:+RSA", 32768, 32767, TRUE },
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
  };
  g_autoptr (Far) server = far_new (tls_server_serve, &plan);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  g_signal_connect (client, "accept-certificate", G_CALLBACK (accept), NULL);
  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  g_test_message ("%s", dialed.error->message);
  g_assert_cmpint (strstr (dialed.error->message, REFUSAL) != NULL, ==, servers[i].is_refused);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/tls-peer-keys/of-client/", clients[i].name,
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_client);
    }
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/tls-peer-keys/of-server/", servers[i].name,
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_server);
    }
  return g_test_run ();
}
