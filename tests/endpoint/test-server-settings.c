/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Objects that a program passes to a server: code that runs when one of them is finalized may
 * call the server. */
#include "endpoint/far/certificates.h"
#include "lib/limit.h"
#include "lib/rows.h"

#include <libwsproto/wsproto.h>
#include <unistd.h>

#define TIME_LIMIT 60           /* seconds: a deadlock would never return */

typedef struct
{
  GObject parent_instance;
} TestTap;

typedef GObjectClass TestTapClass;

GType test_tap_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestTap, test_tap, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, NULL))

static void
test_tap_class_init (TestTapClass *class)
{
}

static void
test_tap_init (TestTap *self)
{
}

typedef GTlsDatabase TestDatabase;
typedef GTlsDatabaseClass TestDatabaseClass;

GType test_database_get_type (void);
G_DEFINE_TYPE (TestDatabase, test_database, G_TYPE_TLS_DATABASE)

static void
test_database_class_init (TestDatabaseClass *class)
{
}

static void
test_database_init (TestDatabase *self)
{
}

typedef enum
{
  TAP,
  CERTIFICATE,
  DATABASE,
  LIMITS,
  N_OBJECTS,
} Kind;

typedef enum
{
  REPLACED,
  SERVER_DROPPED,
  SERVER_DISPOSED,
  N_ENDS,
} End;

static const char *const kind_names[N_OBJECTS] = {
  "tap", "tls-certificate", "tls-database", "limits",
};

static const char *const end_names[N_ENDS] = {
  "replaced", "with-the-server", "with-a-server-disposed-by-force"
};

typedef struct
{
  WspServer *server;
  guint      n_ended;
} Fixture;

/* Calls everything that takes the lock of the settings. */
static void
touch_server (Fixture *self)
{
  const char *protocols[] = { "a", NULL };
  g_autoptr (WspTap) tap = g_object_new (test_tap_get_type (), NULL);

  self->n_ended++;
  g_object_set (self->server, "subprotocols", protocols, "tls-certificate", NULL, NULL);
  wsp_server_add_tap (self->server, tap);
  wsp_server_remove_tap (self->server, tap);
  g_object_set (wsp_server_get_limits (self->server), "max-header-fields", 7, NULL);
  g_assert_nonnull (wsp_server_get_connections (self->server));
}

static void
on_object_gone (gpointer data,
                GObject *object)
{
  touch_server (data);
}

static GObject *
make_object (Kind kind)
{
  const GType types[] = {
    [TAP] = test_tap_get_type (), [DATABASE] = test_database_get_type (),
    [LIMITS] = WSP_TYPE_LIMITS,
  };
  g_autofree char *pem = NULL;

  if (kind != CERTIFICATE)
    return g_object_new (types[kind], NULL);

  g_object_get (authority_get_certificate (CERTIFICATE_GOOD), "certificate-pem", &pem, NULL);
  return G_OBJECT (g_tls_certificate_new_from_pem (pem, -1, NULL));
}

/* The server has the only reference. */
static void
give_object (Fixture *self,
             Kind     kind)
{
  g_autoptr (GObject) object = make_object (kind);

  g_object_weak_ref (object, on_object_gone, self);
  if (kind == TAP)
    wsp_server_add_tap (self->server, WSP_TAP (object));
  else
    g_object_set (self->server, kind_names[kind], object, NULL);
}

static void
replace_object (Fixture *self,
                Kind     kind)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  if (kind == LIMITS)
    wsp_server_set_limits (self->server, limits);
  else if (kind != TAP)
    g_object_set (self->server, kind_names[kind], NULL, NULL);
}

static void
remove_tap (Fixture *self)
{
  WspTap *tap = g_object_new (test_tap_get_type (), NULL);

  g_object_weak_ref (G_OBJECT (tap), on_object_gone, self);
  wsp_server_add_tap (self->server, tap);
  g_object_unref (tap);
  wsp_server_remove_tap (self->server, tap);
}

static void
test_object (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  Kind kind = number / N_ENDS;
  End end = number % N_ENDS;
  Fixture fixture = { .server = wsp_server_new () };

  limit_set (TIME_LIMIT, "an object of a server");
  if (kind == TAP && end == REPLACED)
    remove_tap (&fixture);
  else
    give_object (&fixture, kind);

  switch (end)
    {
    case REPLACED:
      replace_object (&fixture, kind);
      g_assert_cmpuint (fixture.n_ended, ==, 1);
      break;
    case SERVER_DISPOSED:
      g_object_run_dispose (G_OBJECT (fixture.server));
      break;
    case SERVER_DROPPED:
    case N_ENDS:
      break;
    }

  g_assert_finalize_object (fixture.server);
  g_assert_cmpuint (fixture.n_ended, ==, 1);
}

static void
test_ticket_key (void)
{
  const guint8 first_bytes[64] = { 1 }, second_bytes[64] = { 2 };
  g_autoptr (GBytes) first = g_bytes_new (first_bytes, sizeof first_bytes);
  g_autoptr (GBytes) same = g_bytes_new (first_bytes, sizeof first_bytes);
  g_autoptr (GBytes) second = g_bytes_new (second_bytes, sizeof second_bytes);
  GBytes *const keys[] = { NULL, first, first, same, second, NULL, NULL, first };
  const guint notified[] = { 0, 1, 1, 1, 2, 3, 3, 4 };
  g_autoptr (WspServer) server = wsp_server_new ();
  guint n_notified = 0;

  g_signal_connect_swapped (server, "notify::tls-ticket-key", G_CALLBACK (g_atomic_int_inc),
                            &n_notified);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      wsp_server_set_tls_ticket_key (server, keys[i]);
      g_assert_cmpuint (n_notified, ==, notified[i]);
    }
}

static void
test_lists (void)
{
  const char *const first[] = { "a", "b", NULL };
  const char *const same[] = { "a", "b", NULL };
  const char *const second[] = { "a", NULL };
  const char *const *const lists[] = { NULL, first, first, same, second, NULL, NULL };
  const guint notified[] = { 0, 1, 1, 1, 2, 3, 3 };
  g_autoptr (WspServer) server = wsp_server_new ();
  guint n_notified = 0;

  g_signal_connect_swapped (server, "notify::subprotocols", G_CALLBACK (g_atomic_int_inc),
                            &n_notified);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      wsp_server_set_subprotocols (server, lists[i]);
      g_assert_cmpuint (n_notified, ==, notified[i]);
    }
}

static void
test_values (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autofree char *header = NULL;
  gboolean is_preferred;

  g_object_set (server, "prefer-own-subprotocols", TRUE, NULL);
  g_object_get (server, "prefer-own-subprotocols", &is_preferred, NULL);
  g_assert_cmpint (is_preferred, ==, TRUE);
  g_object_set (server, "prefer-own-subprotocols", FALSE, NULL);
  g_object_get (server, "prefer-own-subprotocols", &is_preferred, NULL);
  g_assert_false (is_preferred);
  g_object_set (server, "server-header", "x", NULL);
  g_object_set (server, "server-header", NULL, NULL);
  g_object_get (server, "server-header", &header, NULL);
  g_assert_null (header);
}

static gpointer
read_draining (gpointer server)
{
  gboolean is_draining = TRUE;

  g_object_get (server, "draining", &is_draining, NULL);
  return GINT_TO_POINTER (is_draining);
}

/* As a health check of a worker does. */
static void
test_draining (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();

  g_assert_nonnull (wsp_server_listen_inet (server, "127.0.0.1", 0, WSP_LISTEN_FLAGS_DEFAULT,
                                            NULL));
  while (g_main_context_iteration (NULL, FALSE))
    continue;                   /* the server is of this thread */
  g_assert_null (g_thread_join (g_thread_new ("worker", read_draining, server)));
}

/* The names, default values and ranges: a change here changes the behaviour of programs. */
static const struct
{
  const char *name;
  guint       value, minimum;
  void        (*set)(WspServer *server,
                     guint      value);  /* function that sets the property; NULL: the property has
                                          * none of its own */
} server_limits[] = {
  { "max-connections", 10000, 1, wsp_server_set_max_connections },
  { "max-connections-per-address", 0, 0, wsp_server_set_max_connections_per_address },
  { "max-connection-age", 0, 0, wsp_server_set_max_connection_age },
  { "max-send-delay", 0, 0, wsp_server_set_max_send_delay },
  { "max-pending-handshakes", 256, 1, NULL },
};

static guint
get_number (WspServer  *server,
            const char *name)
{
  guint value;

  g_object_get (server, name, &value, NULL);
  return value;
}

/* Only a server has these limits.  Out of its range, a value is refused by name. */
static void
test_limit (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const GType others[] = { WSP_TYPE_LIMITS, WSP_TYPE_CLIENT, WSP_TYPE_CONNECTION };
  g_autoptr (WspServer) server = wsp_server_new ();
  GParamSpec *pspec =
    g_object_class_find_property (G_OBJECT_GET_CLASS (server), server_limits[i].name);

  g_assert_cmpuint (G_PARAM_SPEC_UINT (pspec)->minimum, ==, server_limits[i].minimum);
  g_assert_cmpuint (G_PARAM_SPEC_UINT (pspec)->maximum, ==, G_MAXINT32);
  g_assert_cmpuint (G_PARAM_SPEC_UINT (pspec)->default_value, ==, server_limits[i].value);
  g_assert_cmpuint (get_number (server, server_limits[i].name), ==, server_limits[i].value);
  g_object_set (server, server_limits[i].name, G_MAXINT32, NULL);
  g_assert_cmpuint (get_number (server, server_limits[i].name), ==, G_MAXINT32);
  if (server_limits[i].set != NULL)
    {
      g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*wsp_server_set_max_*is_in_range*");
      server_limits[i].set (server, server_limits[i].minimum - 1);
      g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*wsp_server_set_max_*is_in_range*");
      server_limits[i].set (server, G_MAXINT32 + 1u);
      g_test_assert_expected_messages ();
      g_assert_cmpuint (get_number (server, server_limits[i].name), ==, G_MAXINT32);
    }
  for (guint j = 0; j < G_N_ELEMENTS (others); j++)
    {
      g_autoptr (GTypeClass) other = g_type_class_ref (others[j]);

      g_assert_null (g_object_class_find_property (G_OBJECT_CLASS (other), server_limits[i].name));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < N_OBJECTS * N_ENDS; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/server-settings/end-of-%s-may-call-the-server/%s",
                         kind_names[i / N_ENDS], end_names[i % N_ENDS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_object);
    }

  g_test_add_func ("/endpoint/server-settings/tls-ticket-key/notified-when-it-changes",
                   test_ticket_key);
  g_test_add_func ("/endpoint/server-settings/lists/notified-when-they-change", test_lists);
  g_test_add_func ("/endpoint/server-settings/values-are-kept", test_values);
  g_test_add_func ("/endpoint/server-settings/any-thread-may-read-draining", test_draining);

  ADD_ROWS ("/endpoint/server-settings/limit", server_limits, test_limit);
  return g_test_run ();
}
