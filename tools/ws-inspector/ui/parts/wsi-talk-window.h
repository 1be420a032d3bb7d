/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Both sides of one connection as one text, which grows with it. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TALK_MAX_SHOWN 4096 /* bytes of a message that are shown */

/* Makes the window, which the caller shows. */
GtkWindow *wsi_talk_window_new       (GtkWindow *parent,
                                      WsiStore  *store,
                                      guint32    conversation);

G_END_DECLS
