/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/observer.h"
#include "tap/wsp-tap-private.h"

#define TEST_TYPE_DEAF_TAP (test_deaf_tap_get_type ())
G_DECLARE_FINAL_TYPE (TestDeafTap, test_deaf_tap, TEST, DEAF_TAP, GObject)

struct _TestDeafTap
{
  GObject parent_instance;
};

static void
test_deaf_tap_iface_init (WspTapInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestDeafTap, test_deaf_tap, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, test_deaf_tap_iface_init))

static void
test_deaf_tap_class_init (TestDeafTapClass *class)
{
}

static void
test_deaf_tap_init (TestDeafTap *self)
{
}

static void
tell (WspTap  *tap,
      GObject *source)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);

  wsp_tap_notify_bytes (tap, source, WSP_DIRECTION_SENT, bytes, 1);
  wsp_tap_notify_state (tap, source);
}

static void
test_reported (void)
{
  g_autoptr (TestObserver) tap = test_observer_new (WSP_ROLE_CLIENT);
  g_autoptr (GObject) source = g_object_new (G_TYPE_OBJECT, NULL);

  tell (WSP_TAP (tap), source);
  g_assert_cmpstr (tap->first[WSP_DIRECTION_SENT]->str, ==, "abc");
  g_assert_true (tap->source == source);
  g_assert_cmpuint (tap->n_states, ==, 1);
}

static void
test_deaf (void)
{
  g_autoptr (TestDeafTap) tap = g_object_new (TEST_TYPE_DEAF_TAP, NULL);
  g_autoptr (GObject) source = g_object_new (G_TYPE_OBJECT, NULL);

  tell (WSP_TAP (tap), source);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/observe/tap/tell/every-function-is-called", test_reported);
  g_test_add_func ("/observe/tap/tell/every-function-may-be-left-out", test_deaf);

  return g_test_run ();
}
