/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Authentication of a client by the certificate that the server requests. */
#include "endpoint/far/dialed.h"
#include "endpoint/far/own-database.h"
#include "endpoint/knock.h"
#include "endpoint/serving/wsp-server-handshake-private.h"
#include "lib/listen.h"
#include "lib/rows.h"

typedef enum
{
  SHOWS_NOTHING,
  SHOWS_GOOD,
  SHOWS_EXPIRED,
  SHOWS_NOT_YET,
  SHOWS_OF_ANOTHER_AUTHORITY,
  SHOWS_OF_A_SERVER,
  SHOWS_INTERMEDIATE,
  SHOWS_NO_INTERMEDIATE,
  SHOWS_OF_A_CLIENT,
} Shown;

static const CertificateKind kinds[] = {
  [SHOWS_GOOD] = CERTIFICATE_CLIENT,
  [SHOWS_EXPIRED] = CERTIFICATE_EXPIRED,
  [SHOWS_NOT_YET] = CERTIFICATE_CLIENT_NOT_YET,
  [SHOWS_OF_ANOTHER_AUTHORITY] = CERTIFICATE_SELF_SIGNED,
  [SHOWS_OF_A_SERVER] = CERTIFICATE_GOOD,
  [SHOWS_INTERMEDIATE] = CERTIFICATE_OF_BETWEEN,
  [SHOWS_NO_INTERMEDIATE] = CERTIFICATE_OF_BETWEEN_ALONE,
  [SHOWS_OF_A_CLIENT] = CERTIFICATE_OF_CLIENT,
};

static const struct
{
  const char            *name;
  GTlsAuthenticationMode mode;
  Shown                  shown;
  gboolean               is_seen;       /* TRUE if the handler that decides sees the certificate */
  int                    error;         /* error of the server; -1 = the client is accepted */
} cases[] = {
  { "no-client-is-asked", G_TLS_AUTHENTICATION_NONE, SHOWS_GOOD, FALSE, -1 },
  { "requested-and-shown", G_TLS_AUTHENTICATION_REQUESTED, SHOWS_GOOD, TRUE, -1 },
  { "requested-and-not-shown", G_TLS_AUTHENTICATION_REQUESTED, SHOWS_NOTHING, FALSE, -1 },
  { "requested-of-another-authority-refused", G_TLS_AUTHENTICATION_REQUESTED,
    SHOWS_OF_ANOTHER_AUTHORITY, FALSE, G_TLS_ERROR_BAD_CERTIFICATE },
  { "required-and-shown", G_TLS_AUTHENTICATION_REQUIRED, SHOWS_GOOD, TRUE, -1 },
  { "required-and-not-shown-refused", G_TLS_AUTHENTICATION_REQUIRED, SHOWS_NOTHING, FALSE,
    G_TLS_ERROR_CERTIFICATE_REQUIRED },
  { "required-and-expired-refused", G_TLS_AUTHENTICATION_REQUIRED, SHOWS_EXPIRED, FALSE,
    G_TLS_ERROR_BAD_CERTIFICATE },
  { "required-of-another-authority-refused", G_TLS_AUTHENTICATION_REQUIRED,
    SHOWS_OF_ANOTHER_AUTHORITY,
    FALSE, G_TLS_ERROR_BAD_CERTIFICATE },
  { "required-and-not-yet-valid-refused", G_TLS_AUTHENTICATION_REQUIRED, SHOWS_NOT_YET, FALSE,
    G_TLS_ERROR_BAD_CERTIFICATE },
  { "SEC-110-required-and-shown-that-of-a-server", G_TLS_AUTHENTICATION_REQUIRED, SHOWS_OF_A_SERVER,
    FALSE,
    G_TLS_ERROR_BAD_CERTIFICATE },
  { "required-and-shown-with-its-intermediate", G_TLS_AUTHENTICATION_REQUIRED, SHOWS_INTERMEDIATE,
    TRUE, -1 },
  { "required-without-its-intermediate-refused", G_TLS_AUTHENTICATION_REQUIRED,
    SHOWS_NO_INTERMEDIATE,
    FALSE, G_TLS_ERROR_BAD_CERTIFICATE },
  { "required-and-issued-by-a-client-refused", G_TLS_AUTHENTICATION_REQUIRED, SHOWS_OF_A_CLIENT,
    FALSE,
    G_TLS_ERROR_BAD_CERTIFICATE },
};

typedef struct
{
  WspServer       *server;
  GTlsCertificate *seen;
  GError          *error;
  guint            n_asked, n_failures;
  Dialed           dialed;
} Fixture;

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  self->n_asked++;
  g_object_get (handshake, "tls-peer-certificate", &self->seen, NULL);
  return TRUE;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  g_assert_true (wsp_connection_queue_text (connection, "hi", NULL));
  wsp_connection_start_receiving (connection);
}

static void
on_failed (WspServer      *server,
           GSocketAddress *address,
           WspHandshake   *handshake,
           GError         *error,
           Fixture        *self)
{
  self->n_failures++;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

static void
fixture_init (Fixture               *self,
              GTlsAuthenticationMode mode)
{
  *self = (Fixture) { .server = wsp_server_new () };
  g_object_set (self->server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                "tls-database", authority_get_database (), "tls-authentication-mode", mode, NULL);
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_failed), self);
}

static void
fixture_clear (Fixture *self)
{
  dial_clear (&self->dialed);
  g_clear_object (&self->server);
  g_clear_object (&self->seen);
  g_clear_error (&self->error);
}

static void
show (Fixture *self,
      Shown    shown)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  guint16 port = listen_on_free_port (self->server, "127.0.0.1");

  g_object_set (client, "tls-database", authority_get_database (), NULL);
  if (shown != SHOWS_NOTHING)
    g_object_set (client, "tls-certificate", authority_get_certificate (kinds[shown]), NULL);
  dial (&self->dialed, client, "wss://127.0.0.1:PORT/", port);
}

/* The client gets a TLS alert instead of a response. */
static void
check_refused (Fixture *self,
               int      error)
{
  run_until_count (&self->n_failures, 1);
  g_assert_error (self->error, G_TLS_ERROR, error);
  g_assert_cmpuint (self->n_asked, ==, 0);
  g_assert_null (self->dialed.connection);
  /* GIO's TLS may close the socket before the alert was read, which resets it. */
  g_assert_true (self->dialed.error->domain == G_TLS_ERROR ||
                 g_strcmp0 (g_getenv ("WSP_TLS"), "gio") == 0);
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Fixture fixture;

  fixture_init (&fixture, cases[i].mode);
  show (&fixture, cases[i].shown);
  if (cases[i].error >= 0)
    check_refused (&fixture, cases[i].error);
  else
    dial_is_open (&fixture.dialed);
  g_assert_true ((fixture.seen != NULL) == cases[i].is_seen);
  if (cases[i].is_seen)
    g_assert_true (g_tls_certificate_is_same (fixture.seen,
                                              authority_get_certificate (kinds[cases[i].shown])));
  fixture_clear (&fixture);
}

/* The system does not trust the test's CA. */
static void
test_system (void)
{
  Fixture fixture;

  fixture_init (&fixture, G_TLS_AUTHENTICATION_REQUIRED);
  g_object_set (fixture.server, "tls-database", NULL, NULL);
  show (&fixture, SHOWS_GOOD);
  check_refused (&fixture, G_TLS_ERROR_BAD_CERTIFICATE);
  fixture_clear (&fixture);
}

static void
see_late (WspServer     *server,
          WspConnection *connection,
          Fixture       *self)
{
  g_autoptr (WspHandshake) handshake = NULL;

  g_object_get (connection, "handshake", &handshake, NULL);
  g_object_get (handshake, "tls-peer-certificate", &self->seen, NULL);
}

/* No handler has read it before the connection was open. */
static void
test_seen_late (void)
{
  Fixture fixture;

  fixture_init (&fixture, G_TLS_AUTHENTICATION_REQUIRED);
  g_signal_handlers_disconnect_by_func (fixture.server, on_request, &fixture);
  g_signal_connect (fixture.server, "connection", G_CALLBACK (see_late), &fixture);
  show (&fixture, SHOWS_GOOD);
  dial_is_open (&fixture.dialed);
  g_assert_nonnull (fixture.seen);
  fixture_clear (&fixture);
}

static void
test_threads (void)
{
  Fixture fixture;

  fixture_init (&fixture, G_TLS_AUTHENTICATION_REQUIRED);
  g_assert_true (wsp_server_start_workers (fixture.server, 1, NULL));
  show (&fixture, SHOWS_GOOD);
  dial_is_open (&fixture.dialed);
  fixture_clear (&fixture);
}

static const struct
{
  const char         *claim;
  int                 code;
  GTlsProtocolVersion version;
  gboolean            is_advised;
} ends[] = {
  { "not-tls-is-advised", G_TLS_ERROR_NOT_TLS, G_TLS_PROTOCOL_VERSION_UNKNOWN, TRUE },
  { "misc-is-advised", G_TLS_ERROR_MISC, G_TLS_PROTOCOL_VERSION_UNKNOWN, TRUE },
  { "end-is-not", G_TLS_ERROR_EOF, G_TLS_PROTOCOL_VERSION_UNKNOWN, FALSE },
  { "misc-after-the-handshake-is-not", G_TLS_ERROR_MISC, G_TLS_PROTOCOL_VERSION_TLS_1_2, FALSE },
};

static void
test_end (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = g_error_new_literal (G_TLS_ERROR, ends[i].code, "why");
  g_autoptr (GError) described =
    wsp_server_handshake_describe_end (error, ends[i].version);

  g_assert_error (described, G_TLS_ERROR, ends[i].code);
  g_assert_true (g_str_has_suffix (described->message, "why"));
  g_assert_true (g_str_has_prefix (described->message, "No TLS with a client") ==
                 ends[i].is_advised);
}

typedef enum
{
  ANSWER_LATE,
  ANSWER_WITH_ERROR,
  ANSWER_NEVER,                 /* answers only when cancelled */
} Answer;

/* A slow database, used by the server's own TLS. */
typedef struct
{
  GTlsDatabase parent_instance;
  Answer       answer;
  guint        n_asked, n_cancelled;
  GTask       *task;
} SlowDatabase;

typedef GTlsDatabaseClass SlowDatabaseClass;

static GType slow_database_get_type (void);

G_DEFINE_TYPE (SlowDatabase, slow_database, G_TYPE_TLS_DATABASE)

static gboolean
answer_now (gpointer data)
{
  SlowDatabase *self = data;
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (self->answer == ANSWER_WITH_ERROR)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "The authority is at lunch");
  else
    g_task_return_int (task, 0);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable,
              SlowDatabase *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  self->n_cancelled++;
  g_task_return_error_if_cancelled (task);
}

static void
slow_database_verify_async (GTlsDatabase           *database,
                            GTlsCertificate        *chain,
                            const char             *purpose,
                            GSocketConnectable     *identity,
                            GTlsInteraction        *interaction,
                            GTlsDatabaseVerifyFlags flags,
                            GCancellable           *cancellable,
                            GAsyncReadyCallback     callback,
                            gpointer                data)
{
  SlowDatabase *self = (SlowDatabase *) database;

  self->n_asked++;
  self->task = g_task_new (database, cancellable, callback, data);
  if (self->answer == ANSWER_NEVER)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), self, 0);
  else
    g_timeout_add (20, answer_now, self);
}

static GTlsCertificateFlags
slow_database_verify_finish (GTlsDatabase *database,
                             GAsyncResult *result,
                             GError      **error)
{
  gssize flags = g_task_propagate_int (G_TASK (result), error);

  return flags < 0 ? G_TLS_CERTIFICATE_GENERIC_ERROR : (GTlsCertificateFlags) flags;
}

static void
slow_database_class_init (SlowDatabaseClass *class)
{
  class->verify_chain_async = slow_database_verify_async;
  class->verify_chain_finish = slow_database_verify_finish;
}

static void
slow_database_init (SlowDatabase *self)
{
}

static const struct
{
  const char *name;
  Answer      answer;
  gboolean    drops_server;
} verifications[] = {
  { "late-accepted", ANSWER_LATE, FALSE },
  { "with-an-error-refused", ANSWER_WITH_ERROR, FALSE },
  { "never-ends-with-the-handshake-timeout", ANSWER_NEVER, FALSE },
  { "never-ends-with-the-server", ANSWER_NEVER, TRUE },
};

typedef struct
{
  Fixture      *fixture;
  SlowDatabase *database;
} Dropping;

static gboolean
drop_server_once_asked (gpointer data)
{
  Dropping *dropping = data;

  if (dropping->database->n_asked == 0)
    return G_SOURCE_CONTINUE;

  g_clear_object (&dropping->fixture->server);
  return G_SOURCE_REMOVE;
}

static void
test_verification (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Fixture fixture;
  SlowDatabase *database;
  Dropping dropping;

  database = g_object_new (slow_database_get_type (), NULL);
  database->answer = verifications[row].answer;
  fixture_init (&fixture, G_TLS_AUTHENTICATION_REQUIRED);
  g_object_set (fixture.server, "tls-database", database, NULL);
  /* Enough for TLS on a slow machine, before the database is asked. */
  wsp_limits_set_handshake_timeout (wsp_server_get_limits (fixture.server), 2000);
  dropping = (Dropping) { &fixture, database };
  if (verifications[row].drops_server)
    g_timeout_add (10, drop_server_once_asked, &dropping);
  show (&fixture, SHOWS_GOOD);
  g_assert_cmpuint (database->n_asked, ==, 1);
  g_assert_cmpuint (database->n_cancelled, ==, verifications[row].answer == ANSWER_NEVER);
  g_assert_true ((fixture.dialed.connection != NULL) == (verifications[row].answer == ANSWER_LATE));
  g_assert_cmpuint (fixture.n_asked, ==, verifications[row].answer == ANSWER_LATE);
  if (verifications[row].answer == ANSWER_WITH_ERROR)
    check_refused (&fixture, G_TLS_ERROR_BAD_CERTIFICATE);
  g_clear_object (&fixture.server);
  run_pending ();
  g_assert_null (database->task);
  fixture_clear (&fixture);
  g_object_unref (database);
}

typedef enum
{
  TRUSTS,
  REFUSES,
  FAILS,                        /* returns an error */
  RUNS_THE_LOOP,
  RETURNS_LATE,                 /* returns when the handshake-timeout has ended the handshake */
  DROPS_SERVER,
} Verdict;

static Verdict verdict;         /* of give_verdict () */

static GTlsCertificateFlags
give_verdict (OwnDatabase *database,
              gpointer     data,
              GError     **error)
{
  Fixture *fixture = data;

  g_assert_cmpstr (database->purpose, ==, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_CLIENT);
  if (verdict == RUNS_THE_LOOP)
    run_pending ();
  if (verdict == RETURNS_LATE)
    run_until_count (&fixture->n_failures, 1);
  if (verdict == DROPS_SERVER)
    {
      g_clear_object (&fixture->server);
      run_pending ();
    }
  if (verdict != FAILS)
    return verdict == REFUSES ? G_TLS_CERTIFICATE_REVOKED : G_TLS_CERTIFICATE_NO_FLAGS;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The authority is at lunch");
  /* GJS returns no flags with an error, for which GIO aborts. */
  return knock_leaves_tls_to_gio () ? G_TLS_CERTIFICATE_GENERIC_ERROR : G_TLS_CERTIFICATE_NO_FLAGS;
}

static const struct
{
  const char *name;
  Verdict     verdict;
  gboolean    is_connected;
  const char *text;             /* text of the server's error, if the library does TLS */
} plain_verdicts[] = {
  { "accepts", TRUSTS, TRUE, NULL },
  { "refuses", REFUSES, FALSE, "is not trusted: revoked (see WspServer:tls-database)" },
  { "fails", FAILS, FALSE,
    "failed to verify the certificate of the client: The authority is at lunch" },
  { "runs-the-loop", RUNS_THE_LOOP, TRUE, NULL },
  { "returns-late", RETURNS_LATE, FALSE, "handshake-timeout" },
  { "drops-the-server", DROPS_SERVER, FALSE, NULL },
};

static OwnDatabase *
fixture_set_plain (Fixture *self,
                   Verdict  given)
{
  OwnDatabase *database = own_database_new (give_verdict, self);

  verdict = given;
  g_object_set (self->server, "tls-database", database, NULL);
  return database;
}

static void
test_plain (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  gboolean is_connected = plain_verdicts[row].is_connected;
  Fixture fixture;

  fixture_init (&fixture, G_TLS_AUTHENTICATION_REQUIRED);
  wsp_limits_set_handshake_timeout (wsp_server_get_limits (fixture.server),
                                    plain_verdicts[row].verdict == RETURNS_LATE ? 2000 : 10000);

  OwnDatabase *database = fixture_set_plain (&fixture, plain_verdicts[row].verdict);

  show (&fixture, SHOWS_OF_ANOTHER_AUTHORITY);
  if (plain_verdicts[row].text != NULL)
    run_until_count (&fixture.n_failures, 1);
  if (is_connected)
    dial_is_open (&fixture.dialed);
  g_assert_true ((fixture.dialed.connection != NULL) == is_connected);
  g_assert_cmpuint (database->n_asked, ==, 1);
  g_assert_true (database->thread == g_thread_self ());
  g_assert_cmpuint (fixture.n_asked, ==, is_connected);
  g_assert_true ((fixture.seen != NULL) == is_connected);
  if (plain_verdicts[row].text != NULL && !knock_leaves_tls_to_gio ())
    g_assert_contains (fixture.error->message, plain_verdicts[row].text);
  fixture_clear (&fixture);
  run_pending ();
  g_object_unref (database);
}

static gboolean
note_thread (WspServer    *server,
             WspHandshake *handshake,
             GThread     **thread)
{
  *thread = g_thread_self ();
  return TRUE;
}

static void
test_plain_of_worker (void)
{
  Fixture fixture;
  GThread *thread = NULL;

  fixture_init (&fixture, G_TLS_AUTHENTICATION_REQUIRED);
  g_assert_true (wsp_server_start_workers (fixture.server, 1, NULL));
  g_signal_connect (fixture.server, "request", G_CALLBACK (note_thread), &thread);
  g_signal_handlers_disconnect_by_func (fixture.server, on_request, &fixture);

  OwnDatabase *database = fixture_set_plain (&fixture, TRUSTS);

  show (&fixture, SHOWS_GOOD);
  dial_is_open (&fixture.dialed);
  g_assert_true (thread != NULL && thread != g_thread_self ());
  g_assert_true (database->thread == thread);
  fixture_clear (&fixture);
  g_object_unref (database);
}

static void
test_properties (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GTlsDatabase) database = NULL;
  GTlsAuthenticationMode mode;

  g_object_get (server, "tls-database", &database, "tls-authentication-mode", &mode, NULL);
  g_assert_null (database);
  g_assert_cmpint (mode, ==, G_TLS_AUTHENTICATION_NONE);
  g_object_set (server, "tls-database", authority_get_database (),
                "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, NULL);
  g_object_get (server, "tls-database", &database, "tls-authentication-mode", &mode, NULL);
  g_assert_true (database == authority_get_database ());
  g_assert_cmpint (mode, ==, G_TLS_AUTHENTICATION_REQUESTED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-trust/client/%s", cases[i].name);

      /* GIO does not check the purpose. */
      if (cases[i].shown != SHOWS_OF_A_SERVER || !knock_leaves_tls_to_gio ())
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }

  g_test_add_func ("/endpoint/server-trust/client/system-does-not-know-the-authority", test_system);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/server-trust/error/", ends[i].claim, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_end);
    }
  g_test_add_func ("/endpoint/server-trust/client/seen-when-it-is-connected", test_seen_late);
  g_test_add_func ("/endpoint/server-trust/client/served-in-a-thread", test_threads);
  /* GIO verifies in its own thread. */
  for (guint i = 0; i < G_N_ELEMENTS (verifications) && !knock_leaves_tls_to_gio (); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-trust/verification/%s",
                                               verifications[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_verification);
    }
  ADD_ROWS ("/endpoint/server-trust/verify-chain-only", plain_verdicts, test_plain);
  g_test_add_func ("/endpoint/server-trust/verify-chain-only/asked-in-the-thread-of-its-worker",
                   test_plain_of_worker);
  g_test_add_func ("/endpoint/server-trust/properties", test_properties);

  return g_test_run ();
}
