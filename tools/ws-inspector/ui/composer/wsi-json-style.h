/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The colours of JSON in a buffer of GtkSourceView, in the style of the program. */
#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

/* Reads the styles before the first buffer, which would read each style of GtkSourceView: the
 * window would be there 7 ms later. */
void wsi_json_style_init (void);
/* Adds a buffer for good: its colours change with the style of the program. */
void wsi_json_style_add (GtkSourceBuffer *buffer);
/* The language of JSON.  NULL: there are no colours. */
GtkSourceLanguage *wsi_json_style_get_language (void);

G_END_DECLS
