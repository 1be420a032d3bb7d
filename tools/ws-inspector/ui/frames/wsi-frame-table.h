/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames with what a user does with its rows: the context menu, copies and notes, and
 * the moves from one row to another. */
#pragma once

#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_TABLE (wsi_frame_table_get_type ())

G_DECLARE_FINAL_TYPE (WsiFrameTable, wsi_frame_table, WSI, FRAME_TABLE, WsiFrameList)

G_END_DECLS
