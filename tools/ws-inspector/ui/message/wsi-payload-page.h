/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The payload of the selected frame, as text or as a hex dump. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/capture/wsi-row.h"

G_BEGIN_DECLS

#define WSI_TYPE_PAYLOAD_PAGE (wsi_payload_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiPayloadPage, wsi_payload_page, WSI, PAYLOAD_PAGE, GtkWidget)

void  wsi_payload_page_set_row  (WsiPayloadPage *self,
                                 WsiRow         *row);
char *wsi_payload_page_dup_text (WsiPayloadPage *self);

G_END_DECLS
