/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The code and the reason of a Close. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/sources/sending/wsi-outgoing.h"

G_BEGIN_DECLS

#define WSI_TYPE_CLOSE_POPOVER (wsi_close_popover_get_type ())

G_DECLARE_FINAL_TYPE (WsiClosePopover, wsi_close_popover, WSI, CLOSE_POPOVER, GtkPopover)

/* Makes the Close.  NULL: the code may not be sent, or the reason is too long. */
WsiOutgoing *wsi_close_popover_make_close (WsiClosePopover * self,
                                           GError * *error);

G_END_DECLS
