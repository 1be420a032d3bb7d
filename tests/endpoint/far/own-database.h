/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* OwnDatabase is a GTlsDatabase without verify_chain_async, as one in GJS: GIO's own calls it in
 * another thread. */
#pragma once

#include <gio/gio.h>

typedef struct _OwnDatabase OwnDatabase;
typedef GTlsCertificateFlags (*OwnVerify) (OwnDatabase *self,
                                           gpointer     data,
                                           GError     **error);

struct _OwnDatabase
{
  GTlsDatabase         parent_instance;
  OwnVerify            verify;  /* NULL: the database returns errors */
  gpointer             data;    /* of verify */
  GTlsCertificateFlags errors;
  guint                n_asked;
  GThread             *thread;  /* thread in which the database was asked last */
  const char          *purpose; /* purpose that it was asked about */
  char                *name;    /* name that it was asked about; NULL: none */
  guint16              port;
};

OwnDatabase *own_database_new (OwnVerify verify,
                               gpointer  data);
