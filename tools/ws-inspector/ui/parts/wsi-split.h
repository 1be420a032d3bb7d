/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Two widgets, beside each other or one below the other, with a divider; where
 * only one of them has room, it is narrow and shows one of them.  Each
 * arrangement keeps its divider as a share of the size, which only the user
 * changes.
 *
 * Properties: "start-child", "end-child"; "arrangement"; "beside-share",
 * "below-share": of the start child, 0 to 1; "narrow" is read; "shows-end":
 * which of the two a narrow one shows; "has-end": whether a wide one shows the
 * end child, too. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_ARRANGEMENT_AUTOMATIC,
  WSI_ARRANGEMENT_BESIDE,
  WSI_ARRANGEMENT_BELOW,
} WsiArrangement;

#define WSI_TYPE_ARRANGEMENT (wsi_arrangement_get_type ())

/* Type of WsiArrangement, whose nicks are those of the settings: "automatic", "beside", "below". */
GType          wsi_arrangement_get_type (void);

#define WSI_TYPE_SPLIT (wsi_split_get_type ())

G_DECLARE_FINAL_TYPE (WsiSplit, wsi_split, WSI, SPLIT, GtkWidget)

gboolean wsi_split_is_narrow (WsiSplit *self);
/* The scale of texts on the display of a widget; 1 = usual text. */
double   wsi_split_get_text_scale (GtkWidget *widget);

G_END_DECLS
