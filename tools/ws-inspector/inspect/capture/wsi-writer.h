/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Makes rows of a store from the entries of a recorder, in the thread of the store's writer. */
#pragma once

#include "inspect/capture/lanes/wsi-entry.h"

G_BEGIN_DECLS

typedef struct _WsiWriter WsiWriter;

typedef void (*WsiConversationFunc) (WsiConversation *conversation,
                                     gpointer         user_data);

/* Makes a writer.  begins: called for each new conversation. */
WsiWriter *wsi_writer_new  (WsiStore           *store,
                            WsiConversationFunc begins,
                            gpointer            user_data);
void       wsi_writer_free (WsiWriter *self);
/* The caller keeps the writer: receivers of signals may drop anything else. */
void       wsi_writer_take (WsiWriter      *self,
                            const WsiEntry *entry);
/* From now on many rows are announced at once, at the latest by wsi_writer_announce (). */
void       wsi_writer_hold_rows (WsiWriter *self);
void       wsi_writer_release_rows (WsiWriter *self);
void       wsi_writer_announce  (WsiWriter *self);

G_END_DECLS
