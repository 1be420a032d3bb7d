/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The message that the selected row belongs to, or its control frame: as text, as a tree of its
 * parts, and as bytes.
 *
 * Signals: "show-column" and "filter-on", each with the path of a field and its value;
 * "decoder-chosen", when other messages are decoded otherwise, too. */
#pragma once

#include "inspect/capture/wsi-row.h"
#include "inspect/interpret/wsi-reading.h"
#include "ui/message/wsi-text-view.h"
#include "ui/message/wsi-tree-view.h"
#include "ui/parts/wsi-hex-view.h"

G_BEGIN_DECLS

#define WSI_TYPE_MESSAGE_PAGE (wsi_message_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiMessagePage, wsi_message_page, WSI, MESSAGE_PAGE, GtkWidget)

/* NULL: formats are guessed by the bytes alone.  It must stay until it is replaced. */
void         wsi_message_page_set_interpreter (WsiMessagePage *self,
                                               WsiInterpreter *interpreter);
/* row may be NULL. */
void         wsi_message_page_set_row         (WsiMessagePage *self,
                                               WsiRow         *row);
/* "text", "tree" or "hex". */
void         wsi_message_page_show_view       (WsiMessagePage *self,
                                               const char     *name);
const char  *wsi_message_page_get_view        (WsiMessagePage *self);
/* All that is to be shown is shown. */
gboolean     wsi_message_page_is_ready        (WsiMessagePage *self);
WsiTextView *wsi_message_page_get_text        (WsiMessagePage *self);
WsiTreeView *wsi_message_page_get_tree        (WsiMessagePage *self);
WsiHexView  *wsi_message_page_get_hex         (WsiMessagePage *self);

G_END_DECLS
