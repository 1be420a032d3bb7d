/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Memory of messages: a block holds one payload, with room for a frame header before it and for
 * a NUL after it.  A pool keeps blocks that are no longer needed: fresh pages cost more than a
 * copy. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_MESSAGE_HEADROOM 16

typedef struct _WspMessagePool WspMessagePool;
typedef struct _WspMessageBlock WspMessageBlock;

struct _WspMessageBlock         /* counted by reference; threads may share it */
{
  gatomicrefcount  ref_count;
  WspMessagePool  *pool;        /* pool that gets the memory back; NULL: it is given back to the system */
  WspMessageBlock *next;        /* the next block of the list, while this block is spare */
  gsize            capacity;    /* bytes of data, without the NUL */
  guint8           headroom[WSP_MESSAGE_HEADROOM];
  guint8           data[];
};

/* TRUE: the caller had the last reference.  Nobody else can take one meanwhile, and to read the
 * count costs much less than to write it. */
static inline gboolean
wsp_drops_last (gatomicrefcount *ref_count)
{
  return g_atomic_ref_count_compare (ref_count, 1) || g_atomic_ref_count_dec (ref_count);
}

/* pool may be NULL.  Returns NULL if there is no memory. */
WspMessageBlock *wsp_message_block_new       (WspMessagePool *pool,
                                              gsize           capacity);
/* Returns a spare block that is large enough, but not much larger, or NULL. */
WspMessageBlock *wsp_message_block_new_spare (WspMessagePool *pool,
                                              gsize           capacity);
WspMessageBlock *wsp_message_block_ref       (WspMessageBlock *self);
void             wsp_message_block_unref     (WspMessageBlock *self);
/* Takes self, to which the caller holds the only reference.  NULL: no memory, self is unchanged. */
WspMessageBlock *wsp_message_block_grow      (WspMessageBlock *self,
                                              gsize            capacity);

/* Each main context has a pool.  The memory of a freed pool stays until its last block was
 * returned. */
WspMessagePool  *wsp_message_pool_new        (void);
void             wsp_message_pool_free       (WspMessagePool *self);
/* Gives as many blocks back to the system as were spare all the time since the last call.
 * FALSE: no block is spare now. */
gboolean         wsp_message_pool_trim       (WspMessagePool *self);

G_END_DECLS
