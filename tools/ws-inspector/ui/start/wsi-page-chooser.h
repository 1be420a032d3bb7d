/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pages of a browser that listens, when the user asks for them.  Those that are watched have a
 * mark. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_PAGE_CHOOSER (wsi_page_chooser_get_type ())

G_DECLARE_FINAL_TYPE (WsiPageChooser, wsi_page_chooser, WSI, PAGE_CHOOSER, AdwPreferencesGroup)

/* Signal "chosen" (text): the text chooses one of them.
 *
 * address: as the user writes it; NULL: no browser can be asked.  At another address are other
 * pages. */
void wsi_page_chooser_set_address (WsiPageChooser *self,
                                   const char     *address);
/* The text that names the pages to watch; empty: all of them. */
void wsi_page_chooser_set_text    (WsiPageChooser *self,
                                   const char     *text);

G_END_DECLS
