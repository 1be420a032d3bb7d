/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes by position, for a format that writes them in another order: the last ones in memory, all
 * others in a file without a name.  If all bytes have room in memory, there is no file. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WsiSpill WsiSpill;

WsiSpill *wsi_spill_new  (void);
void      wsi_spill_free (WsiSpill *self);
/* The position of the bytes that are added next. */
guint64   wsi_spill_get_end (const WsiSpill *self);
/* Adds bytes.  An error is one of the disk, such as a full one. */
gboolean  wsi_spill_add  (WsiSpill   *self,
                          const void *bytes,
                          gsize       length,
                          GError    **error);
/* Writes over bytes that were added. */
gboolean  wsi_spill_replace (WsiSpill   *self,
                             guint64     position,
                             const void *bytes,
                             gsize       length,
                             GError    **error);
/* Reads bytes that were added. */
gboolean  wsi_spill_read (WsiSpill *self,
                          guint64   position,
                          void     *bytes,
                          gsize     length,
                          GError  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiSpill, wsi_spill_free)

G_END_DECLS
