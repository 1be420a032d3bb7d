/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The messages of a store without their secrets, for exporters and copies.  Only messages with the
 * word of a secret are decoded.  Exporters ask for rows in their order.  Control frames are not
 * searched. */
#pragma once

#include "inspect/save/formats/parts/wsi-whole-message.h"
#include "inspect/save/redaction/wsi-redactor.h"

G_BEGIN_DECLS

typedef struct _WsiHiddenMessages WsiHiddenMessages;

WsiHiddenMessages *wsi_hidden_messages_new  (WsiStore    *store,
                                             WsiRedactor *redactor);
void               wsi_hidden_messages_free (WsiHiddenMessages *self);
WsiRedactor       *wsi_hidden_messages_get_redactor (WsiHiddenMessages *self);
/* The payload of a message, as the redactor allows it; NULL stays NULL.  The rows of the message
 * may be gone from the store: then it is read by its bytes alone. */
GBytes            *wsi_hidden_messages_hide (WsiHiddenMessages     *self,
                                             const WsiWholeMessage *message,
                                             GBytes                *payload);
/* The payload of a message in the store, hidden so; NULL: it was not kept. */
GBytes            *wsi_hidden_messages_dup  (WsiHiddenMessages     *self,
                                             const WsiWholeMessage *message);
/* The payload of a row, inflated, for rows in any order.  is_message: it is that of the message
 * of the row, and not that of its frame. */
GBytes            *wsi_hidden_messages_hide_row (WsiHiddenMessages *self,
                                                 guint64            number,
                                                 const WsiRecord   *record,
                                                 gboolean           is_message,
                                                 GBytes            *payload);
/* The part of a frame in its message, inflated.  NULL: nothing is hidden in the message. */
GBytes            *wsi_hidden_messages_dup_frame (WsiHiddenMessages *self,
                                                  guint64            number,
                                                  const WsiRecord   *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiHiddenMessages, wsi_hidden_messages_free)

G_END_DECLS
