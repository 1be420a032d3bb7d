/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS of a client, whose peer is a GnuTLS server (tls-play.h).  Data comes and leaves only if the
 * certificate was accepted. */
#include "tls-play.h"

#include <string.h>

typedef enum
{
  CONFIG_ASKS = TLS_PLAY_TARGET,        /* the server asks for a certificate */
  CONFIG_NOT_TRUSTED = TLS_PLAY_TARGET << 1,    /* the database does not trust the server */
  CONFIG_ACCEPTED = TLS_PLAY_TARGET << 2,       /* the owner accepts a certificate that is not
                                                 * trusted */
} Config;

static WspReactor *reactor;
static WspTlsContext *context;
static gnutls_certificate_credentials_t credentials;
static GSocketConnectable *identity;
static GTlsDatabase *database;
static TlsPlay *playing;          /* the one that the database is asked for */

typedef GTlsDatabase FuzzDatabase;
typedef GTlsDatabaseClass FuzzDatabaseClass;

static GType fuzz_database_get_type (void);

G_DEFINE_TYPE (FuzzDatabase, fuzz_database, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
fuzz_database_verify (GTlsDatabase           *self,
                      GTlsCertificate        *chain,
                      const char             *purpose,
                      GSocketConnectable     *peer,
                      GTlsInteraction        *interaction,
                      GTlsDatabaseVerifyFlags flags,
                      GCancellable           *cancellable,
                      GError                **error)
{
  REQUIRE (G_IS_TLS_CERTIFICATE (chain));
  if (playing->config & CONFIG_NOT_TRUSTED)
    return G_TLS_CERTIFICATE_UNKNOWN_CA;

  playing->may_open = TRUE;
  return G_TLS_CERTIFICATE_NO_FLAGS;
}

static void
fuzz_database_class_init (FuzzDatabaseClass *class)
{
  class->verify_chain = fuzz_database_verify;
}

static void
fuzz_database_init (FuzzDatabase *self)
{
}

static gboolean
accept_certificate (WspTransport        *transport,
                    GTlsCertificate     *certificate,
                    GTlsCertificateFlags errors,
                    gpointer             owner)
{
  TlsPlay *play = owner;

  REQUIRE (errors == G_TLS_CERTIFICATE_UNKNOWN_CA);
  play->may_open = (play->config & CONFIG_ACCEPTED) != 0;
  return play->may_open;
}

static void
begin_process (void)
{
  const gnutls_datum_t text = { (guint8 *) tls_play_pem, strlen (tls_play_pem) };
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (tls_play_pem, -1, NULL);

  reactor = wsp_reactor_ref_thread_default ();
  context = wsp_tls_context_get_client (certificate, NULL);
  REQUIRE (context != NULL);
  identity = g_network_address_new ("localhost", 1);
  database = g_object_new (fuzz_database_get_type (), NULL);
  gnutls_certificate_allocate_credentials (&credentials);
  REQUIRE (gnutls_certificate_set_x509_key_mem (credentials, &text, &text, GNUTLS_X509_FMT_PEM) >=
           0);
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

  const WspTlsTarget target = {
    .identity = identity, .database = database, .accept = accept_certificate
  };

  fd = tls_play_begin (&play, config, TRUE, credentials);
  if (config & CONFIG_ASKS)
    gnutls_certificate_server_set_request (play.session, GNUTLS_CERT_REQUIRE);
  playing = &play;
  tls_play_set_transport (&play, wsp_transport_new_for_tls_client (reactor, fd, context, &target));
  tls_play_run (&play, &input);
  return 0;
}
