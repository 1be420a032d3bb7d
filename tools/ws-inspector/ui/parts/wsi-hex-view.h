/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes of any number as a hexadecimal dump: 16 in a line, 8 where it is narrow, and where it is
 * narrower still first without their characters, then 4.  The arrow keys go from byte to byte.
 *
 * Signal: "byte-selected" (guint64 offset), when the user has selected another byte. */
#pragma once

#include "ui/parts/wsi-line-view.h"

G_BEGIN_DECLS

#define WSI_TYPE_HEX_VIEW (wsi_hex_view_get_type ())

G_DECLARE_FINAL_TYPE (WsiHexView, wsi_hex_view, WSI, HEX_VIEW, GtkWidget)

/* Shows bytes, without selection and highlight; NULL = none. */
void          wsi_hex_view_set_bytes     (WsiHexView *self,
                                          GBytes     *bytes);
/* Marks these bytes and scrolls to them; length 0 = none.  Emits nothing. */
void          wsi_hex_view_set_highlight (WsiHexView *self,
                                          gsize       offset,
                                          gsize       length);
/* Whether the bytes have their lines. */
gboolean      wsi_hex_view_is_ready      (WsiHexView *self);

G_END_DECLS
