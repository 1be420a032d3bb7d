/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Packets that messages have left unfinished, by the message that goes on with them, so that it can
 * be decoded again.  The oldest ones are forgotten. */
#pragma once

#include "inspect/decode/wsi-description.h"

G_BEGIN_DECLS

typedef struct _WsiTails WsiTails;

WsiTails           *wsi_tails_new  (void);
void                wsi_tails_free (WsiTails *self);

/* Notes the packet that the latest message of a direction left; bytes: NULL = it left none. */
void                wsi_tails_leave (WsiTails            *self,
                                     guint32              conversation,
                                     guint                direction,
                                     const WsiUnfinished *unfinished);
/* The message of this number goes on with that.  NULL: nothing was left. */
const WsiUnfinished *wsi_tails_take (WsiTails *self,
                                     guint32   conversation,
                                     guint     direction,
                                     guint64   number);
/* Messages of all connections are missing: what the ones before them left goes on nowhere. */
void                wsi_tails_forget_latest (WsiTails *self);
/* The tail of a message, if it is still known. */
const WsiUnfinished *wsi_tails_get  (WsiTails *self,
                                     guint64   number);

G_END_DECLS
