/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Gives each connection of a test program a tap.  With WSP_TEST_TAPPED in the environment each
 * connection of a program has a tap from its beginning.  A connection with a tap must behave as one
 * without: the same tests have to pass.
 *
 * The tap reads each byte that it gets, so that a sanitizer finds memory that was freed.  Whatever
 * the test does, the tap has to be notified of the bytes of each write, when these and no others
 * have left. */
#include <libwsproto/wsproto.h>

typedef struct
{
  GObject parent_instance;
  guint   sum;
  guint64 n_sent;               /* number of bytes that were sent */
} TestLooker;

typedef GObjectClass TestLookerClass;

static void
look (TestLooker   *self,
      const guint8 *at,
      gsize         length)
{
  for (gsize i = 0; i < length; i++)
    self->sum += at[i];
}

static void
look_at_sent (TestLooker *self,
              GObject    *source,
              GBytes     *bytes)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (WSP_CONNECTION (source));

  self->n_sent += g_bytes_get_size (bytes);
  g_assert_cmpuint (stats->bytes_sent, ==, self->n_sent);
}

static void
look_at_bytes (WspTap      *tap,
               GObject     *source,
               WspDirection direction,
               GBytes      *bytes,
               gint64       time_us)
{
  gsize length;
  const guint8 *at = g_bytes_get_data (bytes, &length);

  look ((TestLooker *) tap, at, length);
  if (direction == WSP_DIRECTION_SENT)
    look_at_sent ((TestLooker *) tap, source, bytes);
}

static void
look_at_state (WspTap  *tap,
               GObject *source)
{
  wsp_connection_get_state (WSP_CONNECTION (source));
}

static void
test_looker_init_interface (WspTapInterface *iface)
{
  iface->bytes_passed = look_at_bytes;
  iface->state_changed = look_at_state;
}

GType test_looker_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestLooker, test_looker, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, test_looker_init_interface))

static void
test_looker_class_init (TestLookerClass *class)
{
}

static void
test_looker_init (TestLooker *self)
{
}

static void (*construct) (GObject *object);

static void
construct_tapped (GObject *object)
{
  g_autoptr (WspTap) tap = g_object_new (test_looker_get_type (), NULL);

  construct (object);
  wsp_connection_add_tap (WSP_CONNECTION (object), tap);
}

__attribute__ ((constructor))
static void
tap_all (void)
{
  GObjectClass *class;

  if (g_getenv ("WSP_TEST_TAPPED") == NULL)
    return;

  class = g_type_class_ref (WSP_TYPE_CONNECTION);
  construct = class->constructed;
  class->constructed = construct_tapped;
}
