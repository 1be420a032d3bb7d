/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Points in time as text. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Microseconds since 1970 as in "2023-11-14T22:13:20.000001Z"; 1970 if there is no such date. */
char *wsi_wall_time_to_text (gint64 wall_us);

G_END_DECLS
