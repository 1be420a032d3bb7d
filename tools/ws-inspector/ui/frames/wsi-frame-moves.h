/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Goes from row to row while the focus is elsewhere: the actions frames.next-row,
 * frames.previous-row and frames.next-problem. */
#pragma once

#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

void     wsi_frame_moves_install_actions (GtkWidgetClass *class);
/* Whether the next frame of the connection is searched for; the list's signal "changed" notifies of
 * the end. */
gboolean wsi_frame_moves_is_searching    (WsiFrameList *list);

G_END_DECLS
