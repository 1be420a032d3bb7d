/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Connections that have ended, in the order of their numbers: a connection that ends early waits
 * for those with lower numbers. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef void (*WsiTakeConversation) (gpointer         user_data,
                                     WsiConversation *conversation);

typedef struct _WsiInOrder WsiInOrder;

WsiInOrder *wsi_in_order_new  (WsiTakeConversation take,
                               gpointer            user_data);
void        wsi_in_order_free (WsiInOrder *self);
void        wsi_in_order_add  (WsiInOrder      *self,
                               WsiConversation *conversation);
/* No further connection comes: takes all that wait. */
void        wsi_in_order_end  (WsiInOrder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiInOrder, wsi_in_order_free)

G_END_DECLS
