/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-tap.h"

/**
 * WspTap:
 *
 * An observer of a connection: a tap is notified of the raw bytes of the connection and of the
 * actions that its session performs, but cannot change them.
 *
 * A tap is notified synchronously, in the thread of the connection, after an event has happened.
 * For each write a tap is notified of the bytes that were written, first as bytes and then as
 * %WSP_ACTION_TYPE_SEND_TO_NETWORK; one write may have several frames, and a frame several writes.
 * %WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE follows for each message, piece of a message, ping,
 * pong and Close whose last byte was in that write. Each of the two heads of an opening handshake
 * is one piece of bytes; a head that breaks a rule or is incomplete ends at that place.
 *
 * Bytes and actions are lent for the time of the call. Keep bytes with [method@GLib.Bytes.ref] and
 * an action with [method@Wsp.SessionAction.copy]. In Python and JavaScript the overrides of Wsp do
 * this: bytes and actions that a script keeps stay valid.
 *
 * A tap must not call a function that makes the connection do something: such a call logs a
 * critical and has no effect. A tap may read properties, add and remove taps, change limits, drop
 * references and use other connections. If a tap runs a main loop, the connection reads, writes
 * and signals nothing in that loop, but results of calls may be returned. If a callback of such a
 * result calls the connection, or if a call of a server or client reaches the connection, such as
 * [method@Wsp.Server.broadcast], the call takes effect after all taps were notified.
 *
 * Each connection is a source of its own: bytes of two sources never belong together. The
 * source is the connection, or the [class@Wsp.Handshake] if the handshake failed.
 *
 * [class@Wsp.Dissector] makes frames of the bytes.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (WspTap, wsp_tap, G_TYPE_OBJECT)

static void
wsp_tap_default_init (WspTapInterface *iface)
{
}

/**
 * wsp_tap_bytes:
 * @self: a tap
 * @source: (transfer none): the object that is observed
 * @direction: the direction of the bytes
 * @bytes: (transfer none): the bytes as they are on the wire, including masks
 * @time_us: monotonic time in microseconds
 *
 * Notifies @self of @bytes. The source calls this.
 *
 * Since: 0.1
 */
void
wsp_tap_bytes (WspTap      *self,
               GObject     *source,
               WspDirection direction,
               GBytes      *bytes,
               gint64       time_us)
{
  g_return_if_fail (WSP_IS_TAP (self));
  g_return_if_fail (bytes != NULL);

  WspTapInterface *iface = WSP_TAP_GET_IFACE (self);

  if (iface->bytes != NULL)
    iface->bytes (self, source, direction, bytes, time_us);
}

/**
 * wsp_tap_action:
 * @self: a tap
 * @source: (transfer none): the object that is observed
 * @action: (transfer none): the action that was performed
 * @n_bytes: the number of bytes with which the action was completed
 *
 * Notifies @self that an action was performed. The source calls this.
 *
 * Since: 0.1
 */
void
wsp_tap_action (WspTap           *self,
                GObject          *source,
                WspSessionAction *action,
                gsize             n_bytes)
{
  g_return_if_fail (WSP_IS_TAP (self));
  g_return_if_fail (action != NULL);

  WspTapInterface *iface = WSP_TAP_GET_IFACE (self);

  if (iface->action != NULL)
    iface->action (self, source, action, n_bytes);
}

/**
 * wsp_tap_state:
 * @self: a tap
 * @source: (transfer none): the object that is observed
 *
 * Notifies @self that the state, the handshake or the close info of @source changed. The
 * source calls this.
 *
 * Since: 0.1
 */
void
wsp_tap_state (WspTap  *self,
               GObject *source)
{
  g_return_if_fail (WSP_IS_TAP (self));

  WspTapInterface *iface = WSP_TAP_GET_IFACE (self);

  if (iface->state != NULL)
    iface->state (self, source);
}
