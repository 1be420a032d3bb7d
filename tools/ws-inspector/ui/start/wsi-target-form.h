/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The form of one kind of target.  Its start button can be pressed when every field is right. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

#define WSI_TYPE_TARGET_FORM (wsi_target_form_get_type ())

G_DECLARE_FINAL_TYPE (WsiTargetForm, wsi_target_form, WSI, TARGET_FORM, GtkWidget)

/* Signal "start" with a WsiTarget, which is right as far as its texts tell. */
WsiTargetForm *wsi_target_form_new (WsiTargetKind kind);
/* Sets a target of the same kind. */
void           wsi_target_form_set_target (WsiTargetForm   *self,
                                           const WsiTarget *target);
void           wsi_target_form_show_error (WsiTargetForm *self,
                                           WsiTargetField field,
                                           const char    *sentence);
/* Offers another text for a field that has an error. */
void           wsi_target_form_offer      (WsiTargetForm *self,
                                           WsiTargetField field,
                                           const char    *text);
/* Gives the focus to the first field that is missing or wrong; without one, to the first field. */
void           wsi_target_form_focus      (WsiTargetForm *self);
/* The address.  NULL: the kind has none. */
char          *wsi_target_form_dup_address (WsiTargetForm *self);
/* Offers an address, if the kind has one and its field is empty. */
void           wsi_target_form_offer_address (WsiTargetForm *self,
                                              const char    *address);

G_END_DECLS
