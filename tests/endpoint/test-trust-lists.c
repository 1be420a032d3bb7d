/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which CAs are trusted: the system's list is read once, and again when its file has changed; GIO's
 * database of a file is asked itself. */
#include <dlfcn.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <sys/stat.h>

#include "endpoint/far/dialed.h"
#include "endpoint/far/ticket-server.h"
#include "lib/listen.h"

#define PATH "/endpoint/trust-lists/"
#define N_CONNECTS 5

static int n_reads;             /* atomic: of the system's list */
static char *system_path;       /* of the list that is read in place of the system's */
static int verify_result;       /* of GnuTLS, if it is not 0 */
static gboolean is_external;    /* as if a PKCS #11 module had the list, and no file */
static int n_seconds_ahead;     /* atomic: of the clock */
static FarGate *reading;        /* passed when the list was read; NULL: none */

/* These functions replace those of the C library, of GLib and of GnuTLS. */
gint64
g_get_monotonic_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return ((gint64) now.tv_sec + g_atomic_int_get (&n_seconds_ahead)) * G_USEC_PER_SEC +
         now.tv_nsec / 1000;
}

int
gnutls_certificate_set_x509_system_trust (gnutls_certificate_credentials_t credentials)
{
  int n = gnutls_certificate_set_x509_trust_file (credentials, system_path, GNUTLS_X509_FMT_PEM);

  g_atomic_int_inc (&n_reads);
  if (reading != NULL)
    far_gate_pass (reading);
  return is_external ? 0 : n;
}

int
stat (const char  *path,
      struct stat *status)
{
  if (!g_str_has_prefix (path, "/etc/ssl/"))
    return fstatat (AT_FDCWD, path, status, 0);

  return is_external ? -1 : fstatat (AT_FDCWD, system_path, status, 0);
}

int
gnutls_certificate_verify_peers (gnutls_session_t       session,
                                 gnutls_typed_vdata_st *data,
                                 unsigned int           n_data,
                                 unsigned int          *status)
{
  static int (*own) (gnutls_session_t session, gnutls_typed_vdata_st *data, unsigned int n_data,
                     unsigned int *status);

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "gnutls_certificate_verify_peers");

  return verify_result != 0 ? verify_result : own (session, data, n_data, status);
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

/* The list is looked at once a second. */
static void
pass_a_second (void)
{
  g_atomic_int_inc (&n_seconds_ahead);
}

/* Copies a list of the authority's, and makes sure that a look at the file sees it. */
static void
set_system_list (const char *from,
                 gsize       limit)
{
  g_autofree char *path = copy_list (from, "system.pem", limit);

  if (system_path == NULL)
    system_path = g_steal_pointer (&path);
  pass_a_second ();
}

/* Nobody tells when such a list changes, so it is asked each time.  This test is the first: a list
 * of a module does not replace one of a file. */
static void
test_list_of_a_module (void)
{
  g_auto (TicketServerPlan) plan = { 0 };
  g_autoptr (Far) server = NULL;
  g_autoptr (WspClient) keeper = dial_client (NULL);

  ticket_server_plan_init (&plan, CERTIFICATE_GOOD, 2);
  server = far_new (ticket_server_serve, &plan);
  set_system_list ("ca.pem", G_MAXSIZE);
  is_external = TRUE;
  g_assert_true (connect_to (server, NULL));
  g_assert_true (connect_to (server, NULL));
  is_external = FALSE;

  g_autofree char *notes = far_dup_notes (server);

  g_assert_cmpstr (notes, ==, "full\nfull\n");
}

static void
test_system_is_read_once (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);

  g_atomic_int_set (&n_reads, 0);
  set_system_list ("ca.pem", G_MAXSIZE);
  for (guint i = 0; i < N_CONNECTS; i++)
    g_assert_true (connect_to (server, NULL));
  g_assert_cmpint (g_atomic_int_get (&n_reads), ==, 1);
}

/* Connections that begin before the list is there wait for it. */
static void
test_many_wait (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *uri = g_strdup_printf ("wss://localhost:%u/", far_get_port (server));
  g_autoptr (WspClient) client = dial_client (NULL);
  Dialed dialed[N_CONNECTS] = { 0 };

  g_object_set (client, "concurrent-connects", TRUE, NULL);
  set_system_list ("ca.pem", G_MAXSIZE);
  g_atomic_int_set (&n_reads, 0);
  for (guint i = 0; i < N_CONNECTS; i++)
    dial_begin (&dialed[i], client, uri, NULL);
  for (guint i = 0; i < N_CONNECTS; i++)
    {
      dial_wait (&dialed[i]);
      dial_is_open (&dialed[i]);
      dial_clear (&dialed[i]);
    }
  g_assert_cmpint (g_atomic_int_get (&n_reads), ==, 1);
}

/* A client that ends while it waits for the list. */
static void
test_cancelled_while_waiting (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *uri = g_strdup_printf ("wss://localhost:%u/", far_get_port (server));

  for (guint n_turns = 4; n_turns < 14; n_turns++)
    {
      g_autoptr (WspClient) client = dial_client (NULL);
      g_auto (Dialed) dialed = { 0 };

      set_system_list ("ca.pem", G_MAXSIZE);
      dial_begin (&dialed, client, uri, NULL);
      for (guint i = 0; i < n_turns && dialed.result == NULL; i++)
        g_main_context_iteration (NULL, TRUE);
      g_cancellable_cancel (dialed.cancellable);
      dial_wait (&dialed);
    }
}

/* The first connection after a change is decided by the new list. */
static void
test_changed_system (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  set_system_list ("ca.pem", G_MAXSIZE);
  g_assert_true (connect_to (server, NULL));
  set_system_list ("self-signed.pem", G_MAXSIZE);
  g_assert_false (connect_to (server, NULL));
  set_system_list ("ca.pem", G_MAXSIZE);
  g_assert_true (connect_to (server, NULL));
  set_system_list ("ca.pem", 100);
  g_assert_true (connect_to (server, NULL));
  g_unlink (system_path);
  pass_a_second ();
  g_assert_true (connect_to (server, NULL));
  set_system_list ("self-signed.pem", G_MAXSIZE);
  g_assert_false (connect_to (server, NULL));
}

/* Lists that cannot be used. */

static void
write_nothing (const char *path)
{
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

static void
write_garbage (const char *path)
{
  g_assert_true (g_file_set_contents (path, "-----BEGIN CERTIFICATE-----\nwhat\n", -1, NULL));
}

static void
make_folder (const char *path)
{
  g_unlink (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

static void
remove_list (const char *path)
{
  g_unlink (path);
}

static const struct
{
  const char *name;
  void      (*make) (const char *path);
} bad_lists[] = {
  { "empty", write_nothing },
  { "cut", write_garbage },
  { "not-readable", make_folder },
  { "missing", remove_list },
};

static void
make_bad_list (guint row)
{
  if (system_path == NULL)
    system_path = authority_dup_path ("system.pem");
  bad_lists[row].make (system_path);
  pass_a_second ();
}

/* The last good list stays. */
static void
test_bad_list (gconstpointer data)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  set_system_list ("ca.pem", G_MAXSIZE);
  g_assert_true (connect_to (server, NULL));
  make_bad_list (GPOINTER_TO_UINT (data));
  g_assert_true (connect_to (server, NULL));
  g_rmdir (system_path);
  set_system_list ("self-signed.pem", G_MAXSIZE);
  g_assert_false (connect_to (server, NULL));
}

/* No server is trusted before there is a good list. */
static void
test_bad_first_list (gconstpointer data)
{
  g_autoptr (Far) server = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  server = serve (CERTIFICATE_GOOD);
  make_bad_list (GPOINTER_TO_UINT (data));
  g_assert_false (connect_to (server, NULL));
  g_rmdir (system_path);
  set_system_list ("ca.pem", G_MAXSIZE);
  g_assert_true (connect_to (server, NULL));
}

static void
serve_late (FarPeer *peer,
            gpointer gate)
{
  far_gate_pass (gate);
  far_serve_tls (peer, GUINT_TO_POINTER (CERTIFICATE_GOOD));
}

/* The list counts that is there when the certificate has come. */
static void
test_replaced_amid_handshake (gconstpointer data)
{
  gboolean is_listed = GPOINTER_TO_UINT (data);
  FarGate *gate = far_gate_new ();
  Far *server = far_new (serve_late, gate);
  g_autofree char *uri = g_strdup_printf ("wss://localhost:%u/", far_get_port (server));
  g_autoptr (WspClient) client = dial_client (NULL);
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  set_system_list (is_listed ? "self-signed.pem" : "ca.pem", G_MAXSIZE);
  g_assert_true (connect_to (server, NULL) == !is_listed);
  far_gate_shut (gate);
  dial_begin (&dialed, client, uri, NULL);
  while (far_get_count (server) < 2)
    g_main_context_iteration (NULL, FALSE);
  set_system_list (is_listed ? "ca.pem" : "self-signed.pem", G_MAXSIZE);
  far_gate_open (gate);
  dial_wait (&dialed);
  g_assert_true ((dialed.connection != NULL) == is_listed);
  far_free (server);
  far_gate_free (gate);
}

/* The connection that waits for the list then sees that the file has changed again. */
static void
test_replaced_while_read (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *uri = g_strdup_printf ("wss://localhost:%u/", far_get_port (server));
  g_autoptr (WspClient) client = dial_client (NULL);
  g_auto (Dialed) dialed = { 0 };
  FarGate *gate = far_gate_new ();

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  set_system_list ("ca.pem", G_MAXSIZE);
  g_atomic_int_set (&n_reads, 0);
  far_gate_shut (gate);
  reading = gate;
  dial_begin (&dialed, client, uri, NULL);
  while (g_atomic_int_get (&n_reads) == 0)
    g_main_context_iteration (NULL, FALSE);
  set_system_list ("self-signed.pem", G_MAXSIZE);
  far_gate_open (gate);
  dial_wait (&dialed);
  dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "is not trusted: ");
  g_assert_cmpint (g_atomic_int_get (&n_reads), ==, 2);
  reading = NULL;
  far_gate_free (gate);
}

/* A session that the old list has verified is not resumed, even if the new one has the same
 * authorities.  data: whether the new one is read for a connection to another server. */
static void
test_changed_system_ends_sessions (gconstpointer data)
{
  g_auto (TicketServerPlan) plan = { 0 };
  g_autoptr (Far) server = NULL;
  g_autoptr (Far) other = serve (CERTIFICATE_GOOD);
  g_autoptr (WspClient) keeper = dial_client (NULL);

  ticket_server_plan_init (&plan, CERTIFICATE_GOOD, 2);
  server = far_new (ticket_server_serve, &plan);
  set_system_list ("ca.pem", G_MAXSIZE);
  g_assert_true (connect_to (server, NULL));
  g_assert_true (connect_to (server, NULL));
  set_system_list ("ca.pem", G_MAXSIZE);
  if (GPOINTER_TO_UINT (data))
    g_assert_true (connect_to (other, NULL));
  g_assert_true (connect_to (server, NULL));
  g_assert_true (connect_to (server, NULL));

  g_autofree char *notes = far_dup_notes (server);

  g_assert_cmpstr (notes, ==, "full\nresumed\nfull\nresumed\n");
}

/* The list is that which GIO has read when the database was made, whatever is in the file now. */
static void
test_changed_file (gconstpointer data)
{
  gboolean is_listed = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autofree char *path = NULL;
  g_autoptr (GTlsDatabase) database = NULL;

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  path = copy_list (is_listed ? "ca.pem" : "self-signed.pem", "list.pem", G_MAXSIZE);
  database = open_database (path);
  g_free (copy_list (is_listed ? "self-signed.pem" : "ca.pem", "list.pem", G_MAXSIZE));
  g_assert_true (connect_to (server, database) == is_listed);
  g_unlink (path);
  g_assert_true (connect_to (server, database) == is_listed);
}

static GTlsDatabase *
make_without_anchors (void)
{
  GType type = g_tls_backend_get_file_database_type (g_tls_backend_get_default ());

  return g_initable_new (type, NULL, NULL, NULL);
}

static void
test_no_anchors_of_a_client (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autoptr (GTlsDatabase) database = make_without_anchors ();

  set_system_list ("ca.pem", G_MAXSIZE);
  g_assert_true (connect_to (server, NULL));
  g_assert_false (connect_to (server, database));
}

static void
count_refusal (WspServer      *server,
               GSocketAddress *address,
               WspHandshake   *handshake,
               GError         *error,
               guint          *n_refusals)
{
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  (*n_refusals)++;
}

static gboolean
never_asked (WspServer    *server,
             WspHandshake *handshake,
             gpointer      data)
{
  g_assert_not_reached ();
}

static void
test_no_anchors_of_a_server (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspClient) client = dial_client (NULL);
  g_autoptr (GTlsDatabase) database = make_without_anchors ();
  g_auto (Dialed) dialed = { 0 };
  guint n_refusals = 0;

  set_system_list ("ca.pem", G_MAXSIZE);
  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                "tls-database", database, "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUIRED,
                NULL);
  g_signal_connect (server, "request", G_CALLBACK (never_asked), NULL);
  g_signal_connect (server, "handshake-failed", G_CALLBACK (count_refusal), &n_refusals);
  g_object_set (client, "tls-database", authority_get_database (), "tls-certificate",
                authority_get_certificate (CERTIFICATE_CLIENT), NULL);
  dial (&dialed, client, "wss://localhost:PORT/", listen_on_free_port (server, "127.0.0.1"));
  run_until_count (&n_refusals, 1);
  g_assert_nonnull (dialed.error);
}

/* A program that accepts some flaws must not accept a certificate that was not verified at all. */
static gboolean
accept_expired (WspClient           *client,
                WspHandshake        *handshake,
                GSocketConnectable  *peer,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors)
{
  return (errors & (G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_BAD_IDENTITY)) == 0;
}

static void
test_not_verified (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autoptr (WspClient) client = dial_client (NULL);
  g_auto (Dialed) dialed = { 0 };

  set_system_list ("ca.pem", G_MAXSIZE);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (accept_expired), NULL);
  verify_result = GNUTLS_E_CONSTRAINT_ERROR;
  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  verify_result = 0;
  dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "is not trusted: ");
}

static void
test_default_database (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  g_tls_backend_set_default_database (backend, authority_get_database ());
  set_system_list ("self-signed.pem", G_MAXSIZE);
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

/* NULL: GIO's class is final, as in glib-networking 2.80, and the test is skipped. */
static GTlsDatabase *
make_derived (const char    *name,
              GClassInitFunc class_init)
{
  GType parent = g_tls_backend_get_file_database_type (g_tls_backend_get_default ());
  g_autofree char *path = authority_dup_path ("ca.pem");
  GTypeQuery query;

  if (G_TYPE_IS_FINAL (parent))
    {
      g_test_skip ("GIO's class is final");
      return NULL;
    }

  g_type_query (parent, &query);

  GType type = g_type_register_static_simple (parent, name, query.class_size, class_init,
                                              query.instance_size, NULL, 0);
  GTlsDatabase *database = g_initable_new (type, NULL, NULL, "anchors", path, NULL);

  g_assert_nonnull (database);
  return database;
}

static void
test_derived_class (void)
{
  g_autoptr (Far) server = serve (CERTIFICATE_GOOD);
  g_autoptr (GTlsDatabase) database = make_derived ("DerivedDatabase", derived_class_init);

  if (database == NULL)
    return;

  g_assert_false (connect_to (server, database));
  g_assert_cmpuint (n_derived_asked, ==, 1);
}

/* GIO's own verify_chain checks no purpose. */
static void
test_derived_purpose (void)
{
  g_autoptr (Far) good = serve (CERTIFICATE_GOOD);
  g_autoptr (Far) of_client = serve (CERTIFICATE_CLIENT);
  g_autoptr (GTlsDatabase) database = make_derived ("BareDatabase", NULL);

  if (database == NULL)
    return;

  g_assert_true (connect_to (good, database));
  g_assert_false (connect_to (of_client, database));
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

  g_test_add_func (PATH "system/list-of-a-module-is-always-asked", test_list_of_a_module);
  g_test_add_func (PATH "system/is-read-once", test_system_is_read_once);
  g_test_add_func (PATH "system/connections-wait-for-it", test_many_wait);
  g_test_add_func (PATH "system/connection-ends-while-it-waits", test_cancelled_while_waiting);
  g_test_add_func (PATH "system/is-read-again-when-it-has-changed", test_changed_system);
  for (guint i = 0; i < G_N_ELEMENTS (bad_lists); i++)
    {
      g_autofree char *path = g_strconcat (PATH "system/", bad_lists[i].name, NULL);
      g_autofree char *first_path = g_strconcat (PATH "system/", bad_lists[i].name, "-at-first",
                                                 NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_bad_list);
      g_test_add_data_func (first_path, GUINT_TO_POINTER (i), test_bad_first_list);
    }
  g_test_add_data_func (PATH "system/replaced-amid-a-handshake-is-trusted",
                        GUINT_TO_POINTER (TRUE), test_replaced_amid_handshake);
  g_test_add_data_func (PATH "system/replaced-amid-a-handshake-is-refused",
                        GUINT_TO_POINTER (FALSE), test_replaced_amid_handshake);
  g_test_add_func (PATH "system/replaced-while-it-is-read", test_replaced_while_read);
  g_test_add_data_func (PATH "system/changed-list-ends-sessions", GUINT_TO_POINTER (FALSE),
                        test_changed_system_ends_sessions);
  g_test_add_data_func (PATH "system/list-that-was-changed-before-ends-sessions",
                        GUINT_TO_POINTER (TRUE), test_changed_system_ends_sessions);
  g_test_add_func (PATH "system/certificate-that-was-not-verified", test_not_verified);
  g_test_add_data_func (PATH "file/replaced-after-it-was-read-is-trusted", GUINT_TO_POINTER (TRUE),
                        test_changed_file);
  g_test_add_data_func (PATH "file/replaced-after-it-was-read-is-refused", GUINT_TO_POINTER (FALSE),
                        test_changed_file);
  g_test_add_func (PATH "file/without-anchors-trusts-no-server", test_no_anchors_of_a_client);
  g_test_add_func (PATH "file/without-anchors-trusts-no-client", test_no_anchors_of_a_server);
  g_test_add_func (PATH "default-database/may-be-replaced", test_default_database);
  g_test_add_func (PATH "derived-class/is-asked-itself", test_derived_class);
  g_test_add_func (PATH "derived-class/SEC-110-client-refused", test_derived_purpose);
  g_test_add_data_func (PATH "purpose/SEC-110-server", GUINT_TO_POINTER (CERTIFICATE_GOOD),
                        test_purpose);
  g_test_add_data_func (PATH "purpose/SEC-110-client-refused",
                        GUINT_TO_POINTER (CERTIFICATE_CLIENT), test_purpose);

  int status = g_test_run ();

  g_free (system_path);
  return status;
}
