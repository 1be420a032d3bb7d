/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A verdict about a text while it is written, and the text laid out.  JSON is checked as it would
 * be sent, with its variables replaced. */
#pragma once

#include "inspect/compose/wsi-draft.h"

G_BEGIN_DECLS

#define WSI_DRAFT_MAX_JUDGED (256 * 1024)       /* bytes of JSON that are checked at most */

typedef struct
{
  char    *sentence;            /* sentence about the text; NULL: none, as without a form */
  gboolean is_wrong;
  gsize    begin, end;          /* bytes of the text to be underlined, if it is wrong */
} WsiDraftVerdict;

/* Takes linear time. */
void  wsi_draft_verdict_init  (WsiDraftVerdict *self,
                               const WsiDraft  *draft);
/* Makes the verdict of an error that an attempt to send the text gave. */
void  wsi_draft_verdict_init_error (WsiDraftVerdict *self,
                                    const char      *text,
                                    const GError    *error);
void  wsi_draft_verdict_clear (WsiDraftVerdict *self);

/* Whether texts of the form can be laid out. */
gboolean wsi_draft_form_has_layout (WsiDraftForm form);
/* JSON with a line for each member; hex with n_bytes in each line.  NULL: it stays as it is, such
 * as hex with a mistake. */
char    *wsi_draft_lay_out (const WsiDraft *draft,
                            guint           n_bytes);
/* The place of the cursor after the layout, in characters: after as many characters that are not
 * blanks. */
gsize    wsi_draft_find_cursor (const char *text,
                                gsize       at,
                                const char *laid_out);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiDraftVerdict, wsi_draft_verdict_clear)

G_END_DECLS
