/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A row on the screen: made when it is looked at, gone when it is scrolled away. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TYPE_ROW (wsi_row_get_type ())

G_DECLARE_FINAL_TYPE (WsiRow, wsi_row, WSI, ROW, GObject)

/* A record that is already gone gives an empty row: a view may ask for it before it is notified. */
WsiRow               *wsi_row_new (WsiStore * store,
                                   guint64   number);
WsiStore             *wsi_row_get_store        (WsiRow *self);
guint64               wsi_row_get_number       (WsiRow *self);
guint32               wsi_row_get_conversation (WsiRow *self);
/* The record of the row; all zero if the store had removed it already. */
const WsiRecord      *wsi_row_get_record       (WsiRow *self);
const WspFrameRecord *wsi_row_get_frame        (WsiRow *self);
GBytes               *wsi_row_dup_payload      (WsiRow *self,
                                                gsize   max_length);

G_END_DECLS
