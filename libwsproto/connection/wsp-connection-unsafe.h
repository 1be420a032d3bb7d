/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A function that breaks the protocol if it is used wrongly: <libwsproto/wsproto-unsafe.h>. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>

G_BEGIN_DECLS

WSP_AVAILABLE_IN_ALL
gboolean wsp_connection_send_raw_unsafe (WspConnection *self,
                                         GBytes        *bytes,
                                         GError       **error);

G_END_DECLS
