/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One window, one session: the widgets and actions of a WsiWindowModel. */
#pragma once

#include <adwaita.h>

#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

#define WSI_TYPE_WINDOW (wsi_window_get_type ())

G_DECLARE_FINAL_TYPE (WsiWindow, wsi_window, WSI, WINDOW, AdwApplicationWindow)

WsiWindow *wsi_window_new (GtkApplication * application);
/* Whether its file is completed: it takes no input, and may be gone at once. */
gboolean   wsi_window_is_finishing (WsiWindow *self);
/* Adds the target to the session of the window, or begins one.  If a field is wrong, the start page
 * shows the target, with a sentence. */
void       wsi_window_start       (WsiWindow       *self,
                                   const WsiTarget *target);
/* Shows the form for the target.  The session of the window stays. */
void       wsi_window_edit        (WsiWindow       *self,
                                   const WsiTarget *target);
/* Starts the demonstration; text may be NULL. */
void       wsi_window_demonstrate (WsiWindow  *self,
                                   const char *text);
/* Opens files together, in this window if it is empty, or in another one. */
void       wsi_window_open_files  (WsiWindow  *self,
                                   GListModel *files);

G_END_DECLS
