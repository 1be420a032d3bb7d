/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Things that only some records have, by number: messages of several frames, comments, marks,
 * which record replies to which, and which one tells an error.  Any thread may ask and set; each
 * call holds a lock for the time of a copy. */
#pragma once

#include "inspect/store/wsi-fold.h"

G_BEGIN_DECLS

typedef struct _WsiNotes WsiNotes;

WsiNotes *wsi_notes_new  (void);
void      wsi_notes_free (WsiNotes *self);
/* Sets a message after each of its fragments from the second one on, which is its last. */
void      wsi_notes_set_message (WsiNotes             *self,
                                 const WsiMessageInfo *info);
/* The message of a record.  FALSE: it is a single frame, or gone. */
gboolean  wsi_notes_get_message (WsiNotes       *self,
                                 guint32         number,
                                 WsiMessageInfo *info);
/* Writes the numbers of its records from a number on, at most n; returns how many they are. */
guint     wsi_notes_get_fragments   (WsiNotes *self,
                                     guint32   number,
                                     guint64   from,
                                     guint64  *fragments,
                                     guint     n);
/* The message goes with its last record.  Numbers are removed when they are the larger half, so
 * that each is moved once. */
void      wsi_notes_forget_fragment (WsiNotes *self,
                                     guint32   number,
                                     guint64   fragment);
/* Sets a comment.  FALSE: it is the one that was there, or the row is gone. */
gboolean  wsi_notes_set_comment (WsiNotes   *self,
                                 guint64     number,
                                 const char *text);
/* The tags that were used last, latest first. */
GStrv     wsi_notes_dup_tags    (WsiNotes *self);
/* The comment on a row.  NULL: there is none. */
char     *wsi_notes_dup_comment (WsiNotes *self,
                                 guint64   number);
/* Sets a mark, 0 = none.  FALSE: it is the one that was there, or the row is gone. */
gboolean  wsi_notes_set_mark    (WsiNotes *self,
                                 guint64   number,
                                 guint     mark);
guint     wsi_notes_get_mark    (WsiNotes *self,
                                 guint64   number);
/* Pairs a reply with its request, unless one of them is gone. */
void      wsi_notes_set_reply   (WsiNotes *self,
                                 guint64   request,
                                 guint64   reply);
gboolean  wsi_notes_get_reply   (WsiNotes *self,
                                 guint64   request,
                                 guint64  *reply);
gboolean  wsi_notes_get_request (WsiNotes *self,
                                 guint64   reply,
                                 guint64  *request);
/* Lists at most n pairs, from the from-th on that was found; from is moved past them.  Pairs are
 * forgotten in the order in which they were found, once their reply is gone: a record of a pair
 * that is left may be gone, too. */
guint     wsi_notes_get_pairs   (WsiNotes *self,
                                 guint64  *from,
                                 WsiPair  *pairs,
                                 guint     n);
/* field: it is not copied.  If there are very many errors, only the first texts are kept. */
void      wsi_notes_set_error   (WsiNotes   *self,
                                 guint64     number,
                                 const char *field,
                                 const char *text);
/* The field with a record's error.  NULL: there is none. */
const char *wsi_notes_get_error (WsiNotes *self,
                                 guint64   number);
char     *wsi_notes_dup_error   (WsiNotes *self,
                                 guint64   number);
/* Lists records with an error, as wsi_notes_get_pairs (). */
guint     wsi_notes_get_errors  (WsiNotes *self,
                                 guint64  *from,
                                 guint64  *numbers,
                                 guint     n);
/* Forgets records that are gone. */
void      wsi_notes_forget      (WsiNotes *self,
                                 guint64   first,
                                 guint64   end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiNotes, wsi_notes_free)

G_END_DECLS
