/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Puts bytes of any number on the clipboard, without stopping the window meanwhile. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/lines/wsi-copied-text.h"

G_BEGIN_DECLS

void wsi_copy_bytes (GtkWidget  *widget,
                     GBytes     *bytes,
                     WsiLineForm form);

G_END_DECLS
