/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Names the reply to a request, or the request of a reply, and leads to it.  It is only visible
 * where there is one.
 *
 * Signal: "go-to", with the number of the record. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TYPE_PAIR_BUTTON (wsi_pair_button_get_type ())

G_DECLARE_FINAL_TYPE (WsiPairButton, wsi_pair_button, WSI, PAIR_BUTTON, GtkWidget)

/* number: of the record that ends the message; store: NULL = there is none. */
void        wsi_pair_button_set_record (WsiPairButton *self,
                                        WsiStore      *store,
                                        guint64        number);
/* Updates the button after records were paired. */
void        wsi_pair_button_update     (WsiPairButton *self);

G_END_DECLS
