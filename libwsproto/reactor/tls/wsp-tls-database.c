/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Verifies a certificate with a GTlsDatabase, without a thread where the database is the program's.
 * GTlsDatabase's own verify_chain_async calls verify_chain in another thread.  A class of the
 * program need not expect that: GIO's TLS calls verify_chain in the thread of the connection.  GJS
 * runs nothing in another thread and returns 0 there, which would trust every peer.  GIO's own
 * databases answer at once.  docs/rationales/tls.md has the reasons. */
#include "reactor/tls/wsp-tls-database-private.h"

#include "log/wsp-certificate-private.h"

typedef struct
{
  WspTlsVerified verified;
  gpointer       data;
} Call;

gboolean
wsp_tls_database_is_of_gio (GTlsDatabase *database)
{
  GType type = g_tls_backend_get_file_database_type (g_tls_backend_get_default ());
  GTlsDatabaseClass *class = G_TLS_DATABASE_GET_CLASS (database);
  GTlsDatabaseClass *own = g_type_class_ref (type);
  gboolean is_same = class->verify_chain == own->verify_chain;

  g_type_class_unref (own);
  return is_same;
}

/* TRUE: verify_chain_async may be called.  FALSE: verify_chain must be called, in the thread of the
 * reactor. */
static gboolean
tls_database_is_asynchronous (GTlsDatabase *database)
{
  GTlsDatabaseClass *class = G_TLS_DATABASE_GET_CLASS (database);
  GTlsDatabaseClass *base = g_type_class_peek (G_TYPE_TLS_DATABASE);

  return class->verify_chain_async != base->verify_chain_async;
}

GError *
wsp_tls_make_refusal (GTlsCertificate     *certificate,
                      GTlsCertificateFlags errors,
                      const GError        *failure)
{
  g_autofree char *reasons = wsp_certificate_describe_errors (certificate, errors);

  if (failure != NULL)
    return g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                        "TLS handshake: WspServer:tls-database failed to verify the certificate of "
                        "the client: %s", failure->message);

  return g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                      "TLS handshake: the certificate of the client is not trusted: %s "
                      "(see WspServer:tls-database)", reasons);
}

/* A database that failed may have returned no flag. */
static void
give_verdict (const Call          *call,
              GTlsCertificateFlags errors,
              const GError        *failure)
{
  call->verified (failure != NULL ? G_TLS_CERTIFICATE_GENERIC_ERROR : errors, failure, call->data);
}

static void
tls_database_on_verified (GObject      *source,
                          GAsyncResult *result,
                          gpointer      data)
{
  g_autofree Call *call = data;
  g_autoptr (GError) failure = NULL;
  GTlsCertificateFlags errors =
    g_tls_database_verify_chain_finish (G_TLS_DATABASE (source), result, &failure);

  give_verdict (call, errors, failure);
}

/* The program may end the transport meanwhile, and with it all that the question refers to. */
static void
tls_database_verify (GTlsDatabase         *database,
                     const WspTlsQuestion *question,
                     GCancellable         *given,
                     const Call           *call)
{
  g_autoptr (GTlsCertificate) certificate = g_object_ref (question->certificate);
  g_autoptr (GSocketConnectable) identity = NULL;
  g_autoptr (GCancellable) cancellable = g_object_ref (given);
  g_autoptr (GError) failure = NULL;

  g_set_object (&identity, question->identity);

  GTlsCertificateFlags errors =
    g_tls_database_verify_chain (database, certificate, question->purpose, identity, NULL,
                                 G_TLS_DATABASE_VERIFY_NONE, cancellable, &failure);

  give_verdict (call, errors, failure);
}

void
wsp_tls_database_verify (GTlsDatabase         *given,
                         const WspTlsQuestion *question,
                         GCancellable         *cancellable,
                         WspTlsVerified        verified,
                         gpointer              data)
{
  const Call call = { verified, data };
  g_autoptr (GTlsDatabase) database = NULL;

  if (given != NULL)
    database = g_object_ref (given);
  else
    database = g_tls_backend_get_default_database (g_tls_backend_get_default ());

  if (database == NULL)
    give_verdict (&call, G_TLS_CERTIFICATE_UNKNOWN_CA, NULL);
  else if (tls_database_is_asynchronous (database))
    g_tls_database_verify_chain_async (database, question->certificate, question->purpose,
                                       question->identity, NULL, G_TLS_DATABASE_VERIFY_NONE,
                                       cancellable, tls_database_on_verified,
                                       g_memdup2 (&call, sizeof call));
  else
    tls_database_verify (database, question, cancellable, &call);
}
