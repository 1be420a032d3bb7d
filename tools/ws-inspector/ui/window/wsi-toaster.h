/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sentences of a window, as toasts over its page. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_TOASTER (wsi_toaster_get_type ())

G_DECLARE_FINAL_TYPE (WsiToaster, wsi_toaster, WSI, TOASTER, GObject)

WsiToaster *wsi_toaster_new (AdwToastOverlay * overlay);
void        wsi_toaster_show   (WsiToaster *self,
                                const char *sentence);
/* With a button for the action. */
void        wsi_toaster_offer  (WsiToaster *self,
                                const char *sentence,
                                const char *label,
                                const char *action);
/* The same, until the user has done something; before other toasts. */
void        wsi_toaster_warn   (WsiToaster *self,
                                const char *sentence,
                                const char *label,
                                const char *action);
/* One report is shown at a time.  Thousands of connections may end abnormally in a second: of the
 * reports that come meanwhile the latest one is shown next. */
void        wsi_toaster_report (WsiToaster *self,
                                const char *sentence);
/* No report follows the one that is shown. */
void        wsi_toaster_forget (WsiToaster *self);

G_END_DECLS
