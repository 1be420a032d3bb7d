/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows of whole messages, which exporters are given. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* The numbers of rows (guint64, rising), with those of all other fragments of their messages, up to
 * the last row that there is; rows that are gone are left out. */
GArray *wsi_message_rows_new (WsiStore     *store,
                              GArray       *rows,
                              GCancellable *cancellable);

G_END_DECLS
