/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Puts the selected rows of a list on the clipboard, without stopping the window meanwhile. */
#pragma once

#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

/* frames.copy: the parameter is a form of wsi_copy_form_find (). */
void wsi_frame_copy_install_actions (GtkWidgetClass *class);

G_END_DECLS
