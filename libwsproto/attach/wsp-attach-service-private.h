/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The thread that serves inspectors. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Makes the socket and starts the thread; the second call does nothing. */
gboolean wsp_attach_service_begin (GError **error);

G_END_DECLS
