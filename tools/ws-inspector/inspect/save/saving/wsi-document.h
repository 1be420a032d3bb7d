/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where the traffic of a session is kept: in no file yet, or in one that is written as it goes. */
#pragma once

#include "inspect/save/saving/wsi-made.h"
#include "inspect/save/saving/wsi-saver.h"
#include "inspect/sources/wsi-session.h"

G_BEGIN_DECLS

#define WSI_TYPE_DOCUMENT (wsi_document_get_type ())

G_DECLARE_FINAL_TYPE (WsiDocument, wsi_document, WSI, DOCUMENT, GObject)

WsiDocument *wsi_document_new (WsiSession * session);
/* From now on keeps the session in this file, with the rows that are there; secret_names as in
 * WsiExportOptions.  A file that is there is replaced: the user has agreed.  The earlier file is
 * completed meanwhile; "failed" says if that goes wrong.  FALSE: the earlier file is still written,
 * if there is one. */
gboolean     wsi_document_save_as     (WsiDocument       *self,
                                       GFile             *file,
                                       WsiRedaction       redaction,
                                       const char *const *secret_names,
                                       GError           **error);
/* Whether the file has the session.  FALSE: it is still the earlier one, and is replaced once no
 * source observes any more. */
gboolean     wsi_document_is_in_place (WsiDocument *self);
/* The file of the session.  NULL: none was chosen. */
GFile       *wsi_document_get_file    (WsiDocument *self);
/* Whether the file is written; FALSE: there is none, or the signal "failed" has said why not. */
gboolean     wsi_document_is_written  (WsiDocument *self);
/* Things that would be lost with the session: frames that were observed and are in no file, and
 * notes on those or on the frames of a file; never drafts, which it does not know. */
WsiMadeSet   wsi_document_get_unsaved (WsiDocument *self);
/* Writes what is left.  The file is no longer written then, also after an error. */
void         wsi_document_finish_async  (WsiDocument        *self,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean     wsi_document_finish_finish (WsiDocument  *self,
                                         GAsyncResult *result,
                                         GError      **error);

G_END_DECLS
