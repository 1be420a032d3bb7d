/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* JSON with a line for each member and element.  Names, strings and numbers stay as they are. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Lays JSON out.  From a mistake on, the text is unchanged.  NULL: it is not a list or object, or
 * it was cancelled.  Any thread may call it, in linear time; the result has at most
 * WSI_JSON_LAYOUT_GROWTH times as many bytes, and WSI_JSON_LAYOUT_MORE. */
#define WSI_JSON_LAYOUT_GROWTH 8
#define WSI_JSON_LAYOUT_MORE (64 * 1024)
GBytes *wsi_json_layout_new (GBytes       *bytes,
                             GCancellable *cancellable);
/* Lays out a text whose tokens are those of another text of the same length. */
GBytes *wsi_json_layout_new_masked (const char *text,
                                    const char *masked);

G_END_DECLS
