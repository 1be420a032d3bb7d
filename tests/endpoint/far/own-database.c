/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/own-database.h"

typedef GTlsDatabaseClass OwnDatabaseClass;

static GType own_database_get_type (void);

G_DEFINE_TYPE (OwnDatabase, own_database, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
own_database_verify_chain (GTlsDatabase           *database,
                           GTlsCertificate        *chain,
                           const char             *purpose,
                           GSocketConnectable     *identity,
                           GTlsInteraction        *interaction,
                           GTlsDatabaseVerifyFlags flags,
                           GCancellable           *cancellable,
                           GError                **error)
{
  OwnDatabase *self = (OwnDatabase *) database;

  self->n_asked++;
  self->thread = g_thread_self ();
  self->purpose = g_intern_string (purpose);
  g_clear_pointer (&self->name, g_free);
  if (G_IS_NETWORK_ADDRESS (identity))
    {
      self->name = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (identity)));
      self->port = g_network_address_get_port (G_NETWORK_ADDRESS (identity));
    }
  return self->verify != NULL ? self->verify (self, self->data, error) : self->errors;
}

static void
own_database_finalize (GObject *object)
{
  g_free (((OwnDatabase *) object)->name);
  G_OBJECT_CLASS (own_database_parent_class)->finalize (object);
}

static void
own_database_class_init (OwnDatabaseClass *class)
{
  class->verify_chain = own_database_verify_chain;
  G_OBJECT_CLASS (class)->finalize = own_database_finalize;
}

static void
own_database_init (OwnDatabase *self)
{
}

OwnDatabase *
own_database_new (OwnVerify verify,
                  gpointer  data)
{
  OwnDatabase *self = g_object_new (own_database_get_type (), NULL);

  self->verify = verify;
  self->data = data;
  return self;
}
