/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A target that could not be reached: what happened, which target, why, and what to do next.  Its
 * buttons are the actions win.change-target, win.try-again and win.show-handshake. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WSI_TYPE_FAILURE_PAGE (wsi_failure_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiFailurePage, wsi_failure_page, WSI, FAILURE_PAGE, GtkWidget)

typedef enum
{
  WSI_FAILURE_WITHOUT_HANDSHAKE,
  WSI_FAILURE_WITH_HANDSHAKE,   /* the failure has a handshake to look at */
} WsiFailureKind;

/* title: what happened; name: of the target, such as its address; sentence: why, which names the
 * target or does not; change: the words of the button that leads to what was wrong. */
void        wsi_failure_page_show         (WsiFailurePage *self,
                                           const char     *title,
                                           const char     *name,
                                           const char     *sentence,
                                           const char     *change,
                                           WsiFailureKind  kind);
/* Moves the focus to the button that changes what was wrong. */
void        wsi_failure_page_focus        (WsiFailurePage *self);

G_END_DECLS
