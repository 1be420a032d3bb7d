/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The values of a row that columns show and by which rows are sorted, as numbers. */
#pragma once

#include "inspect/show/columns/wsi-row-format.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_ROW_NONE,
  WSI_ROW_NUMBER,
  WSI_ROW_TIME,               /* time in microseconds since 1970 */
  WSI_ROW_SIZE,               /* bytes of the payload after inflating */
  WSI_ROW_WIRE,               /* bytes of the frames on the wire */
  WSI_ROW_TYPE,               /* number that rises with the name of the kind */
  WSI_ROW_CONNECTION,
  WSI_ROW_REPLY,              /* microseconds from a request to its reply, or a ping to its pong */
  WSI_N_ROW_VALUES,
} WsiRowValue;

/* The value of a row; call it between wsi_store_begin_reading () and wsi_store_end_reading (), in
 * any thread.  record: that of the number.  FALSE: the row has no such value. */
gboolean wsi_row_value_get (WsiRowValue      self,
                            WsiStore        *store,
                            WsiUnit          unit,
                            guint64          number,
                            const WsiRecord *record,
                            gint64          *value);

G_END_DECLS
