/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/far/notified.h"

static void
test_notifies (void)
{
  g_autoptr (WspClient) client = wsp_client_new ();

  notified_check_all (G_OBJECT (client));
}

static void
test_defaults (void)
{
  gboolean is_concurrent, is_persistent;
  g_autoptr (WspClient) client = wsp_client_new ();

  g_assert_true (WSP_IS_LIMITS (wsp_client_get_limits (client)));
  g_assert_cmpuint (wsp_client_get_connect_timeout (client), ==, 30000);
  g_assert_null (wsp_client_get_deflate (client));
  g_assert_null (wsp_client_get_proxy_resolver (client));
  g_assert_null (wsp_client_get_tls_database (client));
  g_assert_null (wsp_client_get_tls_certificate (client));
  g_assert_null (wsp_client_get_tls_interaction (client));
  g_assert_null (wsp_client_get_local_address (client));
  g_assert_null (wsp_client_get_origin (client));
  g_assert_null (wsp_client_get_user_agent (client));
  g_assert_cmpuint (wsp_client_get_max_redirects (client), ==, 0);
  g_assert_false (wsp_client_get_subprotocol_required (client));
  g_object_get (client, "concurrent-connects", &is_concurrent, "persistent-handshakes",
                &is_persistent, NULL);
  g_assert_false (is_concurrent);
  g_assert_true (is_persistent);
}

typedef gpointer (*GetObject) (WspClient *client);
typedef void (*SetObject) (WspClient *client,
                           gpointer   object);

static const struct
{
  const char *name;
  GetObject   get;
  SetObject   set;
} objects[] = {
  { "limits", (GetObject) wsp_client_get_limits, (SetObject) wsp_client_set_limits },
  { "deflate", (GetObject) wsp_client_get_deflate, (SetObject) wsp_client_set_deflate },
  { "proxy-resolver", (GetObject) wsp_client_get_proxy_resolver, (SetObject) wsp_client_set_proxy_resolver },
  { "tls-database", (GetObject) wsp_client_get_tls_database, (SetObject) wsp_client_set_tls_database },
  { "tls-certificate", (GetObject) wsp_client_get_tls_certificate, (SetObject) wsp_client_set_tls_certificate },
  { "tls-interaction", (GetObject) wsp_client_get_tls_interaction, (SetObject) wsp_client_set_tls_interaction },
  { "local-address", (GetObject) wsp_client_get_local_address, (SetObject) wsp_client_set_local_address },
};

static gpointer
dup_object (WspClient  *client,
            const char *name)
{
  gpointer object;

  g_object_get (client, name, &object, NULL);
  return object;
}

static GObject *
make_value (WspClient  *client,
            const char *name)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (client), name);

  return notified_make_object (pspec->value_type);
}

/* The functions and the property are one; an object of another type changes nothing. */
static void
test_object (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GObject) value = make_value (client, objects[i].name);
  g_autoptr (GObject) result = NULL;
  gboolean may_be_null = objects[i].get (client) == NULL;

  objects[i].set (client, value);
  g_assert_true (objects[i].get (client) == value);
  result = dup_object (client, objects[i].name);
  g_assert_true (result == value);
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "wsp_client_set_*");
  objects[i].set (client, client);
  g_test_assert_expected_messages ();
  g_assert_true (objects[i].get (client) == value);

  if (!may_be_null)
    g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "wsp_client_set_limits*");
  objects[i].set (client, NULL);
  g_test_assert_expected_messages ();
  g_assert_true (objects[i].get (client) == (may_be_null ? NULL : value));
}

/* The setter is given what the getter returned, or a part of it. */
static void
test_text (gconstpointer data)
{
  const gboolean is_origin = GPOINTER_TO_UINT (data);
  const char *(*get) (WspClient *client) = is_origin ? wsp_client_get_origin
                                                     : wsp_client_get_user_agent;
  void (*set) (WspClient *client, const char *text) = is_origin ? wsp_client_set_origin
                                                                : wsp_client_set_user_agent;
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autofree char *result = NULL;

  set (client, "one/two");
  set (client, get (client));
  g_assert_cmpstr (get (client), ==, "one/two");
  set (client, get (client) + 4);
  g_assert_cmpstr (get (client), ==, "two");
  g_object_get (client, is_origin ? "origin" : "user-agent", &result, NULL);
  g_assert_cmpstr (result, ==, "two");
  set (client, "");
  g_assert_cmpstr (get (client), ==, "");
  set (client, NULL);
  g_assert_null (get (client));
}

typedef guint (*GetNumber) (WspClient *client);
typedef void (*SetNumber) (WspClient *client,
                           guint      number);

static const struct
{
  const char *name;
  GetNumber   get;
  SetNumber   set;
  guint       most;             /* largest allowed value; 1: the property is a boolean */
} numbers[] = {
  { "connect-timeout", wsp_client_get_connect_timeout, wsp_client_set_connect_timeout, G_MAXINT },
  { "max-redirects", wsp_client_get_max_redirects, wsp_client_set_max_redirects, 5 },
  { "subprotocol-required", (GetNumber) wsp_client_get_subprotocol_required,
    (SetNumber) wsp_client_set_subprotocol_required, 1 },
};

/* Without functions of their own. */
static const char *const flags[] = { "concurrent-connects", "persistent-handshakes" };

static void
fail (WspClient  *client,
      GParamSpec *pspec)
{
  g_assert_not_reached ();
}

/* Each number that is not 0 is TRUE; others out of range change nothing. */
static void
test_number (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const guint numbers_to_set[] = { 0, numbers[i].most };
  g_autoptr (WspClient) client = wsp_client_new ();

  for (guint j = 0; j < G_N_ELEMENTS (numbers_to_set); j++)
    {
      guint result;

      numbers[i].set (client, numbers_to_set[j]);
      g_assert_cmpuint (numbers[i].get (client), ==, numbers_to_set[j]);
      g_object_get (client, numbers[i].name, &result, NULL);
      g_assert_cmpuint (result, ==, numbers_to_set[j]);
    }

  g_signal_connect (client, "notify", G_CALLBACK (fail), NULL);
  if (numbers[i].most > 1)
    g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "wsp_client_set_*");
  numbers[i].set (client, numbers[i].most + 1);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (numbers[i].get (client), ==, numbers[i].most);
}

static void
count (WspClient  *client,
       GParamSpec *pspec,
       guint      *n)
{
  (*n)++;
}

static void
test_flag (gconstpointer data)
{
  const char *name = flags[GPOINTER_TO_UINT (data)];
  const gboolean values[] = { TRUE, TRUE, FALSE, FALSE, TRUE };
  g_autofree char *signal = g_strconcat ("notify::", name, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  gboolean before, result;
  guint n_notified = 0;

  g_object_get (client, name, &before, NULL);
  g_signal_connect (client, signal, G_CALLBACK (count), &n_notified);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      guint expected = n_notified + (values[i] != before);

      g_object_set (client, name, values[i], NULL);
      g_object_get (client, name, &result, NULL);
      g_assert_cmpint (result, ==, values[i]);
      g_assert_cmpuint (n_notified, ==, expected);
      before = values[i];
    }
}

static void
add_rows (const char   *kind,
          const char   *name,
          guint         i,
          GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/endpoint/client-properties/%s/%s", kind, name);

  g_test_add_data_func (path, GUINT_TO_POINTER (i), test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    add_rows ("object", objects[i].name, i, test_object);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    add_rows ("number", numbers[i].name, i, test_number);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    add_rows ("flag", flags[i], i, test_flag);
  add_rows ("text", "user-agent", FALSE, test_text);
  add_rows ("text", "origin", TRUE, test_text);
  g_test_add_func ("/endpoint/client-properties/one-notify-for-each-change", test_notifies);
  g_test_add_func ("/endpoint/client-properties/defaults", test_defaults);

  return g_test_run ();
}
