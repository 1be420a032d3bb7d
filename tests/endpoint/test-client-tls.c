/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS of a client: by the library and by GIO the same servers are accepted, and the same are
 * refused, with the same error. */
#include <gnutls/gnutls.h>

#include "endpoint/far/dialed-by.h"
#include "endpoint/far/own-database.h"
#include "endpoint/far/tls-server.h"
#include "endpoint/knock.h"
#include "lib/log-watch.h"

#define PATH "/endpoint/client-tls/"
#define TLS_1_0 "NORMAL:-VERS-ALL:+VERS-TLS1.0"
#define TLS_1_1 "NORMAL:-VERS-ALL:+VERS-TLS1.1"
#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define LONG 1500               /* milliseconds; the database is asked before */
#define SHORT 100               /* milliseconds until a silent server is given up */

static void
send_text (FarPeer *peer,
           gpointer data)
{
  far_write (peer, data);
  far_wait_for_end (peer);
}

static void
send_text_and_end (FarPeer *peer,
                   gpointer data)
{
  far_write (peer, data);
}

static void
send_alert (FarPeer *peer,
            gpointer data)
{
  const guint8 alert[] = { 0x15, 3, 3, 0, 2, 2, GPOINTER_TO_UINT (data) };

  far_write_bytes (peer, alert, sizeof alert);
  far_wait_for_end (peer);
}

static void
require_certificate (FarPeer *peer,
                     gpointer data)
{
  TlsServerPlan plan = {
    .certificate = CERTIFICATE_GOOD, .priority = data, .wants_certificate = TRUE
  };

  tls_server_serve (peer, &plan);
}

static void
serve_version (FarPeer *peer,
               gpointer data)
{
  TlsServerPlan plan = { .certificate = CERTIFICATE_GOOD, .priority = data };

  tls_server_serve (peer, &plan);
}

#define KIND(kind) GUINT_TO_POINTER (kind)
#define TEXT(text) (gpointer) (text)

typedef enum
{
  TRUSTS_SYSTEM = 1 << 0,       /* the client trusts the system's CAs; without this flag the CA of
                                 * the tests */
  VARIES_WITH_GIO = 1 << 1,     /* GIO gives one of two errors, another one, or none */
} RowFlags;

static const struct
{
  const char *name, *host;
  FarFunc     serve;
  gpointer    data;
  const char *text;             /* text of the error; NULL: the server is accepted */
  RowFlags    flags;
} servers[] = {
  { "good", "localhost", far_serve_tls, KIND (CERTIFICATE_GOOD), NULL, 0 },
  { "dot-after-the-name", "localhost.", far_serve_tls, KIND (CERTIFICATE_GOOD), NULL, 0 },
  { "upper-case", "LOCALHOST", far_serve_tls, KIND (CERTIFICATE_GOOD), NULL, 0 },
  { "address", "127.0.0.1", far_serve_tls, KIND (CERTIFICATE_GOOD), NULL, 0 },
  { "tls-1.2", "localhost", serve_version, TEXT (TLS_1_2), NULL, 0 },
  { "tls-1.3", "localhost", serve_version, TEXT (TLS_1_3), NULL, 0 },
  { "tls-1.1", "localhost", serve_version, TEXT (TLS_1_1), "TLS: expected version 1.2 or later", 0 },
  { "tls-1.0", "localhost", serve_version, TEXT (TLS_1_0), "TLS: expected version 1.2 or later", 0 },
  { "address-not-in-the-certificate", "127.0.0.1", far_serve_tls, KIND (CERTIFICATE_NAME_ONLY),
    "not trusted: issued for another name", 0 },
  { "other-name", "localhost", far_serve_tls, KIND (CERTIFICATE_OTHER_NAME),
    "not trusted: issued for another name", 0 },
  { "expired", "localhost", far_serve_tls, KIND (CERTIFICATE_EXPIRED), "not trusted: expired (2002-01-01)", 0 },
  { "not-yet-valid", "localhost", far_serve_tls, KIND (CERTIFICATE_NOT_YET), "not trusted: not yet valid", 0 },
  { "self-signed", "localhost", far_serve_tls, KIND (CERTIFICATE_SELF_SIGNED),
    "not trusted: unknown certificate authority", 0 },
  { "authority-unknown-to-the-system", "localhost", far_serve_tls, KIND (CERTIFICATE_GOOD),
    "not trusted: unknown certificate authority", TRUSTS_SYSTEM },
  { "intermediate-missing", "localhost", far_serve_tls, KIND (CERTIFICATE_OF_BETWEEN_ALONE),
    "not trusted: unknown certificate authority", VARIES_WITH_GIO },
  { "issued-by-no-authority", "localhost", far_serve_tls, KIND (CERTIFICATE_OF_CLIENT), "not trusted: ",
    VARIES_WITH_GIO },
  { "SEC-110-for-clients", "localhost", far_serve_tls, KIND (CERTIFICATE_CLIENT), "not trusted: invalid",
    VARIES_WITH_GIO },
  { "certificate-required-in-tls-1.2", "localhost", require_certificate, TEXT (TLS_1_2),
    "No TLS with localhost:PORT (set WspClient:tls-certificate): ", VARIES_WITH_GIO },
  { "certificate-required-in-tls-1.3", "localhost", require_certificate, TEXT (TLS_1_3),
    "server ended TLS without a response (it may require a certificate: WspClient:tls-certificate): ", 0 },
  { "http", "localhost", send_text, TEXT ("HTTP/1.1 400 Speak up\r\n\r\n"), "(if the server has no TLS, use ws://)",
    0 },
  { "garbage", "localhost", send_text, TEXT ("what"), "connect-timeout", 0 },
  { "garbage-and-end", "localhost", send_text_and_end, TEXT ("what"), "(if the server has no TLS, use ws://)", 0 },
  { "end", "localhost", send_text_and_end, TEXT (""), "(if the server has no TLS, use ws://)", 0 },
  { "silence", "localhost", far_keep_silent, NULL, "connect-timeout", 0 },
  { "alert-handshake-failure", "localhost", send_alert, KIND (40), "(if the server has no TLS, use ws://)", 0 },
  { "alert-unrecognized-name", "localhost", send_alert, KIND (112), "(if the server has no TLS, use ws://)", 0 },
};

static void
check_server (guint   row,
              Tls     tls,
              Far    *server,
              Dialed *dialed)
{
  g_autoptr (WspClient) client =
    make_client (servers[row].flags & TRUSTS_SYSTEM ? NULL : authority_get_database ());

  if (g_strcmp0 (servers[row].text, "connect-timeout") == 0)
    wsp_client_set_connect_timeout (client, SHORT);
  dial_by (dialed, tls, client, servers[row].host, server);
  if (servers[row].text == NULL)
    {
      dial_is_open (dialed);
      return;
    }

  g_autofree char *text = far_make_uri (servers[row].text, server);

  g_assert_null (dialed->connection);
  g_test_message ("%s", dialed->error->message);
  g_assert_contains (dialed->error->message, text);
}

static void
test_server (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (servers[row].serve, servers[row].data);
  g_auto (Dialed) own = { 0 };
  g_auto (Dialed) of_gio = { 0 };

  if (servers[row].serve == far_serve_tls)
    authority_get_certificate (GPOINTER_TO_UINT (servers[row].data));
  authority_get_certificate (CERTIFICATE_GOOD);
  check_server (row, BY_LIBRARY, server, &own);
  if (servers[row].flags & VARIES_WITH_GIO)
    return;

  check_server (row, BY_GIO, server, &of_gio);
  g_assert_cmpint (own.error != NULL, ==, of_gio.error != NULL);
  if (own.error == NULL)
    return;

  g_autofree char *own_text = dup_own_text (own.error);
  g_autofree char *text_of_gio = dup_own_text (of_gio.error);

  g_assert_error (own.error, of_gio.error->domain, of_gio.error->code);
  g_assert_cmpstr (own_text, ==, text_of_gio);
}

static const struct
{
  const char *name, *priority;
  TlsFlaw     flaw;
  guint       step;             /* step from one byte with a flaw to the next one that is tried */
} flaws[] = {
  { "ends-in-the-midst-of-tls-1.2", TLS_1_2, FLAW_ENDS, 3 },
  { "ends-in-the-midst-of-tls-1.3", TLS_1_3, FLAW_ENDS, 3 },
  { "changed-byte-of-tls-1.2", TLS_1_2, FLAW_CHANGED, 13 },
  { "changed-byte-of-tls-1.3", TLS_1_3, FLAW_CHANGED, 13 },
  { "garbage-in-the-midst-of-tls-1.2", TLS_1_2, FLAW_GARBAGE, 31 },
  { "garbage-in-the-midst-of-tls-1.3", TLS_1_3, FLAW_GARBAGE, 31 },
  { "silent-in-the-midst-of-tls-1.2", TLS_1_2, FLAW_HELD, 97 },
  { "silent-in-the-midst-of-tls-1.3", TLS_1_3, FLAW_HELD, 97 },
};

static void
try_flaw (TlsServerPlan *plan,
          Dialed        *dialed)
{
  g_autoptr (Far) server = far_new (tls_server_serve, plan);
  g_autoptr (WspClient) client = make_client (authority_get_database ());

  if (plan->flaw != FLAW_NONE && plan->flaw != FLAW_ENDS)
    wsp_client_set_connect_timeout (client, SHORT);
  dial_by (dialed, BY_LIBRARY, client, "localhost", server);
}

static gboolean
is_known_failure (const GError *error)
{
  return error->domain == G_TLS_ERROR ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

/* Tickets at the end belong to the handshake of the server, and the client needs none. */
static void
test_flaw (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  TlsServerPlan plan = { .certificate = CERTIFICATE_GOOD, .priority = flaws[row].priority };
  g_auto (Dialed) whole = { 0 };
  guint n_descriptors = 0, n_failures = 0;

  authority_get_certificate (CERTIFICATE_GOOD);
  try_flaw (&plan, &whole);
  dial_is_open (&whole);
  plan.flaw = flaws[row].flaw;

  for (gsize length = plan.n_sent; plan.at < length; plan.at += flaws[row].step)
    {
      Dialed dialed = { 0 };

      try_flaw (&plan, &dialed);
      g_assert_true (dialed.error == NULL || is_known_failure (dialed.error));
      n_failures += dialed.error != NULL;
      dial_clear (&dialed);
      if (plan.at == 0)
        n_descriptors = knock_count_files ();
    }
  g_assert_cmpuint (n_failures * flaws[row].step, >=, 400);
  g_assert_cmpuint (knock_count_files (), <=, n_descriptors);
}

typedef enum
{
  TRUSTS,
  REFUSES,
  FAILS,                        /* returns an error */
  RUNS_THE_LOOP,
  DROPS_THE_CALL,               /* drops the call and all other references that the program holds */
  RETURNS_LATE,                 /* returns when the connect-timeout has ended the call */
} Verdict;

static Verdict verdict;         /* of give_verdict () */

static GTlsCertificateFlags
give_verdict (OwnDatabase *database,
              gpointer     data,
              GError     **error)
{
  Dialed *dialed = data;

  g_assert_cmpstr (database->purpose, ==, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER);
  if (verdict == RUNS_THE_LOOP)
    run_pending ();
  if (verdict == DROPS_THE_CALL)
    {
      g_cancellable_cancel (dialed->cancellable);
      run_until_result (&dialed->result);
    }
  if (verdict == RETURNS_LATE)
    run_until_result (&dialed->result);
  if (verdict != FAILS)
    return verdict == REFUSES ? G_TLS_CERTIFICATE_REVOKED : G_TLS_CERTIFICATE_NO_FLAGS;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The authority is at lunch");
  return G_TLS_CERTIFICATE_NO_FLAGS;
}

static const struct
{
  const char *name;
  Verdict     verdict;
  const char *text;             /* text of the error; NULL: connected */
} verdicts[] = {
  { "accepts", TRUSTS, NULL },
  { "refuses", REFUSES, "is not trusted: revoked, subject \"CN=localhost\"" },
  { "fails", FAILS, "is not trusted: invalid, subject \"CN=localhost\" (set WspClient:tls-database, or accept it in "
    "WspClient::accept-certificate): The authority is at lunch" },
  { "runs-the-loop", RUNS_THE_LOOP, NULL },
  { "drops-the-call", DROPS_THE_CALL, "cancelled" },
  { "returns-late", RETURNS_LATE, "connect-timeout" },
};

static gboolean
accept_any (WspClient           *client,
            WspHandshake        *handshake,
            GSocketConnectable  *peer,
            GTlsCertificate     *certificate,
            GTlsCertificateFlags errors,
            Dialed              *cancelled)
{
  if (cancelled != NULL)
    g_cancellable_cancel (cancelled->cancellable);
  return TRUE;
}

/* A flag that GIO does not have yet. */
static void
test_many_flags (void)
{
  const GTlsCertificateFlags flags = (GTlsCertificateFlags) (1 << 8);
  g_autoptr (Far) server = far_new (far_serve_tls, KIND (CERTIFICATE_GOOD));
  OwnDatabase *database = own_database_new (NULL, NULL);
  g_autoptr (WspClient) client = make_client (G_TLS_DATABASE (database));
  g_auto (Dialed) dialed = { 0 };
  GTlsCertificateFlags errors;

  authority_get_certificate (CERTIFICATE_GOOD);
  database->errors = flags;
  g_signal_connect (client, "accept-certificate", G_CALLBACK (accept_any), NULL);
  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  dial_is_open (&dialed);
  g_object_get (dialed.connection, "tls-peer-certificate-errors", &errors, NULL);
  g_assert_cmpuint (errors, ==, flags);
  g_object_unref (database);
}

/* A handler that cancels the call and accepts: the server gets no request. */
static void
test_cancelled (void)
{
  TlsServerPlan plan = { .certificate = CERTIFICATE_SELF_SIGNED };
  g_autoptr (Far) server = far_new (tls_server_serve, &plan);
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_auto (Dialed) dialed = { 0 };
  g_autofree char *notes = NULL;

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (accept_any), &dialed);
  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  dial_has_failed (&dialed, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
  while (notes == NULL || strstr (notes, "handshake ") == NULL)
    {
      run_pending ();
      g_free (notes);
      notes = far_dup_notes (server);
    }
  g_assert_contains (notes, "handshake failed");
}

static const char *chosen;      /* by ALPN, whatever the server has chosen; NULL: that */

/* Replaces that of GnuTLS. */
int
gnutls_alpn_get_selected_protocol (gnutls_session_t session,
                                   gnutls_datum_t  *protocol)
{
  if (chosen == NULL)
    return GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;

  *protocol = (gnutls_datum_t) { (guint8 *) chosen, strlen (chosen) };
  return GNUTLS_E_SUCCESS;
}

static void
test_protocol (gconstpointer data)
{
  TlsServerPlan plan = { .certificate = CERTIFICATE_GOOD };
  g_autoptr (Far) server = far_new (tls_server_serve, &plan);
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  chosen = data;
  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  chosen = NULL;
  if (strcmp (data, "http/1.1") == 0)
    dial_is_open (&dialed);
  else
    dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE,
                     "Another protocol than http/1.1 was chosen by ALPN");
}

static void
test_plain (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve_tls, KIND (CERTIFICATE_SELF_SIGNED));
  g_auto (Dialed) dialed = { 0 };
  OwnDatabase *database = own_database_new (give_verdict, &dialed);
  g_autoptr (WspClient) client = make_client (G_TLS_DATABASE (database));

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  verdict = verdicts[row].verdict;
  if (verdict == RETURNS_LATE)
    wsp_client_set_connect_timeout (client, LONG);
  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  if (verdicts[row].text == NULL)
    dial_is_open (&dialed);
  else
    {
      g_test_message ("%s", dialed.error->message);
      g_assert_contains (dialed.error->message, verdicts[row].text);
    }
  g_assert_cmpuint (database->n_asked, ==, 1);
  g_assert_true (database->thread == g_thread_self ());
  g_assert_cmpstr (database->name, ==, "localhost");
  g_assert_cmpuint (database->port, ==, far_get_port (server));
  g_object_unref (database);
}

typedef GTlsInteraction Asked;
typedef GTlsInteractionClass AskedClass;

static guint n_asked_for_certificate;

static GType asked_get_type (void);

G_DEFINE_TYPE (Asked, asked, G_TYPE_TLS_INTERACTION)

static GTlsInteractionResult
give_certificate (GTlsInteraction            *interaction,
                  GTlsConnection             *connection,
                  GTlsCertificateRequestFlags flags,
                  GCancellable               *cancellable,
                  GError                    **error)
{
  n_asked_for_certificate++;
  g_tls_connection_set_certificate (connection, authority_get_certificate (CERTIFICATE_CLIENT));
  return G_TLS_INTERACTION_HANDLED;
}

static void
asked_class_init (AskedClass *class)
{
  class->request_certificate = give_certificate;
}

static void
asked_init (Asked *self)
{
}

static GString *reasons;        /* lines of the log */
static guint n_streams_of_gio;

static GLogWriterOutput
keep_reason (GLogLevelFlags   level,
             const GLogField *fields,
             gsize            n_fields,
             gpointer         user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "MESSAGE") == 0 &&
          strstr (fields[i].value, "is left to GIO") != NULL)
        g_string_append_printf (reasons, "%s\n", (const char *) fields[i].value);
    }

  return G_LOG_WRITER_HANDLED;
}

static void
count_stream (WspClient          *client,
              WspHandshake       *handshake,
              GSocketClientEvent  event,
              GSocketConnectable *place,
              GIOStream          *stream)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING || event == G_SOCKET_CLIENT_TLS_HANDSHAKED)
    n_streams_of_gio += G_IS_TLS_CONNECTION (stream);
}

static GTlsCertificate *
make_certificate_without_key (void)
{
  g_autofree char *text = NULL;

  g_object_get (authority_get_certificate (CERTIFICATE_CLIENT), "certificate-pem", &text, NULL);
  return g_tls_certificate_new_from_pem (text, -1, NULL);
}

static void
keep_stream (WspClient          *client,
             WspHandshake       *handshake,
             GSocketClientEvent  event,
             GSocketConnectable *place,
             GIOStream          *stream,
             GIOStream         **kept)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED || event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_set_object (kept, stream);
}

/* As a script does until its next garbage collection. */
static void
test_kept_stream (gconstpointer data)
{
  g_autoptr (Far) server = far_new (far_serve_tls, (gpointer) data);
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_autoptr (GIOStream) kept = NULL;
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (GPOINTER_TO_UINT (data));
  g_signal_connect (client, "event", G_CALLBACK (keep_stream), &kept);
  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  g_assert_true (G_IS_SOCKET_CONNECTION (kept));
  g_assert_true (g_socket_is_closed (
                   g_socket_connection_get_socket (G_SOCKET_CONNECTION (kept))));
  if (GPOINTER_TO_UINT (data) == CERTIFICATE_GOOD)
    dial_is_open (&dialed);
}

typedef enum
{
  NOTHING_SPECIAL,
  VARIABLE_IS_SET,
  HAS_INTERACTION,
  HAS_NO_KEY,
} Obstacle;

static const struct
{
  const char *name;
  Obstacle    obstacle;
  const char *reason;           /* reason why GIO does TLS; NULL: the library does TLS */
} obstacles[] = {
  { "no-obstacle", NOTHING_SPECIAL, NULL },
  { "wsp-tls-is-gio", VARIABLE_IS_SET, "WSP_TLS=gio is set" },
  { "tls-interaction", HAS_INTERACTION, "GnuTLS cannot wait for tls-interaction" },
  { "certificate-without-key", HAS_NO_KEY, "The private key of the certificate cannot be read" },
};

static void
serve_asking (FarPeer *peer,
              gpointer data)
{
  if (far_begin_tls (peer, CERTIFICATE_GOOD, GPOINTER_TO_UINT (data)))
    far_serve (peer, NULL);
}

static void
test_obstacle (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Obstacle obstacle = obstacles[row].obstacle;
  gboolean is_asked = obstacle == HAS_INTERACTION;
  g_autoptr (Far) server = far_new (serve_asking, KIND (is_asked ? G_TLS_AUTHENTICATION_REQUIRED
                                                                 : G_TLS_AUTHENTICATION_NONE));
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_autoptr (GTlsInteraction) interaction = g_object_new (asked_get_type (), NULL);
  g_autoptr (GTlsCertificate) without_key = NULL;
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  without_key = make_certificate_without_key ();
  if (obstacle == HAS_INTERACTION)
    wsp_client_set_tls_interaction (client, interaction);
  if (obstacle == HAS_NO_KEY)
    wsp_client_set_tls_certificate (client, without_key);
  g_signal_connect (client, "event", G_CALLBACK (count_stream), NULL);
  n_streams_of_gio = n_asked_for_certificate = 0;
  g_string_truncate (reasons, 0);
  dial_by (&dialed, obstacle == VARIABLE_IS_SET ? BY_GIO : BY_LIBRARY, client, "localhost", server);
  dial_is_open (&dialed);
  g_assert_cmpuint (n_asked_for_certificate, ==, is_asked);
  g_assert_cmpuint (n_streams_of_gio, ==, obstacles[row].reason != NULL ? 2 : 0);
  g_assert_true ((wsp_connection_get_io_stream (dialed.connection) != NULL) ==
                 (obstacles[row].reason != NULL));
  if (obstacles[row].reason != NULL)
    g_assert_contains (reasons->str, obstacles[row].reason);
  else
    g_assert_cmpstr (reasons->str, ==, "");
}

static const struct
{
  const char *host, *name;
} names[] = {
  { "localhost", "server name localhost\n" },
  { "localhost.", "server name localhost\n" },
  { "127.0.0.1", "server name none\n" },
};

static void
test_name (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  TlsServerPlan plan = { .certificate = CERTIFICATE_GOOD };
  g_autoptr (Far) server = far_new (tls_server_serve, &plan);
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  dial_by (&dialed, BY_LIBRARY, client, names[row].host, server);
  dial_is_open (&dialed);

  g_autofree char *notes = far_dup_notes (server);

  g_assert_contains (notes, names[row].name);
}

/* A certificate of the client is sent only to a server that is trusted. */
static void
test_nothing_sent_before (gconstpointer data)
{
  TlsServerPlan plan = {
    .certificate = CERTIFICATE_SELF_SIGNED, .priority = data, .wants_certificate = TRUE
  };
  g_autoptr (Far) server = far_new (tls_server_serve, &plan);
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  wsp_client_set_tls_certificate (client, authority_get_certificate (CERTIFICATE_CLIENT));
  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "is not trusted");

  g_autofree char *notes = NULL;

  do
    {
      run_pending ();
      g_free (notes);
      notes = far_dup_notes (server);
    }
  while (strstr (notes, "client certificate") == NULL);
  g_assert_contains (notes, "client certificate none, alert CA is unknown");
}

static void
add_tests (const char   *group,
           guint         n_rows,
           const char   *(*get_name)(guint row),
           GTestDataFunc test)
{
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *path = g_strconcat (PATH, group, "/", get_name (i), NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test);
    }
}

#define NAMES(rows) \
  static const char * \
  name_of_ ## rows (guint row) \
  { \
    return rows[row].name; \
  }

NAMES (servers)
NAMES (flaws)
NAMES (verdicts)
NAMES (obstacles)

int
main (int    argc,
      char **argv)
{
  /* Otherwise lines of the level "info" are not even made. */
  g_setenv ("G_MESSAGES_DEBUG", "Wsp", TRUE);
  g_test_init (&argc, &argv, NULL);
  reasons = g_string_new (NULL);
  log_watch (keep_reason);

  add_tests ("server", G_N_ELEMENTS (servers), name_of_servers, test_server);
  add_tests ("flaw", G_N_ELEMENTS (flaws), name_of_flaws, test_flaw);
  add_tests ("database", G_N_ELEMENTS (verdicts), name_of_verdicts, test_plain);
  add_tests ("decision", G_N_ELEMENTS (obstacles), name_of_obstacles, test_obstacle);
  g_test_add_func (PATH "database/gives-a-flag-that-is-new", test_many_flags);
  g_test_add_func (PATH "accept-certificate/cancels-and-accepts", test_cancelled);
  g_test_add_data_func (PATH "protocol/that-was-offered", "http/1.1", test_protocol);
  g_test_add_data_func (PATH "protocol/that-was-not-offered", "h2", test_protocol);
  g_test_add_data_func (PATH "stream-kept-by-a-handler/is-closed-when-connected",
                        KIND (CERTIFICATE_GOOD), test_kept_stream);
  g_test_add_data_func (PATH "stream-kept-by-a-handler/is-closed-when-refused",
                        KIND (CERTIFICATE_SELF_SIGNED), test_kept_stream);
  g_test_add_data_func (PATH "name/of-a-host", GUINT_TO_POINTER (0), test_name);
  g_test_add_data_func (PATH "name/dot-at-the-end-is-not-sent", GUINT_TO_POINTER (1), test_name);
  g_test_add_data_func (PATH "name/address-is-not-sent", GUINT_TO_POINTER (2), test_name);
  g_test_add_data_func (PATH "untrusted-server-gets-no-certificate/tls-1.2", TLS_1_2,
                        test_nothing_sent_before);
  g_test_add_data_func (PATH "untrusted-server-gets-no-certificate/tls-1.3", TLS_1_3,
                        test_nothing_sent_before);

  int status = g_test_run ();

  g_string_free (reasons, TRUE);
  return status;
}
