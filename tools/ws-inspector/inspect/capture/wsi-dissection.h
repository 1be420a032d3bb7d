/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes of one conversation in, records in the store out. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct _WsiDissection WsiDissection;

/* Adds the conversation to the store. */
WsiDissection   *wsi_dissection_new  (WsiStore        *store,
                                      WsiConversation *conversation);
void             wsi_dissection_free (WsiDissection *self);
void             wsi_dissection_push (WsiDissection *self,
                                      WspDirection   direction,
                                      GBytes        *bytes,
                                      gint64         time_us);
/* Sets whether the messages of what follows in a direction have hidden values. */
void             wsi_dissection_set_hidden (WsiDissection *self,
                                            WspDirection   direction,
                                            gboolean       is_hidden);
/* Releases the bytes of the last push. */
void             wsi_dissection_release_bytes (WsiDissection *self,
                                               gint64         time_us);
/* length: G_MAXUINT64 = not known. */
void             wsi_dissection_skip (WsiDissection *self,
                                      WspDirection   direction,
                                      guint64        length,
                                      gint64         time_us);
/* Says that a frame probably begins with the next byte, if frames are searched for. */
void             wsi_dissection_expect_frame (WsiDissection *self,
                                              WspDirection   direction,
                                              gint64         time_us);
/* at: a WspDissectorPlace, and its window.  n_missing: bytes before it. */
void             wsi_dissection_continue_at (WsiDissection *self,
                                             WspDirection   direction,
                                             GBytes        *at,
                                             guint64        n_missing,
                                             gint64         time_us);
/* Whether the request is complete, and its head without a fault. */
gboolean         wsi_dissection_has_request (const WsiDissection *self);
/* Whether bytes of the response were skipped. */
gboolean         wsi_dissection_misses_response (const WsiDissection *self);
/* Ends a direction at the end of its stream. */
void             wsi_dissection_end_direction (WsiDissection *self,
                                               WspDirection   direction,
                                               gint64         time_us);
/* Adds a message of which only the payload is known. */
void             wsi_dissection_add_message (WsiDissection *self,
                                             WspDirection   direction,
                                             guint          opcode,
                                             GBytes        *payload,
                                             gint64         time_us);
void             wsi_dissection_add_event (WsiDissection     *self,
                                           WsiEvent           event,
                                           const WsiSentence *sentence,
                                           gint64             time_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiDissection, wsi_dissection_free)

G_END_DECLS
