/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Holds one child, and tells whether it is narrow: libadwaita 1.2 has no breakpoints. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WSI_TYPE_WIDTH_BIN (wsi_width_bin_get_type ())

G_DECLARE_FINAL_TYPE (WsiWidthBin, wsi_width_bin, WSI, WIDTH_BIN, GtkWidget)

gboolean wsi_width_bin_is_narrow (WsiWidthBin *self);

G_END_DECLS
