/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Certificates of servers: the same are accepted, and the same are refused for the same reasons,
 * whether a file or the system's list has the authority, and whether the library does TLS or GIO.
 *
 * This program replaces the two functions of GnuTLS that read the system's list. */
#include "endpoint/far/dialed-by.h"
#include "endpoint/far/issued.h"
#include "endpoint/far/tls-server.h"
#include "endpoint/knock.h"
#include "lib/rows.h"

#define PATH "/endpoint/client-tls-certificates/"
#define MAX_SHOWN 8             /* of a row */
#define MAX_CHAIN 128

static char *root_path;         /* of the list */

int
gnutls_certificate_set_x509_system_trust (gnutls_certificate_credentials_t credentials)
{
  return gnutls_certificate_set_x509_trust_file (credentials, root_path, GNUTLS_X509_FMT_PEM);
}

int
gnutls_x509_trust_list_add_system_trust (gnutls_x509_trust_list_t list,
                                         unsigned int             flags,
                                         unsigned int             verify_flags)
{
  return gnutls_x509_trust_list_add_trust_file (list, root_path, NULL, GNUTLS_X509_FMT_PEM, flags,
                                                verify_flags);
}

/* Certificates, each after its issuer. */

typedef enum
{
  NONE,
  ROOT,                         /* root certificate that the lists have */
  STRANGER,                     /* certificate issued by itself, as the root, that no list has */
  LEAF,
  WILD,
  WILD_IN_ONE_LABEL,
  WILD_ALONE,
  WILD_IN_PART,
  NAME_IN_SUBJECT,
  ADDRESS_AS_NAME,
  NAME_WITH_NUL,
  NAMES_BROKEN,
  SECOND_NAME,
  OF_STRANGER,
  SHA1,
  RSA_1024,
  RSA_2048,
  CRITICAL,
  FOR_ANY,
  FOR_CLIENTS,
  WITHOUT_PURPOSE,
  MUST_STAPLE,
  BETWEEN,
  OF_BETWEEN,
  DEEPER,
  OF_DEEPER,
  EXPIRED,
  OF_EXPIRED,
  BETWEEN_SHA1,
  OF_SHA1,
  FOR_CLIENTS_ONLY,
  OF_FOR_CLIENTS_ONLY,
  PATH_0,
  BELOW_PATH_0,
  OF_BELOW_PATH_0,
  PERMITS,
  OF_PERMITS,
  PERMITS_OTHER,
  OF_PERMITS_OTHER,
  EXCLUDES,
  OF_EXCLUDES,
  RING_1,
  RING_2,
  RING_1_AGAIN,                 /* certificate of the first ring, with its key, issued by the second
                                 * one */
  OF_RING,
  N_ISSUED,
} Which;

static const struct
{
  IssuedPlan plan;
  Which      issuer, key;       /* certificate that issues this one; certificate whose key it has;
                                 * NONE: itself, a new key */
} plans[N_ISSUED] = {
  [ROOT] = { { "A root", NULL, ISSUED_CA }, NONE, NONE },
  [STRANGER] = { { "A stranger", NULL, ISSUED_CA }, NONE, NONE },
  [LEAF] = { { "leaf", "localhost 127.0.0.1", 0 }, ROOT, NONE },
  [WILD] = { { "wild", "*.b.localhost", 0 }, ROOT, NONE },
  [WILD_IN_ONE_LABEL] = { { "wild", "*.localhost", 0 }, ROOT, NONE },
  [WILD_ALONE] = { { "wild", "*", 0 }, ROOT, NONE },
  [WILD_IN_PART] = { { "wild", "a*.b.localhost", 0 }, ROOT, NONE },
  [NAME_IN_SUBJECT] = { { "localhost", NULL, 0 }, ROOT, NONE },
  [ADDRESS_AS_NAME] = { { "address", "dns:127.0.0.1", 0 }, ROOT, NONE },
  [NAME_WITH_NUL] = { { "nul", "%", 0 }, ROOT, NONE },
  [NAMES_BROKEN] = { { "broken", "!", 0 }, ROOT, NONE },
  [SECOND_NAME] = { { "second", "a.b.localhost", 0 }, ROOT, NONE },
  [OF_STRANGER] = { { "leaf", "localhost", 0 }, STRANGER, NONE },
  [SHA1] = { { "leaf", "localhost", ISSUED_SHA1 }, ROOT, NONE },
  [RSA_1024] = { { "leaf", "localhost", ISSUED_RSA_1024 }, ROOT, NONE },
  [RSA_2048] = { { "leaf", "localhost", ISSUED_RSA_2048 }, ROOT, NONE },
  [CRITICAL] = { { "leaf", "localhost", ISSUED_CRITICAL }, ROOT, NONE },
  [FOR_ANY] = { { "leaf", "localhost", ISSUED_FOR_ANY }, ROOT, NONE },
  [FOR_CLIENTS] = { { "leaf", "localhost", ISSUED_FOR_CLIENTS }, ROOT, NONE },
  [WITHOUT_PURPOSE] = { { "leaf", "localhost", ISSUED_WITHOUT_PURPOSE }, ROOT, NONE },
  [MUST_STAPLE] = { { "leaf", "localhost", ISSUED_MUST_STAPLE }, ROOT, NONE },
  [BETWEEN] = { { "Between", NULL, ISSUED_CA }, ROOT, NONE },
  [OF_BETWEEN] = { { "leaf", "localhost", 0 }, BETWEEN, NONE },
  [DEEPER] = { { "Deeper", NULL, ISSUED_CA }, BETWEEN, NONE },
  [OF_DEEPER] = { { "leaf", "localhost", 0 }, DEEPER, NONE },
  [EXPIRED] = { { "Expired", NULL, ISSUED_CA | ISSUED_EXPIRED }, ROOT, NONE },
  [OF_EXPIRED] = { { "leaf", "localhost", 0 }, EXPIRED, NONE },
  [BETWEEN_SHA1] = { { "SHA-1", NULL, ISSUED_CA | ISSUED_SHA1 }, ROOT, NONE },
  [OF_SHA1] = { { "leaf", "localhost", 0 }, BETWEEN_SHA1, NONE },
  [FOR_CLIENTS_ONLY] = { { "Clients", NULL, ISSUED_CA | ISSUED_FOR_CLIENTS }, ROOT, NONE },
  [OF_FOR_CLIENTS_ONLY] = { { "leaf", "localhost", 0 }, FOR_CLIENTS_ONLY, NONE },
  [PATH_0] = { { "Path 0", NULL, ISSUED_CA | ISSUED_PATH_0 }, ROOT, NONE },
  [BELOW_PATH_0] = { { "Below", NULL, ISSUED_CA }, PATH_0, NONE },
  [OF_BELOW_PATH_0] = { { "leaf", "localhost", 0 }, BELOW_PATH_0, NONE },
  [PERMITS] = { { "Permits", NULL, ISSUED_CA | ISSUED_PERMITS }, ROOT, NONE },
  [OF_PERMITS] = { { "leaf", "localhost", 0 }, PERMITS, NONE },
  [PERMITS_OTHER] = { { "Permits other", NULL, ISSUED_CA | ISSUED_PERMITS_OTHER }, ROOT, NONE },
  [OF_PERMITS_OTHER] = { { "leaf", "localhost", 0 }, PERMITS_OTHER, NONE },
  [EXCLUDES] = { { "Excludes", NULL, ISSUED_CA | ISSUED_EXCLUDES }, ROOT, NONE },
  [OF_EXCLUDES] = { { "leaf", "localhost", 0 }, EXCLUDES, NONE },
  [RING_1] = { { "Ring 1", NULL, ISSUED_CA }, NONE, NONE },
  [RING_2] = { { "Ring 2", NULL, ISSUED_CA }, RING_1, NONE },
  [RING_1_AGAIN] = { { "Ring 1", NULL, ISSUED_CA }, RING_2, RING_1 },
  [OF_RING] = { { "leaf", "localhost", 0 }, RING_2, NONE },
};

static Issued *issued[N_ISSUED];

static const Issued *
get_issued (Which which)
{
  const Issued *issuer = NULL;
  gnutls_x509_privkey_t key = NULL;

  if (issued[which] != NULL)
    return issued[which];

  if (plans[which].issuer != NONE)
    issuer = get_issued (plans[which].issuer);
  if (plans[which].key != NONE)
    key = get_issued (plans[which].key)->key;
  issued[which] = issued_new (&plans[which].plan, issuer, key);
  return issued[which];
}

/* The verdict of an authority about a certificate, in the handshake. */

typedef enum
{
  SAYS_NOTHING,
  SAYS_GOOD,
  SAYS_REVOKED,
  SAYS_GOOD_OF_ANOTHER,
  SAYS_GARBAGE,
} Saying;

static void
run_openssl (const char *format,
             const char *folder)
{
  g_autofree char *line = g_strdup_printf (format, folder, folder, folder, folder, folder, folder);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_command_line_sync (line, NULL, &output, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s: %s", line, output);
}

static char *
dup_serial (const Issued *certificate)
{
  GString *text = g_string_new (NULL);
  guint8 serial[32];
  size_t length = sizeof serial;

  gnutls_x509_crt_get_serial (certificate->certificate, serial, &length);
  for (guint i = 0; i < length; i++)
    g_string_append_printf (text, "%02X", serial[i]);

  return g_string_free (text, FALSE);
}

/* GnuTLS makes no such responses. */
static GBytes *
make_response (Which  which,
               Saying saying)
{
  const Issued *about = get_issued (saying == SAYS_GOOD_OF_ANOTHER ? SECOND_NAME : which);
  g_autofree char *folder = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  g_autofree char *root = g_build_filename (folder, "root", NULL);
  g_autofree char *leaf = g_build_filename (folder, "leaf", NULL);
  g_autofree char *index = g_build_filename (folder, "index", NULL);
  g_autofree char *response = g_build_filename (folder, "response", NULL);
  g_autofree char *serial = dup_serial (about);
  g_autofree char *line = NULL;
  char *bytes;
  gsize length;

  line = g_strdup_printf ("%s\t401231235959Z\t%s\t%s\tunknown\t/CN=leaf\n",
                          saying == SAYS_REVOKED ? "R" : "V",
                          saying == SAYS_REVOKED ? "200101000000Z" : "", serial);
  g_assert_true (g_file_set_contents (index, line, -1, NULL));
  issued_write (get_issued (ROOT), root, TRUE);
  issued_write (about, leaf, FALSE);
  run_openssl ("openssl ocsp -index %s/index -CA %s/root -rsigner %s/root -issuer %s/root"
               " -cert %s/leaf -ndays 1 -respout %s/response", folder);
  g_assert_true (g_file_get_contents (response, &bytes, &length, NULL));
  run_openssl ("rm -r %s", folder);
  return g_bytes_new_take (bytes, length);
}

/* The server */

typedef struct
{
  TlsServerPlan       plan;
  TlsServerScript     script;
  gnutls_pcert_st     shown[MAX_CHAIN];
  gnutls_pcert_st     second;   /* certificate for the second name */
  guint               n_shown;
  gnutls_privkey_t    key, second_key;
  gnutls_ocsp_data_st response;
  gboolean            has_response, has_second;
} Server;

static int
retrieve (gnutls_session_t                  session,
          const struct gnutls_cert_retr_st *info,
          gnutls_pcert_st                 **shown,
          unsigned int                     *n_shown,
          gnutls_ocsp_data_st             **responses,
          unsigned int                     *n_responses,
          gnutls_privkey_t                 *key,
          unsigned int                     *flags)
{
  Server *self = gnutls_session_get_ptr (session);
  char name[64] = "";
  size_t length = sizeof name;
  unsigned int type;

  gnutls_server_name_get (session, name, &length, &type, 0);

  gboolean is_second = self->has_second && strcmp (name, "a.b.localhost") == 0;

  *shown = is_second ? &self->second : self->shown;
  *n_shown = is_second ? 1 : self->n_shown;
  *key = is_second ? self->second_key : self->key;
  *responses = self->has_response ? &self->response : NULL;
  *n_responses = self->has_response ? 1 : 0;
  *flags = 0;
  return 0;
}

static void
prepare (gnutls_session_t                 session,
         gnutls_certificate_credentials_t credentials,
         gpointer                         data)
{
  gnutls_session_set_ptr (session, data);
  gnutls_certificate_set_retrieve_function3 (credentials, retrieve);
}

static void
serve (FarPeer *peer,
       gpointer data)
{
  Server *self = data;
  TlsServerPlan plan = self->plan;      /* each connection has its own */

  tls_server_run (peer, &plan, &self->script);
}

static gnutls_privkey_t
load_key (gnutls_x509_privkey_t key)
{
  gnutls_privkey_t self;

  g_assert_cmpint (gnutls_privkey_init (&self), ==, 0);
  g_assert_cmpint (gnutls_privkey_import_x509 (self, key, 0), ==, 0);
  return self;
}

static void
server_init (Server *self)
{
  *self = (Server) { .script = { .prepare = prepare, .data = self } };
  authority_get_certificate (CERTIFICATE_GOOD);
}

static void
server_show (Server       *self,
             const Issued *certificate)
{
  g_assert_cmpuint (self->n_shown, <, MAX_CHAIN);
  g_assert_cmpint (gnutls_pcert_import_x509 (&self->shown[self->n_shown++],
                                             certificate->certificate, 0), ==, 0);
}

static void
server_add_second (Server *self)
{
  g_assert_cmpint (gnutls_pcert_import_x509 (&self->second, get_issued (SECOND_NAME)->certificate,
                                             0), ==, 0);
  self->second_key = load_key (get_issued (SECOND_NAME)->key);
  self->has_second = TRUE;
}

static void
server_clear (Server *self)
{
  for (guint i = 0; i < self->n_shown; i++)
    gnutls_pcert_deinit (&self->shown[i]);
  if (self->has_second)
    {
      gnutls_pcert_deinit (&self->second);
      gnutls_privkey_deinit (self->second_key);
    }
  if (self->key != NULL)
    gnutls_privkey_deinit (self->key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Server, server_clear)

/* The rows */

#define NOT_TRUSTED "not trusted: "
#define NO_CA NOT_TRUSTED "unknown certificate authority, subject"
#define NO_NAME NOT_TRUSTED "issued for another name, subject"
#define INVALID NOT_TRUSTED "invalid, subject"
#define WEAK NOT_TRUSTED "insecure algorithm, subject"
#define SAME "same"
#define SINCE_2_80 "same since GLib 2.80"       /* before, GIO accepts it */
#define HANGS "hangs"           /* GIO 2.74 goes round in the ring for ever */

static const struct
{
  const char *name, *host;
  Which       shown[MAX_SHOWN];
  const char *text;             /* text of the error; NULL: the server is accepted */
  const char *text_by_gio;      /* text of GIO's error: SAME or SINCE_2_80; NULL: GIO accepts the
                                 * server */
  Which       key;              /* certificate whose key signs; NONE: the first shown one */
  Saying      saying;
} rows[] = {
  { "name", "localhost", { LEAF }, NULL, SAME, NONE, SAYS_NOTHING },
  { "address", "127.0.0.1", { LEAF }, NULL, SAME, NONE, SAYS_NOTHING },
  { "wildcard", "a.b.localhost", { WILD }, NULL, SAME, NONE, SAYS_NOTHING },
  { "wildcard-below-it", "c.a.b.localhost", { WILD }, NO_NAME, SAME, NONE, SAYS_NOTHING },
  { "wildcard-above-it", "b.localhost", { WILD }, NO_NAME, SAME, NONE, SAYS_NOTHING },
  { "wildcard-of-a-top-level", "a.localhost", { WILD_IN_ONE_LABEL }, NO_NAME, SAME, NONE, SAYS_NOTHING },
  { "wildcard-alone", "localhost", { WILD_ALONE }, NO_NAME, SAME, NONE, SAYS_NOTHING },
  { "wildcard-in-part-of-a-label", "a.b.localhost", { WILD_IN_PART }, NULL, SAME, NONE, SAYS_NOTHING },
  { "wildcard-for-an-address", "127.0.0.1", { WILD_ALONE }, NO_NAME, SAME, NONE, SAYS_NOTHING },
  { "name-in-the-subject-only", "localhost", { NAME_IN_SUBJECT }, NULL, SAME, NONE, SAYS_NOTHING },
  { "address-as-name", "127.0.0.1", { ADDRESS_AS_NAME }, NO_NAME, SAME, NONE, SAYS_NOTHING },
  { "name-with-a-zero-byte", "localhost", { NAME_WITH_NUL }, NO_NAME, SAME, NONE, SAYS_NOTHING },
  { "names-that-cannot-be-read", "localhost", { NAMES_BROKEN }, "No TLS with", "No TLS with", NONE, SAYS_NOTHING },
  { "first-of-two-names", "localhost", { LEAF }, NULL, SAME, NONE, SAYS_NOTHING },
  { "second-of-two-names", "a.b.localhost", { LEAF }, NULL, SAME, NONE, SAYS_NOTHING },
  { "third-of-two-names", "c.localhost", { LEAF }, NO_NAME, SAME, NONE, SAYS_NOTHING },
  { "self-signed-and-issued-by-it", "localhost", { OF_STRANGER, STRANGER }, NO_CA, SAME, NONE, SAYS_NOTHING },
  { "authority-unknown", "localhost", { OF_STRANGER }, NO_CA, SAME, NONE, SAYS_NOTHING },
  { "sha-1", "localhost", { SHA1 }, WEAK, SAME, NONE, SAYS_NOTHING },
  { "sha-1-between", "localhost", { OF_SHA1, BETWEEN_SHA1 }, WEAK, SAME, NONE, SAYS_NOTHING },
  { "rsa-1024", "localhost", { RSA_1024 }, NULL, SAME, NONE, SAYS_NOTHING },
  { "rsa-2048", "localhost", { RSA_2048 }, NULL, SAME, NONE, SAYS_NOTHING },
  { "critical-extension", "localhost", { CRITICAL }, INVALID, SAME, NONE, SAYS_NOTHING },
  { "for-any-purpose", "localhost", { FOR_ANY }, NULL, SAME, NONE, SAYS_NOTHING },
  { "for-clients", "localhost", { FOR_CLIENTS }, INVALID, NULL, NONE, SAYS_NOTHING },
  { "without-purpose", "localhost", { WITHOUT_PURPOSE }, NULL, SAME, NONE, SAYS_NOTHING },
  { "issued-by-one-for-clients", "localhost", { OF_FOR_CLIENTS_ONLY, FOR_CLIENTS_ONLY }, INVALID, NULL, NONE, SAYS_NOTHING },
  { "intermediate", "localhost", { OF_BETWEEN, BETWEEN }, NULL, SAME, NONE, SAYS_NOTHING },
  { "intermediate-missing", "localhost", { OF_BETWEEN }, NO_CA, SAME, NONE, SAYS_NOTHING },
  { "intermediate-missing-of-two", "localhost", { OF_DEEPER, BETWEEN }, NO_CA, SAME, NONE, SAYS_NOTHING },
  { "intermediate-expired", "localhost", { OF_EXPIRED, EXPIRED }, NOT_TRUSTED "expired (DATE), subject", SAME, NONE, SAYS_NOTHING },
  { "root-is-shown", "localhost", { OF_BETWEEN, BETWEEN, ROOT }, NULL, SAME, NONE, SAYS_NOTHING },
  { "two-intermediates", "localhost", { OF_DEEPER, DEEPER, BETWEEN }, NULL, SAME, NONE, SAYS_NOTHING },
  { "in-another-order", "localhost", { OF_DEEPER, BETWEEN, DEEPER }, NULL, SAME, NONE, SAYS_NOTHING },
  { "root-before-them", "localhost", { OF_DEEPER, ROOT, BETWEEN, DEEPER }, NULL, SAME, NONE, SAYS_NOTHING },
  { "alien-between", "localhost", { OF_DEEPER, STRANGER, DEEPER, SECOND_NAME, BETWEEN }, NULL, SAME, NONE, SAYS_NOTHING },
  { "alien-at-the-end", "localhost", { OF_BETWEEN, BETWEEN, STRANGER }, NULL, SAME, NONE, SAYS_NOTHING },
  { "alien-after-a-root", "localhost", { LEAF, STRANGER }, NULL, SAME, NONE, SAYS_NOTHING },
  { "twice-the-same", "localhost", { OF_BETWEEN, OF_BETWEEN, BETWEEN, BETWEEN }, NULL, SAME, NONE, SAYS_NOTHING },
  { "ring", "localhost", { OF_RING, RING_2, RING_1_AGAIN }, NO_CA, HANGS, NONE, SAYS_NOTHING },
  { "ring-with-its-start", "localhost", { OF_RING, RING_2, RING_1_AGAIN, RING_1 }, NO_CA, HANGS, NONE, SAYS_NOTHING },
  { "path-too-long", "localhost", { OF_BELOW_PATH_0, BELOW_PATH_0, PATH_0 }, INVALID, SAME, NONE, SAYS_NOTHING },
  { "name-is-permitted", "localhost", { OF_PERMITS, PERMITS }, NULL, SAME, NONE, SAYS_NOTHING },
  { "name-is-not-permitted", "localhost", { OF_PERMITS_OTHER, PERMITS_OTHER }, INVALID, SAME, NONE, SAYS_NOTHING },
  { "name-is-excluded", "localhost", { OF_EXCLUDES, EXCLUDES }, INVALID, SAME, NONE, SAYS_NOTHING },
  { "key-of-another", "localhost", { LEAF }, "No TLS with", SAME, SECOND_NAME, SAYS_NOTHING },
  { "stapled-good", "localhost", { LEAF }, NULL, SAME, NONE, SAYS_GOOD },
  { "stapled-revoked", "localhost", { LEAF }, NOT_TRUSTED "revoked", SINCE_2_80, NONE, SAYS_REVOKED },
  { "stapled-of-another", "localhost", { LEAF }, INVALID, SINCE_2_80, NONE, SAYS_GOOD_OF_ANOTHER },
  { "stapled-garbage", "localhost", { LEAF }, INVALID, SINCE_2_80, NONE, SAYS_GARBAGE },
  { "must-staple-good", "localhost", { MUST_STAPLE }, NULL, SAME, NONE, SAYS_GOOD },
  { "must-staple-nothing", "localhost", { MUST_STAPLE }, INVALID, SINCE_2_80, NONE, SAYS_NOTHING },
};

typedef enum
{
  LIST_FILE,
  LIST_SYSTEM,
  N_LISTS,
} List;

static const char *const lists[] = { "a file", "the system's list" };
static const char *const ways[] = { "the library", "GIO" };

/* Replaces DATE by the date of expired certificates. */
static char *
put_date (const char *text)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, -ISSUED_EXPIRED_DAYS);
  g_autofree char *date = g_date_time_format (then, "%Y-%m-%d");
  g_auto (GStrv) parts = g_strsplit (text, "DATE", -1);

  return g_strjoinv (date, parts);
}

/* The subjects of the chain, as the program sees it. */
static char *
list_subjects (WspConnection *connection)
{
  GString *subjects = g_string_new (NULL);
  GTlsCertificate *at = wsp_connection_get_tls_peer_certificate (connection);

  for (; at != NULL; at = g_tls_certificate_get_issuer (at))
    {
      g_autofree char *subject = NULL;

      g_object_get (at, "subject-name", &subject, NULL);
      g_string_append_printf (subjects, "%s%s", subjects->len > 0 ? ", " : "", subject);
    }

  return g_string_free (subjects, FALSE);
}

/* text NULL: the server is accepted.  Returns the library's part of the error, or the chain. */
static char *
check_server (Far        *server,
              const char *host,
              List        list,
              Tls         tls,
              const char *text)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (WspClient) client = NULL;
  g_auto (Dialed) dialed = { 0 };

  if (list == LIST_FILE)
    database = g_tls_file_database_new (root_path, NULL);
  client = make_client (database);
  dial_by (&dialed, tls, client, host, server);
  g_test_message ("%s with %s: %s", ways[tls], lists[list],
                  dialed.error != NULL ? dialed.error->message : "accepted");
  if (text == NULL)
    {
      dial_is_open (&dialed);
      return list_subjects (dialed.connection);
    }

  g_autofree char *expected = put_date (text);

  g_assert_nonnull (dialed.error);
  g_assert_true (dialed.error->domain == G_TLS_ERROR);
  g_assert_contains (dialed.error->message, expected);
  return dup_own_text (dialed.error);
}

static gboolean
is_same (guint row)
{
  return g_strcmp0 (rows[row].text_by_gio, SAME) == 0;
}

static const char *
get_text_by_gio (guint row)
{
  if (is_same (row))
    return rows[row].text;
  if (g_strcmp0 (rows[row].text_by_gio, SINCE_2_80) != 0)
    return rows[row].text_by_gio;

  return glib_check_version (2, 80, 0) == NULL ? rows[row].text : NULL;
}

static void
check_row (guint row,
           Far  *server)
{
  for (List list = LIST_FILE; list < N_LISTS; list++)
    {
      g_autofree char *own = check_server (server, rows[row].host, list, BY_LIBRARY,
                                           rows[row].text);
      g_autofree char *of_gio = NULL;

      if (g_strcmp0 (rows[row].text_by_gio, HANGS) == 0)
        continue;

      of_gio = check_server (server, rows[row].host, list, BY_GIO, get_text_by_gio (row));
      if (is_same (row))
        g_assert_cmpstr (own, ==, of_gio);
    }
}

/* Returns the number of descriptors that are open afterwards. */
static guint
connect_and_count (guint   row,
                   Server *plan)
{
  Far *server = far_new (serve, plan);

  g_free (check_server (server, rows[row].host, LIST_SYSTEM, BY_LIBRARY, rows[row].text));
  far_free (server);
  run_pending ();
  return knock_count_files ();
}

static void
add_response (Server *self,
              GBytes *response)
{
  gsize length;

  self->response.response.data = (guint8 *) g_bytes_get_data (response, &length);
  self->response.response.size = length;
  self->has_response = TRUE;
}

static void
test_row (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Server) plan;
  g_autoptr (Far) server = NULL;
  g_autoptr (GBytes) response = NULL;
  Which key = rows[row].key != NONE ? rows[row].key : rows[row].shown[0];
  guint n_descriptors;

  server_init (&plan);
  for (guint i = 0; i < MAX_SHOWN && rows[row].shown[i] != NONE; i++)
    server_show (&plan, get_issued (rows[row].shown[i]));
  server_add_second (&plan);
  plan.key = load_key (get_issued (key)->key);
  if (rows[row].saying != SAYS_NOTHING)
    {
      response = rows[row].saying == SAYS_GARBAGE
                 ? g_bytes_new_static ("what", 4)
                 : make_response (rows[row].shown[0], rows[row].saying);
      add_response (&plan, response);
    }
  n_descriptors = connect_and_count (row, &plan);
  g_assert_cmpuint (connect_and_count (row, &plan), <=, n_descriptors);
  server = far_new (serve, &plan);
  check_row (row, server);
}

/* The profile is part of the priority, which is read once. */
static void
test_profile (void)
{
  if (!g_test_subprocess ())
    {
      g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:%PROFILE_MEDIUM", TRUE);
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_unsetenv ("G_TLS_GNUTLS_PRIORITY");
      g_test_trap_assert_passed ();
      return;
    }

  for (Which which = RSA_1024; which <= RSA_2048; which++)
    {
      g_auto (Server) plan;
      g_autoptr (Far) server = NULL;

      server_init (&plan);
      server_show (&plan, get_issued (which));
      plan.key = load_key (get_issued (which)->key);
      server = far_new (serve, &plan);
      for (List list = LIST_FILE; list < N_LISTS; list++)
        g_free (check_server (server, "localhost", list, BY_LIBRARY,
                              which == RSA_1024 ? WEAK : NULL));
    }
}

static const struct
{
  const char *name;
  guint       length;           /* number of certificates without the root */
  const char *text;
} chains[] = {
  { "10", 10, NULL },
  { "32", 32, NULL },
  { "120", 120, "expected messages of at most 32768 bytes" },
};

/* GIO has no limit before GLib 2.80. */
static void
test_chain (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const IssuedPlan leaf = { "leaf", "localhost", 0 };
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) issued_free);
  g_auto (Server) plan;
  g_autoptr (Far) server = NULL;
  const Issued *issuer = get_issued (ROOT);
  guint length = chains[row].length;

  server_init (&plan);
  for (guint i = 1; i <= length; i++)
    {
      g_autofree char *name = g_strdup_printf ("Authority %u", i);
      const IssuedPlan authority = { name, NULL, ISSUED_CA };
      Issued *next = issued_new (i == length ? &leaf : &authority, issuer, NULL);

      g_ptr_array_add (chain, next);
      issuer = next;
    }
  for (guint i = length; i > 0; i--)
    server_show (&plan, chain->pdata[i - 1]);
  plan.key = load_key (issuer->key);
  server = far_new (serve, &plan);
  for (List list = LIST_FILE; list < N_LISTS; list++)
    g_free (check_server (server, "localhost", list, BY_LIBRARY, chains[row].text));
  if (chains[row].text != NULL || glib_check_version (2, 80, 0) == NULL)
    return;

  for (List list = LIST_FILE; list < N_LISTS; list++)
    g_free (check_server (server, "localhost", list, BY_GIO, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  root_path = authority_dup_path ("root.pem");
  issued_write (get_issued (ROOT), root_path, FALSE);

  ADD_ROWS_AS (PATH "%s", rows, test_row);

  g_test_add_func (PATH "profile", test_profile);
  ADD_ROWS_AS (PATH "chain-of-%s", chains, test_chain);

  int status = g_test_run ();

  for (Which which = NONE; which < N_ISSUED; which++)
    g_clear_pointer (&issued[which], issued_free);

  g_free (root_path);
  return status;
}
