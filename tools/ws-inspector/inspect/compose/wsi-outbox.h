/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The outbox of a session: the connection that it writes to, why it cannot, and the messages that
 * are being sent.  Its user chooses a connection, or the outbox takes the latest one that can be
 * written to.
 *
 * Signals: "changed" comes after each look at the connections, and when a long message begins or
 * ends; "failed" (GError) says why a message was not sent. */
#pragma once

#include "inspect/sources/wsi-session.h"

G_BEGIN_DECLS

#define WSI_TYPE_OUTBOX (wsi_outbox_get_type ())

G_DECLARE_FINAL_TYPE (WsiOutbox, wsi_outbox, WSI, OUTBOX, GObject)

WsiOutbox       *wsi_outbox_new (void);
/* Cancels what is being sent in the session before.  NULL: there is none. */
void             wsi_outbox_set_session      (WsiOutbox  *self,
                                              WsiSession *session);
WsiSession      *wsi_outbox_get_session      (WsiOutbox *self);
/* An outbox that is not watched looks at the connections when it is asked, not when they change. */
void             wsi_outbox_set_watched      (WsiOutbox *self,
                                              gboolean   is_watched);
/* number: of a connection, which no other one replaces when it is closed; 0 = any that can be
 * written to. */
/* The connection of the row that the user looks at: it is taken if it can be written to, and the
 * user has chosen no other one.  0 = none. */
void             wsi_outbox_prefer           (WsiOutbox *self,
                                              guint32    number);
void             wsi_outbox_choose           (WsiOutbox *self,
                                              guint32    number);
/* Connections that can be written to, the latest first, as WsiConversation. */
GListModel      *wsi_outbox_get_open         (WsiOutbox *self);
/* The connection that is written to, or that cannot be because of the obstacle; NULL = none. */
WsiConversation *wsi_outbox_get_conversation (WsiOutbox *self);
/* A text to be translated; NULL: the connection can be written to.  advice: what to do, if there is
 * an obstacle; may be NULL. */
const char      *wsi_outbox_get_obstacle     (WsiOutbox   *self,
                                              const char **advice);
/* The connection if it can be written to; NULL = none.  Looks at the connections first if they have
 * changed unwatched. */
WsiConversation *wsi_outbox_get_target       (WsiOutbox *self);
/* Sends the message, and takes it.  FALSE: there is no target. */
gboolean         wsi_outbox_send             (WsiOutbox   *self,
                                              WsiOutgoing *outgoing);
/* Takes the message, and sends it once the first connection of the source is open, which is then
 * the one that is written to.  It takes the place of one that waits; a user who chooses a
 * connection takes it back.  A source that ends before is a failure. */
void             wsi_outbox_send_once_open (WsiOutbox   *self,
                                            WsiSource   *source,
                                            WsiOutgoing *outgoing);
/* Whether a message is being sent that can be cancelled: a file, or one in fragments. */
gboolean         wsi_outbox_is_sending       (WsiOutbox *self);
/* "failed" says what becomes of the connection of a message that has begun. */
void             wsi_outbox_cancel           (WsiOutbox *self);

G_END_DECLS
