/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One connection in the sidebar: state, path, counters, rate and faults. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/store/wsi-conversation.h"

G_BEGIN_DECLS

#define WSI_TYPE_CONNECTION_ROW (wsi_connection_row_get_type ())

G_DECLARE_FINAL_TYPE (WsiConnectionRow, wsi_connection_row, WSI, CONNECTION_ROW, GtkWidget)

GtkWidget *wsi_connection_row_new (void);
void       wsi_connection_row_set_conversation (WsiConnectionRow *self,
                                                WsiConversation  *conversation);
void       wsi_connection_row_update           (WsiConnectionRow *self);
char      *wsi_connection_row_describe         (WsiConversation *conversation);

G_END_DECLS
