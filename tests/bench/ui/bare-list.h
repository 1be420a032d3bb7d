/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The floor of the bench of the window: a GtkColumnView with as many columns over the same model,
 * whose cells are numbers.  It has no names, no styles, no decoders, and scrolls to its end by the
 * action of GTK's list. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/models/wsi-frame-model.h"

G_BEGIN_DECLS

typedef struct
{
  GtkWidget     *scroller;
  GtkColumnView *view;
  WsiFrameModel *model;
  guint          tick;          /* id of the timer for the next rows; 0 = there is none */
} BareList;

void bare_list_init  (BareList *self,
                      WsiStore *store);
void bare_list_clear (BareList *self);

G_END_DECLS
