/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-server-rules-private.h"

#include <sys/resource.h>

#include "endpoint/serving/wsp-server.h"
#include "lib/rows.h"

static const struct
{
  const char *name, *own[4], *offered[4], *chosen;
  gboolean    prefers_own;
} choices[] = {
  { "client-first", { "a", "b" }, { "x", "b", "a" }, "b", FALSE },
  { "own-first", { "a", "b" }, { "x", "b", "a" }, "a", TRUE },
  { "none-common", { "a" }, { "A", "x" }, NULL, FALSE },
  { "none-offered", { "a" }, { NULL }, NULL, TRUE },
  { "none-spoken", { NULL }, { "a" }, NULL, FALSE },
};

static void
test_choice (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (WspServerRules) rules = wsp_server_rules_new (limits);

  rules->prefers_own_protocols = choices[i].prefers_own;
  rules->protocols = g_strdupv ((char **) choices[i].own);
  g_assert_cmpstr (wsp_server_rules_choose_protocol (rules, choices[i].offered), ==,
                   choices[i].chosen);
  g_assert_null (wsp_server_rules_choose_protocol (rules, NULL));       /* no such header */
}

static const struct
{
  const char *name, *origin, *host, *listed, *property; /* headers of the request, setting of the
                                                         * server; property: its name in the
                                                         * reason */
  gboolean    is_on_loopback;
  const char *details;
} refusals[] = {
  { "no-origin", NULL, "any.example", NULL, NULL, TRUE, NULL },
  { "same-host", "http://a.example:1", "A.example:2", NULL, NULL, FALSE, NULL },
  { "other-host", "http://b.example", "a.example", NULL, "allowed-origins", FALSE,
    ": expected host \"a.example\", received \"http://b.example\" (add it to WspServer:allowed-origins)" },
  { "null-origin", "null", "a.example", NULL, "allowed-origins", FALSE, NULL },
  { "listed", "http://b.example", "a.example", "http://b.example", NULL, TRUE, NULL },
  { "same-host-but-list", "http://a.example", "a.example", "http://b.example", "allowed-origins", FALSE,
    ": expected one of \"http://b.example\", received \"http://a.example\" (see WspServer:allowed-origins)" },
  { "rebound", "http://a.example", "a.example", NULL, "allowed-hosts", TRUE,
    ": expected localhost or an address of it, received \"a.example\" (see WspServer:allowed-hosts)" },
  { "local-name", "http://localhost:3000", "localhost", NULL, NULL, TRUE, NULL },
  { "allowed-host", "http://own.example", "own.example", NULL, NULL, TRUE, NULL },
  { "no-host", "http://a.example", NULL, NULL, "allowed-origins", FALSE,
    ": expected host none, received \"http://a.example\" (add it to WspServer:allowed-origins)" },
  { "any-bytes", "\xff\r\n\"", "a.example", NULL, "allowed-origins", FALSE,
    ": expected host \"a.example\", received \"\\xff\\x0d\\x0a\\x22\" (add it to WspServer:allowed-origins)" },
};

static void
test_refusal_reason (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const char *origins[] = { refusals[i].listed, NULL }, *hosts[] = { "own.example", NULL };
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (WspServerRules) rules = wsp_server_rules_new (limits);
  g_autofree char *details = NULL;
  const char *reason;

  if (refusals[i].listed != NULL)
    wsp_server_rules_set_origins (rules, origins);
  rules->allowed_hosts = g_strdupv ((char **) hosts);
  reason = wsp_server_rules_find_refusal_reason (rules, refusals[i].origin, refusals[i].host,
                                                 refusals[i].is_on_loopback, &details);
  if (refusals[i].property == NULL)
    g_assert_null (reason);
  else
    {
      g_assert_nonnull (reason);
      g_assert_nonnull (strstr (reason, refusals[i].property));
      g_assert_nonnull (details);
      if (refusals[i].details != NULL)
        g_assert_cmpstr (details, ==, refusals[i].details);
    }
}

static const struct
{
  const char *name;
  gboolean    can_be_offered;
} subprotocols[] = {
  { "chat", TRUE },
  { "chat.v1+json", TRUE },
  { "", FALSE },
  { "chat, mqtt", FALSE },
  { "chat v1", FALSE },
  { "chat/1", FALSE },
  { "\"chat\"", FALSE },
  { "ch\xc3\xa4t", FALSE },
  { "chat\r\n", FALSE },
};

static void
test_subprotocol_mistakes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (subprotocols); i++)
    {
      g_autofree char *mistake = wsp_subprotocol_find_mistake (subprotocols[i].name);

      g_assert_cmpint (mistake == NULL, ==, subprotocols[i].can_be_offered);
    }
}

/* Each list of a server that names what may match. */
static const struct
{
  const char *property, *good, *bad;
} settings[] = {
  { "allowed-origins", "https://a.example", "a.example" },
  { "allowed-hosts", "app.internal", "app.internal:80" },
  { "subprotocols", "chat", "chat, mqtt" },
};

static void
set_bad_list (guint i)
{
  const char *good[] = { settings[i].good, NULL };
  const char *bad[] = { settings[i].good, settings[i].bad, NULL };
  g_autoptr (WspServer) server = wsp_server_new ();
  g_auto (GStrv) list = NULL;

  g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  g_object_set (server, settings[i].property, good, NULL);
  g_object_set (server, settings[i].property, bad, NULL);
  g_object_get (server, settings[i].property, &list, NULL);
  g_assert_true (g_strv_equal ((const char * const *) list, good));
}

static void
test_setting (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *pattern = g_strdup_printf ("*WspServer:%s stays as it was: *",
                                              settings[i].property);

  if (g_test_subprocess ())
    {
      set_bad_list (i);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (pattern);
}

static const struct
{
  const char *name;
  guint       n_descriptors, limit, expected;
} descriptor_limits[] = {
  { "enough-descriptors", 164, 99, 99 },
  { "just-enough-descriptors", 164, 100, 100 },
  { "one-descriptor-too-few", 164, 101, 100 },
  { "far-too-few-descriptors", 164, 10000, 100 },
  { "fewer-descriptors-than-are-spared", 40, 10000, 1 },
};

/* 64 are left for the rest of the program. */
static void
test_descriptors (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (WspServerRules) given = wsp_server_rules_new (limits);
  struct rlimit before, fewer;

  given->max_connections = descriptor_limits[i].limit;
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  fewer = before;
  fewer.rlim_cur = descriptor_limits[i].n_descriptors;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &fewer), ==, 0);
  g_autoptr (WspServerRules) rules = wsp_server_rules_copy (given);

  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_cmpuint (rules->max_connections, ==, descriptor_limits[i].expected);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS_AS ("/endpoint/server-rules/protocol/WS-90-%s", choices, test_choice);
  g_test_add_func ("/endpoint/server-rules/protocol/names-that-no-client-offers-are-named",
                   test_subprotocol_mistakes);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/server-rules/setting/%s-keeps-the-old-list",
                         settings[i].property);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_setting);
    }
  ADD_ROWS_AS ("/endpoint/server-rules/origin/WS-72-SEC-26-SEC-27-%s", refusals,
               test_refusal_reason);
  ADD_ROWS_AS ("/endpoint/server-rules/max-connections/SEC-95-%s", descriptor_limits,
               test_descriptors);

  return g_test_run ();
}
