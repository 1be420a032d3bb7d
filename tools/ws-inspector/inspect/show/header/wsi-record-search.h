/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds records by their time, in logarithmic time. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* Finds the first record that is not earlier than a time.  Where sources are merged, some after it
 * may be. */
guint64 wsi_record_search_time (WsiStore *store,
                                gint64    time_us);

G_END_DECLS
