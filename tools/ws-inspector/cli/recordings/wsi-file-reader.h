/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Files of recorded connections, which are read once from beginning to end, merged by time.  The
 * store keeps only the latest records, so a verb uses each record at once. */
#pragma once

#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-output.h"
#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

typedef struct _WsiFileReader WsiFileReader;

/* For a listing, memory is kept for payloads as they are on the wire; for a command or a file also
 * for inflated payloads.  A signal ends the program; where a file is written a signal ends only the
 * reading. */
typedef enum
{
  WSI_FILE_READER_FOR_LISTING,
  WSI_FILE_READER_FOR_COMMAND,
  WSI_FILE_READER_FOR_FILE,
} WsiFileReaderUse;

typedef WsiExit (*WsiFileReaderList) (WsiFileReader *reader,
                                      WsiListing    *listing);
/* FALSE: the caller needs no more records. */
typedef gboolean (*WsiFileReaderWants) (gpointer user_data);

/* Several files are read together; at most one of them is standard input.  A file that cannot be
 * read has an error line at the end.  first: the open stream of the first path, or NULL. */
WsiFileReader  *wsi_file_reader_new  (const WsiOptions  *options,
                                      GInputStream      *first,
                                      const char *const *paths,
                                      guint              n_paths,
                                      WsiFileReaderUse   use,
                                      GError           **error);
void         wsi_file_reader_free (WsiFileReader *self);
WsiStore    *wsi_file_reader_get_store    (WsiFileReader *self);
WsiRecorder *wsi_file_reader_get_recorder (WsiFileReader *self);
/* Prints an error line if the file is damaged, or has no connection of the chosen number; what
 * could be read was recorded.  At the end of the file, all connections end. */
WsiExit      wsi_file_reader_run (WsiFileReader     *self,
                                  WsiFileReaderWants wants,
                                  gpointer           user_data);
/* Prints an error line.  A file that could be opened counts as damaged input, whatever it holds,
 * and so does a file whose reading a signal has ended. */
WsiExit      wsi_file_reader_fail (const GError *error);
/* Runs a verb that lists the files at these paths ("-": standard input).  Prints an error line if
 * an option is wrong, or if a file cannot be opened or has another format. */
WsiExit      wsi_file_reader_list (const WsiOptions  *options,
                                   GInputStream      *first,
                                   const char *const *paths,
                                   WsiFileReaderList  list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiFileReader, wsi_file_reader_free)

G_END_DECLS
