/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/tap-place.h"

const char *const tap_place_names[N_TAP_PLACES] = {
  [AT_BYTES_SENT] = "bytes-sent",
  [AT_BYTES_RECEIVED] = "bytes-received",
  [AT_STATE_CLOSING] = "state-closing",
  [AT_STATE_ENDED] = "state-ended",
  [AT_STATE_CLOSED] = "state-closed",
};

static void
reach (TestPlaceTap *self,
       TapPlace      place)
{
  self->n_notified++;
  if (self->was_reached || place != self->place)
    return;

  self->was_reached = TRUE;
  self->func (self->data);
}

static void
on_bytes (WspTap      *tap,
          GObject     *source,
          WspDirection direction,
          GBytes      *bytes,
          gint64       time_us)
{
  reach (TEST_PLACE_TAP (tap),
         direction == WSP_DIRECTION_SENT ? AT_BYTES_SENT : AT_BYTES_RECEIVED);
}

static void
on_state (WspTap  *tap,
          GObject *source)
{
  WspConnection *connection = WSP_CONNECTION (source);
  gboolean has_ended = wsp_connection_get_close_info (connection) != NULL;
  gboolean is_closed = wsp_connection_get_state (connection) == WSP_CONNECTION_STATE_CLOSED;

  reach (TEST_PLACE_TAP (tap),
         is_closed ? AT_STATE_CLOSED : has_ended ? AT_STATE_ENDED : AT_STATE_CLOSING);
}

static void
test_place_tap_tap_init (WspTapInterface *iface)
{
  iface->bytes_passed = on_bytes;
  iface->state_changed = on_state;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestPlaceTap, test_place_tap, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, test_place_tap_tap_init))

static void
test_place_tap_class_init (TestPlaceTapClass *class)
{
}

static void
test_place_tap_init (TestPlaceTap *self)
{
}

TestPlaceTap *
test_place_tap_new (TapPlace     place,
                    TapPlaceFunc func,
                    gpointer     data)
{
  TestPlaceTap *self = g_object_new (TEST_TYPE_PLACE_TAP, NULL);

  self->place = place;
  self->func = func;
  self->data = data;
  return self;
}
