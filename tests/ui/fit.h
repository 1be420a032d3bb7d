/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whether all of a window is in view at its size: nothing cut off, nothing that scrolls sideways,
 * and each icon there is one of the theme. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A line for each fault; "" = all fits. */
char *fit_describe (GtkWindow *window,
                    int        width,
                    int        height);

G_END_DECLS
