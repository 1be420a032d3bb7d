/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lists of CAs that clients and servers share: each is read once, and again when its file has
 * changed; only those of GIO's own databases are read. */
#include <dlfcn.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>

#include "endpoint/far/dialed.h"

#define PATH "/endpoint/trust-lists/"
#define N_CONNECTS 5
#define PATIENCE (10 * G_USEC_PER_SEC)  /* until a changed file is noticed */

static int n_files_read, n_system_reads;        /* atomic */

/* Replace those of GnuTLS. */
int
gnutls_certificate_set_x509_trust_file (gnutls_certificate_credentials_t credentials,
                                        const char                      *path,
                                        gnutls_x509_crt_fmt_t            format)
{
  static int (*own) (gnutls_certificate_credentials_t credentials, const char *path,
                     gnutls_x509_crt_fmt_t format);

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "gnutls_certificate_set_x509_trust_file");

  g_atomic_int_inc (&n_files_read);
  return own (credentials, path, format);
}

int
gnutls_certificate_set_x509_system_trust (gnutls_certificate_credentials_t credentials)
{
  static int (*own) (gnutls_certificate_credentials_t credentials);

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "gnutls_certificate_set_x509_system_trust");

  g_atomic_int_inc (&n_system_reads);
  return own (credentials);
}

static gboolean
connect_to (Far          *server,
            GTlsDatabase *database)
{
  g_autoptr (WspClient) client = dial_client (NULL);
  g_auto (Dialed) dialed = { 0 };

  wsp_client_set_tls_database (client, database);
  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  if (dialed.error == NULL)
    dial_is_open (&dialed);
  else
    dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "is not trusted: ");
  return dialed.connection != NULL;
}

static Far *
serve (CertificateKind kind)
{
  authority_get_certificate (kind);
  return far_new (far_serve_tls, GUINT_TO_POINTER (kind));
}

static GTlsDatabase *
open_database (const char *path)
{
  g_autoptr (GError) error = NULL;
  GTlsDatabase *database = g_tls_file_database_new (path, &error);

  g_assert_no_error (error);
  return database;
}

static void
test_file_is_read_once (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *path = authority_dup_path ("ca.pem");
  g_autoptr (GTlsDatabase) database = open_database (path);

  g_atomic_int_set (&n_files_read, 0);
  for (guint i = 0; i < N_CONNECTS; i++)
    g_assert_true (connect_to (server, database));
  g_assert_cmpint (g_atomic_int_get (&n_files_read), ==, 1);
}

static void
test_system_is_read_once (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);

  for (guint i = 0; i < N_CONNECTS; i++)
    g_assert_false (connect_to (server, NULL));
  g_assert_cmpint (g_atomic_int_get (&n_system_reads), ==, 1);
}

/* Connections that begin before the list is there wait for it. */
static void
test_many_wait (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *path = authority_dup_path ("ca.pem");
  g_autofree char *uri = g_strdup_printf ("wss://localhost:%u/", far_get_port (server));
  g_autoptr (GTlsDatabase) database = open_database (path);
  g_autoptr (WspClient) client = dial_client (NULL);
  Dialed dialed[N_CONNECTS] = { 0 };

  g_object_set (client, "tls-database", database, "concurrent-connects", TRUE, NULL);
  g_atomic_int_set (&n_files_read, 0);
  for (guint i = 0; i < N_CONNECTS; i++)
    dial_begin (&dialed[i], client, uri, NULL);
  for (guint i = 0; i < N_CONNECTS; i++)
    {
      dial_wait (&dialed[i]);
      dial_is_open (&dialed[i]);
      dial_clear (&dialed[i]);
    }
  g_assert_cmpint (g_atomic_int_get (&n_files_read), ==, 1);
}

/* A client that ends while it waits for the list. */
static void
test_cancelled_while_waiting (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *path = authority_dup_path ("ca.pem");
  g_autofree char *uri = g_strdup_printf ("wss://localhost:%u/", far_get_port (server));

  for (guint n_turns = 1; n_turns < 40; n_turns++)
    {
      g_autoptr (GTlsDatabase) database = open_database (path);
      g_autoptr (WspClient) client = dial_client (NULL);
      g_auto (Dialed) dialed = { 0 };

      wsp_client_set_tls_database (client, database);
      dial_begin (&dialed, client, uri, NULL);
      for (guint i = 0; i < n_turns && dialed.result == NULL; i++)
        g_main_context_iteration (NULL, TRUE);
      g_cancellable_cancel (dialed.cancellable);
      dial_wait (&dialed);
    }
}

static char *
copy_list (const char *from,
           const char *to,
           gsize       limit)
{
  g_autofree char *path = authority_dup_path (from);
  char *copy = authority_dup_path (to);
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_true (g_file_set_contents (copy, text, MIN (length, limit), NULL));
  return copy;
}

/* Connects until the result is the expected one. */
static void
wait_for (Far          *server,
          GTlsDatabase *database,
          gboolean      is_trusted)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (connect_to (server, database) != is_trusted)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (100000);
    }
}

/* Waits until the library has looked at the file again, then connects. */
static void
check_stays (Far          *server,
             GTlsDatabase *database)
{
  for (guint i = 0; i < 3; i++)
    {
      g_usleep (G_USEC_PER_SEC * 11 / 10);
      g_assert_true (connect_to (server, database));
    }
}

static void
test_changed_file (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *other = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GTlsDatabase) database = NULL;

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  path = copy_list ("self-signed.pem", "list.pem", G_MAXSIZE);
  database = open_database (path);
  g_assert_false (connect_to (server, database));
  g_free (copy_list ("ca.pem", "list.pem", G_MAXSIZE));
  wait_for (server, database, TRUE);
  g_free (copy_list ("ca.pem", "list.pem", 100));
  check_stays (server, database);
  g_unlink (path);
  check_stays (server, database);
  g_free (copy_list ("self-signed.pem", "list.pem", G_MAXSIZE));
  wait_for (server, database, FALSE);
}

/* The list is asked while it was never read: the database is asked itself. */
static void
test_missing_file (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *path = copy_list ("ca.pem", "list.pem", G_MAXSIZE);
  g_autoptr (GTlsDatabase) database = open_database (path);

  g_unlink (path);
  g_assert_true (connect_to (server, database));
}

static void
test_default_database (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);

  g_tls_backend_set_default_database (backend, authority_get_database ());
  g_assert_true (connect_to (server, NULL));
  g_tls_backend_set_default_database (backend, NULL);
  g_assert_false (connect_to (server, NULL));
}

static guint n_derived_asked;

static GTlsCertificateFlags
verify_derived (GTlsDatabase           *database,
                GTlsCertificate        *chain,
                const char             *purpose,
                GSocketConnectable     *identity,
                GTlsInteraction        *interaction,
                GTlsDatabaseVerifyFlags flags,
                GCancellable           *cancellable,
                GError                **error)
{
  n_derived_asked++;
  return G_TLS_CERTIFICATE_REVOKED;
}

static void
derived_class_init (gpointer class,
                    gpointer data)
{
  G_TLS_DATABASE_CLASS (class)->verify_chain = verify_derived;
}

static void
test_derived_class (void)
{
  GType parent = g_tls_backend_get_file_database_type (g_tls_backend_get_default ());
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *path = authority_dup_path ("ca.pem");
  g_autoptr (GTlsDatabase) database = NULL;
  GTypeQuery query;

  g_type_query (parent, &query);

  GType type = g_type_register_static_simple (parent, "DerivedDatabase", query.class_size,
                                              derived_class_init, query.instance_size, NULL, 0);

  database = g_initable_new (type, NULL, NULL, "anchors", path, NULL);
  g_assert_nonnull (database);
  g_assert_false (connect_to (server, database));
  g_assert_cmpuint (n_derived_asked, ==, 1);
}

static void
test_purpose (gconstpointer data)
{
  g_autoptr (Far) server = serve (GPOINTER_TO_UINT (data));

  g_assert_true (connect_to (server, authority_get_database ()) ==
                 (GPOINTER_TO_UINT (data) == CERTIFICATE_GOOD));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func (PATH "system/is-read-once", test_system_is_read_once);
  g_test_add_func (PATH "file/is-read-once", test_file_is_read_once);
  g_test_add_func (PATH "file/connections-wait-for-it", test_many_wait);
  g_test_add_func (PATH "file/connection-ends-while-it-waits", test_cancelled_while_waiting);
  g_test_add_func (PATH "file/is-read-again-when-it-has-changed", test_changed_file);
  g_test_add_func (PATH "file/that-is-gone-leaves-it-to-the-database", test_missing_file);
  g_test_add_func (PATH "default-database/may-be-replaced", test_default_database);
  g_test_add_func (PATH "derived-class/is-asked-itself", test_derived_class);
  g_test_add_data_func (PATH "purpose/SEC-110-server", GUINT_TO_POINTER (CERTIFICATE_GOOD),
                        test_purpose);
  g_test_add_data_func (PATH "purpose/SEC-110-client-refused",
                        GUINT_TO_POINTER (CERTIFICATE_CLIENT), test_purpose);

  return g_test_run ();
}
