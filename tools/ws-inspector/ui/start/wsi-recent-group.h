/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Targets that were started before, of the settings, and files that were opened before, of the
 * desktop.  Nothing secret is kept. */
#pragma once

#include <adwaita.h>

#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

#define WSI_TYPE_RECENT_GROUP (wsi_recent_group_get_type ())

G_DECLARE_FINAL_TYPE (WsiRecentGroup, wsi_recent_group, WSI, RECENT_GROUP, GtkWidget)

/* Remembers a target; the signal "chosen" has a WsiTarget. */
void  wsi_recent_group_remember (WsiRecentGroup  *self,
                                 const WsiTarget *target);
/* The sources of a session, as lines of targets; NULL or none: nothing is offered.  The row
 * activates win.continue. */
void  wsi_recent_group_offer    (WsiRecentGroup    *self,
                                 const char *const *lines);

G_END_DECLS
