/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bar that sends: one line, or expanded the whole composer.  It writes to one connection, or
 * says why it cannot.  Nothing of it is seen while nothing can be written to, unless it is
 * expanded; Esc folds it.
 *
 * Property: "expanded" (boolean).  The window gets an action: "replay-rows" (their numbers). */
#pragma once

#include <gtk/gtk.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/sources/wsi-session.h"

G_BEGIN_DECLS

#define WSI_TYPE_COMPOSER (wsi_composer_get_type ())

G_DECLARE_FINAL_TYPE (WsiComposer, wsi_composer, WSI, COMPOSER, GtkWidget)

/* Sets the session.  NULL: there is none. */
void             wsi_composer_set_session      (WsiComposer *self,
                                                WsiSession  *session);
/* The connection that the user has chosen; 0 = any that can be written to. */
void             wsi_composer_set_conversation (WsiComposer *self,
                                                guint32      number);
/* The connection of the row that the user looks at; 0 = none. */
void             wsi_composer_prefer_conversation (WsiComposer *self,
                                                   guint32      number);
/* The connection that can be written to; NULL = none. */
WsiConversation *wsi_composer_get_target       (WsiComposer *self);
/* Takes the message of a row, for its connection: one that is closed is not replaced by another. */
void             wsi_composer_take_row         (WsiComposer *self,
                                                WsiRow      *row);
/* Opens the whole composer, and gives it the focus. */
void             wsi_composer_open             (WsiComposer *self);
/* Whether it has a text that was typed, and neither sent nor kept elsewhere. */
gboolean         wsi_composer_has_draft        (WsiComposer *self);
/* Saves that text among the saved messages.  FALSE: it stays, because it cannot be saved. */
gboolean         wsi_composer_keep_draft       (WsiComposer *self,
                                                GError     **error);
/* Drops that text. */
void             wsi_composer_discard          (WsiComposer *self);
void             wsi_composer_focus            (WsiComposer *self);
gboolean         wsi_composer_is_expanded      (WsiComposer *self);

G_END_DECLS
