/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/recordings/wsi-recording-verbs.h"

#include "cli/print/wsi-printer.h"
#include "cli/recordings/wsi-file-reader.h"
#include "cli/files/wsi-save.h"

static gboolean
read_wants_more (gpointer listing)
{
  return !wsi_listing_is_full (listing);
}

static WsiExit
read_print_recordings (WsiFileReader *reader,
                       WsiListing    *listing)
{
  const WsiOptions *options = listing->options;
  WsiStore *store = wsi_file_reader_get_store (reader);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiSave) save = options->write != NULL
                             ? wsi_save_new (options, store, listing->redactor,
                                             WSI_SAVE_IN_BLOCKS, &error) : NULL;
  g_autoptr (WsiPrinter) printer = wsi_printer_new (store, wsi_file_reader_get_recorder (reader),
                                                    listing, WSI_TIMES_RECORDED,
                                                    WSI_NUMBERING_CONNECTIONS);
  WsiExit status;

  if (error != NULL)
    {
      wsi_output_error (error->message);
      return WSI_EXIT_USAGE;
    }

  status = wsi_file_reader_run (reader, read_wants_more, listing);
  wsi_printer_end (printer);
  return save != NULL ? wsi_save_end (save, status) : status;
}

WsiExit
wsi_read_verb (const WsiOptions  *options,
               const char *const *arguments)
{
  return wsi_file_reader_list (options, NULL, arguments, read_print_recordings);
}

/* A listing of the messages of one connection. */
WsiExit
wsi_follow_verb (const WsiOptions  *options,
                 const char *const *arguments)
{
  WsiOptions shown = *options;

  shown.connection = MAX (shown.connection, 1);
  shown.is_by_message = shown.hides_control = shown.is_followed = TRUE;
  return wsi_read_verb (&shown, arguments);
}
