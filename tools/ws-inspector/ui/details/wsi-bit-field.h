/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One field of the bit diagram for screen readers: a name, a place, whether it is selected, and the
 * action "bits.select".  It draws nothing and takes neither the focus nor the pointer: the diagram
 * does. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WSI_TYPE_BIT_FIELD (wsi_bit_field_get_type ())

G_DECLARE_FINAL_TYPE (WsiBitField, wsi_bit_field, WSI, BIT_FIELD, GtkWidget)

/* part: its number in the layout.  "bits.select" activates "bits.select-part" with it. */
WsiBitField *wsi_bit_field_new (guint part);
void         wsi_bit_field_describe     (WsiBitField *self,
                                         const char  *sentence);
void         wsi_bit_field_set_selected (WsiBitField *self,
                                         gboolean     is_selected);

G_END_DECLS
