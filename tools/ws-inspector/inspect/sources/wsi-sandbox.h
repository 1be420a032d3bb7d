/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A sandbox, such as that of Flatpak, has none of the system's programs: no browser and no
 * dumpcap. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether this program runs in one. */
gboolean wsi_sandbox_is_present (void);

G_END_DECLS
