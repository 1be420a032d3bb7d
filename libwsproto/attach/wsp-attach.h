/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lets an inspector watch the connections of this program. */
#pragma once

#include <glib.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

WSP_AVAILABLE_IN_ALL
gboolean wsp_attach_enable (GError **error);

G_END_DECLS
