/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A port of a server whose connections a user has named as WebSockets: PORT=websocket, or PORT
 * alone. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The ports, as guint16; texts: NULL = none.  NULL: one of the texts is wrong. */
GArray *wsi_read_as_parse (const char *const *texts,
                           GError           **error);

G_END_DECLS
