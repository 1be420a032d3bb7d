/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "tap/wsp-tap-private.h"

/**
 * WspTap:
 *
 * An observer of a connection: a tap is notified of the raw bytes of the connection and of its
 * state, but cannot change them.
 *
 * A tap is notified synchronously, in the thread of the connection, after an event has happened:
 * for each write of the bytes that were written, for each read of those that were read. One write
 * may have several frames, and a frame several writes. Each of the two heads of an opening
 * handshake is one piece of bytes; a head that breaks a rule or is incomplete ends at that place.
 *
 * Bytes are lent for the time of the call. Keep them with [method@GLib.Bytes.ref]. In Python and
 * JavaScript the overrides of Wsp do this: bytes that a script keeps stay valid.
 *
 * A tap must not call a function that makes the connection do something: such a call logs a
 * critical and has no effect. A tap may read properties, add and remove taps, change limits, drop
 * references and use other connections. If a tap runs a main loop, the connection reads, writes
 * and signals nothing in that loop, but results of calls may be returned. If a callback of such a
 * result calls the connection, or if a call of a server or client reaches the connection, such as
 * [method@Wsp.Server.broadcast], the call takes effect after all taps were notified.
 *
 * Each connection is a source of its own: bytes of two sources never belong together. The
 * source is the connection, the [class@Wsp.Handshake] if the handshake failed, or the
 * [class@Wsp.HttpRequest] of [signal@Wsp.Server::http-request].
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (WspTap, wsp_tap, G_TYPE_OBJECT)

static void
wsp_tap_default_init (WspTapInterface *iface)
{
}

void
wsp_tap_notify_bytes (WspTap      *self,
                      GObject     *source,
                      WspDirection direction,
                      GBytes      *bytes,
                      gint64       time_us)
{
  WspTapInterface *iface = WSP_TAP_GET_IFACE (self);

  if (iface->bytes_passed != NULL)
    iface->bytes_passed (self, source, direction, bytes, time_us);
}

void
wsp_tap_notify_state (WspTap  *self,
                      GObject *source)
{
  WspTapInterface *iface = WSP_TAP_GET_IFACE (self);

  if (iface->state_changed != NULL)
    iface->state_changed (self, source);
}
