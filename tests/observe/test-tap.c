/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/wsproto.h>

/* One tap that hears everything, one that hears nothing. */
#define TEST_TYPE_TAP (test_tap_get_type ())
G_DECLARE_FINAL_TYPE (TestTap, test_tap, TEST, TAP, GObject)

struct _TestTap
{
  GObject parent_instance;
  guint   n_bytes, n_actions, n_states;
};

static void
hear_bytes (WspTap      *tap,
            GObject     *source,
            WspDirection direction,
            GBytes      *bytes,
            gint64       time_us)
{
  TEST_TAP (tap)->n_bytes += g_bytes_get_size (bytes);
}

static void
hear_action (WspTap           *tap,
             GObject          *source,
             WspSessionAction *action,
             gsize             n_bytes)
{
  TEST_TAP (tap)->n_actions++;
}

static void
hear_state (WspTap  *tap,
            GObject *source)
{
  TEST_TAP (tap)->n_states++;
}

static void
test_tap_iface_init (WspTapInterface *iface)
{
  iface->bytes = hear_bytes;
  iface->action = hear_action;
  iface->state = hear_state;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestTap, test_tap, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, test_tap_iface_init))

static void
test_tap_class_init (TestTapClass *class)
{
}

static void
test_tap_init (TestTap *self)
{
}

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
tell (WspTap *tap)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  wsp_tap_bytes (tap, G_OBJECT (tap), WSP_DIRECTION_SENT, bytes, 1);
  wsp_tap_action (tap, G_OBJECT (tap), &action, 0);
  wsp_tap_state (tap, G_OBJECT (tap));
}

static void
test_told (void)
{
  g_autoptr (TestTap) tap = g_object_new (TEST_TYPE_TAP, NULL);

  tell (WSP_TAP (tap));
  g_assert_cmpuint (tap->n_bytes, ==, 3);
  g_assert_cmpuint (tap->n_actions, ==, 1);
  g_assert_cmpuint (tap->n_states, ==, 1);
}

static void
test_deaf (void)
{
  g_autoptr (TestDeafTap) tap = g_object_new (TEST_TYPE_DEAF_TAP, NULL);

  tell (WSP_TAP (tap));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/observe/tap/tell/every-function-is-called", test_told);
  g_test_add_func ("/observe/tap/tell/every-function-may-be-left-out", test_deaf);

  return g_test_run ();
}
