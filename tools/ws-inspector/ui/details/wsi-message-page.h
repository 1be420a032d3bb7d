/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The message that the selected row belongs to, or its control frame: as text, as a tree of its
 * parts, and as bytes.
 *
 * Signals: "show-column" and "filter-on", each with the path of a field and its value; "go-to",
 * with the number of a record; "decoder-chosen", when other messages are decoded otherwise, too. */
#pragma once

#include "inspect/capture/wsi-row.h"
#include "inspect/decode/choosing/wsi-learner.h"
#include "inspect/decode/choosing/wsi-reading.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "ui/details/wsi-message-actions.h"
#include "ui/details/wsi-pair-button.h"
#include "ui/details/wsi-text-view.h"
#include "ui/details/wsi-tree-view.h"
#include "ui/parts/wsi-hex-view.h"

G_BEGIN_DECLS

#define WSI_TYPE_MESSAGE_PAGE (wsi_message_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiMessagePage, wsi_message_page, WSI, MESSAGE_PAGE, GtkWidget)

/* Sets the learner.  NULL: formats are guessed by the bytes alone. */
void         wsi_message_page_set_learner     (WsiMessagePage *self,
                                               WsiLearner     *learner);
/* Shows the message of a row; NULL = none. */
void         wsi_message_page_set_row         (WsiMessagePage *self,
                                               WsiRow         *row);
/* Marks this text in the message's text, and scrolls to its first place; NULL: none. */
void         wsi_message_page_set_search      (WsiMessagePage *self,
                                               const char     *text);
/* Sets whether secrets of URIs in sentences are hidden. */
void         wsi_message_page_set_redaction   (WsiMessagePage *self,
                                               WsiRedaction    level);
/* Whether nothing of the message is left to read or to decode. */
gboolean     wsi_message_page_is_ready        (WsiMessagePage *self);
/* The message that is shown. */
WsiShownMessage wsi_message_page_get_message  (GtkWidget *widget);

G_END_DECLS
