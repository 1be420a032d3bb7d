/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where the fields of a frame are in rows of 32 or of 8 bits.  The payload has the rest of its row,
 * and one more if that is little. */
#pragma once

#include "inspect/show/header/wsi-frame-layout.h"

G_BEGIN_DECLS

#define WSI_MAX_BIT_SEGMENTS 32

/* A part of a field in one row; a field that goes over several rows has several. */
typedef struct
{
  guint    part;
  guint    row, first_column, n_columns;
  gboolean has_label;           /* the segment has the label of its field, as the widest one */
} WsiBitSegment;

typedef struct
{
  WsiBitSegment segments[WSI_MAX_BIT_SEGMENTS];
  guint         n_segments, n_rows, n_columns;
} WsiBitGrid;

void wsi_bit_grid_init (WsiBitGrid           *self,
                        const WsiFrameLayout *layout,
                        guint                 n_columns);
/* The field at a place; -1 = none. */
int  wsi_bit_grid_find (const WsiBitGrid *self,
                        int               row,
                        int               column);
/* The field above (-1) or below (1) this one, or itself. */
int  wsi_bit_grid_go   (const WsiBitGrid *self,
                        guint             part,
                        int               n_rows);

G_END_DECLS
