/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a user says of the connections of a server's port: PORT=websocket, or PORT alone. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The ports, as guint16; texts: NULL = none.  NULL: one of the texts is wrong. */
GArray *wsi_read_as_parse (const char *const *texts,
                           GError           **error);

G_END_DECLS
