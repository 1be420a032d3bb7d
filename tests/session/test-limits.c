/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "limits/wsp-limits-private.h"

#include <libwsproto/wsproto-session.h>

/* The names and default values of the limits: a change here changes the behaviour of programs. */
static const struct
{
  const char *name;
  guint64     value;
} safe_values[] = {
  { "max-head-size", 16384 },
  { "max-header-fields", 100 },
  { "max-refusal-body", 65536 },
  { "refusal-timeout", 2000 },
  { "handshake-timeout", 10000 },
  { "max-message-size", 16777216 },
  { "max-frame-size", 0 },
  { "max-fragments", 131072 },
  { "fragment-size", 0 },
  { "max-inflate-ratio", 0 },
  { "send-high-water-mark", 1048576 },
  { "send-low-water-mark", 262144 },
  { "max-send-queue", 16777216 },
  { "max-read-ahead", 64 },
  { "max-pings-per-second", 0 },
  { "keepalive-interval", 30000 },
  { "keepalive-timeout", 20000 },
  { "idle-timeout", 0 },
  { "close-timeout", 5000 },
  { "max-buffered-input", 268435456 },
  { "max-bytes-per-turn", 1048576 },
};

static guint64
get_number (WspLimits  *limits,
            const char *name)
{
  g_auto (GValue) value = G_VALUE_INIT, number = G_VALUE_INIT;

  g_object_get_property (G_OBJECT (limits), name, &value);
  g_value_init (&number, G_TYPE_UINT64);
  g_assert_true (g_value_transform (&value, &number));
  return g_value_get_uint64 (&number);
}

static void
set_number (WspLimits  *limits,
            const char *name,
            guint64     number)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_UINT64);
  g_value_set_uint64 (&value, number);
  g_object_set_property (G_OBJECT (limits), name, &value);
}

static void
test_safe_values (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  guint n_properties;

  g_free (g_object_class_list_properties (G_OBJECT_GET_CLASS (limits), &n_properties));
  g_assert_cmpuint (n_properties, ==, G_N_ELEMENTS (safe_values));
  for (guint i = 0; i < G_N_ELEMENTS (safe_values); i++)
    {
      g_test_message ("%s", safe_values[i].name);
      g_assert_cmpuint (get_number (limits, safe_values[i].name), ==, safe_values[i].value);
    }
}

static void
test_each_is_writable (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (WspLimits) copy = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (safe_values); i++)
    set_number (limits, safe_values[i].name, 4096);

  copy = wsp_limits_copy (limits);
  for (guint i = 0; i < G_N_ELEMENTS (safe_values); i++)
    {
      g_assert_cmpuint (get_number (limits, safe_values[i].name), >=, 4096);
      g_assert_cmpuint (get_number (copy, safe_values[i].name), ==,
                        get_number (limits, safe_values[i].name));
      set_number (limits, safe_values[i].name, safe_values[i].value);
      g_assert_cmpuint (get_number (limits, safe_values[i].name), ==, safe_values[i].value);
    }
  g_assert_cmpuint (get_number (copy, "max-message-size"), ==, 4096);
}

static const struct
{
  guint64 message, frame, max_message, max_frame;
} size_cases[] = {
  { 1000, 0, 1000, 1000 },
  { 1000, 10, 1000, 10 },
  { G_MAXUINT64, 0, G_MAXINT64, G_MAXINT64 },
  { 1000, G_MAXUINT64, 1000, G_MAXINT64 },
};

static void
test_sizes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (size_cases); i++)
    {
      g_autoptr (WspLimits) limits = wsp_limits_new ();
      WspSessionOptions *options;

      set_number (limits, "max-message-size", size_cases[i].message);
      set_number (limits, "max-frame-size", size_cases[i].frame);
      options = wsp_limits_ref_options (limits, 0);
      g_assert_cmpuint (options->options.max_message_length, ==, size_cases[i].max_message);
      g_assert_cmpuint (options->options.max_frame_length, ==, size_cases[i].max_frame);
      wsp_session_options_unref (options);
    }
}

static void
test_options_are_shared (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  WspSessionOptions *first = wsp_limits_ref_options (limits, WSP_SESSION_SETTING_SERVER);
  WspSessionOptions *second = wsp_limits_ref_options (limits, WSP_SESSION_SETTING_SERVER);
  WspSessionOptions *other = wsp_limits_ref_options (limits, 0);

  g_assert_true (first == second);
  g_assert_true (first != other);
  g_assert_cmpint (first->options.role, ==, WSC_ROLE_SERVER);
  g_assert_cmpint (other->options.role, ==, WSC_ROLE_CLIENT);
  set_number (limits, "max-fragments", 7);
  g_assert_true (first->is_outdated);
  g_assert_cmpuint (first->options.max_fragments, ==, 131072);
  wsp_session_options_unref (first);
  wsp_session_options_unref (second);
  wsp_session_options_unref (other);
}

static void
test_settings (void)
{
  WspLimits *limits = wsp_limits_get_default ();
  WspSessionOptions *windows = wsp_limits_ref_options (limits, 0);
  WspSessionOptions *usual = wsp_limits_ref_options (limits, WSP_SESSION_SETTING_AUTOMATIC);
  WspSessionOptions *server = wsp_limits_ref_options (limits, WSP_SESSION_SETTING_SERVER
                                                      | WSP_SESSION_SETTING_NO_MASKING
                                                      | WSP_SESSION_SETTING_NO_UTF8_CHECK);
  WspSessionOptions *client = wsp_limits_ref_options (limits, WSP_SESSION_SETTING_NO_MASKING);

  g_assert_cmpuint (windows->options.keepalive_interval, ==, 0);
  g_assert_cmpuint (windows->options.mode, ==, WSC_MODE_WINDOWS);
  g_assert_cmpuint (usual->options.keepalive_interval, ==, 30000);
  g_assert_cmpuint (usual->options.masking, ==, 1);
  g_assert_cmpuint (usual->options.utf8_check, ==, 1);
  g_assert_cmpuint (usual->options.accept_unmasked, ==, 0);
  g_assert_cmpuint (server->options.accept_unmasked, ==, 1);
  g_assert_cmpuint (server->options.utf8_check, ==, 0);
  g_assert_cmpuint (client->options.masking, ==, 0);
  wsp_session_options_unref (windows);
  wsp_session_options_unref (usual);
  wsp_session_options_unref (server);
  wsp_session_options_unref (client);
}

/* GObject sets no value that has to be changed before it fits. */
static void
test_zero_is_refused (void)
{
  static const char *const names[] = { "max-message-size", "max-fragments", "max-send-queue" };
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (limits), names[i]);
      g_auto (GValue) value = G_VALUE_INIT;

      g_value_init (&value, pspec->value_type);
      g_assert_true (g_param_value_validate (pspec, &value));
    }
}

/* The critical names the function that the program has called, and nothing changes. */
static void
test_out_of_range (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*wsp_limits_set_max_message_size*>= 1*");
  wsp_limits_set_max_message_size (limits, 0);
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*wsp_limits_set_max_head_size*>= 256*");
  wsp_limits_set_max_head_size (limits, 255);
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*wsp_limits_set_close_timeout*<= *");
  wsp_limits_set_close_timeout (limits, G_MAXUINT);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (wsp_limits_get_max_message_size (limits), ==, 16777216);
  g_assert_cmpuint (wsp_limits_get_max_head_size (limits), ==, 16384);
  g_assert_cmpuint (wsp_limits_get_close_timeout (limits), ==, 5000);
}

/* A client, a server, a connection and a session have limits, and no limit besides. */
static void
test_stand_nowhere_else (void)
{
  const GType others[] = {
    WSP_TYPE_SESSION, WSP_TYPE_CONNECTION, WSP_TYPE_CLIENT, WSP_TYPE_SERVER,
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GTypeClass) other = g_type_class_ref (others[i]);

      g_assert_nonnull (g_object_class_find_property (G_OBJECT_CLASS (other), "limits"));
      for (guint j = 0; j < G_N_ELEMENTS (safe_values); j++)
        g_assert_null (g_object_class_find_property (G_OBJECT_CLASS (other), safe_values[j].name));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/limits/safe-values", test_safe_values);
  g_test_add_func ("/session/limits/each-can-be-set-and-copied", test_each_is_writable);
  g_test_add_func ("/session/limits/SEC-51-sizes-are-clamped-and-follow", test_sizes);
  g_test_add_func ("/session/limits/SEC-51-zero-is-refused", test_zero_is_refused);
  g_test_add_func ("/session/limits/out-of-range-is-refused-by-name", test_out_of_range);
  g_test_add_func ("/session/limits/stand-nowhere-else", test_stand_nowhere_else);
  g_test_add_func ("/session/limits/options-shared-until-a-change", test_options_are_shared);
  g_test_add_func ("/session/limits/settings-reach-the-engine", test_settings);
  return g_test_run ();
}
