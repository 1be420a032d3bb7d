/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A database of the program that decides about a server later: the handshake waits, and the
 * time-outs of the program count.  GIO's TLS never asks such a database asynchronously. */
#include "endpoint/far/dialed-by.h"
#include "lib/rows.h"
#include "lib/turns.h"

#define PATH "/endpoint/client-tls-databases/"
#define LATER 20                /* milliseconds */
#define LONG 1500               /* milliseconds; the database is asked before */

typedef enum
{
  AT_ONCE,                      /* as soon as the main loop runs */
  AFTER_SOME_TIME,
  AFTER_THE_CALL,               /* after the call has ended */
} Moment;

typedef struct
{
  GTlsDatabase         parent_instance;
  Moment               moment;
  GTlsCertificateFlags flags;
  gboolean             fails, cancels;
  Dialed              *dialed;
  GTask               *task;    /* task of the verification; NULL: none was asked for, or it has
                                 * returned */
  guint                n_asked;
} LateDatabase;

typedef GTlsDatabaseClass LateDatabaseClass;

static GType late_database_get_type (void);

G_DEFINE_TYPE (LateDatabase, late_database, G_TYPE_TLS_DATABASE)

static gboolean
give_result (gpointer data)
{
  LateDatabase *self = data;
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (self->fails)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "The authority is at lunch");
  else
    g_task_return_int (task, self->flags);
  return G_SOURCE_REMOVE;
}

static void
late_database_verify_async (GTlsDatabase           *database,
                            GTlsCertificate        *chain,
                            const char             *purpose,
                            GSocketConnectable     *identity,
                            GTlsInteraction        *interaction,
                            GTlsDatabaseVerifyFlags flags,
                            GCancellable           *cancellable,
                            GAsyncReadyCallback     callback,
                            gpointer                data)
{
  LateDatabase *self = (LateDatabase *) database;

  self->n_asked++;
  g_assert_cmpstr (purpose, ==, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER);
  self->task = g_task_new (self, cancellable, callback, data);
  g_task_set_check_cancellable (self->task, FALSE);
  if (self->cancels)
    g_cancellable_cancel (self->dialed->cancellable);
  if (self->moment == AT_ONCE)
    give_result (self);
  else if (self->moment == AFTER_SOME_TIME)
    g_timeout_add (LATER, give_result, self);
}

static GTlsCertificateFlags
late_database_verify_finish (GTlsDatabase *database,
                             GAsyncResult *result,
                             GError      **error)
{
  gssize flags = g_task_propagate_int (G_TASK (result), error);

  return flags < 0 ? G_TLS_CERTIFICATE_NO_FLAGS : (GTlsCertificateFlags) flags;
}

static void
late_database_class_init (LateDatabaseClass *class)
{
  class->verify_chain_async = late_database_verify_async;
  class->verify_chain_finish = late_database_verify_finish;
}

static void
late_database_init (LateDatabase *self)
{
}

static const struct
{
  const char          *name;
  Moment               moment;
  GTlsCertificateFlags flags;
  gboolean             fails, cancels;
  const char          *text;    /* text of the error; NULL: connected */
} rows[] = {
  { "accepts-at-once", AT_ONCE, 0, FALSE, FALSE, NULL },
  { "accepts-later", AFTER_SOME_TIME, 0, FALSE, FALSE, NULL },
  { "refuses-at-once", AT_ONCE, G_TLS_CERTIFICATE_REVOKED, FALSE, FALSE, "is not trusted: revoked" },
  { "refuses-later", AFTER_SOME_TIME, G_TLS_CERTIFICATE_REVOKED, FALSE, FALSE, "is not trusted: revoked" },
  { "fails-at-once", AT_ONCE, 0, TRUE, FALSE, "): The authority is at lunch" },
  { "fails-later", AFTER_SOME_TIME, 0, TRUE, FALSE, "): The authority is at lunch" },
  { "accepts-too-late", AFTER_THE_CALL, 0, FALSE, FALSE, "limit connect-timeout" },
  { "fails-too-late", AFTER_THE_CALL, 0, TRUE, FALSE, "limit connect-timeout" },
  { "cancels-and-accepts", AT_ONCE, 0, FALSE, TRUE, "cancelled" },
  { "cancels-and-accepts-later", AFTER_THE_CALL, 0, FALSE, TRUE, "cancelled" },
};

/* After an alert the library reads until the server ends the stream. */
static void
run_until_finalized (LateDatabase *database)
{
  guint limit = begin_wait (30);

  g_object_add_weak_pointer (G_OBJECT (database), (gpointer *) &database);
  g_object_unref (database);
  while (database != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static void
test_row (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve_tls, GUINT_TO_POINTER (CERTIFICATE_GOOD));
  LateDatabase *database = g_object_new (late_database_get_type (), NULL);
  WspClient *client = make_client (G_TLS_DATABASE (database));
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  database->moment = rows[row].moment;
  database->flags = rows[row].flags;
  database->fails = rows[row].fails;
  database->cancels = rows[row].cancels;
  database->dialed = &dialed;
  if (rows[row].moment == AFTER_THE_CALL)
    wsp_client_set_connect_timeout (client, LONG);
  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  g_assert_cmpuint (database->n_asked, ==, 1);
  if (rows[row].text == NULL)
    {
      dial_is_open (&dialed);
    }
  else
    {
      g_assert_null (dialed.connection);
      g_assert_contains (dialed.error->message, rows[row].text);
    }

  if (rows[row].moment == AFTER_THE_CALL)
    {
      g_assert_true (g_cancellable_is_cancelled (g_task_get_cancellable (database->task)));
      give_result (database);
    }
  dial_clear (&dialed);
  g_object_unref (client);
  run_until_finalized (database);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS_AS (PATH "%s", rows, test_row);

  return g_test_run ();
}
