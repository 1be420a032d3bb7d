/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Entries that wait, the oldest first. */
#pragma once

#include "inspect/capture/lanes/wsi-entry.h"

G_BEGIN_DECLS

typedef struct
{
  WsiEntry *entries;
  gsize     first, n, capacity;         /* entries first .. n - 1 wait */
} WsiEntryQueue;

/* Adds an entry, and takes its references over. */
void     wsi_entry_queue_add      (WsiEntryQueue  *queue,
                                   const WsiEntry *entry);
void     wsi_entry_queue_clear    (WsiEntryQueue *queue);
gboolean wsi_entry_queue_is_empty (const WsiEntryQueue *queue);
/* Resets an empty queue: its memory is used again, unless that has become large. */
void     wsi_entry_queue_reset    (WsiEntryQueue *queue);

/* A copy with references of its own; see wsi_entry_clear (). */
WsiEntry wsi_entry_copy     (const WsiEntry *entry);
/* Releases what the entry refers to. */
void     wsi_entry_clear    (WsiEntry *entry);
/* Bytes of the entry, with those that it refers to. */
gsize    wsi_entry_get_size (const WsiEntry *entry);

G_END_DECLS
