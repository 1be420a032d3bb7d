/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Calls the functions of a tap that the tap has. */
#pragma once

#include <libwsproto/tap/wsp-tap.h>

G_BEGIN_DECLS

void wsp_tap_notify_bytes (WspTap      *self,
                           GObject     *source,
                           WspDirection direction,
                           GBytes      *bytes,
                           gint64       time_us);
void wsp_tap_notify_state (WspTap  *self,
                           GObject *source);

G_END_DECLS
