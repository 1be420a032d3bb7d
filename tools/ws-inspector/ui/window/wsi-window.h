/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One window, one session. */
#pragma once

#include <adwaita.h>

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/sources/wsi-session.h"
#include "inspect/targets/wsi-target.h"
#include "ui/session/wsi-session-page.h"

G_BEGIN_DECLS

#define WSI_TYPE_WINDOW (wsi_window_get_type ())

G_DECLARE_FINAL_TYPE (WsiWindow, wsi_window, WSI, WINDOW, AdwApplicationWindow)

WsiWindow        *wsi_window_new (GtkApplication * application);
void              wsi_window_start              (WsiWindow       *self,
                                                 const WsiTarget *target);
void              wsi_window_edit               (WsiWindow       *self,
                                                 const WsiTarget *target);
void              wsi_window_demonstrate        (WsiWindow  *self,
                                                 const char *text);
void              wsi_window_open_files         (WsiWindow  *self,
                                                 GListModel *files);
/* FALSE: a toast says why not. */
gboolean          wsi_window_save_to            (WsiWindow   *self,
                                                 GFile       *file,
                                                 WsiRedaction redaction);
WsiSession       *wsi_window_get_session        (WsiWindow *self);
WsiSource        *wsi_window_get_source         (WsiWindow *self);
WsiFrameList     *wsi_window_get_frame_list     (WsiWindow *self);

G_END_DECLS
