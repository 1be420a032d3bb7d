/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Things that only some records have, by number: messages of several frames, comments, marks,
 * and which record replies to which.  Any thread may ask and set; each call holds a lock for the
 * time of a copy. */
#pragma once

#include "inspect/store/wsi-fold.h"

G_BEGIN_DECLS

typedef struct _WsiNotes WsiNotes;

WsiNotes *wsi_notes_new  (void);
void      wsi_notes_free (WsiNotes *self);
void      wsi_notes_set_message (WsiNotes             *self,
                                 const WsiMessageInfo *info);
gboolean  wsi_notes_get_message (WsiNotes       *self,
                                 guint32         number,
                                 WsiMessageInfo *info);
guint     wsi_notes_get_fragments   (WsiNotes *self,
                                     guint32   number,
                                     guint64   from,
                                     guint64  *fragments,
                                     guint     n);
void      wsi_notes_forget_fragment (WsiNotes *self,
                                     guint32   number,
                                     guint64   fragment);
/* FALSE: it is the one that was there, or the row is gone. */
gboolean  wsi_notes_set_comment (WsiNotes   *self,
                                 guint64     number,
                                 const char *text);
GStrv     wsi_notes_dup_tags    (WsiNotes *self);
char     *wsi_notes_dup_comment (WsiNotes *self,
                                 guint64   number);
void      wsi_notes_set_mark    (WsiNotes *self,
                                 guint64   number,
                                 guint     mark);
guint     wsi_notes_get_mark    (WsiNotes *self,
                                 guint64   number);
void      wsi_notes_set_reply   (WsiNotes *self,
                                 guint64   request,
                                 guint64   reply);
gboolean  wsi_notes_get_reply   (WsiNotes *self,
                                 guint64   request,
                                 guint64  *reply);
gboolean  wsi_notes_get_request (WsiNotes *self,
                                 guint64   reply,
                                 guint64  *request);
guint     wsi_notes_get_pairs   (WsiNotes *self,
                                 guint64  *from,
                                 WsiPair  *pairs,
                                 guint     n);
void      wsi_notes_forget      (WsiNotes *self,
                                 guint64   first,
                                 guint64   end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiNotes, wsi_notes_free)

G_END_DECLS
