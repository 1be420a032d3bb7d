/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Children in lines, as words in a text: as many in each as it has room for.  Those that expand
 * share what is left of their line. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WSI_TYPE_WRAP_BOX (wsi_wrap_box_get_type ())

G_DECLARE_FINAL_TYPE (WsiWrapBox, wsi_wrap_box, WSI, WRAP_BOX, GtkWidget)

G_END_DECLS
