/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Resumed TLS sessions and untrusted certificates.  GIO resumes the TLS session of one client for
 * other clients of the process, and does not ask about the certificate again: the client has to
 * ask.  In programs that use g_test GIO resumes no session, so this program prints its points
 * itself. */
#include <stdio.h>

#include "endpoint/far/dialed.h"
#include "lib/listen.h"

static const struct
{
  const char *claim;
  gboolean    accepts;
} cases[] = {
  { "SEC-110-first-client-accepts", TRUE },
  { "SEC-110-second-one-is-asked-and-refuses", FALSE },
  { "SEC-110-third-one-is-asked-and-accepts", TRUE },
};

typedef struct
{
  gboolean accepts;
  guint    n_asked;
} Verifier;

static gboolean
on_certificate (WspClient           *client,
                WspHandshake        *handshake,
                GSocketConnectable  *peer,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors,
                Verifier            *verifier)
{
  g_assert_cmpuint (errors & G_TLS_CERTIFICATE_UNKNOWN_CA, !=, 0);
  verifier->n_asked++;
  return verifier->accepts;
}

static gboolean
is_as_claimed (guint   i,
               guint16 port)
{
  Verifier verifier = { cases[i].accepts, 0 };
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  g_signal_connect (client, "accept-certificate", G_CALLBACK (on_certificate), &verifier);
  dial (&dialed, client, "wss://localhost:PORT/", port);
  if (!cases[i].accepts)
    dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "is not trusted");
  return verifier.n_asked == 1 && (dialed.connection != NULL) == cases[i].accepts;
}

int
main (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  gboolean is_good = TRUE;

  wsp_server_set_tls_certificate (server, authority_get_certificate (CERTIFICATE_SELF_SIGNED));
  guint16 port = listen_on_free_port (server, NULL);

  printf ("1..%u\n", (guint) G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean is_claimed = is_as_claimed (i, port);

      printf ("%s %u /endpoint/dial-resumed/%s\n", is_claimed ? "ok" : "not ok", i + 1,
              cases[i].claim);
      is_good = is_good && is_claimed;
    }

  g_clear_object (&server);
  return is_good ? 0 : 1;
}
