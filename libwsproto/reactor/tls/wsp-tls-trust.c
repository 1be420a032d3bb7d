/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A TrustList is the place of the present list of one origin; lock protects all places.  The first
 * connections wait for the list.  A list that is replaced lives until its last user has dropped it.
 */
#include "reactor/tls/wsp-tls-trust-private.h"

#include <string.h>
#include <sys/stat.h>

struct _WspTlsTrust
{
  int                              ref_count;
  gnutls_certificate_credentials_t credentials; /* with the list, and without a certificate */
  gboolean is_external;         /* PKCS #11 modules are asked, by one thread at a time */
};

typedef struct _Waiter Waiter;

struct _Waiter
{
  Waiter         *next;
  WspPost         post;
  WspReactor     *reactor;      /* kept alive by data */
  GTlsDatabase   *database;     /* nullable */
  WspTlsTrustFunc found;
  GDestroyNotify  drop;
  gpointer        data;
};

typedef struct
{
  GTlsDatabase   *database;     /* of the file, which owns this; NULL: the system's list */
  char           *path;         /* NULL: there is no file to look at */
  WspTlsTrust    *trust;        /* NULL: not read yet, or it could not be read */
  gboolean        is_being_read;
  gboolean        was_read;
  gint64          looked_at;    /* monotonic time */
  struct stat     status;       /* of the file when it was read */
  Waiter         *waiters;
} TrustList;

static GMutex lock, external_lock;
static TrustList system_list;

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

  gnutls_certificate_free_credentials (self->credentials);
  g_free (self);
}

static void
list_free (gpointer data)
{
  TrustList *self = data;

  if (self->trust != NULL)
    trust_unref (self->trust);
  g_free (self->path);
  g_free (self);
}

/* Classes that are derived from these decide themselves. */
static gboolean
is_file_database (GTlsDatabase *database)
{
  return G_OBJECT_TYPE (database) ==
         g_tls_backend_get_file_database_type (g_tls_backend_get_default ());
}

static gboolean
is_system_database (GTlsDatabase *database)
{
  return strcmp (G_OBJECT_TYPE_NAME (database), "GTlsDatabaseGnutls") == 0;
}

/* path NULL: the system's list.  Returns NULL if the list cannot be read. */
static WspTlsTrust *
read_list (const char *path)
{
  WspTlsTrust *self = g_new0 (WspTlsTrust, 1);
  int n = gnutls_certificate_allocate_credentials (&self->credentials);

  if (n == GNUTLS_E_SUCCESS && path != NULL)
    n = gnutls_certificate_set_x509_trust_file (self->credentials, path, GNUTLS_X509_FMT_PEM);
  else if (n == GNUTLS_E_SUCCESS)
    n = gnutls_certificate_set_x509_system_trust (self->credentials);
  self->ref_count = 1;
  self->is_external = n == 0;
  if (n >= 0 && (n > 0 || path == NULL))
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
take_list (TrustList         *list,
           WspTlsTrust       *trust,
           const struct stat *status)
{
  Waiter *waiters;

  g_mutex_lock (&lock);
  if (trust != NULL && (list->trust == NULL || list->trust->is_external || !trust->is_external))
    {
      WspTlsTrust *before = list->trust;

      list->trust = trust;
      trust = before;
    }
  list->status = *status;
  list->was_read = TRUE;
  list->is_being_read = FALSE;
  waiters = g_steal_pointer (&list->waiters);
  g_mutex_unlock (&lock);
  if (trust != NULL)
    trust_unref (trust);
  return waiters;
}

/* GIO reads the system's list for its default database when it is first asked for it, which takes
 * as long: so that is done here, too. */
static gpointer
read_in_thread (gpointer data)
{
  TrustList *list = data;
  g_autoptr (GTlsDatabase) database = list->database;
  struct stat status = { 0 };
  Waiter *waiters;

  if (list->path != NULL)
    (void) stat (list->path, &status);
  if (database == NULL)
    database = g_tls_backend_get_default_database (g_tls_backend_get_default ());
  waiters = take_list (list, read_list (list->database != NULL ? list->path : NULL), &status);
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
begin_reading (TrustList *list)
{
  list->is_being_read = TRUE;
  if (list->database != NULL)
    g_object_ref (list->database);
  g_thread_unref (g_thread_new ("wsp-trust", read_in_thread, list));
}

static gboolean
has_changed (const TrustList *list)
{
  struct stat status = { 0 };

  if (list->path == NULL || stat (list->path, &status) != 0)
    return FALSE;

  return status.st_dev != list->status.st_dev || status.st_ino != list->status.st_ino ||
         status.st_size != list->status.st_size ||
         status.st_mtim.tv_sec != list->status.st_mtim.tv_sec ||
         status.st_mtim.tv_nsec != list->status.st_mtim.tv_nsec;
}

/* Call it with the lock held. */
static void
look_at (TrustList *list)
{
  gint64 now = g_get_monotonic_time ();

  if (list->is_being_read || (list->was_read && now - list->looked_at < G_USEC_PER_SEC))
    return;

  list->looked_at = now;
  if (!list->was_read || has_changed (list))
    begin_reading (list);
}

static char *
find_system_path (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (system_paths); i++)
    {
      if (g_file_test (system_paths[i], G_FILE_TEST_EXISTS))
        return g_strdup (system_paths[i]);
    }

  return NULL;
}

/* Call it with the lock held.  NULL: no list stands for the database. */
static TrustList *
get_list (GTlsDatabase *database)
{
  if (database == NULL || is_system_database (database))
    {
      if (!system_list.was_read && system_list.path == NULL)
        system_list.path = find_system_path ();
      return &system_list;
    }

  if (!is_file_database (database))
    return NULL;

  TrustList *list = g_object_get_data (G_OBJECT (database), "wsp-tls-trust");

  if (list != NULL)
    return list;

  list = g_new0 (TrustList, 1);
  list->database = database;
  g_object_get (database, "anchors", &list->path, NULL);
  g_object_set_data_full (G_OBJECT (database), "wsp-tls-trust", list, list_free);
  return list;
}

static void
add_waiter (TrustList      *list,
            WspReactor     *reactor,
            GTlsDatabase   *database,
            WspTlsTrustFunc found,
            GDestroyNotify  drop,
            gpointer        data)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->next = list->waiters;
  waiter->post = (WspPost) { .run = run_waiter, .drop = drop_waiter };
  waiter->reactor = reactor;
  g_set_object (&waiter->database, database);
  waiter->found = found;
  waiter->drop = drop;
  waiter->data = data;
  list->waiters = waiter;
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
  g_autoptr (GTlsDatabase) database = given != NULL ? g_object_ref (given) : dup_default ();
  WspTlsTrust *trust = NULL;
  TrustList *list;

  g_mutex_lock (&lock);
  list = get_list (database);
  if (list != NULL)
    look_at (list);
  if (list != NULL && list->was_read && list->trust != NULL)
    trust = trust_ref (list->trust);
  if (list != NULL && !list->was_read)
    {
      add_waiter (list, reactor, given, found, drop, data);
      g_mutex_unlock (&lock);
      return;
    }
  g_mutex_unlock (&lock);

  found (trust, data);
  if (trust != NULL)
    trust_unref (trust);
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
convert (guint status)
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
dup_name (GSocketConnectable *identity)
{
  if (G_IS_NETWORK_ADDRESS (identity))
    return g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (identity)));
  if (G_IS_INET_SOCKET_ADDRESS (identity))
    return g_inet_address_to_string (g_inet_socket_address_get_address (
                                       G_INET_SOCKET_ADDRESS (identity)));

  return NULL;
}

GTlsCertificateFlags
wsp_tls_trust_verify (WspTlsTrust                     *self,
                      gnutls_session_t                 session,
                      gnutls_certificate_credentials_t credentials,
                      GSocketConnectable              *identity,
                      const char                      *purpose)
{
  g_autofree char *name = dup_name (identity);
  gnutls_typed_vdata_st data[] = {
    { GNUTLS_DT_KEY_PURPOSE_OID, (guchar *) purpose, 0 },
    { GNUTLS_DT_DNS_HOSTNAME, (guchar *) name, 0 },
  };
  guint status = 0;
  int result = gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, self->credentials);

  if (self->is_external)
    g_mutex_lock (&external_lock);
  if (result == GNUTLS_E_SUCCESS)
    result = gnutls_certificate_verify_peers (session, data, name != NULL ? 2 : 1, &status);
  if (self->is_external)
    g_mutex_unlock (&external_lock);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  return result == GNUTLS_E_SUCCESS ? convert (status) : G_TLS_CERTIFICATE_GENERIC_ERROR;
}
