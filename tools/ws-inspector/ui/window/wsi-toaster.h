/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sentences of a window, as toasts over its page. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_TOASTER (wsi_toaster_get_type ())

G_DECLARE_FINAL_TYPE (WsiToaster, wsi_toaster, WSI, TOASTER, GObject)

WsiToaster *wsi_toaster_new (AdwToastOverlay * overlay);
/* Instead of the one that is shown: an older one would be out of date. */
void        wsi_toaster_show  (WsiToaster *self,
                               const char *sentence);
/* Shows a toast with a button for the action.  target: NULL = it has no parameter. */
void        wsi_toaster_offer (WsiToaster *self,
                               const char *sentence,
                               const char *label,
                               const char *action,
                               GVariant   *target);
/* Shows a toast until the user has done something; it comes before other toasts. */
void        wsi_toaster_warn  (WsiToaster *self,
                               const char *sentence,
                               const char *label,
                               const char *action);

G_END_DECLS
