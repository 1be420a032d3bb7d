/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "limits/wsp-deflate-options-private.h"

#include <libwsproto/wsproto-session.h>

#define NONE G_MAXUINT          /* no number is out of range */

static const struct
{
  const char *name;
  guint       usual, least, most, too_small, too_large;
} numbers[] = {
  { "level", 0, 1, 9, NONE, 10 },
  { "memory-level", 0, 1, 9, NONE, 10 },
  { "client-window-bits", 0, 9, 15, 8, 16 },
  { "server-window-bits", 0, 9, 15, 8, 16 },
  { "threshold", 64, 0, G_MAXUINT, NONE, NONE },
};

static const char *const switches[] = { "client-context-takeover", "server-context-takeover" };

/* The value of a property of 32 bits, a number or a switch. */
static guint
read_property (WspDeflateOptions *self,
               const char        *name)
{
  guint value;

  g_object_get (self, name, &value, NULL);
  return value;
}

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
  g_object_set (self, numbers[i].name, number, NULL);
  g_assert_cmpuint (read_property (self, numbers[i].name), ==, number);
}

static void
test_number (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint n_notified;
  g_autoptr (WspDeflateOptions) self = new_counted (&n_notified);

  g_assert_cmpuint (read_property (self, numbers[i].name), ==, numbers[i].usual);
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
}

static void
test_too_large (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  GLogLevelFlags of_gobject = glib_check_version (2, 84, 0) == NULL ? G_LOG_LEVEL_CRITICAL
                                                                    : G_LOG_LEVEL_WARNING;
  guint n_notified;
  g_autoptr (WspDeflateOptions) self = new_counted (&n_notified);

  g_test_expect_message ("GLib-GObject", of_gobject, "*");
  g_object_set (self, numbers[i].name, numbers[i].too_large, NULL);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (read_property (self, numbers[i].name), ==, numbers[i].usual);
  g_assert_cmpuint (n_notified, ==, 0);
}

/* GObject knows the least and the most number, and not those between 0 and the least window. */
static void
test_too_small (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *pattern =
    g_strdup_printf ("*WspDeflateOptions:%s stays as it was: expected 0 or 9 to 15, received 8*",
                     numbers[i].name);

  if (g_test_subprocess ())
    {
      guint n_notified;
      g_autoptr (WspDeflateOptions) self = new_counted (&n_notified);

      g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
      g_object_set (self, numbers[i].name, numbers[i].too_small, NULL);
      g_assert_cmpuint (read_property (self, numbers[i].name), ==, numbers[i].usual);
      g_assert_cmpuint (n_notified, ==, 0);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (pattern);
}

static void
test_switch (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint n_notified;
  g_autoptr (WspDeflateOptions) self = new_counted (&n_notified);

  g_assert_true (read_property (self, switches[i]));
  g_object_set (self, switches[i], TRUE, NULL);
  g_assert_cmpuint (n_notified, ==, 0);
  g_object_set (self, switches[i], FALSE, NULL);
  g_assert_false (read_property (self, switches[i]));
  g_assert_true (read_property (self, switches[1 - i]));
  g_assert_cmpuint (n_notified, ==, 1);
  g_object_set (self, switches[i], TRUE, NULL);
  g_assert_true (read_property (self, switches[i]));
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
    g_object_set (self, numbers[k].name, roles[i].set[k], NULL);
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
  g_autoptr (WspDeflateOptions) kept = NULL;
  g_autoptr (WspSession) early = g_object_new (WSP_TYPE_SESSION, "deflate", options, NULL);
  g_autoptr (WspSession) late = g_object_new (WSP_TYPE_SESSION, "deflate", options, NULL);

  g_object_get (early, "deflate", &kept, NULL);
  g_assert_true (kept == options);
  g_autofree char *before = dup_offer (early);

  g_object_set (options, "server-window-bits", 10, NULL);
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
      if (numbers[i].too_large != NONE)
        add (numbers[i].name, "/too-large-has-no-effect", i, test_too_large);
      if (numbers[i].too_small != NONE)
        add (numbers[i].name, "/too-small-has-no-effect", i, test_too_small);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    add (switches[i], "/notifies-a-change-only", i, test_switch);
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    add (roles[i].name, "", i, test_role);
  g_test_add_func ("/session/deflate-options/read-when-the-handshake-begins", test_read_at_begin);
  return g_test_run ();
}
