/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Payload bytes, kept up to a cap; the oldest go first. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WsiArena WsiArena;

WsiArena *wsi_arena_new  (gsize max_size);
void      wsi_arena_free (WsiArena *self);
gboolean  wsi_arena_add  (WsiArena *self,
                          GBytes   *payload,
                          guint64  *position);
GBytes   *wsi_arena_dup  (WsiArena *self,
                          guint64   position,
                          gsize     length,
                          gsize     max_length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiArena, wsi_arena_free)

G_END_DECLS
