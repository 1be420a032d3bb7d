/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void wsi_drop_down_set_name (GtkDropDown *drop_down,
                             const char  *name);

G_END_DECLS
