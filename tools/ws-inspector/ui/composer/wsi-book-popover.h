/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The user's book of messages: those that were saved, and those that were sent last.
 *
 * Signals: "chosen" (WsiDraft) when the user wants a message again, "failed" (GError) when the file
 * of the book cannot be read or written. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/compose/wsi-draft.h"

G_BEGIN_DECLS

#define WSI_TYPE_BOOK_POPOVER (wsi_book_popover_get_type ())

G_DECLARE_FINAL_TYPE (WsiBookPopover, wsi_book_popover, WSI, BOOK_POPOVER, GtkPopover)

/* Saves the message with the name that the user has typed. */
void wsi_book_popover_save          (WsiBookPopover *self,
                                     const WsiDraft *draft);
/* Saves a message that was not sent, with a name of its own. */
gboolean wsi_book_popover_keep      (WsiBookPopover *self,
                                     const WsiDraft *draft,
                                     GError        **error);
/* Remembers a message that was sent. */
void wsi_book_popover_remember      (WsiBookPopover *self,
                                     const WsiDraft *draft);
/* Writes the messages that were sent, in another thread. */
void wsi_book_popover_write         (WsiBookPopover *self);
void wsi_book_popover_clear_history (WsiBookPopover *self);

G_END_DECLS
