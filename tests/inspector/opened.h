/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Objects of the inspector that recorders and the window make, for tests without them. */
#pragma once

#include "inspect/sources/wsi-session.h"
#include "inspect/store/wsi-conversation.h"

/* The reference is the caller's. */
static inline WsiConversation *
opened_conversation (WsiStore         *store,
                     const WsiOpening *opening,
                     gint64            time_us)
{
  WsiConversation *conversation = wsi_conversation_new (opening, time_us);

  wsi_store_add_conversation (store, conversation);
  return conversation;
}

/* A session whose store has the default size, rows of frames only, and no file. */
static inline WsiSession *
opened_session (void)
{
  const WsiStoreLimits limits = {
    .max_records = WSI_DEFAULT_MAX_RECORDS,
    .max_memory = WSI_DEFAULT_MAX_PAYLOAD,
    .max_stored = WSI_DEFAULT_MAX_STORED,
  };

  return wsi_session_new_with_limits (&limits);
}
