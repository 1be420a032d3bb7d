/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pages of docs/ that a user of the window needs: filters, and traffic with wss://.  make-page
 * makes them when the program is built; they are English in each language. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_HELP_WINDOW (wsi_help_window_get_type ())

G_DECLARE_FINAL_TYPE (WsiHelpWindow, wsi_help_window, WSI, HELP_WINDOW, AdwWindow)

WsiHelpWindow *wsi_help_window_new (GtkWindow * parent);

G_END_DECLS
