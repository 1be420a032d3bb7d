/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bits of a frame, as RFC 6455 5.2 draws them: 32 in a row, 8 where it is narrow; from left to
 * right in every language.  A click or the arrow keys select a field.
 *
 * Property: "selected" (int), the number of a field in the layout; -1 = none. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/header/wsi-frame-layout.h"

G_BEGIN_DECLS

#define WSI_TYPE_BIT_DIAGRAM (wsi_bit_diagram_get_type ())

G_DECLARE_FINAL_TYPE (WsiBitDiagram, wsi_bit_diagram, WSI, BIT_DIAGRAM, GtkWidget)

/* Sets the layout, and selects nothing.  layout may be NULL. */
void  wsi_bit_diagram_set_layout   (WsiBitDiagram        *self,
                                    const WsiFrameLayout *layout);
/* Marks the fields that break a rule. */
void  wsi_bit_diagram_mark         (WsiBitDiagram *self,
                                    guint          part);
int   wsi_bit_diagram_get_selected (WsiBitDiagram *self);
void  wsi_bit_diagram_set_selected (WsiBitDiagram *self,
                                    int            selected);
/* "opcode 1 text: a text message, or its beginning: UTF-8", translated. */
char *wsi_bit_diagram_describe     (WsiBitDiagram *self,
                                    guint          part);

G_END_DECLS
