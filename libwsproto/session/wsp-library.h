/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What the library as a whole can tell about itself. */
#pragma once

#include <libwsproto/session/wsp-macros.h>

G_BEGIN_DECLS

WSP_AVAILABLE_IN_ALL
guint          wsp_get_major_version      (void);
WSP_AVAILABLE_IN_ALL
guint          wsp_get_minor_version      (void);
WSP_AVAILABLE_IN_ALL
guint          wsp_get_micro_version      (void);
WSP_AVAILABLE_IN_ALL
guint          wsp_get_keepalive_interval (void);
WSP_AVAILABLE_IN_ALL
const guint32 *wsp_get_supported_versions (gsize *n_versions);

G_END_DECLS
