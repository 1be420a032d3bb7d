/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Segments of a path that say that the segments after them are secret.
 * docs/rationales/redaction.md has the reasons. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the segments after this one are secret.  segment: as it is in the path, without
 * slashes. */
gboolean wsi_path_announces_secret (const char *segment,
                                    gsize       length);

G_END_DECLS
