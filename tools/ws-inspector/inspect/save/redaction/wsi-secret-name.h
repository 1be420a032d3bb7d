/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Names that say that a value is secret: one rule for headers, parameters and subprotocols. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean wsi_is_secret_name (const char *name);

G_END_DECLS
