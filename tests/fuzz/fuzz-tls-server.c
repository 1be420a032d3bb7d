/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS of a server, whose peer is a GnuTLS client (tls-play.h). */
#include "tls-play.h"

static WspReactor *reactor;
static WspTlsContext *context;
static gnutls_certificate_credentials_t credentials;

static void
begin_process (void)
{
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (tls_play_pem, -1, NULL);
  WspTlsSettings settings = { .certificate = certificate };

  settings.ticket_key = wsp_tls_make_ticket_key ();
  reactor = wsp_reactor_ref_thread_default ();
  context = wsp_tls_context_new (&settings, NULL);
  REQUIRE (context != NULL);
  g_bytes_unref (settings.ticket_key);
  gnutls_certificate_allocate_credentials (&credentials);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FuzzInput input = { .at = data, .left = size };
  guint8 config = fuzz_take (&input);
  TlsPlay play;
  int fd;

  if (context == NULL)
    begin_process ();

  fd = tls_play_begin (&play, config, FALSE, credentials);
  play.may_open = TRUE;
  tls_play_set_transport (&play, wsp_transport_new_for_tls (reactor, fd, context));
  tls_play_run (&play, &input);
  return 0;
}
