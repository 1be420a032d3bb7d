/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-tap.h"

/**
 * WspTap:
 *
 * Something that looks on: it hears the raw bytes of a connection as they pass and the
 * actions its session performs, and takes no part.
 *
 * A tap is told synchronously, in the thread of what it watches. It should not call back
 * into it: what it does there has its effect when all taps were told. Bytes are valid during
 * the call; who needs them longer takes a reference. The two heads of an opening handshake
 * are told as one piece of bytes each. A head that breaks a rule or is incomplete is told as far as
 * it came.
 *
 * Each connection is a source of its own: what two sources sent and received never belongs
 * together. The source is the connection, or the [class@Wsp.Handshake] if that failed.
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
 * @source: what is watched
 * @direction: which way the bytes went
 * @bytes: the bytes as they are on the wire, masked where they were masked
 * @time_us: monotonic time in microseconds
 *
 * Tells @self that @bytes passed. Called by what is watched.
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
 * @source: what is watched
 * @action: what was performed
 * @n_bytes: with how many bytes it was completed
 *
 * Tells @self that an action was performed. Called by what is watched.
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
 * @source: what is watched
 *
 * Tells @self that the state, the handshake or the close info of @source changed.
 * Called by what is watched.
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
