/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The tap that sends records about all connections that are shown to inspectors.  It removes itself
 * from a connection when the last inspector has gone: a connection without taps costs nothing
 * again. */
#include "attach/wsp-attach-hub-private.h"

#define WSP_TYPE_ATTACH_TAP (wsp_attach_tap_get_type ())

G_DECLARE_FINAL_TYPE (WspAttachTap, wsp_attach_tap, WSP, ATTACH_TAP, GObject)

struct _WspAttachTap
{
  GObject parent_instance;
};

/* FALSE: no inspector watches. */
static gboolean
is_of_use (GObject *source)
{
  if (wsp_attach_is_watched ())
    return TRUE;

  wsp_attach_hub_remove_tap (source);
  return FALSE;
}

static void
attach_tap_on_bytes_passed (WspTap      *tap,
                            GObject     *source,
                            WspDirection direction,
                            GBytes      *bytes,
                            gint64       time_us)
{
  gint64 wall_us = time_us + (g_get_real_time () - g_get_monotonic_time ());
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (is_of_use (source))
    wsp_attach_tell_bytes (source, direction, data, length, wall_us);
}

static void
attach_tap_on_state_changed (WspTap  *tap,
                             GObject *source)
{
  const WspAttachFuncs *funcs;

  if (!is_of_use (source))
    return;

  funcs = wsp_attach_hub_get_funcs (source);
  if (funcs != NULL)
    funcs->show_end (source);
}

static void
wsp_attach_tap_iface_init (WspTapInterface *iface)
{
  iface->bytes_passed = attach_tap_on_bytes_passed;
  iface->state_changed = attach_tap_on_state_changed;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WspAttachTap, wsp_attach_tap, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, wsp_attach_tap_iface_init))

static void
wsp_attach_tap_class_init (WspAttachTapClass *class)
{
}

static void
wsp_attach_tap_init (WspAttachTap *self)
{
}

WspTap *
wsp_attach_peek_tap (void)
{
  static WspTap *tap;

  if (g_once_init_enter (&tap))
    g_once_init_leave (&tap, g_object_new (WSP_TYPE_ATTACH_TAP, NULL));
  return tap;
}
