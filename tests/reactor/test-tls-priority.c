/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The groups that a role prefers, by what the program and the system ask for, and whether a client
 * makes one key or two. */
#include "reactor/tls/wsp-tls-priority-private.h"

#include <glib/gstdio.h>

#include "lib/gnutls-system-file.h"

#define PATH "/reactor/tls-priority/"
#define ONE_KEY GNUTLS_KEY_SHARE_TOP
#define TWO_KEYS 0

static const struct
{
  const char       *name;
  const WspTlsRole *role;
  const char       *of_program; /* priority string of the program; NULL: not set */
  const char       *of_system;  /* lines of the system's file; NULL: GnuTLS's defaults */
  const char       *groups;     /* first groups of the result; "!": a group that must be absent;
                                 * NULL: an error */
  guint             flags;
} rows[] = {
  { "client", &wsp_tls_role_client, NULL, NULL, "X25519 SECP256R1 SECP384R1 !FFDHE6144 !FFDHE8192", ONE_KEY },
  { "server", &wsp_tls_role_server, NULL, NULL, "SECP256R1 !FFDHE6144 !FFDHE8192", TWO_KEYS },
  { "client-of-a-system-with-SECP384R1-first", &wsp_tls_role_client, NULL,
    GNUTLS_POLICY "NORMAL:-GROUP-ALL:+GROUP-SECP384R1:+GROUP-X25519:+GROUP-SECP256R1",
    "SECP384R1 X25519 SECP256R1", TWO_KEYS },
  { "client-of-a-system-with-X25519-first", &wsp_tls_role_client, NULL,
    GNUTLS_POLICY "NORMAL:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP384R1", "X25519 SECP384R1 !SECP256R1",
    ONE_KEY },
  { "client-of-a-system-without-X25519", &wsp_tls_role_client, NULL,
    GNUTLS_POLICY "NORMAL:-GROUP-X25519", "SECP256R1 SECP384R1 !X25519", TWO_KEYS },
  { "client-of-a-system-that-disables-X25519", &wsp_tls_role_client, NULL, "tls-disabled-group = GROUP-X25519",
    "SECP256R1 SECP384R1 !X25519", TWO_KEYS },
  { "client-of-a-system-with-few-groups", &wsp_tls_role_client, NULL,
    GNUTLS_POLICY "NORMAL:-GROUP-ALL:+GROUP-SECP256R1:+GROUP-X25519",
    "X25519 SECP256R1 !SECP384R1 !SECP521R1 !X448 !FFDHE2048", ONE_KEY },
  { "client-of-a-program-with-its-own-order", &wsp_tls_role_client, "NORMAL:-GROUP-ALL:+GROUP-SECP256R1:+GROUP-X25519",
    NULL, "SECP256R1 X25519", TWO_KEYS },
  { "client-of-a-program-with-X25519-only", &wsp_tls_role_client, "NORMAL:-GROUP-ALL:+GROUP-X25519", NULL,
    "X25519 !SECP256R1", ONE_KEY },
  { "client-of-a-program-with-nonsense", &wsp_tls_role_client, "nonsense", NULL, NULL, TWO_KEYS },
};

static void
assert_groups (gnutls_priority_t priority,
               const char       *expected)
{
  g_auto (GStrv) names = g_strsplit (expected, " ", -1);
  g_autoptr (GString) found = g_string_new (" ");
  g_autoptr (GString) first = g_string_new (" ");
  const guint *list = NULL;
  int n = gnutls_priority_group_list (priority, &list);

  for (int i = 0; i < n; i++)
    g_string_append_printf (found, "%s ", gnutls_group_get_name (list[i]));
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *word = g_strdup_printf (" %s ", names[i] + (names[i][0] == '!'));

      if (names[i][0] == '!')
        g_assert_null (strstr (found->str, word));
      else
        g_string_append_printf (first, "%s ", names[i]);
    }
  g_test_message ("groups:%s", found->str);
  g_assert_true (g_str_has_prefix (found->str, first->str));
}

/* GnuTLS reads the file once. */
static void
init_in_process (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  gnutls_priority_t priority;
  int result = wsp_tls_priority_init (&priority, rows[row].role);

  if (rows[row].groups == NULL)
    {
      g_assert_cmpint (result, !=, GNUTLS_E_SUCCESS);
      return;
    }

  g_assert_cmpint (result, ==, GNUTLS_E_SUCCESS);
  assert_groups (priority, rows[row].groups);
  g_assert_cmphex (wsp_tls_priority_get_init_flags (priority), ==, rows[row].flags);
  gnutls_priority_deinit (priority);
}

static void
test_priority (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *test = g_strdup_printf (PATH "subprocess/%s", rows[row].name);
  const char *of_system = rows[row].of_system;
  g_autofree char *path = write_gnutls_system_file (of_system != NULL ? of_system : "");

  if (rows[row].of_program != NULL)
    g_setenv ("G_TLS_GNUTLS_PRIORITY", rows[row].of_program, TRUE);
  g_setenv ("GNUTLS_SYSTEM_PRIORITY_FILE", path, TRUE);
  g_test_trap_subprocess (test, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_unsetenv ("G_TLS_GNUTLS_PRIORITY");
  g_unsetenv ("GNUTLS_SYSTEM_PRIORITY_FILE");
  g_unlink (path);
  g_test_trap_assert_passed ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat (PATH, rows[i].name, NULL);
      g_autofree char *inner = g_strconcat (PATH "subprocess/", rows[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_priority);
      g_test_add_data_func (inner, GUINT_TO_POINTER (i), init_in_process);
    }
  return g_test_run ();
}
