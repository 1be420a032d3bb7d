/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Payload bytes by position: in memory up to a cap, then in a file, then dropped, the oldest first.
 * If the file cannot be written, the oldest in memory are dropped, and those in the file stay until
 * the arena has no place left. */
#pragma once

#include "inspect/store/memory/wsi-readers.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WsiArena WsiArena;

/* folder: of the file, NULL = the system's.  max_file 0: there is no file. */
WsiArena     *wsi_arena_new  (WsiReaders *readers,
                              gsize       max_memory,
                              guint64     max_file,
                              const char *folder);
void          wsi_arena_free (WsiArena *self);
/* Adds a payload; this and the next functions are the writer's. */
guint8       *wsi_arena_add  (WsiArena *self,
                              gsize     length,
                              guint64  *position);
/* The errno because of which nothing is written to the file any more; 0 = none. */
int           wsi_arena_get_error     (const WsiArena *self);
/* The number of dropped bytes, for any thread. */
guint64       wsi_arena_get_n_dropped (const WsiArena *self);
/* Bytes in memory, by the blocks that are reserved for them. */
gsize         wsi_arena_get_memory    (const WsiArena *self);
/* The bytes in memory, for any thread, between wsi_readers_begin () and wsi_readers_end (). */
const guint8 *wsi_arena_peek (WsiArena *self,
                              guint64   position,
                              gsize     length);
/* Reads bytes.  FALSE: they were dropped, or cannot be read. */
gboolean      wsi_arena_read (WsiArena *self,
                              guint64   position,
                              guint8   *bytes,
                              gsize     length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiArena, wsi_arena_free)

G_END_DECLS
