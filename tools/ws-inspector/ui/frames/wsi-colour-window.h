/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The editor of colour rules.  The first rule that matches a row gives its colour; each change is
 * in force at once. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_COLOUR_WINDOW (wsi_colour_window_get_type ())

G_DECLARE_FINAL_TYPE (WsiColourWindow, wsi_colour_window, WSI, COLOUR_WINDOW, AdwWindow)

/* Makes a window; parent may be NULL. */
WsiColourWindow *wsi_colour_window_new (GtkWindow * parent);

G_END_DECLS
