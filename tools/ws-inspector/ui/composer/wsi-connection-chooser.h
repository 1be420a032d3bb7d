/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which connection an outbox writes to, and the others that a user may choose. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/compose/wsi-outbox.h"

G_BEGIN_DECLS

#define WSI_TYPE_CONNECTION_CHOOSER (wsi_connection_chooser_get_type ())

G_DECLARE_FINAL_TYPE (WsiConnectionChooser, wsi_connection_chooser, WSI, CONNECTION_CHOOSER, GtkBox)

/* Sets the outbox, once. */
void wsi_connection_chooser_set_outbox (WsiConnectionChooser *self,
                                        WsiOutbox            *outbox);

G_END_DECLS
