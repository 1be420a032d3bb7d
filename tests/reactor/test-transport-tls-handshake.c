/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The handshake of the TLS transport, and the verification of a client's certificate by a database
 * of the program. */
#include "endpoint/far/own-database.h"
#include "lib/rows.h"
#include "reactor/tls-pair.h"
#include "reactor/wsp-transport-kind-private.h"
#include "reactor/tls/wsp-tls-database-private.h"

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define PATH "/reactor/transport-tls-handshake/"
#define FEW_TURNS 10
#define N_AT_ONCE 40
#define N_DIRECTLY_WATCHED 4     /* WSP_N_DIRECT */

static guint n_epoll_events;    /* that epoll_wait has returned */

/* Replaces the system's. */
int
epoll_wait (int                 fd,
            struct epoll_event *events,
            int                 max_events,
            int                 timeout)
{
  static int (*own) (int fd, struct epoll_event *events, int max_events, int timeout);

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "epoll_wait");

  int n = own (fd, events, max_events, timeout);

  n_epoll_events += MAX (n, 0);
  return n;
}

typedef enum
{
  VERIFIER_WAITS,                       /* the verification waits until the test ends it */
  VERIFIER_RUNS_THE_LOOP,
  VERIFIER_RETURNS_WHEN_CANCELLED,      /* the verification returns inside the cancellation */
} VerifierWay;

typedef struct
{
  GTlsDatabase        parent_instance;
  VerifierWay         way;
  TlsPair            *other;    /* pair whose main loop VERIFIER_RUNS_THE_LOOP runs until it is
                                 * open, or for some time */
  gboolean            closes_other;
  guint               n_asked;
  GTask              *task;     /* task that has not returned yet; NULL: none */
  GAsyncReadyCallback callback; /* callback for VERIFIER_RETURNS_WHEN_CANCELLED */
  gpointer            data;
} Verifier;

typedef GTlsDatabaseClass VerifierClass;

static GType verifier_get_type (void);

G_DEFINE_TYPE (Verifier, verifier, G_TYPE_TLS_DATABASE)

static void
verifier_init (Verifier *self)
{
}

static void
run_loop (Verifier *self)
{
  if (self->closes_other)
    {
      tls_pair_close (self->other);
      count_turns (50);
    }
  else
    RUN_UNTIL (tls_pair_is_open (self->other));
}

static void
on_cancelled (GCancellable *cancellable,
              Verifier     *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_task_return_error_if_cancelled (task);
  self->callback (G_OBJECT (self), G_ASYNC_RESULT (task), self->data);
}

static void
verify (GTlsDatabase           *database,
        GTlsCertificate        *chain,
        const char             *purpose,
        GSocketConnectable     *identity,
        GTlsInteraction        *interaction,
        GTlsDatabaseVerifyFlags flags,
        GCancellable           *cancellable,
        GAsyncReadyCallback     callback,
        gpointer                data)
{
  Verifier *self = (Verifier *) database;

  self->n_asked++;
  if (self->way == VERIFIER_RETURNS_WHEN_CANCELLED)
    {
      self->task = g_task_new (self, cancellable, NULL, NULL);
      self->callback = callback;
      self->data = data;
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), self);
      return;
    }

  self->task = g_task_new (self, NULL, callback, data);
  if (self->way == VERIFIER_WAITS)
    return;

  run_loop (self);
  g_task_return_int (self->task, 0);
  g_clear_object (&self->task);
}

static GTlsCertificateFlags
verify_finish (GTlsDatabase *database,
               GAsyncResult *result,
               GError      **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
verifier_class_init (VerifierClass *class)
{
  class->verify_chain_async = verify;
  class->verify_chain_finish = verify_finish;
}

static Verifier *
verifier_new (VerifierWay way)
{
  Verifier *self = g_object_new (verifier_get_type (), NULL);

  self->way = way;
  return self;
}

/* A client that sends a certificate. */
static void
init_verified (TlsPair  *pair,
               Verifier *verifier)
{
  const WspTlsSettings settings = {
    .certificate = authority_get_certificate (CERTIFICATE_GOOD),
    .database = (GTlsDatabase *) verifier,
    .mode = G_TLS_AUTHENTICATION_REQUESTED,
  };
  WspTlsContext *context = wsp_tls_context_new (&settings, NULL);

  tls_pair_init (pair, TLS_1_3, 0, context);
  wsp_tls_context_unref (context);
  tls_peer_set_certificate (pair->peer, authority_get_certificate (CERTIFICATE_CLIENT));
}

static void
hold_last_flight (TlsPair *pair)
{
  g_assert_false (tls_peer_make_flight (pair->peer));
  tls_peer_deliver (pair->peer);
  g_assert_true (tls_peer_make_flight (pair->peer));
}

/* Two steps wait in one turn, and the first one runs the main loop. */
static void
test_nested (gconstpointer data)
{
  g_autoptr (GObject) object = (GObject *) verifier_new (VERIFIER_RUNS_THE_LOOP);
  Verifier *verifier = (Verifier *) object;
  TlsPair pair, other;

  init_verified (&pair, verifier);
  tls_pair_init (&other, TLS_1_3, 0, NULL);
  verifier->other = &other;
  verifier->closes_other = GPOINTER_TO_INT (data);
  hold_last_flight (&pair);
  hold_last_flight (&other);
  tls_peer_deliver (pair.peer);
  tls_peer_deliver (other.peer);
  RUN_UNTIL (tls_pair_is_open (&pair));
  g_assert_cmpuint (verifier->n_asked, ==, 1);
  tls_pair_clear (&pair);
  tls_pair_clear (&other);
}

static int
forget (void                 *data,
        time_t                time,
        const gnutls_datum_t *key,
        const gnutls_datum_t *value)
{
  return 0;
}

/* A server with the same key that accepts early data, which the transport never does. */
static gnutls_session_t
make_early_server (int                              fd,
                   GBytes                          *key,
                   gnutls_certificate_credentials_t credentials,
                   gnutls_anti_replay_t             replay)
{
  const gnutls_datum_t ticket_key = { (guint8 *) g_bytes_get_data (key, NULL),
                                      g_bytes_get_size (key) };
  g_autofree char *text = NULL;
  g_autofree char *private = NULL;
  gnutls_session_t session;

  g_object_get (authority_get_certificate (CERTIFICATE_GOOD), "certificate-pem", &text,
                "private-key-pem", &private, NULL);

  const gnutls_datum_t texts[] = {
    { (guint8 *) text, strlen (text) },
    { (guint8 *) private, strlen (private) }
  };

  gnutls_certificate_set_x509_key_mem (credentials, &texts[0], &texts[1], GNUTLS_X509_FMT_PEM);
  gnutls_init (&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_ENABLE_EARLY_DATA);
  gnutls_priority_set_direct (session, TLS_1_3, NULL);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_session_ticket_enable_server (session, &ticket_key);
  gnutls_anti_replay_set_add_function (replay, forget);
  gnutls_anti_replay_enable (session, replay);
  gnutls_record_set_max_early_data_size (session, 16384);
  gnutls_transport_set_int (session, fd);
  return session;
}

static GBytes *
make_early_ticket (GBytes *key)
{
  gnutls_certificate_credentials_t credentials;
  gnutls_anti_replay_t replay;
  int fds[2], of_client = -1, of_server = -1;
  char byte;

  connect_sockets (fds, 0);
  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_anti_replay_init (&replay);

  g_autoptr (TlsPeer) client = tls_peer_new_for_fd (fds[0], TLS_1_3, NULL, 0);
  gnutls_session_t server = make_early_server (fds[1], key, credentials, replay);
  guint limit = begin_wait (WAIT_S);

  while (of_client != 0 || of_server != 0)
    {
      of_client = gnutls_handshake (client->session);
      tls_peer_deliver (client);
      of_server = gnutls_handshake (server);
      g_main_context_iteration (NULL, FALSE);
    }
  g_source_remove (limit);
  g_assert_cmpint (gnutls_record_send (server, "x", 1), ==, 1);
  g_assert_cmpint (tls_peer_receive (client, &byte, 1), ==, 1);

  GBytes *ticket = tls_peer_get_ticket (client);

  gnutls_deinit (server);
  g_close (fds[1], NULL);
  gnutls_anti_replay_deinit (replay);
  gnutls_certificate_free_credentials (credentials);
  return ticket;
}

/* The last record of what was sent so far. */
static GByteArray *
cut_last_record (GByteArray *sent)
{
  GByteArray *record = g_byte_array_new ();
  gsize last = 0;

  for (gsize at = 0; at < sent->len; at += 5 + sent->data[at + 3] * 256 + sent->data[at + 4])
    last = at;
  g_byte_array_append (record, sent->data + last, sent->len - last);
  g_byte_array_set_size (sent, last);
  return record;
}

/* The last early data, the client's Finished and its first record come at once. */
static void
test_early (gconstpointer data)
{
  g_autoptr (GBytes) key = wsp_tls_make_ticket_key ();
  g_autoptr (GBytes) ticket = make_early_ticket (key);
  const WspTlsSettings settings = {
    .certificate = authority_get_certificate (CERTIFICATE_GOOD), .ticket_key = key
  };
  WspTlsContext *context = wsp_tls_context_new (&settings, NULL);
  TlsPair pair;

  tls_pair_init_early (&pair, context, ticket);
  for (int i = 0; i < GPOINTER_TO_INT (data); i++)
    g_assert_cmpint (gnutls_record_send_early_data (pair.peer->session, "early", 5), >=, 0);
  g_assert_false (tls_peer_make_flight (pair.peer));

  g_autoptr (GByteArray) record = cut_last_record (pair.peer->sent);

  tls_peer_deliver (pair.peer);
  g_assert_true (tls_peer_make_flight (pair.peer));
  gnutls_record_send (pair.peer->session, "hello", 5);
  g_byte_array_prepend (pair.peer->sent, record->data, record->len);
  tls_peer_deliver (pair.peer);
  RUN_UNTIL (pair.got->len > 0 || pair.error != NULL);
  g_assert_no_error (pair.error);
  g_assert_cmpmem (pair.got->data, pair.got->len, "hello", 5);
  tls_pair_clear (&pair);
  wsp_tls_context_unref (context);
}

typedef enum
{
  PEER_WAITS,
  PEER_RESETS,
  PEER_HALF_CLOSES,
} PeerAction;

static const struct
{
  const char          *name;
  PeerAction           action;  /* action of the peer while the database verifies the certificate */
  GTlsCertificateFlags verdict;
} verifications[] = {
  { "accepted-opens", PEER_WAITS, 0 },
  { "accepted-opens-what-the-peer-has-reset", PEER_RESETS, 0 },
  { "accepted-opens-what-the-peer-has-ended", PEER_HALF_CLOSES, 0 },
  { "refused-is-bad-certificate", PEER_WAITS, G_TLS_CERTIFICATE_EXPIRED },
  { "refused-is-bad-certificate-though-reset", PEER_RESETS, G_TLS_CERTIFICATE_EXPIRED },
};

/* With many other transports the socket is watched by epoll, otherwise by the main context. */
static void
verify_beside (guint row,
               guint n_others)
{
  g_autoptr (GObject) object = (GObject *) verifier_new (VERIFIER_WAITS);
  Verifier *verifier = (Verifier *) object;
  TlsPair pair, others[N_DIRECTLY_WATCHED];

  for (guint i = 0; i < n_others; i++)
    tls_pair_init (&others[i], TLS_1_3, 0, NULL);
  init_verified (&pair, verifier);
  g_assert_true (n_others == 0 || pair.transport->watch.direct_slot == 0);
  tls_peer_do_handshake (pair.peer);
  RUN_UNTIL (verifier->task != NULL);
  gnutls_record_send (pair.peer->session, "hello", 5);
  tls_peer_deliver (pair.peer);
  if (verifications[row].action == PEER_RESETS)
    tls_peer_reset (pair.peer);
  else if (verifications[row].action == PEER_HALF_CLOSES)
    gnutls_bye (pair.peer->session, GNUTLS_SHUT_WR);
  if (verifications[row].action == PEER_HALF_CLOSES)
    tls_peer_deliver (pair.peer);
  g_assert_cmpuint (count_turns (50), <, FEW_TURNS);
  g_assert_cmpuint (pair.n_notified, ==, 0);

  g_task_return_int (verifier->task, verifications[row].verdict);
  g_clear_object (&verifier->task);
  RUN_UNTIL (pair.error != NULL || pair.got->len > 0);
  if (verifications[row].verdict != 0)
    g_assert_error (pair.error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  else if (verifications[row].action != PEER_RESETS)
    g_assert_cmpmem (pair.got->data, pair.got->len, "hello", 5);
  tls_pair_clear (&pair);
  for (guint i = 0; i < n_others; i++)
    tls_pair_clear (&others[i]);
}

static void
test_verification (gconstpointer data)
{
  verify_beside (GPOINTER_TO_UINT (data), 0);
  verify_beside (GPOINTER_TO_UINT (data), N_DIRECTLY_WATCHED);
}

/* The owner has closed: a result after that has no effect, and no refusal is sent to the peer. */
static void
test_late_verdict (gconstpointer data)
{
  g_autoptr (GObject) object = (GObject *) verifier_new (VERIFIER_RETURNS_WHEN_CANCELLED);
  Verifier *verifier = (Verifier *) object;
  TlsPair pair;
  char byte;

  init_verified (&pair, verifier);
  pair.how = GPOINTER_TO_INT (data);
  tls_peer_do_handshake (pair.peer);
  RUN_UNTIL (verifier->task != NULL);
  tls_pair_close (&pair);
  g_assert_null (verifier->task);
  g_assert_cmpint (tls_peer_receive (pair.peer, &byte, 1), ==, GNUTLS_E_PREMATURE_TERMINATION);
  g_assert_cmpuint (pair.n_notified, ==, 0);
  tls_pair_clear (&pair);
}

/* A step takes long, so most steps wait for many turns.  Input of their clients must not cost an
 * event for each socket in each turn. */
static void
test_queued (void)
{
  TlsPair pairs[N_AT_ONCE];
  guint n_turns = 0;

  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      tls_pair_init (&pairs[i], TLS_1_3, 0, NULL);
      g_assert_false (tls_peer_make_flight (pairs[i].peer));
    }
  for (guint i = 0; i < N_AT_ONCE; i++)
    tls_peer_deliver (pairs[i].peer);
  n_epoll_events = 0;
  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      while (pairs[i].peer->received->len == 0)
        n_turns += g_main_context_iteration (NULL, TRUE);
    }
  g_test_message ("%u turns, %u events", n_turns, n_epoll_events);
  g_assert_cmpuint (n_epoll_events, <=, 2 * N_AT_ONCE);
  for (guint i = 0; i < N_AT_ONCE; i++)
    tls_pair_clear (&pairs[i]);
}

typedef enum
{
  OF_A_FILE,
  OF_THE_SYSTEM,
  WITH_VERIFY_CHAIN_ASYNC,
  WITHOUT_VERIFY_CHAIN_ASYNC,
} DatabaseKind;

static const struct
{
  const char  *name;
  DatabaseKind kind;
  gboolean     is_asynchronous;
} databases[] = {
  { "of-a-file-by-verify-chain", OF_A_FILE, FALSE },
  { "of-the-system-by-verify-chain", OF_THE_SYSTEM, FALSE },
  { "with-verify-chain-async-by-that", WITH_VERIFY_CHAIN_ASYNC, TRUE },
  { "without-verify-chain-async-by-verify-chain", WITHOUT_VERIFY_CHAIN_ASYNC, FALSE },
};

static GTlsDatabase *
make_database (DatabaseKind kind)
{
  switch (kind)
    {
    case OF_A_FILE:
      return g_object_ref (authority_get_database ());
    case OF_THE_SYSTEM:
      return g_tls_backend_get_default_database (g_tls_backend_get_default ());
    case WITH_VERIFY_CHAIN_ASYNC:
      return (GTlsDatabase *) verifier_new (VERIFIER_RETURNS_WHEN_CANCELLED);
    case WITHOUT_VERIFY_CHAIN_ASYNC:
    default:
      return G_TLS_DATABASE (own_database_new (NULL, NULL));
    }
}

static void
count_verified (GTlsCertificateFlags errors,
                const GError        *failure,
                gpointer             n_verified)
{
  *(guint *) n_verified += 1;
}

/* verify_chain returns inside the call, and verify_chain_async later. */
static void
test_database (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GTlsDatabase) database = make_database (databases[row].kind);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const WspTlsQuestion question = {
    authority_get_certificate (CERTIFICATE_CLIENT), G_TLS_DATABASE_PURPOSE_AUTHENTICATE_CLIENT, NULL
  };
  guint n_verified = 0;

  wsp_tls_database_verify (database, &question, cancellable, count_verified, &n_verified);
  g_assert_cmpuint (n_verified, ==, databases[row].is_asynchronous ? 0 : 1);
  g_cancellable_cancel (cancellable);
  g_assert_cmpuint (n_verified, ==, 1);
}

typedef enum
{
  HAS_NO_CERTIFICATE,
  ENDS_BEFORE_ITS_HELLO,        /* the stream ends before the ClientHello, without an alert */
  ENDS_IN_ITS_HELLO,            /* the stream ends between two records of the ClientHello */
  ENDS_WHEN_OPEN,
  HAS_AN_OLD_VERSION,
} AlertCause;

#define NO_ALERT -1
#define TLS_1_0 "NORMAL:-VERS-ALL:+VERS-TLS1.0"
#define TLS_1_1 "NORMAL:-VERS-ALL:+VERS-TLS1.1"

static const struct
{
  const char *name, *priority;
  AlertCause  cause;
  int         alert;            /* alert that the peer receives */
} alerts[] = {
  { "no-certificate-of-tls-1.2-is-handshake_failure", TLS_1_2, HAS_NO_CERTIFICATE, GNUTLS_A_HANDSHAKE_FAILURE },
  { "no-certificate-of-tls-1.3-is-certificate_required", TLS_1_3, HAS_NO_CERTIFICATE,
    GNUTLS_A_CERTIFICATE_REQUIRED },
  { "end-before-a-hello-is-none", TLS_1_3, ENDS_BEFORE_ITS_HELLO, NO_ALERT },
  { "end-in-a-hello-is-none", TLS_1_3, ENDS_IN_ITS_HELLO, NO_ALERT },
  { "end-of-tls-1.2-without-close_notify-is-none", TLS_1_2, ENDS_WHEN_OPEN, NO_ALERT },
  { "end-of-tls-1.3-without-close_notify-is-none", TLS_1_3, ENDS_WHEN_OPEN, NO_ALERT },
  { "tls-1.0-is-protocol_version", TLS_1_0, HAS_AN_OLD_VERSION, GNUTLS_A_PROTOCOL_VERSION },
  { "tls-1.1-is-protocol_version", TLS_1_1, HAS_AN_OLD_VERSION, GNUTLS_A_PROTOCOL_VERSION },
};

static void
act (TlsPair   *pair,
     AlertCause cause)
{
  if (cause == ENDS_WHEN_OPEN)
    tls_pair_open (pair);
  else if (cause == ENDS_IN_ITS_HELLO)
    tls_peer_send_raw (pair->peer, (const guint8 *) "\x16\x03\x01\0\4\1\0\1\0", 9);
  else if (cause != ENDS_BEFORE_ITS_HELLO)
    tls_peer_do_handshake (pair->peer);
  if (cause == ENDS_BEFORE_ITS_HELLO || cause == ENDS_IN_ITS_HELLO || cause == ENDS_WHEN_OPEN)
    shutdown (pair->peer->fd, SHUT_WR);
}

static void
test_alert (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const WspTlsSettings settings = {
    .certificate = authority_get_certificate (CERTIFICATE_GOOD),
    .database = authority_get_database (),
    .mode = alerts[row].cause == HAS_NO_CERTIFICATE ? G_TLS_AUTHENTICATION_REQUIRED
                                                    : G_TLS_AUTHENTICATION_NONE,
  };
  WspTlsContext *context = wsp_tls_context_new (&settings, NULL);
  TlsPair pair;
  char byte;
  gssize n;

  tls_pair_init (&pair, alerts[row].priority, 0, context);
  act (&pair, alerts[row].cause);
  RUN_UNTIL (pair.error != NULL);
  tls_pair_close (&pair);
  if (alerts[row].cause == ENDS_BEFORE_ITS_HELLO || alerts[row].cause == ENDS_IN_ITS_HELLO)
    {
      tls_peer_run_until_end (pair.peer);
      g_assert_cmpuint (pair.peer->received->len, ==, 0);
      tls_pair_clear (&pair);
      wsp_tls_context_unref (context);
      return;
    }

  n = tls_peer_receive (pair.peer, &byte, 1);
  if (alerts[row].alert == NO_ALERT)
    g_assert_cmpint (n, ==, GNUTLS_E_PREMATURE_TERMINATION);
  else
    g_assert_cmpint (gnutls_alert_get (pair.peer->session), ==, alerts[row].alert);
  tls_pair_clear (&pair);
  wsp_tls_context_unref (context);
}

static void
test_describe (void)
{
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  g_assert_false (tls_pair_is_open (&pair));
  hold_last_flight (&pair);
  g_assert_false (tls_pair_is_open (&pair));
  g_assert_cmpuint (pair.n_notified, ==, 0);
  tls_peer_deliver (pair.peer);
  RUN_UNTIL (tls_pair_is_open (&pair));
  tls_pair_clear (&pair);
}

static void
assert_blocked (TlsPair *pair)
{
  char byte = 'a';
  const struct iovec one = { &byte, 1 };

  g_assert_cmpint (wsp_transport_read (pair->transport, &one, 1, NULL), ==,
                   WSP_TRANSPORT_WOULD_BLOCK);
  g_assert_cmpint (wsp_transport_write (pair->transport, &one, 1, NULL), ==,
                   WSP_TRANSPORT_WOULD_BLOCK);
}

/* The owner does not wait to be notified. */
static void
test_use_before_open (void)
{
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  assert_blocked (&pair);
  g_assert_false (tls_peer_make_flight (pair.peer));
  tls_peer_deliver (pair.peer);
  assert_blocked (&pair);
  g_assert_true (tls_peer_make_flight (pair.peer));
  assert_blocked (&pair);
  tls_peer_deliver (pair.peer);
  RUN_UNTIL (tls_pair_is_open (&pair));
  tls_pair_clear (&pair);
}

/* A stream would be one of encrypted bytes. */
static void
test_stream (void)
{
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  g_assert_true (wsp_transport_is_secure (pair.transport));
  g_assert_null (wsp_transport_get_stream (pair.transport));
  tls_pair_clear (&pair);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func (PATH "step-that-runs-the-loop/others-go-on", GINT_TO_POINTER (FALSE),
                        test_nested);
  g_test_add_data_func (PATH "step-that-runs-the-loop/closes-another", GINT_TO_POINTER (TRUE),
                        test_nested);
  g_test_add_data_func (PATH "input-unread-goes-on/one-early-record", GINT_TO_POINTER (1),
                        test_early);
  g_test_add_data_func (PATH "input-unread-goes-on/three-early-records", GINT_TO_POINTER (3),
                        test_early);
  ADD_ROWS (PATH "certificate", verifications, test_verification);
  ADD_ROWS (PATH "alert", alerts, test_alert);
  ADD_ROWS (PATH "database", databases, test_database);
  g_test_add_data_func (PATH "verdict-inside-a-close/now-sends-nothing",
                        GINT_TO_POINTER (WSP_TRANSPORT_CLOSE_NOW), test_late_verdict);
  g_test_add_data_func (PATH "verdict-inside-a-close/gracefully-sends-nothing",
                        GINT_TO_POINTER (WSP_TRANSPORT_CLOSE_GRACEFUL), test_late_verdict);
  g_test_add_func (PATH "queued-steps/sockets-wake-the-loop-twice-at-most", test_queued);
  g_test_add_func (PATH "version-is-unknown-before-the-handshake-ends", test_describe);
  g_test_add_func (PATH "reads-and-writes-would-block-before-the-handshake-ends",
                   test_use_before_open);
  g_test_add_func (PATH "is-secure-and-has-no-stream", test_stream);

  int status = g_test_run ();

  tls_pair_clear_context ();
  return status;
}
