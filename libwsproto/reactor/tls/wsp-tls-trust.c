/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The system's list of CAs, which a thread reads once for the process.  `lock` protects
 * system_list. Connections wait while the list is read.  A list that is replaced lives until its
 * last user has dropped it.
 *
 * The child of a fork () does not have the thread that reads: it reads the list itself. */
#include "reactor/tls/wsp-tls-trust-private.h"

#include <string.h>
#include <sys/stat.h>

#include "base/wsp-fork-private.h"
#include "reactor/tls/wsp-tls-database-private.h"
#include "reactor/tls/wsp-tls-peer-key-private.h"
#include "reactor/tls/wsp-tls-tickets-private.h"
#include "system/files.h"

#define MAX_CHAIN 100           /* certificates */

struct _WspTlsTrust
{
  int                              ref_count;
  gsize                            number;      /* number that no other list has or had; 0:
                                                   unknown */
  gnutls_certificate_credentials_t credentials; /* credentials with the list, and without a
                                                   certificate */
  gboolean is_external;         /* PKCS #11 modules are asked, by one thread at a time */
};

typedef struct _Waiter Waiter;

struct _Waiter
{
  Waiter         *next;
  WspPost         post;
  WspReactor     *reactor;      /* reactor of the thread that asks; kept alive by data */
  GTlsDatabase   *database;     /* database that is asked about; NULL: the system's */
  WspTlsTrustFunc found;
  GDestroyNotify  drop;
  gpointer        data;
};

static GMutex lock, external_lock;

static struct
{
  WspTlsTrust *trust;           /* list of the system; NULL: not read yet, or it could not be
                                   read */
  gboolean     is_being_read;
  guint        n_forks;         /* value of wsp_n_forks in the process that reads, or has read */
  gboolean     was_read;
  gint64       looked_at;       /* monotonic time at which the file was last looked at, in
                                   microseconds */
  struct stat  status;          /* status of the file when it was read */
  Waiter      *waiters;
} system_list;

/* The files of Debian and Alpine, Fedora, SUSE; GnuTLS does not say which one it reads. */
static const char *const system_paths[] = {
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/var/lib/ca-certificates/ca-bundle.pem",
};

static WspTlsTrust *
trust_ref (WspTlsTrust *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
trust_unref (WspTlsTrust *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  if (self->credentials != NULL)
    gnutls_certificate_free_credentials (self->credentials);
  g_free (self);
}

/* The list is empty.  Beyond the limits GnuTLS would not say what is wrong with a certificate. */
static WspTlsTrust *
trust_new (void)
{
  WspTlsTrust *self = g_new0 (WspTlsTrust, 1);

  self->ref_count = 1;
  self->number = wsp_tls_tickets_make_number ();
  if (gnutls_certificate_allocate_credentials (&self->credentials) == GNUTLS_E_SUCCESS)
    {
      gnutls_certificate_set_verify_limits (self->credentials, WSP_TLS_MAX_KEY_BITS,
                                            MAX_CHAIN);
      return self;
    }

  trust_unref (self);
  return NULL;
}

static gboolean
is_system_database (GTlsDatabase *database)
{
  return strcmp (G_OBJECT_TYPE_NAME (database), "GTlsDatabaseGnutls") == 0;
}

/* Returns NULL if the list cannot be read. */
static WspTlsTrust *
read_system_list (void)
{
  WspTlsTrust *self = trust_new ();

  if (self == NULL)
    return NULL;

  int n = gnutls_certificate_set_x509_system_trust (self->credentials);

  self->is_external = n == 0;
  if (n >= 0)
    return self;

  trust_unref (self);
  return NULL;
}

static void
run_waiter (WspPost *post)
{
  Waiter *self = WSP_OWNER_OF (post, Waiter, post);

  wsp_tls_trust_find (self->reactor, self->database, self->found, self->drop, self->data);
  g_clear_object (&self->database);
  g_free (self);
}

static void
drop_waiter (WspPost *post)
{
  Waiter *self = WSP_OWNER_OF (post, Waiter, post);

  self->drop (self->data);
  g_clear_object (&self->database);
  g_free (self);
}

/* A list that is found empty or unreadable does not replace a good one. */
static Waiter *
take_list (WspTlsTrust       *trust,
           const struct stat *status)
{
  WspTlsTrust *before;
  Waiter *waiters;

  g_mutex_lock (&lock);
  before = system_list.trust;
  if (trust != NULL && (before == NULL || before->is_external || !trust->is_external))
    {
      system_list.trust = trust;
      trust = before;
    }
  system_list.status = *status;
  system_list.was_read = TRUE;
  system_list.is_being_read = FALSE;
  waiters = g_steal_pointer (&system_list.waiters);
  g_mutex_unlock (&lock);
  if (trust != NULL)
    trust_unref (trust);
  return waiters;
}

/* Sets the status of the first file that exists; FALSE: there is none. */
static gboolean
find_file (struct stat *status)
{
  for (guint i = 0; i < G_N_ELEMENTS (system_paths); i++)
    {
      if (stat (system_paths[i], status) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Without a file, nobody tells when the list of a PKCS #11 module has changed. */
static void
forget_number (WspTlsTrust *trust)
{
  if (trust != NULL && trust->is_external)
    trust->number = 0;
}

/* GIO reads the system's list for its default database when it is first asked for it, which takes
 * as long: so that is done here, too. */
static gpointer
read_in_thread (gpointer data)
{
  struct stat status = { 0 };
  gboolean has_file = find_file (&status);

  wsp_fork_hold_off ();
  WspTlsTrust *trust = read_system_list ();
  g_autoptr (GTlsDatabase) database =
    g_tls_backend_get_default_database (g_tls_backend_get_default ());

  wsp_fork_admit ();
  if (!has_file)
    forget_number (trust);

  Waiter *waiters = take_list (trust, &status);

  while (waiters != NULL)
    {
      Waiter *waiter = waiters;

      waiters = waiter->next;
      if (!wsp_reactor_post (waiter->reactor, &waiter->post))
        drop_waiter (&waiter->post);
    }

  return NULL;
}

/* Call it with the lock held. */
static void
tls_trust_begin_reading (void)
{
  system_list.is_being_read = TRUE;
  system_list.looked_at = g_get_monotonic_time ();
  g_thread_unref (g_thread_new ("wsp-trust", read_in_thread, NULL));
}

/* TRUE: the file must be looked at now. */
static gboolean
is_due (void)
{
  gint64 now = g_get_monotonic_time ();
  gboolean is_late;

  g_mutex_lock (&lock);
  is_late = system_list.was_read && !system_list.is_being_read &&
            now - system_list.looked_at >= G_USEC_PER_SEC;
  if (is_late)
    system_list.looked_at = now;
  g_mutex_unlock (&lock);
  return is_late;
}

/* The lock is not held while the file system is asked, which may take long. */
static void
look_at_file (void)
{
  struct stat status;

  if (!is_due () || !find_file (&status))
    return;

  g_mutex_lock (&lock);
  if (!system_list.is_being_read && !wsc_file_is_same (&status, &system_list.status))
    tls_trust_begin_reading ();
  g_mutex_unlock (&lock);
}

/* Call it with the lock held. */
static void
add_waiter (WspReactor     *reactor,
            GTlsDatabase   *database,
            WspTlsTrustFunc found,
            GDestroyNotify  drop,
            gpointer        data)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->next = system_list.waiters;
  waiter->post = (WspPost) { .run = run_waiter, .drop = drop_waiter };
  waiter->reactor = reactor;
  g_set_object (&waiter->database, database);
  waiter->found = found;
  waiter->drop = drop;
  waiter->data = data;
  system_list.waiters = waiter;
}

/* The thread that reads, or another one, may have held a lock. */
static void
tls_trust_follow_fork (void)
{
  const guint before = (guint) g_atomic_int_get (&system_list.n_forks);

  if (G_LIKELY (before == wsp_n_forks) ||
      !g_atomic_int_compare_and_exchange (&system_list.n_forks, before, wsp_n_forks))
    return;

  g_mutex_init (&lock);
  g_mutex_init (&external_lock);
  system_list.is_being_read = FALSE;
  system_list.waiters = NULL;
}

/* The program may have replaced the default database.  It is asked for only when GIO has made its
 * own, or else that would take long. */
static GTlsDatabase *
dup_default (void)
{
  gboolean was_read;

  g_mutex_lock (&lock);
  was_read = system_list.was_read;
  g_mutex_unlock (&lock);
  return was_read ? g_tls_backend_get_default_database (g_tls_backend_get_default ()) : NULL;
}

void
wsp_tls_trust_find (WspReactor     *reactor,
                    GTlsDatabase   *given,
                    WspTlsTrustFunc found,
                    GDestroyNotify  drop,
                    gpointer        data)
{
  tls_trust_follow_fork ();

  g_autoptr (GTlsDatabase) database = given != NULL ? g_object_ref (given) : dup_default ();
  WspTlsTrust *trust = NULL;

  if (database != NULL && !is_system_database (database))
    {
      found (NULL, data);
      return;
    }

  look_at_file ();
  g_mutex_lock (&lock);
  if (!system_list.was_read && !system_list.is_being_read)
    tls_trust_begin_reading ();
  if (system_list.is_being_read)
    {
      add_waiter (reactor, given, found, drop, data);
      g_mutex_unlock (&lock);
      return;
    }
  if (system_list.trust != NULL)
    trust = trust_ref (system_list.trust);
  g_mutex_unlock (&lock);

  found (trust, data);
  if (trust != NULL)
    trust_unref (trust);
}

/* Whether the database has GIO's own class: a class that is derived from it may run code of the
 * program. */
static gboolean
is_file_database (GTlsDatabase *database)
{
  return G_OBJECT_TYPE (database) ==
         g_tls_backend_get_file_database_type (g_tls_backend_get_default ());
}

/* The database keeps its number: a later object at the same address has another. */
static gsize
ensure_number (GTlsDatabase *database)
{
  static const char name[] = "wsp-tls-trust-number";
  GObject *keeper = G_OBJECT (database);

  if (g_object_get_data (keeper, name) == NULL)
    g_object_replace_data (keeper, name, NULL, GSIZE_TO_POINTER (wsp_tls_tickets_make_number ()),
                           NULL, NULL);
  return GPOINTER_TO_SIZE (g_object_get_data (keeper, name));
}

gsize
wsp_tls_trust_find_number (GTlsDatabase *given)
{
  g_autoptr (GTlsDatabase) database = given != NULL ? g_object_ref (given) : dup_default ();
  gsize number = 0;

  if (database == NULL)
    return 0;
  if (!is_system_database (database))
    return is_file_database (database) ? ensure_number (database) : 0;

  look_at_file ();
  g_mutex_lock (&lock);
  if (system_list.trust != NULL && !system_list.is_being_read)
    number = system_list.trust->number;
  g_mutex_unlock (&lock);
  return number;
}

static const struct
{
  guint                status;
  GTlsCertificateFlags flag;
} flaws[] = {
  { GNUTLS_CERT_UNEXPECTED_OWNER, G_TLS_CERTIFICATE_BAD_IDENTITY },
  { GNUTLS_CERT_NOT_ACTIVATED, G_TLS_CERTIFICATE_NOT_ACTIVATED },
  { GNUTLS_CERT_EXPIRED, G_TLS_CERTIFICATE_EXPIRED },
  { GNUTLS_CERT_REVOKED, G_TLS_CERTIFICATE_REVOKED },
  { GNUTLS_CERT_INSECURE_ALGORITHM, G_TLS_CERTIFICATE_INSECURE },
  { GNUTLS_CERT_SIGNER_NOT_FOUND, G_TLS_CERTIFICATE_UNKNOWN_CA },
  { GNUTLS_CERT_SIGNER_NOT_CA, G_TLS_CERTIFICATE_UNKNOWN_CA },
};

/* GNUTLS_CERT_INVALID is set with each of the others. */
static GTlsCertificateFlags
tls_trust_convert (guint status)
{
  GTlsCertificateFlags flags = G_TLS_CERTIFICATE_NO_FLAGS;
  guint left = status & ~(guint) GNUTLS_CERT_INVALID;

  for (guint i = 0; i < G_N_ELEMENTS (flaws); i++)
    {
      if (status & flaws[i].status)
        flags |= flaws[i].flag;
      left &= ~flaws[i].status;
    }
  if (left != 0 || (status != 0 && flags == G_TLS_CERTIFICATE_NO_FLAGS))
    flags |= G_TLS_CERTIFICATE_GENERIC_ERROR;
  return flags;
}

/* The name or address that the certificate must have; NULL: any. */
static char *
tls_trust_dup_name (GSocketConnectable *identity)
{
  if (G_IS_NETWORK_ADDRESS (identity))
    return g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (identity)));
  if (G_IS_INET_SOCKET_ADDRESS (identity))
    return g_inet_address_to_string (g_inet_socket_address_get_address (
                                       G_INET_SOCKET_ADDRESS (identity)));

  return NULL;
}

GTlsCertificateFlags
wsp_tls_trust_verify (WspTlsTrust      *self,
                      const WspTlsPeer *peer,
                      gsize            *number)
{
  g_autofree char *name = tls_trust_dup_name (peer->identity);
  gnutls_typed_vdata_st data[] = {
    { GNUTLS_DT_KEY_PURPOSE_OID, (guchar *) peer->purpose, 0 },
    { GNUTLS_DT_DNS_HOSTNAME, (guchar *) name, 0 },
  };
  guint status = 0;
  int result = gnutls_credentials_set (peer->session, GNUTLS_CRD_CERTIFICATE, self->credentials);

  if (self->is_external)
    g_mutex_lock (&external_lock);
  if (result == GNUTLS_E_SUCCESS)
    result = gnutls_certificate_verify_peers (peer->session, data, name != NULL ? 2 : 1, &status);
  if (self->is_external)
    g_mutex_unlock (&external_lock);
  gnutls_credentials_set (peer->session, GNUTLS_CRD_CERTIFICATE, peer->credentials);
  *number = result == GNUTLS_E_SUCCESS && status == 0 ? self->number : 0;
  if (result == GNUTLS_E_SUCCESS)
    return tls_trust_convert (status);

  /* Nothing was checked: a program that accepts one flaw must not accept these. */
  return G_TLS_CERTIFICATE_GENERIC_ERROR | G_TLS_CERTIFICATE_UNKNOWN_CA |
         (name != NULL ? G_TLS_CERTIFICATE_BAD_IDENTITY : 0);
}

/* TRUE: the peer's own certificate is for the purpose, or for any. */
static gboolean
has_purpose (const WspTlsPeer *peer)
{
  const gnutls_datum_t *shown = gnutls_certificate_get_peers (peer->session, NULL);
  gnutls_x509_crt_t certificate;
  gboolean is_fit;

  if (shown == NULL || gnutls_x509_crt_init (&certificate) != GNUTLS_E_SUCCESS)
    return FALSE;

  is_fit =
    gnutls_x509_crt_import (certificate, &shown[0], GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS &&
    gnutls_x509_crt_check_key_purpose (certificate, peer->purpose, 0) != 0;
  gnutls_x509_crt_deinit (certificate);
  return is_fit;
}

static void
add_anchor (WspTlsTrust     *self,
            GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) bytes = NULL;

  g_object_get (certificate, "certificate", &bytes, NULL);

  const gnutls_datum_t datum = { bytes->data, bytes->len };

  gnutls_certificate_set_x509_trust_mem (self->credentials, &datum, GNUTLS_X509_FMT_DER);
}

/* NULL: the certificate cannot be read. */
static GByteArray *
make_issuer_dn (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) bytes = NULL;
  GByteArray *issuer = NULL;
  gnutls_x509_crt_t parsed;
  gnutls_datum_t dn;

  if (gnutls_x509_crt_init (&parsed) != GNUTLS_E_SUCCESS)
    return NULL;

  g_object_get (certificate, "certificate", &bytes, NULL);

  const gnutls_datum_t datum = { bytes->data, bytes->len };

  if (gnutls_x509_crt_import (parsed, &datum, GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS &&
      gnutls_x509_crt_get_raw_issuer_dn (parsed, &dn) == GNUTLS_E_SUCCESS)
    {
      issuer = g_byte_array_append (g_byte_array_new (), dn.data, dn.size);
      gnutls_free (dn.data);
    }
  gnutls_x509_crt_deinit (parsed);
  return issuer;
}

/* Adds those of the database's certificates that may have issued the certificate; the certificate
 * itself is among them if the database has it. */
static void
add_issuers (WspTlsTrust     *self,
             GTlsDatabase    *database,
             GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) dn = make_issuer_dn (certificate);
  g_autoptr (GTlsCertificate) issuer =
    g_tls_database_lookup_certificate_issuer (database, certificate, NULL,
                                              G_TLS_DATABASE_LOOKUP_NONE, NULL, NULL);

  if (issuer != NULL)
    add_anchor (self, issuer);
  if (dn == NULL)
    return;

  GList *issued = g_tls_database_lookup_certificates_issued_by (database, dn, NULL,
                                                                G_TLS_DATABASE_LOOKUP_NONE, NULL,
                                                                NULL);

  for (GList *at = issued; at != NULL; at = at->next)
    {
      if (issuer == NULL || !g_tls_certificate_is_same (issuer, at->data))
        add_anchor (self, at->data);
    }
  g_list_free_full (issued, g_object_unref);
}

/* GnuTLS verifies with the certificates of the GTlsFileDatabase that may have issued those of the
 * chain. */
static GTlsCertificateFlags
verify_with_issuers (GTlsDatabase     *database,
                     GTlsCertificate  *chain,
                     const WspTlsPeer *peer,
                     gsize            *number)
{
  WspTlsTrust *issuers = trust_new ();
  GTlsCertificateFlags errors;

  *number = 0;
  if (issuers == NULL)
    return G_TLS_CERTIFICATE_GENERIC_ERROR;

  for (GTlsCertificate *at = chain; at != NULL; at = g_tls_certificate_get_issuer (at))
    add_issuers (issuers, database, at);
  errors = wsp_tls_trust_verify (issuers, peer, number);
  trust_unref (issuers);
  if (*number != 0)
    *number = ensure_number (database);
  return errors;
}

gboolean
wsp_tls_trust_file_trusts (GTlsDatabase     *database,
                           GTlsCertificate  *chain,
                           const WspTlsPeer *peer,
                           gsize            *number)
{
  return database != NULL && is_file_database (database) &&
         verify_with_issuers (database, chain, peer, number) == G_TLS_CERTIFICATE_NO_FLAGS;
}

GTlsCertificateFlags
wsp_tls_trust_complete (GTlsDatabase        *given,
                        GTlsCertificate     *chain,
                        GTlsCertificateFlags errors,
                        const WspTlsPeer    *peer,
                        gsize               *number)
{
  g_autoptr (GTlsDatabase) database = given != NULL ? g_object_ref (given) : dup_default ();

  *number = 0;
  if (database == NULL || !wsp_tls_database_is_of_gio (database))
    return errors;
  if (!has_purpose (peer))
    errors |= G_TLS_CERTIFICATE_GENERIC_ERROR;
  if (errors != G_TLS_CERTIFICATE_NO_FLAGS || !is_file_database (database))
    return errors;

  return verify_with_issuers (database, chain, peer, number);
}
