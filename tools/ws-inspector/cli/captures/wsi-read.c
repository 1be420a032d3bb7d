/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/captures/wsi-capture-verbs.h"

#include "cli/print/wsi-printer.h"
#include "cli/captures/wsi-capture.h"

static gboolean
wants_more (gpointer listing)
{
  return !wsi_listing_is_full (listing);
}

static WsiExit
print_capture (WsiCapture *capture,
               WsiListing *listing)
{
  g_autoptr (WsiPrinter) printer = wsi_printer_new (wsi_capture_get_store (capture),
                                                    wsi_capture_get_recorder (capture), listing,
                                                    WSI_TIMES_RECORDED, WSI_NUMBERING_CONNECTIONS);
  WsiExit status = wsi_capture_run (capture, wants_more, listing);

  wsi_printer_end (printer);
  return status;
}

WsiExit
wsi_read_verb (const WsiOptions  *options,
               const char *const *arguments)
{
  return wsi_capture_list (options, arguments[0], print_capture);
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
