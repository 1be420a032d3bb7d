/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Prints conversations as they are recorded. */
#pragma once

#include "cli/print/wsi-listing.h"
#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

#define WSI_TYPE_PRINTER (wsi_printer_get_type ())

G_DECLARE_FINAL_TYPE (WsiPrinter, wsi_printer, WSI, PRINTER, GObject)

/* The listing is used as long as the printer lives. */
WsiPrinter *wsi_printer_new (WsiStore * store,
                             WsiRecorder * recorder,
                             WsiListing * listing);

G_END_DECLS
