/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bytes of a frame with its header. */
#pragma once

#include "inspect/show/header/wsi-frame-layout.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* view: of the payload, which follows the header.  At most max_payload bytes of it; none if it was
 * not kept. */
GBytes *wsi_whole_frame_dup_bytes (const WsiFrameLayout *layout,
                                   WsiStore             *store,
                                   guint64               number,
                                   WsiView               view,
                                   gsize                 max_payload);

G_END_DECLS
