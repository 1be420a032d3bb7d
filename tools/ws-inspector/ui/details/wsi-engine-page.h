/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The engines of a connection: their state, what waits, and what they have done, step by step.  The
 * example's sessions also show their queues and buffers.
 *
 * Signal: "go-to", with the number of the row of an action. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/capture/wsi-row.h"

G_BEGIN_DECLS

#define WSI_TYPE_ENGINE_PAGE (wsi_engine_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiEnginePage, wsi_engine_page, WSI, ENGINE_PAGE, GtkWidget)

/* Shows a conversation; NULL = none. */
void         wsi_engine_page_set_conversation (WsiEnginePage   *self,
                                               WsiStore        *store,
                                               WsiConversation *conversation);
/* Selects the action that has made or consumed its frame; NULL = no row is selected. */
void         wsi_engine_page_set_row          (WsiEnginePage *self,
                                               WsiRow        *row);

G_END_DECLS
