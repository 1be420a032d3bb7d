/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sources of a session and its connections.  While records come, its counters change once a
 * second; without records there is no timer. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/sources/wsi-session.h"

G_BEGIN_DECLS

#define WSI_TYPE_SIDEBAR (wsi_sidebar_get_type ())

G_DECLARE_FINAL_TYPE (WsiSidebar, wsi_sidebar, WSI, SIDEBAR, GtkWidget)

void    wsi_sidebar_set_session      (WsiSidebar *self,
                                      WsiSession *session);
/* Shows titles again, after other names of secrets. */
void    wsi_sidebar_update           (WsiSidebar *self);
guint32 wsi_sidebar_get_conversation (WsiSidebar *self);
/* The connection with this number; 0 = none is selected any more. */
void    wsi_sidebar_select           (WsiSidebar *self,
                                      guint32     number);

G_END_DECLS
