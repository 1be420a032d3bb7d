/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A recorded row as a draft, to be sent again. */
#pragma once

#include "inspect/capture/wsi-row.h"
#include "inspect/compose/wsi-draft.h"

G_BEGIN_DECLS

/* The whole message of a data frame, with its compression and the lengths of its frames; a ping or
 * a Close.  NULL: it was not kept, is too long, or is a pong. */
WsiDraft *wsi_draft_new_of_row (WsiRow  *row,
                                GError **error);

G_END_DECLS
