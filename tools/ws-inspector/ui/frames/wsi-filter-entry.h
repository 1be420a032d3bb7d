/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A field for a filter: it offers how the text may go on, and underlines where it is wrong. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/sample/wsi-sample.h"

G_BEGIN_DECLS

#define WSI_TYPE_FILTER_ENTRY (wsi_filter_entry_get_type ())

G_DECLARE_FINAL_TYPE (WsiFilterEntry, wsi_filter_entry, WSI, FILTER_ENTRY, GtkWidget)

const char *wsi_filter_entry_get_text (WsiFilterEntry * self);
void        wsi_filter_entry_set_text   (WsiFilterEntry *self,
                                         const char     *text);
/* The offers are those of the language, and then those of the sample; NULL: only the former. */
void        wsi_filter_entry_set_sample (WsiFilterEntry *self,
                                         WsiSample      *sample);
/* Earlier texts, the latest first, which Up brings into the empty entry. */
void        wsi_filter_entry_set_history (WsiFilterEntry    *self,
                                          const char *const *history);
/* Sets the mistake.  NULL: the text is a filter. */
void        wsi_filter_entry_set_error  (WsiFilterEntry *self,
                                         const GError   *error);

G_END_DECLS
