/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The page of a window without a session: a card for each kind of target, the form of the chosen
 * one, and targets and files of before. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/targets/wsi-target.h"
#include "ui/start/wsi-target-form.h"

G_BEGIN_DECLS

#define WSI_TYPE_START_PAGE (wsi_start_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiStartPage, wsi_start_page, WSI, START_PAGE, GtkWidget)

/* Signal "start" with a WsiTarget; its owner starts it, or calls show_error ().  Property
 * "is-form": a form is shown, from which go_back () leads to the cards. */
void           wsi_start_page_go_back    (WsiStartPage *self);
gboolean       wsi_start_page_is_form    (WsiStartPage *self);
/* The form of its kind with its texts; a file or the example has none. */
void           wsi_start_page_edit       (WsiStartPage    *self,
                                          const WsiTarget *target);
/* Shows a target with its mistake; FALSE: it has no form. */
gboolean       wsi_start_page_show_error (WsiStartPage    *self,
                                          const WsiTarget *target,
                                          WsiTargetField   field,
                                          const char      *sentence);
/* Remembers a target that was started: it becomes the latest of the recent ones. */
void           wsi_start_page_remember   (WsiStartPage    *self,
                                          const WsiTarget *target);
/* Offers as wsi_recent_group_offer (). */
void           wsi_start_page_offer      (WsiStartPage      *self,
                                          const char *const *lines);
/* The form of a kind.  NULL: the kind has none. */
WsiTargetForm *wsi_start_page_get_form   (WsiStartPage *self,
                                          WsiTargetKind kind);

G_END_DECLS
