/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The database of a client's TLS by GIO: its list is read once for all connections, and a
 * certificate is checked as by GIO alone.
 *
 * This program has its own fopen (), which GnuTLS calls to read a list: it counts, and reads the
 * list of the test in place of the system's. */
#include "endpoint/dialing/wsp-dial-database-private.h"
#include "endpoint/far/dialed.h"
#include "endpoint/far/own-database.h"
#include "lib/listen.h"

#include <dlfcn.h>
#include <stdio.h>

#define SYSTEM_LIST "/etc/ssl/certs/ca-certificates.crt"        /* of Debian */
#define N_CONNECTS 8
#define N_THREADS 4

static char *authority_path;
static guint n_readings;
static gboolean has_system_list;        /* it was read from SYSTEM_LIST */

static FILE *
open_list (const char *path,
           const char *mode,
           const char *symbol)
{
  void *address = dlsym (RTLD_NEXT, symbol);
  FILE *(*next)(const char *, const char *);

  memcpy (&next, &address, sizeof next);
  if (authority_path != NULL && strcmp (path, SYSTEM_LIST) == 0)
    {
      has_system_list = TRUE;
      path = authority_path;
    }
  if (g_strcmp0 (path, authority_path) == 0)
    g_atomic_int_inc (&n_readings);
  return next (path, mode);
}

/* fopen () may be defined as fopen64 (). */
FILE *open_list_small (const char *path,
                       const char *mode) __asm__ ("fopen");
FILE *open_list_large (const char *path,
                       const char *mode) __asm__ ("fopen64");

FILE *
open_list_small (const char *path,
                 const char *mode)
{
  return open_list (path, mode, "fopen");
}

FILE *
open_list_large (const char *path,
                 const char *mode)
{
  return open_list (path, mode, "fopen64");
}

/* Databases of the program. */

static GTlsDatabase *
make_own (void)
{
  return G_TLS_DATABASE (own_database_new (NULL, NULL));
}

static GTlsDatabase *
make_file (void)
{
  GTlsDatabase *self = g_tls_file_database_new (authority_path, NULL);

  g_assert_nonnull (self);
  return self;
}

static GTlsDatabase *
make_system (void)
{
  return g_tls_backend_get_default_database (g_tls_backend_get_default ());
}

/* A class that is derived from GIO's; NULL: that is final, as in glib-networking 2.80. */
static GTlsDatabase *
make_derived (void)
{
  GType parent = g_tls_backend_get_file_database_type (g_tls_backend_get_default ());
  GTypeQuery query;
  GTypeInfo info = { 0 };

  if (G_TYPE_IS_FINAL (parent))
    return NULL;

  g_type_query (parent, &query);
  info.class_size = query.class_size;
  info.instance_size = query.instance_size;

  GType type = g_type_register_static (parent, "DerivedDatabase", &info, 0);
  GTlsDatabase *self = g_initable_new (type, NULL, NULL, "anchors", authority_path, NULL);

  g_assert_nonnull (self);
  return self;
}

/* Knows no authority but a certificate that it issued itself. */
static GTlsDatabase *
make_other (void)
{
  g_autofree char *path = NULL;
  GTlsDatabase *self;

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  path = authority_dup_path ("self-signed.pem");
  self = g_tls_file_database_new (path, NULL);
  g_assert_nonnull (self);
  return self;
}

static void
set_default (GTlsDatabase *database)
{
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}

/* Which database a connection has. */

static const struct
{
  const char    *name;
  GTlsDatabase *(*make) (void);
  gboolean       is_of_gio;
} databases[] = {
  { "system", make_system, TRUE },
  { "file", make_file, TRUE },
  { "class-of-the-program-is-left", make_own, FALSE },
  { "class-derived-from-that-of-gio-is-left", make_derived, FALSE },
};

static void
check_kind (GTlsDatabase *used,
            GTlsDatabase *database,
            gboolean      is_of_gio)
{
  gboolean is_kept_by_gio = glib_check_version (2, 80, 0) == NULL;

  g_assert_cmpint (used == database, ==, !is_of_gio || is_kept_by_gio);
  g_assert_cmpint (WSP_IS_DIAL_DATABASE (used), ==, is_of_gio && !is_kept_by_gio);
}

static void
test_kind (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GTlsDatabase) database = databases[i].make ();

  if (database == NULL)
    {
      g_test_skip ("GIO's class is final");
      return;
    }

  g_autoptr (GTlsDatabase) given = wsp_dial_database_new (database);

  set_default (database);
  g_autoptr (GTlsDatabase) found = wsp_dial_database_new (NULL);

  check_kind (given, database, databases[i].is_of_gio);
  check_kind (found, database, databases[i].is_of_gio);
  set_default (NULL);
}

/* The settings of a client for certificates. */

typedef enum
{
  LIST_SYSTEM,                  /* list of the system; `tls-database` is NULL here and in
                                 * LIST_REPLACED */
  LIST_REPLACED,
  LIST_FILE,
  N_LISTS,
} List;

static const struct
{
  const char    *name;
  GTlsDatabase *(*make) (void);
} lists[N_LISTS] = {
  [LIST_SYSTEM] = { "system", make_system },
  [LIST_REPLACED] = { "replaced", make_other },
  [LIST_FILE] = { "file", make_file },
};

#define NO_NAME G_TLS_CERTIFICATE_BAD_IDENTITY
#define NO_CA G_TLS_CERTIFICATE_UNKNOWN_CA

static const struct
{
  const char          *name;
  CertificateKind      certificate;
  const char          *host;
  GTlsCertificateFlags errors;  /* flags if the list has the CA of the tests */
  GTlsCertificateFlags other_errors;    /* flags if the list has the certificate that issued
                                         * itself */
} certificates[] = {
  { "good", CERTIFICATE_GOOD, "localhost", 0, NO_CA },
  { "address", CERTIFICATE_GOOD, "127.0.0.1", 0, NO_CA },
  { "no-address", CERTIFICATE_NAME_ONLY, "127.0.0.1", NO_NAME, NO_CA | NO_NAME },
  { "other-name", CERTIFICATE_OTHER_NAME, "localhost", NO_NAME, NO_CA | NO_NAME },
  { "expired", CERTIFICATE_EXPIRED, "localhost", G_TLS_CERTIFICATE_EXPIRED, NO_CA },
  { "not-yet-valid", CERTIFICATE_NOT_YET, "localhost", G_TLS_CERTIFICATE_NOT_ACTIVATED, NO_CA },
  { "self-signed", CERTIFICATE_SELF_SIGNED, "localhost", NO_CA, 0 },
  { "intermediate", CERTIFICATE_OF_BETWEEN, "localhost", 0, NO_CA },
  { "without-its-intermediate", CERTIFICATE_OF_BETWEEN_ALONE, "localhost", NO_CA, NO_CA },
  { "issuer-is-no-authority", CERTIFICATE_OF_CLIENT, "localhost", NO_CA, 0 },
};

typedef struct
{
  List                 list;
  GTlsDatabase        *database;
  WspServer           *server;
  guint16              port;
  GTlsCertificateFlags errors;
  guint                n_asked;
} Fixture;

static gboolean
on_certificate_of_gio (GTlsConnection      *tls,
                       GTlsCertificate     *certificate,
                       GTlsCertificateFlags errors,
                       Fixture             *self)
{
  self->errors = errors;
  return FALSE;
}

static gboolean
on_certificate (WspClient           *client,
                WspHandshake        *handshake,
                GSocketConnectable  *peer,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors,
                Fixture             *self)
{
  self->errors = errors;
  self->n_asked++;
  return FALSE;
}

/* A client that was open may have gone at once, with a Close or without. */
static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       data)
{
  g_autoptr (GError) error = NULL;

  if (wsp_connection_queue_text (connection, "hi", &error))
    wsp_connection_start_receiving (connection);
  else
    g_assert_true (g_error_matches (error, WSP_ERROR, WSP_ERROR_CLOSED) ||
                   g_error_matches (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE));
}

static void
fixture_init (Fixture        *self,
              List            list,
              CertificateKind certificate)
{
  *self = (Fixture) { .list = list, .server = wsp_server_new () };
  self->database = lists[list].make ();
  if (list == LIST_REPLACED)
    set_default (self->database);
  g_object_set (self->server, "tls-certificate", authority_get_certificate (certificate), NULL);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), NULL);
  self->port = listen_on_free_port (self->server, "127.0.0.1");
}

static void
fixture_clear (Fixture *self)
{
  set_default (NULL);
  g_clear_object (&self->server);
  g_clear_object (&self->database);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static WspClient *
make_client (Fixture * self)
{
  WspClient *client = wsp_client_new ();

  if (self->list == LIST_FILE)
    g_object_set (client, "tls-database", self->database, NULL);
  return client;
}

/* The errors that GIO alone finds. */
static GTlsCertificateFlags
ask_gio (Fixture    *self,
         const char *host)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocketConnectable) identity = g_network_address_new (host, self->port);
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GAsyncResult) shaken = NULL;
  GType type = g_tls_backend_get_client_connection_type (g_tls_backend_get_default ());

  g_socket_client_connect_to_host_async (client, "127.0.0.1", self->port, NULL, keep_result,
                                         &connected);
  run_until_result (&connected);
  stream = g_socket_client_connect_to_host_finish (client, connected, NULL);
  g_autoptr (GTlsConnection) tls =
    g_initable_new (type, NULL, NULL, "base-io-stream", stream, "server-identity", identity,
                    "database", self->database, NULL);

  self->errors = 0;
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_certificate_of_gio), self);
  g_tls_connection_handshake_async (tls, 0, NULL, keep_result, &shaken);
  run_until_result (&shaken);
  g_assert_cmpint (g_tls_connection_handshake_finish (tls, shaken, NULL), ==, self->errors == 0);
  return self->errors;
}

/* Returns the errors that `accept-certificate` gets. */
static GTlsCertificateFlags
ask_client (Fixture    *self,
            const char *host)
{
  g_autofree char *format = g_strdup_printf ("wss://%s:PORT/", host);
  g_autoptr (WspClient) client = make_client (self);
  g_auto (Dialed) dialed = { 0 };

  self->errors = self->n_asked = 0;
  g_signal_connect (client, "accept-certificate", G_CALLBACK (on_certificate), self);
  dial (&dialed, client, format, self->port);
  g_assert_cmpuint (self->n_asked, ==, dialed.connection == NULL);
  if (dialed.connection == NULL)
    dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "is not trusted");
  else
    dial_is_open (&dialed);
  return self->errors;
}

static gboolean
skips (List list)
{
  if (list != LIST_SYSTEM || has_system_list)
    return FALSE;

  g_test_skip ("GnuTLS does not read the list of this system from " SYSTEM_LIST);
  return TRUE;
}

static void
test_certificate (gconstpointer data)
{
  List list = GPOINTER_TO_UINT (data) % N_LISTS;
  guint i = GPOINTER_TO_UINT (data) / N_LISTS;
  g_auto (Fixture) fixture = { 0 };

  fixture_init (&fixture, list, certificates[i].certificate);
  if (skips (list))
    return;

  GTlsCertificateFlags errors = ask_client (&fixture, certificates[i].host);
  GTlsCertificateFlags expected =
    list == LIST_REPLACED ? certificates[i].other_errors : certificates[i].errors;

  g_assert_cmphex (errors, ==, ask_gio (&fixture, certificates[i].host));
  g_assert_cmphex (errors & expected, ==, expected);
  g_assert_cmpint (errors == 0, ==, expected == 0);
}

/* How often a list is read. */

static void
connect_once (Fixture *self)
{
  g_autoptr (WspClient) client = make_client (self);
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "wss://localhost:PORT/", self->port);
  dial_is_open (&dialed);
}

static void
test_readings (gconstpointer data)
{
  List list = GPOINTER_TO_UINT (data);
  g_auto (Fixture) fixture = { 0 };

  if (skips (list))
    return;

  n_readings = 0;
  fixture_init (&fixture, list, CERTIFICATE_GOOD);
  /* Since GLib 2.80 GnuTLS reads it, which is not counted. */
  if (glib_check_version (2, 80, 0) != NULL)
    g_assert_cmpint (n_readings > 0, ==, list == LIST_FILE);
  connect_once (&fixture);
  n_readings = 0;
  for (guint i = 0; i < N_CONNECTS; i++)
    connect_once (&fixture);
  g_assert_cmpuint (n_readings, ==, 0);
}

static void
note_gone (gpointer is_there,
           GObject *unused)
{
  g_atomic_int_set ((int *) is_there, FALSE);
}

/* GIO closes the stream in another thread, which may drop it last. */
static void
end_connection (WspConnection *connection,
                GMainContext  *context)
{
  GIOStream *stream = wsp_connection_get_io_stream (connection);
  int is_there = stream != NULL;

  if (stream != NULL)
    g_object_weak_ref (G_OBJECT (stream), note_gone, &is_there);
  wsp_connection_abort (connection);
  g_object_unref (connection);
  while (g_atomic_int_get (&is_there))
    g_main_context_iteration (context, TRUE);
}

static void
connect_in_context (Fixture      *fixture,
                    GMainContext *context)
{
  g_autofree char *uri = g_strdup_printf ("wss://localhost:%u/", fixture->port);
  g_autoptr (WspClient) client = make_client (fixture);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);

  WspConnection *connection = wsp_client_connect_finish (client, result, &error);

  g_assert_no_error (error);
  g_clear_object (&result);
  end_connection (connection, context);
}

static gpointer
connect_in_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < N_CONNECTS; i++)
    connect_in_context (data, context);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_main_context_pop_thread_default (context);
  return NULL;
}

static gpointer
run_threads (gpointer data)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("client", connect_in_thread, data);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_atomic_int_set (&((Fixture *) data)->n_asked, 1);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
test_threads (void)
{
  g_auto (Fixture) fixture = { 0 };
  GThread *thread;

  fixture_init (&fixture, LIST_FILE, CERTIFICATE_GOOD);
  connect_once (&fixture);
  n_readings = 0;
  thread = g_thread_new ("clients", run_threads, &fixture);
  while (!g_atomic_int_get (&fixture.n_asked))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  g_assert_cmpuint (n_readings, ==, 0);
}

/* A class of the program. */

static const struct
{
  const char          *name;
  GTlsCertificateFlags errors;
  gboolean             is_default;      /* TRUE if the database is set for GIO, and not for the
                                         * client */
} own_cases[] = {
  { "trusts", 0, FALSE },
  { "refuses", G_TLS_CERTIFICATE_REVOKED, FALSE },
  { "trusts-as-default", 0, TRUE },
  { "refuses-as-default", G_TLS_CERTIFICATE_REVOKED, TRUE },
};

/* GIO's thread calls verify_chain itself if nobody owns the context. */
static void
test_own (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GTlsDatabase) database = make_own ();
  OwnDatabase *own = (OwnDatabase *) database;
  g_auto (Fixture) fixture = { 0 };
  List list = own_cases[i].is_default ? LIST_SYSTEM : LIST_FILE;

  fixture_init (&fixture, list, CERTIFICATE_SELF_SIGNED);
  g_set_object (&fixture.database, database);
  if (own_cases[i].is_default)
    set_default (database);
  own->errors = own_cases[i].errors;
  g_assert_true (g_main_context_acquire (NULL));
  g_assert_cmphex (ask_client (&fixture, "localhost"), ==, own_cases[i].errors);
  g_main_context_release (NULL);
  g_assert_cmpuint (own->n_asked, ==, 1);
  g_assert_cmpstr (own->purpose, ==, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER);
  g_assert_cmpstr (own->name, ==, "localhost");
  g_assert_true (own->thread == g_thread_self ());
}

static void
add_point (const char   *room,
           const char   *name,
           const char   *claim,
           guint         value,
           GTestDataFunc function)
{
  g_autofree char *path = g_strconcat ("/endpoint/dial-database/", room, "/", name, claim, NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (value), function);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("WSP_TLS", "gio", TRUE);
  authority_path = authority_dup_path ("ca.pem");

  /* GIO's own copy of the system's list is read from here on. */
  g_autoptr (GTlsDatabase) system = make_system ();

  for (guint i = 0; i < G_N_ELEMENTS (databases); i++)
    add_point ("kind", databases[i].name, "", i, test_kind);
  for (guint list = 0; list < N_LISTS; list++)
    {
      g_autofree char *room = g_strconcat ("certificate/", lists[list].name, NULL);

      for (guint i = 0; i < G_N_ELEMENTS (certificates); i++)
        add_point (room, "SEC-110-", certificates[i].name, i * N_LISTS + list, test_certificate);
    }
  add_point ("list", lists[LIST_SYSTEM].name, "-is-read-once", LIST_SYSTEM, test_readings);
  add_point ("list", lists[LIST_FILE].name, "-is-read-once", LIST_FILE, test_readings);
  g_test_add_func ("/endpoint/dial-database/list/threads-share-it", test_threads);
  for (guint i = 0; i < G_N_ELEMENTS (own_cases); i++)
    add_point ("class-of-the-program", own_cases[i].name, "", i, test_own);
  return g_test_run ();
}
