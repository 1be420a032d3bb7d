/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Prints conversations as they are recorded. */
#pragma once

#include "cli/print/wsi-listing.h"
#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

#define WSI_TYPE_PRINTER (wsi_printer_get_type ())

G_DECLARE_FINAL_TYPE (WsiPrinter, wsi_printer, WSI, PRINTER, GObject)

typedef enum
{
  WSI_TIMES_NONE,               /* recording of bytes without times */
  WSI_TIMES_LIVE,               /* recording of live connections */
  WSI_TIMES_RECORDED,           /* recording of a file, or of what a proxy relays */
} WsiTimes;

typedef enum
{
  WSI_NUMBERING_NONE,           /* no numbers: there is only one connection */
  WSI_NUMBERING_CONNECTIONS,
} WsiNumbering;

/* The printer uses the listing, which must outlive it. */
WsiPrinter *wsi_printer_new (WsiStore    * store,
                             WsiRecorder * recorder,
                             WsiListing  * listing,
                             WsiTimes      times,
                             WsiNumbering  numbering);
void        wsi_printer_end (WsiPrinter *self);

G_END_DECLS
