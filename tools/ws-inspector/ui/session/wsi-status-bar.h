/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One line at the foot: the last sentence of the session, the rows of the list, how many are shown,
 * memory of its cap, what was not kept, and whether the list follows. */
#pragma once

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/sources/wsi-session.h"
#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

#define WSI_TYPE_STATUS_BAR (wsi_status_bar_get_type ())

G_DECLARE_FINAL_TYPE (WsiStatusBar, wsi_status_bar, WSI, STATUS_BAR, GtkWidget)

/* Sets the list, which must live as long as the bar. */
void        wsi_status_bar_set_list (WsiStatusBar *self,
                                     WsiFrameList *list);
/* Sets the session.  NULL: there is none. */
void        wsi_status_bar_set_session (WsiStatusBar *self,
                                        WsiSession   *session);
/* Sets whether secrets of URIs in the sentence are hidden. */
void        wsi_status_bar_set_redaction (WsiStatusBar *self,
                                          WsiRedaction  level);

G_END_DECLS
