/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/session/wsp-session-action.h>

G_BEGIN_DECLS

/**
 * WspDirection:
 * @WSP_DIRECTION_SENT: sent by the side that is observed
 * @WSP_DIRECTION_RECEIVED: received by the side that is observed
 *
 * The direction of bytes.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_DIRECTION_SENT,
  WSP_DIRECTION_RECEIVED,
} WspDirection;

#define WSP_TYPE_TAP (wsp_tap_get_type ())

WSP_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WspTap, wsp_tap, WSP, TAP, GObject)

/**
 * WspTapInterface:
 * @bytes: bytes were sent or received, as they are on the wire
 * @action: the session performed an action, with this number of bytes
 * @state: the state, the handshake or the close info of the source changed: read the property of
 *   the source
 *
 * The notifications of a tap. Every function is optional. No function may make the source do
 * something. Bytes and actions are lent for the time of the call.
 *
 * Since: 0.1
 */
struct _WspTapInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  void (*bytes)  (WspTap      *self,
                  GObject     *source,
                  WspDirection direction,
                  GBytes      *bytes,
                  gint64       time_us);
  void (*action) (WspTap           *self,
                  GObject          *source,
                  WspSessionAction *action,
                  gsize             n_bytes);
  void (*state)  (WspTap  *self,
                  GObject *source);

  /*< private >*/
  gpointer padding[8];
};

WSP_AVAILABLE_IN_ALL
void wsp_tap_bytes  (WspTap      *self,
                     GObject     *source,
                     WspDirection direction,
                     GBytes      *bytes,
                     gint64       time_us);
WSP_AVAILABLE_IN_ALL
void wsp_tap_action (WspTap           *self,
                     GObject          *source,
                     WspSessionAction *action,
                     gsize             n_bytes);
WSP_AVAILABLE_IN_ALL
void wsp_tap_state  (WspTap  *self,
                     GObject *source);

G_END_DECLS
