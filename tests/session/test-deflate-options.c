/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "limits/wsp-deflate-options-private.h"

#include <libwsproto/wsproto.h>

typedef guint (*GetNumber) (WspDeflateOptions *self);
typedef void (*SetNumber) (WspDeflateOptions *self,
                           guint              number);

#define NONE G_MAXUINT          /* no number is out of range */

static const struct
{
  const char *name;
  GetNumber   get;
  SetNumber   set;
  guint       usual, least, most, too_small, too_large;
} numbers[] = {
  { "level", wsp_deflate_options_get_level, wsp_deflate_options_set_level, 0, 1, 9, NONE, 10 },
  { "memory-level", wsp_deflate_options_get_memory_level, wsp_deflate_options_set_memory_level, 0, 1, 9, NONE, 10 },
  { "client-window-bits", wsp_deflate_options_get_client_window_bits,
    wsp_deflate_options_set_client_window_bits, 0, 9, 15, 8, 16 },
  { "server-window-bits", wsp_deflate_options_get_server_window_bits,
    wsp_deflate_options_set_server_window_bits, 0, 9, 15, 8, 16 },
  { "threshold", wsp_deflate_options_get_threshold, wsp_deflate_options_set_threshold, 64, 0, G_MAXUINT, NONE, NONE },
};

static const struct
{
  const char *name;
  gboolean    (*get) (WspDeflateOptions *self);
  void        (*set) (WspDeflateOptions *self,
                      gboolean           is_allowed);
} switches[] = {
  { "client-context-takeover", wsp_deflate_options_get_client_context_takeover,
    wsp_deflate_options_set_client_context_takeover },
  { "server-context-takeover", wsp_deflate_options_get_server_context_takeover,
    wsp_deflate_options_set_server_context_takeover },
};

static void
count (GObject    *object,
       GParamSpec *pspec,
       guint      *n)
{
  (*n)++;
}

static WspDeflateOptions *
new_counted (guint *n)
{
  WspDeflateOptions *self = wsp_deflate_options_new ();

  *n = 0;
  g_signal_connect (self, "notify", G_CALLBACK (count), n);
  return self;
}

static void
check_set (gsize              i,
           WspDeflateOptions *self,
           guint              number)
{
  guint value;

  numbers[i].set (self, number);
  g_object_get (self, numbers[i].name, &value, NULL);
  g_assert_cmpuint (numbers[i].get (self), ==, number);
  g_assert_cmpuint (value, ==, number);
}

static void
test_number (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint n_notified;
  g_autoptr (WspDeflateOptions) self = new_counted (&n_notified);

  g_assert_cmpuint (numbers[i].get (self), ==, numbers[i].usual);
  check_set (i, self, numbers[i].usual);
  g_assert_cmpuint (n_notified, ==, 0);
  check_set (i, self, numbers[i].least);
  g_assert_cmpuint (n_notified, ==, 1);
  check_set (i, self, numbers[i].least);
  g_assert_cmpuint (n_notified, ==, 1);
  check_set (i, self, numbers[i].most);
  g_assert_cmpuint (n_notified, ==, 2);
  check_set (i, self, 0);
  g_assert_cmpuint (n_notified, ==, 3);
  g_object_set (self, numbers[i].name, numbers[i].most, NULL);
  g_assert_cmpuint (numbers[i].get (self), ==, numbers[i].most);
  g_assert_cmpuint (n_notified, ==, 4);
}

static void
test_refused (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const guint refused[] = { numbers[i].too_small, numbers[i].too_large };
  GLogLevelFlags of_gobject = glib_check_version (2, 84, 0) == NULL ? G_LOG_LEVEL_CRITICAL
                                                                    : G_LOG_LEVEL_WARNING;
  guint n_notified;
  g_autoptr (WspDeflateOptions) self = new_counted (&n_notified);

  for (gsize k = 0; k < G_N_ELEMENTS (refused); k++)
    {
      if (refused[k] == NONE)
        continue;

      g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*assertion*failed*");
      numbers[i].set (self, refused[k]);
      g_test_assert_expected_messages ();
      if (refused[k] == numbers[i].too_small)
        g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*");
      else
        g_test_expect_message ("GLib-GObject", of_gobject, "*");
      g_object_set (self, numbers[i].name, refused[k], NULL);
      g_test_assert_expected_messages ();
    }
  g_assert_cmpuint (numbers[i].get (self), ==, numbers[i].usual);
  g_assert_cmpuint (n_notified, ==, 0);
}

static void
test_switch (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  gboolean value;
  guint n_notified;
  g_autoptr (WspDeflateOptions) self = new_counted (&n_notified);

  g_assert_true (switches[i].get (self));
  switches[i].set (self, 2);
  g_assert_cmpuint (n_notified, ==, 0);
  switches[i].set (self, FALSE);
  g_object_get (self, switches[i].name, &value, NULL);
  g_assert_false (switches[i].get (self));
  g_assert_false (value);
  g_assert_true (switches[1 - i].get (self));
  g_assert_cmpuint (n_notified, ==, 1);
  g_object_set (self, switches[i].name, TRUE, NULL);
  g_assert_true (switches[i].get (self));
  g_assert_cmpuint (n_notified, ==, 2);
}

/* level, memory level, window bits of the client and of the server, threshold */
static const struct
{
  const char       *name;
  WspRole           role;
  guint             set[5];
  WscDeflateOptions read;
} roles[] = {
  { "client/zero-is-its-default", WSP_ROLE_CLIENT, { 0, 0, 0, 0, 64 }, { 6, 8, 15, 15, 1, 1, 64 } },
  { "server/zero-is-its-default", WSP_ROLE_SERVER, { 0, 0, 0, 0, 64 }, { 6, 5, 12, 12, 1, 1, 64 } },
  { "client/other-values-count", WSP_ROLE_CLIENT, { 1, 2, 9, 10, 0 }, { 1, 2, 9, 10, 1, 1, 0 } },
  { "server/other-values-count", WSP_ROLE_SERVER, { 9, 9, 15, 14, 7 }, { 9, 9, 15, 14, 1, 1, 7 } },
};

static void
test_role (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WspDeflateOptions) self = wsp_deflate_options_new ();
  WscDeflateOptions read;

  for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
    numbers[k].set (self, roles[i].set[k]);
  wsp_deflate_options_read (self, roles[i].role, &read);
  g_assert_cmpuint (read.level, ==, roles[i].read.level);
  g_assert_cmpuint (read.memory_level, ==, roles[i].read.memory_level);
  g_assert_cmpuint (read.client_window_bits, ==, roles[i].read.client_window_bits);
  g_assert_cmpuint (read.server_window_bits, ==, roles[i].read.server_window_bits);
  g_assert_cmpuint (read.client_takeover, ==, roles[i].read.client_takeover);
  g_assert_cmpuint (read.server_takeover, ==, roles[i].read.server_takeover);
  g_assert_cmpuint (read.threshold, ==, roles[i].read.threshold);
}

static char *
dup_offer (WspSession *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspHeaders) headers =
    wsp_session_begin_client_handshake (session, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return g_strdup (wsp_headers_get_one (headers, "Sec-WebSocket-Extensions"));
}

static void
test_read_at_begin (void)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  g_autoptr (WspSession) early = g_object_new (WSP_TYPE_SESSION, "deflate", options, NULL);
  g_autoptr (WspSession) late = g_object_new (WSP_TYPE_SESSION, "deflate", options, NULL);

  g_assert_true (wsp_session_get_deflate (early) == options);
  g_autofree char *before = dup_offer (early);

  wsp_deflate_options_set_server_window_bits (options, 10);
  g_autofree char *after = dup_offer (late);

  g_assert_cmpstr (before, ==, "permessage-deflate; client_max_window_bits");
  g_assert_cmpstr (after, ==,
                   "permessage-deflate; server_max_window_bits=10; client_max_window_bits");
}

static void
add (const char   *name,
     const char   *claim,
     gsize         i,
     GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/session/deflate-options/%s%s", name, claim);

  g_test_add_data_func (path, GSIZE_TO_POINTER (i), test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      add (numbers[i].name, "/notifies-a-change-only", i, test_number);
      add (numbers[i].name, "/out-of-range-has-no-effect", i, test_refused);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    add (switches[i].name, "/notifies-a-change-only", i, test_switch);
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    add (roles[i].name, "", i, test_role);
  g_test_add_func ("/session/deflate-options/read-when-the-handshake-begins", test_read_at_begin);
  return g_test_run ();
}
