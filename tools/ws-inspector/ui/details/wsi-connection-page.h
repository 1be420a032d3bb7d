/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The facts of one connection, which are kept up to date, and commands that make it again. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TYPE_CONNECTION_PAGE (wsi_connection_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiConnectionPage, wsi_connection_page, WSI, CONNECTION_PAGE, GtkWidget)

/* Shows a conversation, or none for NULL. */
void wsi_connection_page_set_conversation (WsiConnectionPage *self,
                                           WsiStore          *store,
                                           WsiConversation   *conversation);

/* The switch "Show Secrets". */
GtkToggleButton *wsi_connection_page_get_secrets_button (WsiConnectionPage *self);

G_END_DECLS
