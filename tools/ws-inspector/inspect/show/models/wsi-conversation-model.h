/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The conversations of a store, in the order in which they were opened, as a list for the screen.
 * It changes when it is updated, not with each conversation. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TYPE_CONVERSATION_MODEL (wsi_conversation_model_get_type ())

G_DECLARE_FINAL_TYPE (WsiConversationModel, wsi_conversation_model, WSI, CONVERSATION_MODEL,
                      GObject)

WsiConversationModel *wsi_conversation_model_new (WsiStore * store);
/* Adds new conversations and removes those that the store has forgotten: at most two signals. */
void                  wsi_conversation_model_update (WsiConversationModel *self);

G_END_DECLS
