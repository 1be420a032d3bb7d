/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A set of rows of a store, with a bit for each number between the first and the last of them: a
 * million rows take 125 kB, in whatever order they are added. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WsiRowSet WsiRowSet;

WsiRowSet *wsi_row_set_new      (void);
void       wsi_row_set_free     (WsiRowSet *self);
/* Adds the numbers from first to end - 1; the next functions have the same range. */
void       wsi_row_set_add      (WsiRowSet *self,
                                 guint64    first,
                                 guint64    end);
void       wsi_row_set_remove   (WsiRowSet *self,
                                 guint64    first,
                                 guint64    end);
guint64    wsi_row_set_count    (WsiRowSet *self,
                                 guint64    first,
                                 guint64    end);
gboolean   wsi_row_set_contains (WsiRowSet *self,
                                 guint64    number);
/* Finds the first number that is not less than from.  FALSE: there is none. */
gboolean   wsi_row_set_find     (WsiRowSet *self,
                                 guint64    from,
                                 guint64   *number);
/* Finds the last number that is less than end. */
gboolean   wsi_row_set_find_before (WsiRowSet *self,
                                    guint64    end,
                                    guint64   *number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRowSet, wsi_row_set_free)

G_END_DECLS
