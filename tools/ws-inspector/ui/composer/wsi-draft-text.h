/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The text of a message: JSON in colours, hex with what WsiHexSides draws beside it.  It takes at
 * most WSI_DRAFT_MAX_TEXT, and does not colour or break lines of which GTK is slow.
 *
 * Signal: "refused" (a sentence), when a text is too long. */
#pragma once

#include <gtksourceview/gtksource.h>

#include "inspect/compose/wsi-draft-verdict.h"

G_BEGIN_DECLS

#define WSI_TYPE_DRAFT_TEXT (wsi_draft_text_get_type ())

G_DECLARE_FINAL_TYPE (WsiDraftText, wsi_draft_text, WSI, DRAFT_TEXT, GtkSourceView)

void  wsi_draft_text_set_form  (WsiDraftText *self,
                                WsiDraftForm  form);
char *wsi_draft_text_dup       (WsiDraftText *self);
/* The user can take it back, unlike gtk_text_buffer_set_text (). */
void  wsi_draft_text_replace   (WsiDraftText *self,
                                const char   *text);
/* Lays the text out, with the cursor where it was. */
void  wsi_draft_text_lay_out (WsiDraftText *self);
/* Looks at the lines, and underlines the mistake if the verdict has one. */
void  wsi_draft_text_show_verdict (WsiDraftText          *self,
                                   const char            *text,
                                   const WsiDraftVerdict *verdict);
/* Puts the cursor at the mistake, which is underlined. */
void  wsi_draft_text_go_to_mistake (WsiDraftText *self);

G_END_DECLS
