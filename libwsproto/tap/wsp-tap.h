/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_TAP (wsp_tap_get_type ())

WSP_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WspTap, wsp_tap, WSP, TAP, GObject)

/**
 * WspTapInterface:
 * @bytes_passed: bytes were sent or received, as they are on the wire; the time is monotonic, in
 *   microseconds
 * @state_changed: the state, the handshake or the close info of the source changed: read the
 *   property of the source
 *
 * The notifications of a tap. Every function is optional. No function may make the source do
 * something. Bytes are lent for the time of the call.
 *
 * Since: 0.1
 */
struct _WspTapInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  void (*bytes_passed)  (WspTap      *self,
                         GObject     *source,
                         WspDirection direction,
                         GBytes      *bytes,
                         gint64       time_us);
  void (*state_changed) (WspTap  *self,
                         GObject *source);

  /*< private >*/
  gpointer padding[9];
};

G_END_DECLS
