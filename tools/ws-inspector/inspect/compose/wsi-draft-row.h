/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A recorded row as a draft, to be sent again. */
#pragma once

#include "inspect/capture/wsi-row.h"
#include "inspect/compose/wsi-draft.h"

G_BEGIN_DECLS

/* The parts of the row that the draft lacks. */
typedef enum
{
  WSI_DRAFT_HAS_ALL,
  WSI_DRAFT_FRAMES_UNKNOWN,     /* the frames are not known: the draft is one frame, as with the
                                 * next values */
  WSI_DRAFT_FRAME_EMPTY,
  WSI_DRAFT_FRAME_TOO_LONG,
  WSI_DRAFT_FRAMES_TOO_MANY,
  WSI_DRAFT_PONG,               /* the draft has the payload of a pong, and only a raw frame can be
                                 * one */
} WsiDraftLoss;

/* The whole message of a data frame, with its compression and the lengths of its frames; a ping, a
 * pong or a Close.  NULL: it was not kept, or is too long. */
WsiDraft   *wsi_draft_new_of_row        (WsiRow       *row,
                                         WsiDraftLoss *loss,
                                         GError      **error);
/* The sentence about a loss, not translated; NULL: nothing is lost. */
const char *wsi_draft_loss_get_sentence (WsiDraftLoss loss);

G_END_DECLS
