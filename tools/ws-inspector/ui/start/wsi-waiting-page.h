/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session that has recorded nothing yet: the one line to use, and what may be wrong when nothing
 * comes. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_WAITING_PAGE (wsi_waiting_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiWaitingPage, wsi_waiting_page, WSI, WAITING_PAGE, GtkWidget)

/* Sets the source.  NULL: none. */
void     wsi_waiting_page_set_source   (WsiWaitingPage *self,
                                        WsiSource      *source);
/* Sets whether secrets of the address and the sentence are hidden. */
void     wsi_waiting_page_set_redaction (WsiWaitingPage *self,
                                         WsiRedaction    level);

G_END_DECLS
