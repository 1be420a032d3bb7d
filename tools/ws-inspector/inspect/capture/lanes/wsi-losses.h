/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bytes that a full lane has dropped, of each conversation, until it says so. */
#pragma once

#include "inspect/capture/lanes/wsi-entry.h"

G_BEGIN_DECLS

typedef struct
{
  GHashTable *bytes;            /* gaps of bytes, by WsiConversation; or NULL */
} WsiLosses;

/* Receives an entry, and takes its references over. */
typedef void (*WsiLossFunc) (gpointer        user_data,
                             const WsiEntry *entry);

void     wsi_losses_clear       (WsiLosses *self);
gboolean wsi_losses_are_none    (const WsiLosses *self);
/* Number of entries that report the losses, at most. */
guint    wsi_losses_count       (const WsiLosses *self);
/* Adds a lost WSI_ENTRY_PUSH. */
void     wsi_losses_add         (WsiLosses      *self,
                                 const WsiEntry *entry);
/* Hands on the gaps of the entry's conversation, with its time, and forgets them. */
void     wsi_losses_tell_before (WsiLosses      *self,
                                 const WsiEntry *entry,
                                 WsiLossFunc     function,
                                 gpointer        user_data);
/* Gives the function all losses, as entries. */
void     wsi_losses_tell        (WsiLosses  *self,
                                 gint64      time_us,
                                 WsiLossFunc function,
                                 gpointer    user_data);

G_END_DECLS
