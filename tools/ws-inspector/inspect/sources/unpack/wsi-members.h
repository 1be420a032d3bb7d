/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Unpacks a whole file of gzip or zstd.  Such a file may have several members one after the other,
 * as "cat a.gz b.gz" and pigz write it, and a converter of GIO ends with the first one.  Errors
 * name the byte of the file. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes at the beginning of a file that tell whether it is packed. */
#define WSI_PACKING_MAGIC_LENGTH 4

typedef enum
{
  WSI_PACKING_NONE,
  WSI_PACKING_GZIP,
  WSI_PACKING_ZSTD,
} WsiPacking;

WsiPacking  wsi_packing_find (const guint8 *at,
                              gsize         length);
/* packing is not NONE. */
GConverter *wsi_members_new  (WsiPacking packing);

G_END_DECLS
