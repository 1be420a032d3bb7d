/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Why an outbox cannot send, or what went wrong with a message, and the button that helps.  The
 * buttons have the actions "win.add-source", "composer.connect-and-send" and "composer.cancel". */
#pragma once

#include <gtk/gtk.h>

#include "inspect/compose/wsi-outbox.h"

G_BEGIN_DECLS

#define WSI_TYPE_OUTBOX_NOTICE (wsi_outbox_notice_get_type ())

G_DECLARE_FINAL_TYPE (WsiOutboxNotice, wsi_outbox_notice, WSI, OUTBOX_NOTICE, GtkWidget)

/* Sets the outbox, once; it must live longer. */
void wsi_outbox_notice_set_outbox    (WsiOutboxNotice *self,
                                      WsiOutbox       *outbox);
/* Shows a sentence.  NULL: nothing is wrong with the message.  A sentence stays until then, or
 * until there is an obstacle. */
void wsi_outbox_notice_show_sentence (WsiOutboxNotice *self,
                                      const char      *sentence);
void wsi_outbox_notice_show_error    (WsiOutboxNotice *self,
                                      const GError    *error);
/* Whether a text waits to be sent: the button to connect again sends it, too. */
void             wsi_outbox_notice_set_has_text (WsiOutboxNotice *self,
                                                 gboolean         has_text);
/* Gives the focus to "Connect Again". */
void             wsi_outbox_notice_focus        (WsiOutboxNotice *self);
gboolean         wsi_outbox_notice_has_focus    (WsiOutboxNotice *self);

G_END_DECLS
