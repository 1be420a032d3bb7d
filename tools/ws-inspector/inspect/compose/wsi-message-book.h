/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages that a user has saved, and those that were sent last, in a file of the user.  Several
 * windows may have the same file: each change is made to what the file has then.
 *
 * A file that is replaced waits for the disk: a message that is sent must not. */
#pragma once

#include "inspect/compose/wsi-draft.h"

G_BEGIN_DECLS

#define WSI_BOOK_MAX_SAVED 100
#define WSI_BOOK_MAX_HISTORY 50
#define WSI_BOOK_MAX_TEXT (16 * 1024)           /* bytes of one message's text */
#define WSI_BOOK_MAX_FILE (16 * 1024 * 1024)    /* bytes of the file; a larger file is not read */

typedef struct _WsiMessageBook WsiMessageBook;

/* Makes a book.  path: NULL = the user's own book. */
WsiMessageBook *wsi_message_book_new  (const char *path);
void            wsi_message_book_free (WsiMessageBook *self);
/* Reads it again.  FALSE: it cannot be read; there are no messages then.  A missing file has
 * none. */
gboolean        wsi_message_book_read (WsiMessageBook *self,
                                       GError        **error);
/* Number of saved messages, which are sorted by name. */
guint           wsi_message_book_get_n_saved   (const WsiMessageBook *self);
const char     *wsi_message_book_get_name      (const WsiMessageBook *self,
                                                guint                 i);
const WsiDraft *wsi_message_book_get_saved     (const WsiMessageBook *self,
                                                guint                 i);
/* Number of messages in the history, latest first. */
guint           wsi_message_book_get_n_history (const WsiMessageBook *self);
const WsiDraft *wsi_message_book_get_history   (const WsiMessageBook *self,
                                                guint                 i);
/* Saves a message; it replaces the one of this name. */
gboolean        wsi_message_book_save          (WsiMessageBook *self,
                                                const char     *name,
                                                const WsiDraft *draft,
                                                GError        **error);
/* Saves a message that was not sent, with a name of its own that has the time. */
gboolean        wsi_message_book_keep          (WsiMessageBook *self,
                                                const WsiDraft *draft,
                                                GError        **error);
gboolean        wsi_message_book_delete        (WsiMessageBook *self,
                                                const char     *name,
                                                GError        **error);
/* Adds a message to the history, in memory and in the next save.  A message that is too long is not
 * kept. */
void            wsi_message_book_remember      (WsiMessageBook *self,
                                                const WsiDraft *draft);
/* Writes what was remembered, in another thread; the application lives until that is done.  The
 * book may go meanwhile.  Only where there is something to write. */
void            wsi_message_book_write_async   (WsiMessageBook     *self,
                                                GAsyncReadyCallback callback,
                                                gpointer            user_data);
gboolean        wsi_message_book_has_unwritten (const WsiMessageBook *self);
gboolean        wsi_message_book_write_finish  (GAsyncResult *result,
                                                GError      **error);
gboolean        wsi_message_book_forget        (WsiMessageBook *self,
                                                GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiMessageBook, wsi_message_book_free)

G_END_DECLS
