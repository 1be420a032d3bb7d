/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A payload of any size as text, in as many columns as there is room for.  Its lines are made in a
 * thread, unless there are few bytes. */
#pragma once

#include "ui/parts/wsi-line-view.h"

G_BEGIN_DECLS

#define WSI_TYPE_TEXT_VIEW (wsi_text_view_get_type ())

G_DECLARE_FINAL_TYPE (WsiTextView, wsi_text_view, WSI, TEXT_VIEW, GtkWidget)

typedef enum
{
  WSI_TEXT_AS_IT_IS,
  WSI_TEXT_JSON,                /* a line for each member, if the text is JSON */
} WsiTextLayout;

/* Shows bytes; NULL = none. */
void         wsi_text_view_set_bytes  (WsiTextView  *self,
                                       GBytes       *bytes,
                                       WsiTextLayout layout);
/* Marks this text, and scrolls to its first place; NULL: none. */
void         wsi_text_view_set_search (WsiTextView *self,
                                       const char  *text);
gboolean     wsi_text_view_is_ready   (WsiTextView *self);

G_END_DECLS
