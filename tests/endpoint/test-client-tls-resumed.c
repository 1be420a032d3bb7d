/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client resumes a TLS session only with the server that it was begun with, in the same way, and
 * only if the certificate was verified.  All servers here accept the tickets of each other. */
#include <dlfcn.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <malloc.h>

#include "endpoint/far/dialed.h"
#include "endpoint/far/own-database.h"
#include "endpoint/far/ticket-server.h"
#include "lib/listen.h"

#define PATH "/endpoint/client-tls-resumed/"
#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define FULL FALSE
#define RESUMED TRUE
#define HOUR G_TIME_SPAN_HOUR
#define MANY 500                /* tickets, of less than 256 KiB, which would end TLS */
#define MAX_COPIES 16           /* of a session, for one connection */
#define N_CONNECTS 500
#define MAX_GROWTH (64 * 1024)

static gint64 shift;            /* of the clock of the library */
static gint64 leaf_left, authority_left;        /* until the certificate expires; 0: as it says */
static guint padding;           /* bytes that are added to each session */
static guint n_copies;          /* of sessions with a ticket */
static guint n_checks;          /* of certificates */

/* These functions replace those of GLib and GnuTLS for the library. */
gint64
g_get_real_time (void)
{
  static gint64 (*own) (void);

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "g_get_real_time");
  return own () + shift;
}

time_t
gnutls_x509_crt_get_expiration_time (gnutls_x509_crt_t certificate)
{
  static time_t (*own) (gnutls_x509_crt_t certificate);
  gint64 left = gnutls_x509_crt_get_ca_status (certificate, NULL) > 0 ? authority_left : leaf_left;

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "gnutls_x509_crt_get_expiration_time");
  return left > 0 ? time (NULL) + left / G_USEC_PER_SEC : own (certificate);
}

/* GnuTLS does not read the bytes behind the end of a session. */
int
gnutls_session_get_data2 (gnutls_session_t session,
                          gnutls_datum_t  *data)
{
  static int (*own) (gnutls_session_t session, gnutls_datum_t *data);

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "gnutls_session_get_data2");

  int result = own (session, data);

  n_copies++;
  if (result != GNUTLS_E_SUCCESS || padding == 0)
    return result;

  data->data = gnutls_realloc (data->data, data->size + padding);
  memset (data->data + data->size, 0, padding);
  data->size += padding;
  return result;
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

  n_checks++;
  return own (session, data, n_data, status);
}

/* The store lives as long as there is a client. */
static WspClient *
make_client (void)
{
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);

  return g_object_new (WSP_TYPE_CLIENT, "tls-database", authority_get_database (),
                       "proxy-resolver", direct, NULL);
}

static char *
take_note (Far        *server,
           const char *before)
{
  char *after = far_dup_notes (server);

  while (strcmp (after, before) == 0)
    {
      run_pending ();
      g_free (after);
      after = far_dup_notes (server);
    }
  memmove (after, after + strlen (before), strlen (after) - strlen (before) + 1);
  return after;
}

static void
check_uri (WspClient  *client,
           const char *uri,
           Far        *server,
           gboolean    is_resumed)
{
  g_auto (Dialed) dialed = { 0 };
  g_autofree char *before = far_dup_notes (server);

  dial (&dialed, client, uri, far_get_port (server));
  dial_is_open (&dialed);

  g_autofree char *note = take_note (server, before);

  g_assert_cmpstr (note, ==, is_resumed ? "resumed\n" : "full\n");
}

static void
check (WspClient *client,
       Far       *server,
       gboolean   is_resumed)
{
  check_uri (client, "wss://localhost:PORT/", server, is_resumed);
}

static void
check_fails (WspClient *client,
             Far       *server)
{
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  g_assert_null (dialed.connection);
}

typedef enum
{
  NO_PROXY,
  HTTP_PROXY,
  SECOND_HTTP_PROXY,
  SOCKS_PROXY,
  SOCKS_PROXY_FOR_ME,
} Way;

typedef struct
{
  const char *name, *uri;
  guint       server;           /* index of the server, 0 or 1 */
  Way         way;
  guint       database;
  int         certificate;      /* certificate of the client (CertificateKind); -1: none */
  gboolean    is_in_own_context;
} Setup;

/* Each differs from the first in one thing. */
static const Setup setups[] = {
  { "first", "wss://localhost:PORT/", 0, NO_PROXY, 0, -1, FALSE },
  { "host", "wss://127.0.0.1:PORT/", 0, NO_PROXY, 0, -1, FALSE },
  { "port", "wss://localhost:PORT/", 1, NO_PROXY, 0, -1, FALSE },
  { "http-proxy", "wss://localhost:PORT/", 0, HTTP_PROXY, 0, -1, FALSE },
  { "other-http-proxy", "wss://localhost:PORT/", 0, SECOND_HTTP_PROXY, 0, -1, FALSE },
  { "socks-proxy", "wss://localhost:PORT/", 0, SOCKS_PROXY, 0, -1, FALSE },
  { "user-of-the-proxy", "wss://localhost:PORT/", 0, SOCKS_PROXY_FOR_ME, 0, -1, FALSE },
  { "database", "wss://localhost:PORT/", 0, NO_PROXY, 1, -1, FALSE },
  { "certificate", "wss://localhost:PORT/", 0, NO_PROXY, 0, CERTIFICATE_CLIENT, FALSE },
  { "other-certificate", "wss://localhost:PORT/", 0, NO_PROXY, 0, CERTIFICATE_SELF_SIGNED, FALSE },
  { "main-context", "wss://localhost:PORT/", 0, NO_PROXY, 0, -1, TRUE },
};

typedef struct
{
  TicketServerPlan plans[2];
  Far             *servers[2];
  FarRoute         route, route_for_me;
  Far             *proxies[SOCKS_PROXY_FOR_ME + 1];
  GTlsDatabase    *databases[2];
  GMainContext    *context;
  WspClient       *clients[G_N_ELEMENTS (setups)];
} World;

static const char *const proxy_uris[] = {
  [HTTP_PROXY] = "http://127.0.0.1:PORT",
  [SECOND_HTTP_PROXY] = "http://127.0.0.1:PORT",
  [SOCKS_PROXY] = "socks5://127.0.0.1:PORT",
  [SOCKS_PROXY_FOR_ME] = "socks5://me:secret@127.0.0.1:PORT",
};

static WspClient *
make_client_of (World       *world,
                const Setup *setup)
{
  g_autofree char *proxy = setup->way != NO_PROXY
                           ? far_make_uri (proxy_uris[setup->way], world->proxies[setup->way])
                           : NULL;
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (proxy, NULL);
  GTlsCertificate *certificate =
    setup->certificate >= 0 ? authority_get_certificate (setup->certificate) : NULL;

  return g_object_new (WSP_TYPE_CLIENT, "tls-database", world->databases[setup->database],
                       "tls-certificate", certificate, "proxy-resolver", resolver, NULL);
}

static void
push_context (World *world,
              guint  setup)
{
  if (setups[setup].is_in_own_context)
    g_main_context_push_thread_default (world->context);
}

static void
pop_context (World *world,
             guint  setup)
{
  if (setups[setup].is_in_own_context)
    g_main_context_pop_thread_default (world->context);
}

/* The proxies lead to the first server. */
static void
world_init (World *self)
{
  g_autofree char *path = NULL;

  for (guint i = 0; i < 2; i++)
    {
      ticket_server_plan_init (&self->plans[i], CERTIFICATE_GOOD, 2);
      self->plans[i].wants_certificate = TRUE;
      self->servers[i] = far_new (ticket_server_serve, &self->plans[i]);
    }
  memcpy (self->plans[1].key.data, self->plans[0].key.data, self->plans[0].key.size);
  path = authority_dup_path ("ca.pem");
  self->databases[0] = g_object_ref (authority_get_database ());
  self->databases[1] = g_tls_file_database_new (path, NULL);
  self->route = (FarRoute) { "localhost", far_get_port (self->servers[0]), NULL, NULL,
                             CERTIFICATE_GOOD, NULL };
  self->route_for_me = (FarRoute) { "localhost", far_get_port (self->servers[0]), "me", "secret",
                                    CERTIFICATE_GOOD, NULL };
  self->proxies[HTTP_PROXY] = far_new (far_http_proxy, &self->route);
  self->proxies[SECOND_HTTP_PROXY] = far_new (far_http_proxy, &self->route);
  self->proxies[SOCKS_PROXY] = far_new (far_socks_proxy, &self->route);
  self->proxies[SOCKS_PROXY_FOR_ME] = far_new (far_socks_proxy, &self->route_for_me);
  self->context = g_main_context_new ();
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++)
    {
      push_context (self, i);
      self->clients[i] = make_client_of (self, &setups[i]);
      pop_context (self, i);
    }
}

static void
world_clear (World *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++)
    g_object_unref (self->clients[i]);
  for (guint i = HTTP_PROXY; i < G_N_ELEMENTS (self->proxies); i++)
    far_free (self->proxies[i]);
  for (guint i = 0; i < 2; i++)
    {
      far_free (self->servers[i]);
      g_object_unref (self->databases[i]);
      ticket_server_plan_clear (&self->plans[i]);
    }
  g_main_context_unref (self->context);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static gboolean
iterate (gpointer context)
{
  while (g_main_context_iteration (context, FALSE))
    ;
  return G_SOURCE_CONTINUE;
}

static void
check_setup (World   *world,
             guint    setup,
             gboolean is_resumed)
{
  guint pump = g_timeout_add (1, iterate, world->context);

  push_context (world, setup);
  check_uri (world->clients[setup], setups[setup].uri, world->servers[setups[setup].server],
             is_resumed);
  pop_context (world, setup);
  g_source_remove (pump);
}

/* The second and the third of each pair show that there was a ticket. */
static void
test_pair (gconstpointer data)
{
  guint first = GPOINTER_TO_UINT (data) / G_N_ELEMENTS (setups);
  guint second = GPOINTER_TO_UINT (data) % G_N_ELEMENTS (setups);

  if (G_BYTE_ORDER == G_BIG_ENDIAN && setups[second].way >= SOCKS_PROXY)
    {
      g_test_skip ("asynchronous SOCKS of GIO asks for port 0 on a big-endian machine");
      return;
    }

  g_auto (World) world = { 0 };

  world_init (&world);
  check_setup (&world, first, FULL);
  check_setup (&world, second, FULL);
  check_setup (&world, first, RESUMED);
  check_setup (&world, second, RESUMED);
}

typedef struct
{
  TicketServerPlan plan;
  Far             *server;
  WspClient       *client;
} Single;

static void
single_init (Single         *self,
             CertificateKind certificate,
             int             n_tickets)
{
  *self = (Single) { .client = make_client () };
  ticket_server_plan_init (&self->plan, certificate, n_tickets);
  self->server = far_new (ticket_server_serve, &self->plan);
}

static void
single_clear (Single *self)
{
  far_free (self->server);
  ticket_server_plan_clear (&self->plan);
  g_object_unref (self->client);
  shift = leaf_left = authority_left = 0;
  padding = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Single, single_clear)

static void
test_other_client (void)
{
  g_auto (Single) single = { 0 };
  g_autoptr (WspClient) other = NULL;

  single_init (&single, CERTIFICATE_GOOD, 1);
  other = make_client ();
  check (single.client, single.server, FULL);
  check (other, single.server, RESUMED);
  check_uri (single.client, "wss://LOCALHOST:PORT/", single.server, RESUMED);
  check_uri (single.client, "wss://localhost.:PORT/", single.server, RESUMED);
}

static void
test_once (void)
{
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 1);
  check (single.client, single.server, FULL);
  g_atomic_int_set (&single.plan.n_tickets, 0);
  check (single.client, single.server, RESUMED);
  check (single.client, single.server, FULL);
}

static void
test_many_tickets (gconstpointer data)
{
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, GPOINTER_TO_INT (data));
  n_copies = 0;
  check (single.client, single.server, FULL);
  g_atomic_int_set (&single.plan.n_tickets, 0);
  g_assert_cmpuint (n_copies, <=, MAX_COPIES);
  check (single.client, single.server, RESUMED);
  check (single.client, single.server, RESUMED);
  check (single.client, single.server, FULL);
}

static const struct
{
  const char *name;
  guint       padding;
  gboolean    is_resumed;
} sizes[] = {
  { "16-KiB-resumed", 14 * 1024, RESUMED },
  { "more-than-16-KiB-full", 16 * 1024, FULL },
  { "60-KiB-full", 60 * 1024, FULL },
};

static void
test_size (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 1);
  padding = sizes[row].padding;
  check (single.client, single.server, FULL);
  check (single.client, single.server, sizes[row].is_resumed);
}

static const struct
{
  const char *name;
  gint64      leaf_left, authority_left, shifts[3];
  gboolean    is_resumed[3];
} times[] = {
  { "within-a-day", 0, 0, { 1 * HOUR, 12 * HOUR, 23 * HOUR }, { RESUMED, RESUMED, RESUMED } },
  { "a-day-after-the-verification", 0, 0, { 12 * HOUR, 23 * HOUR, 25 * HOUR },
    { RESUMED, RESUMED, FULL } },
  { "verified-again", 0, 0, { 25 * HOUR, 26 * HOUR, 40 * HOUR }, { FULL, RESUMED, RESUMED } },
  { "clock-set-back", 0, 0, { -1 * HOUR, 0, 1 * HOUR }, { FULL, RESUMED, RESUMED } },
  { "certificate-expires", 2 * HOUR, 0, { 1 * HOUR, 3 * HOUR, 3 * HOUR }, { RESUMED, FULL, FULL } },
  { "authority-expires", 0, 2 * HOUR, { 1 * HOUR, 3 * HOUR, 3 * HOUR }, { RESUMED, FULL, FULL } },
};

static void
test_time (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 1);
  leaf_left = times[row].leaf_left;
  authority_left = times[row].authority_left;
  single.plan.shows_authority = TRUE;
  check (single.client, single.server, FULL);
  for (guint i = 0; i < 3; i++)
    {
      shift = times[row].shifts[i];
      check (single.client, single.server, times[row].is_resumed[i]);
    }
}

static gboolean
accept_any (WspClient           *client,
            WspHandshake        *handshake,
            GSocketConnectable  *peer,
            GTlsCertificate     *certificate,
            GTlsCertificateFlags errors,
            guint               *n_asked)
{
  (*n_asked)++;
  return TRUE;
}

static const struct
{
  const char     *name;
  CertificateKind certificate;
  gboolean        trusts_system;
  gboolean        is_good;
} acceptances[] = {
  { "not-needed-resumed", CERTIFICATE_GOOD, FALSE, TRUE },
  { "needed-full", CERTIFICATE_SELF_SIGNED, FALSE, FALSE },
  { "needed-with-the-list-of-the-system-full", CERTIFICATE_GOOD, TRUE, FALSE },
};

/* The signal is emitted only for a certificate with errors, so a handler of it says nothing about a
 * certificate without. */
static void
test_accepted (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  gboolean is_good = acceptances[row].is_good;
  g_auto (Single) single = { 0 };
  guint n_asked = 0;

  single_init (&single, acceptances[row].certificate, 1);
  if (acceptances[row].trusts_system)
    wsp_client_set_tls_database (single.client, NULL);
  g_signal_connect (single.client, "accept-certificate", G_CALLBACK (accept_any), &n_asked);
  check (single.client, single.server, FULL);
  check (single.client, single.server, is_good ? RESUMED : FULL);
  g_assert_cmpuint (n_asked, ==, is_good ? 0 : 2);
}

/* The verdict of a class of the program may be another one later. */
static void
test_database_of_the_program (void)
{
  g_auto (Single) single = { 0 };
  OwnDatabase *database = own_database_new (NULL, NULL);

  single_init (&single, CERTIFICATE_GOOD, 1);
  wsp_client_set_tls_database (single.client, G_TLS_DATABASE (database));
  check (single.client, single.server, FULL);
  check (single.client, single.server, FULL);
  g_assert_cmpuint (database->n_asked, ==, 2);
  g_object_unref (database);
}

static void
test_default_database (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autofree char *path = NULL;
  g_autoptr (GTlsDatabase) other = NULL;
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 2);
  path = authority_dup_path ("ca.pem");
  other = g_tls_file_database_new (path, NULL);
  wsp_client_set_tls_database (single.client, NULL);
  check_fails (single.client, single.server);   /* reads the list of the system */
  g_tls_backend_set_default_database (backend, authority_get_database ());
  check (single.client, single.server, FULL);
  check (single.client, single.server, RESUMED);
  g_tls_backend_set_default_database (backend, other);
  check (single.client, single.server, FULL);
  g_tls_backend_set_default_database (backend, NULL);
  check_fails (single.client, single.server);
}

/* A session that is resumed still has the certificate that was verified. */
static void
test_peer_certificate (void)
{
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 1);
  authority_get_certificate (CERTIFICATE_OTHER_NAME);
  check (single.client, single.server, FULL);
  single.plan.certificate = CERTIFICATE_OTHER_NAME;
  for (guint i = 0; i < 3; i++)
    {
      g_auto (Dialed) dialed = { 0 };
      g_autoptr (GTlsCertificate) shown = NULL;

      dial (&dialed, single.client, "wss://localhost:PORT/", far_get_port (single.server));
      dial_is_open (&dialed);
      g_object_get (dialed.handshake, "tls-peer-certificate", &shown, NULL);
      g_assert_true (g_tls_certificate_is_same (shown,
                                                authority_get_certificate (CERTIFICATE_GOOD)));
      g_assert_true (g_tls_certificate_is_same (
                       wsp_connection_get_tls_peer_certificate (dialed.connection), shown));
      g_assert_cmpint (wsp_connection_get_tls_protocol (dialed.connection), ==,
                       G_TLS_PROTOCOL_VERSION_TLS_1_3);
    }

  g_autofree char *notes = far_dup_notes (single.server);

  g_assert_cmpstr (notes, ==, "full\nresumed\nresumed\nresumed\n");
}

static void
replace_key (TicketServerPlan *plan)
{
  plan->key.data[0] ^= 1;
}

/* A server that refuses the ticket is verified like any other. */
static void
test_refused_ticket (void)
{
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 2);
  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  check_uri (single.client, "wss://127.0.0.1:PORT/", single.server, FULL);
  check (single.client, single.server, FULL);
  replace_key (&single.plan);
  check (single.client, single.server, FULL);
  check (single.client, single.server, RESUMED);
  replace_key (&single.plan);
  single.plan.certificate = CERTIFICATE_SELF_SIGNED;
  check_fails (single.client, single.server);
  replace_key (&single.plan);           /* the tickets that are left would be good again */
  single.plan.certificate = CERTIFICATE_GOOD;
  check (single.client, single.server, FULL);
}

static const struct
{
  const char     *name;
  TicketServerWay way;
} failures[] = {
  { "alert-in-the-handshake", TICKET_SERVER_REFUSES_HELLO },
  { "silence-in-the-handshake", TICKET_SERVER_HOLDS_HELLO },
  { "alert-after-the-handshake", TICKET_SERVER_ALERTS_RESUMED },
};

static void
test_failure (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 2);
  check (single.client, single.server, FULL);
  g_atomic_int_set (&single.plan.way, failures[row].way);
  if (failures[row].way == TICKET_SERVER_HOLDS_HELLO)
    wsp_client_set_connect_timeout (single.client, 500);
  check_fails (single.client, single.server);
  g_atomic_int_set (&single.plan.way, TICKET_SERVER_GOOD);
  wsp_client_set_connect_timeout (single.client, 60000);
  check (single.client, single.server, FULL);
}

/* The server asks for the key of another group, with the ticket and without. */
static void
test_other_group (gconstpointer priority)
{
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 1);
  single.plan.priority = priority;
  check (single.client, single.server, FULL);
  check (single.client, single.server, RESUMED);
}

/* A server of TLS 1.2 sends its ticket in the handshake; and is not offered one of TLS 1.3. */
static void
test_tls_1_2 (void)
{
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 1);
  check (single.client, single.server, FULL);
  single.plan.priority = TLS_1_2;
  for (guint i = 0; i < 3; i++)
    check (single.client, single.server, FULL);
}

static char *key_log;           /* its path */

static guint
count_in_key_log (const char *word)
{
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (key_log, &text, NULL, NULL));
  for (const char *at = text; (at = strstr (at, word)) != NULL; at++)
    n++;
  return n;
}

/* One line is the client's, the other is the server's. */
static void
test_key_log (void)
{
  g_auto (Single) single = { 0 };

  single_init (&single, CERTIFICATE_GOOD, 1);
  check (single.client, single.server, FULL);

  guint n_before = count_in_key_log ("CLIENT_TRAFFIC_SECRET_0 ");

  check (single.client, single.server, RESUMED);
  g_assert_cmpuint (count_in_key_log ("CLIENT_TRAFFIC_SECRET_0 "), ==, n_before + 2);
}

static void
send_hi (WspServer     *server,
         WspConnection *connection,
         gpointer       data)
{
  wsp_connection_start_receiving (connection);
  wsp_connection_queue_text (connection, "hi", NULL);
}

static void
connect_often (WspClient *client,
               guint16    port)
{
  for (guint i = 0; i < N_CONNECTS; i++)
    {
      g_auto (Dialed) dialed = { 0 };

      dial (&dialed, client, "wss://localhost:PORT/", port);
      dial_is_open (&dialed);
    }
}

/* Neither the client nor the server, which is the library's own here, has more memory when all
 * connections have ended.  An allocator other than glibc's has no figures. */
static void
test_growth (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspClient) client = make_client ();
  gsize before;

  wsp_server_set_tls_certificate (server, authority_get_certificate (CERTIFICATE_GOOD));
  g_signal_connect (server, "connection", G_CALLBACK (send_hi), NULL);

  guint16 port = listen_on_free_port (server, "127.0.0.1");

  connect_often (client, port);
  n_checks = 0;
  before = mallinfo2 ().uordblks;
  connect_often (client, port);
  g_test_message ("%" G_GSIZE_FORMAT " bytes before, %" G_GSIZE_FORMAT " after", before,
                  mallinfo2 ().uordblks);
  g_assert_cmpuint (n_checks, ==, 0);
  g_assert_cmpuint (mallinfo2 ().uordblks, <, before + MAX_GROWTH);
}

static void
add_row (const char   *group,
         const char   *name,
         guint         row,
         GTestDataFunc test)
{
  g_autofree char *path = g_strconcat (PATH, group, "/", name, NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (row), test);
}

static void
add_pair (guint first,
          guint second)
{
  g_autofree char *name = g_strconcat (setups[first].name, "-and-", setups[second].name, NULL);

  add_row ("other-session", name, first * G_N_ELEMENTS (setups) + second, test_pair);
}

static void
add_pairs (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (setups); i++)
    add_pair (0, i);
  add_pair (3, 4);
  add_pair (5, 6);
  add_pair (8, 9);
}

int
main (int    argc,
      char **argv)
{
  int descriptor = g_file_open_tmp ("wsp-XXXXXX", &key_log, NULL);

  g_assert_true (g_close (descriptor, NULL));
  g_setenv ("SSLKEYLOGFILE", key_log, TRUE);
  g_test_init (&argc, &argv, NULL);

  add_pairs ();
  g_test_add_func (PATH "other-client", test_other_client);
  g_test_add_func (PATH "ticket/is-used-once", test_once);
  g_test_add_data_func (PATH "ticket/two-of-four-are-kept", GINT_TO_POINTER (4), test_many_tickets);
  g_test_add_data_func (PATH "ticket/two-of-many-are-kept", GINT_TO_POINTER (MANY),
                        test_many_tickets);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    add_row ("size", sizes[i].name, i, test_size);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    add_row ("time", times[i].name, i, test_time);
  for (guint i = 0; i < G_N_ELEMENTS (acceptances); i++)
    add_row ("accept-certificate", acceptances[i].name, i, test_accepted);
  g_test_add_func (PATH "database/of-the-program-is-always-asked", test_database_of_the_program);
  g_test_add_func (PATH "database/default-is-replaced", test_default_database);
  g_test_add_func (PATH "peer-certificate", test_peer_certificate);
  g_test_add_func (PATH "server-refuses-the-ticket", test_refused_ticket);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    add_row ("full-after", failures[i].name, i, test_failure);
  g_test_add_func (PATH "tls-1.2", test_tls_1_2);
  g_test_add_func (PATH "key-log", test_key_log);
  g_test_add_func (PATH "growth", test_growth);

  g_test_add_data_func (PATH "group-of-the-server/SECP256R1",
                        "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP256R1", test_other_group);
  g_test_add_data_func (PATH "group-of-the-server/FFDHE2048",
                        "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-FFDHE2048", test_other_group);
  int status = g_test_run ();

  g_unlink (key_log);
  g_free (key_log);
  return status;
}
