/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The fields of a message: a text or a file, how it is read, and what it is on the wire.  Nothing
 * here sends it.  A text that is not plain text is checked while it is written, and can be laid
 * out.  Actions: "draft.choose-file", "draft.lay-out" (Ctrl+Shift+F).
 *
 * Signals: "changed" when the text is another one, "refused" (a sentence) when it is too long. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/compose/wsi-draft.h"

G_BEGIN_DECLS

#define WSI_TYPE_DRAFT_EDITOR (wsi_draft_editor_get_type ())

G_DECLARE_FINAL_TYPE (WsiDraftEditor, wsi_draft_editor, WSI, DRAFT_EDITOR, GtkBox)

void      wsi_draft_editor_set_draft    (WsiDraftEditor *self,
                                         const WsiDraft *draft);
WsiDraft *wsi_draft_editor_make_draft   (WsiDraftEditor *self);
/* Removes the text, which the user can bring back with Ctrl+Z; a file stays. */
/* The text that was typed, also while a file is to be sent. */
char     *wsi_draft_editor_dup_text     (WsiDraftEditor *self);
void      wsi_draft_editor_clear        (WsiDraftEditor *self);
/* Begins with the text, if there is none yet. */
void      wsi_draft_editor_begin        (WsiDraftEditor *self,
                                         const char     *text);
/* Underlines what the error is about, and moves the focus there.  FALSE: the sentence has no place
 * here. */
gboolean  wsi_draft_editor_show_mistake (WsiDraftEditor *self,
                                         WsiDraftField   field,
                                         const GError   *error);

G_END_DECLS
