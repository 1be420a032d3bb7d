/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The decoders that the user has chosen: for all messages, for those of a conversation, or of a
 * direction. */
#pragma once

#include "inspect/decode/choosing/wsi-decoder-list.h"

G_BEGIN_DECLS

typedef struct _WsiChoices WsiChoices;

WsiChoices       *wsi_choices_new  (void);
void              wsi_choices_free (WsiChoices *self);
void              wsi_choices_copy (WsiChoices       *self,
                                    const WsiChoices *other);
/* conversation: 0 = every one; direction: WSI_NO_DIRECTION = both; decoder: NULL = guess again. */
void              wsi_choices_set  (WsiChoices       *self,
                                    guint32           conversation,
                                    guint             direction,
                                    const WsiDecoder *decoder);
/* The chosen decoder.  NULL: it is guessed. */
const WsiDecoder *wsi_choices_find (const WsiChoices *self,
                                    guint32           conversation,
                                    guint             direction);

G_END_DECLS
