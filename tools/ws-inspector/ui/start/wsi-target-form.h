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
/* The kinds are the same. */
void           wsi_target_form_set_target (WsiTargetForm   *self,
                                           const WsiTarget *target);
void           wsi_target_form_show_error (WsiTargetForm *self,
                                           WsiTargetField field,
                                           const char    *sentence);
/* Another text of a field that has an error. */
void           wsi_target_form_offer      (WsiTargetForm *self,
                                           WsiTargetField field,
                                           const char    *text);
/* On the first field that is missing or wrong; without one, on the first field. */
void           wsi_target_form_focus      (WsiTargetForm *self);
/* NULL: the kind has none. */
char          *wsi_target_form_dup_address (WsiTargetForm *self);
/* The kind has an address: an empty one becomes this. */
void           wsi_target_form_offer_address (WsiTargetForm *self,
                                              const char    *address);

G_END_DECLS
