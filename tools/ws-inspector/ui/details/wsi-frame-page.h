/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One frame: its bits, what each field says, the rules that it breaks, and where it is. */
#pragma once

#include "inspect/capture/wsi-row.h"
#include "ui/details/wsi-bit-diagram.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_PAGE (wsi_frame_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiFramePage, wsi_frame_page, WSI, FRAME_PAGE, GtkWidget)

/* Shows a row; NULL = none. */
void           wsi_frame_page_set_row     (WsiFramePage *self,
                                           WsiRow       *row);

G_END_DECLS
