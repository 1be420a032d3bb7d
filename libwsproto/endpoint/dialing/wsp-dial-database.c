/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/dialing/wsp-dial-database-private.h"

struct _WspDialDatabase
{
  GTlsDatabase  parent_instance;

  GTlsDatabase *database;
};

G_DEFINE_FINAL_TYPE (WspDialDatabase, wsp_dial_database, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
wsp_dial_database_verify_chain (GTlsDatabase           *database,
                                GTlsCertificate        *chain,
                                const char             *purpose,
                                GSocketConnectable     *identity,
                                GTlsInteraction        *interaction,
                                GTlsDatabaseVerifyFlags flags,
                                GCancellable           *cancellable,
                                GError                **error)
{
  WspDialDatabase *self = WSP_DIAL_DATABASE (database);

  return g_tls_database_verify_chain (self->database, chain, purpose, identity, interaction, flags,
                                      cancellable, error);
}

static void
wsp_dial_database_finalize (GObject *object)
{
  WspDialDatabase *self = WSP_DIAL_DATABASE (object);

  g_object_unref (self->database);

  G_OBJECT_CLASS (wsp_dial_database_parent_class)->finalize (object);
}

/* verify_chain_async stays GTlsDatabase's, which calls verify_chain in another thread: any thread
 * may call GIO's own databases. */
static void
wsp_dial_database_class_init (WspDialDatabaseClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_dial_database_finalize;
  G_TLS_DATABASE_CLASS (class)->verify_chain = wsp_dial_database_verify_chain;
}

static void
wsp_dial_database_init (WspDialDatabase *self)
{
}

/* The classes of GIO's TLS by GnuTLS, and none that a program has derived from them. */
static gboolean
is_read_again (GTlsDatabase *database)
{
  const char *class = G_OBJECT_TYPE_NAME (database);

  return glib_check_version (2, 80, 0) != NULL &&
         (strcmp (class, "GTlsDatabaseGnutls") == 0 ||
          strcmp (class, "GTlsFileDatabaseGnutls") == 0);
}

GTlsDatabase *
wsp_dial_database_new (GTlsDatabase *given)
{
  g_autoptr (GTlsDatabase) database = NULL;
  WspDialDatabase *self;

  if (given != NULL)
    database = g_object_ref (given);
  else
    database = g_tls_backend_get_default_database (g_tls_backend_get_default ());
  if (database == NULL || !is_read_again (database))
    return g_steal_pointer (&database);

  self = g_object_new (WSP_TYPE_DIAL_DATABASE, NULL);
  self->database = g_steal_pointer (&database);
  return G_TLS_DATABASE (self);
}
