/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Toasts with text of peers, and with what libadwaita 1.2 leaves out. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Transfer full.  The sentence is not markup.  overlay: which will show it. */
AdwToast *wsi_toast_new     (AdwToastOverlay *overlay,
                             const char      *sentence);
/* Prepares an overlay, once: the button of each toast says to a screen reader what it does. */
void      wsi_toast_install (AdwToastOverlay *overlay);

G_END_DECLS
