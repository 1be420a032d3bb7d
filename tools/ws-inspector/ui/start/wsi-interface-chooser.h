/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The network interfaces that dumpcap lists, and whether it may capture: else what to do.  It is
* asked when the group is shown first, and when the user wants it.  The chosen one has a mark. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_INTERFACE_CHOOSER (wsi_interface_chooser_get_type ())

G_DECLARE_FINAL_TYPE (WsiInterfaceChooser, wsi_interface_chooser, WSI, INTERFACE_CHOOSER,
                      AdwPreferencesGroup)

/* Signal "chosen" (name).
 *
 * name: of the one that is chosen; empty: all of them. */
void wsi_interface_chooser_set_name (WsiInterfaceChooser *self,
                                     const char          *name);

G_END_DECLS
