/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Files that are dropped onto a window. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

#define WSI_DROP_MAX_FILES 32

/* Takes dropped files.  target: that of the files. */
typedef void (*WsiDropFunc) (const WsiTarget *target,
                             gpointer         user_data);

/* Calls function once for the files that are dropped together, up to the maximum. */
void wsi_drop_install (GtkWidget  *widget,
                       WsiDropFunc function,
                       gpointer    user_data);

G_END_DECLS
