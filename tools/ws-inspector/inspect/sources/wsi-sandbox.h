/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whether the inspector runs in a sandbox, such as that of Flatpak: it has none of the system's
 * programs, so no browser and no dumpcap. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether this program runs in a sandbox. */
gboolean wsi_sandbox_is_present (void);

G_END_DECLS
