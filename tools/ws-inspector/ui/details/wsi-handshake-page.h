/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The opening handshake: its result, the heads, the result of each rule, and the calculation of the
 * accept value. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TYPE_HANDSHAKE_PAGE (wsi_handshake_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiHandshakePage, wsi_handshake_page, WSI, HANDSHAKE_PAGE, GtkWidget)

/* Shows a conversation; NULL = none. */
void  wsi_handshake_page_set_conversation (WsiHandshakePage *self,
                                           WsiStore         *store,
                                           WsiConversation  *conversation);

/* The switch "Show Secrets". */
GtkToggleButton *wsi_handshake_page_get_secrets_button (WsiHandshakePage *self);

G_END_DECLS
